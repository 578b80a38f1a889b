"""Desks of the round list what their owner may do: no recused society; vetoes as one task."""

from datetime import date

import pytest
from django.urls import reverse

from starrating import actions, desk
from starrating.models import EntryState
from tests.factories import make_interest
from tests.factories.coverage import at
from tests.factories.rounds import ASSESSED, make_round, walk
from tests.starrating.test_round_places import propose

pytestmark = pytest.mark.django_db
LATER = at(date(2026, 3, 10))
ON = LATER.date()


def names(tasks):
    return [task.title for task in tasks]


def test_a_member_is_not_asked_about_a_society_to_stay_out_of(monkeypatch):
    """R-SUP-03: the action would answer 403."""
    world = make_round(2)
    entries = [walk(entry, world.cast, EntryState.PRELIMINARY) for entry in world.entries()]
    member = world.cast.members[0]
    make_interest(entries[0].society, member.user)
    assert names(desk.member(member, ON)) == [f"审议：{entries[1].society.name}"]
    assert len(desk.member(world.cast.members[1], ON)) == 2
    monkeypatch.setattr(desk, "recused_from", lambda *_: frozenset())
    assert len(desk.member(member, ON)) == 2, "negative control"


def test_an_assessor_is_not_asked_about_a_society_to_stay_out_of():
    """The interest is declared after the assignment."""
    world = make_round(2)
    entries = [walk(entry, world.cast, EntryState.SELF_ASSESSED) for entry in world.entries()]
    cast = world.cast
    actions.assign(
        chosen=world.round, entries=entries, user=cast.assessor, by=cast.reviewer, now=ASSESSED
    )
    assert len(desk.assessor(cast.assessing(world.round), ON)) == 2
    make_interest(entries[0].society, cast.assessor)
    said = names(desk.assessor(cast.assessing(world.round), ON))
    assert said == [f"初评：{entries[1].society.name}"]


def test_many_vetoes_are_one_task_that_leads_to_their_list(client, monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    world = make_round(2)
    propose(world, 0)
    propose(world, 1)
    member = world.cast.members[0]
    (task,) = desk.vetoes(member, ON)
    assert (task.title, task.count) == ("一票否决建议，确认 2 件", 2)
    assert task.url == reverse("starrating:vetoes")
    client.force_login(member.user)
    page = client.get(task.url).content.decode()
    assert all(society.name in page for society in world.societies)
    assert "待本人确认" in page
    assert "没有其他否决建议" in page
    make_interest(world.societies[0], member.user)
    (task,) = desk.vetoes(member, ON)
    assert (task.title, task.count) == (f"一票否决建议，确认：{world.societies[1].name}", 1)
    page = client.get(reverse("starrating:vetoes")).content.decode()
    assert world.societies[0].name in page, "read, though not to be signed"
    assert "没有其他否决建议" not in page
    (task,) = desk.vetoes(world.cast.leader, ON)
    assert task.title == "一票否决建议，核定 2 件"


def test_a_recused_member_finds_no_button_to_second(client, monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    world = make_round()
    veto, (member, free, *_) = propose(world), world.cast.members
    make_interest(veto.society, member.user)
    url = reverse("starrating:veto", args=[veto.pk])
    for actor, offered in ((member, False), (free, True)):
        client.force_login(actor.user)
        assert ("确认一票否决" in client.get(url).content.decode()) is offered


def test_without_vetoes_the_list_says_so(client):
    world = make_round()
    client.force_login(world.cast.members[0].user)
    page = client.get(reverse("starrating:vetoes")).content.decode()
    assert "没有一票否决建议" in page


def test_a_save_that_changes_nothing_writes_nothing_and_says_so(client, monkeypatch):
    """R-STAR-06: words alone are a step of the assessor; no change is none, and is not kept."""
    monkeypatch.setattr("common.clock.now", lambda: ASSESSED)
    world = make_round()
    entry = walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    cast = world.cast
    actions.assign(
        chosen=world.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=ASSESSED
    )
    client.force_login(cast.assessor)
    url, page = (reverse(f"starrating:{name}", args=[entry.pk]) for name in ("assess", "entry"))

    def save(opinion):
        form = client.get(page).context["points_form"]
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in sent.items() if value not in (None, False)}
        answer = client.post(url, sent | {"opinion": opinion}, follow=True)
        assert answer.status_code == 200
        row = world.entry()
        return answer.content.decode(), row.row_version, list(row.steps.values_list("verb", "by"))

    before = world.entry().row_version
    said, version, steps = save("")
    assert "没有改动，未作保存" in said
    assert version == before
    assert ("save_assessment", cast.assessor.pk) not in steps
    said, version, steps = save("情况属实")
    assert "初评已保存" in said
    assert version == before + 1
    assert steps.count(("save_assessment", cast.assessor.pk)) == 1
    said, version, steps = save("情况属实")
    assert "没有改动，未作保存" in said
    assert version == before + 1
    assert steps.count(("save_assessment", cast.assessor.pk)) == 1
