"""R-COV-02, EX-09: a backdated fact revises month-ends; a reviewer publishes with a reason."""

from datetime import date

import pgtrigger
import pytest
from django.urls import reverse

from accounts.permissions import Role
from branches.models import PartyOrganisation
from coverage.actions import publish_revision
from coverage.models import CoverageRevision, RevisionPublication
from dashboards.coverage.changes import changes_of
from dashboards.desks.tasks import revisions
from societies.actions import mark_dirty
from tests.dashboards.conftest import TODAY
from tests.factories import at, freeze, make_organisation, make_target

MONTH_END = date(2026, 10, 31)
NEXT = date(2026, 11, 23)


@pytest.fixture
def revised(world, monkeypatch):
    """A branch of 2026-10-20, entered on 2026-11-22; the night of that day revised October."""
    monkeypatch.setattr("common.tasks.enqueue_on_commit", lambda name: None)
    entered = make_organisation(world.bare, established_on=date(2026, 10, 20), name="示例丁党支部")
    # The change log takes its moment from PostgreSQL, whose clock nobody moves.
    entries = PartyOrganisation.pgh_event_model.objects.filter(pgh_obj_id=entered.pk)
    with pgtrigger.ignore():
        assert entries.update(pgh_created_at=at(TODAY, 15))
    mark_dirty([world.bare.pk], since=date(2026, 10, 20), today=TODAY)
    freeze(world.federation, TODAY, now=at(NEXT, 2))
    monkeypatch.setattr("common.clock.now", lambda: at(NEXT))
    return CoverageRevision.objects.get(federation=world.federation, on=MONTH_END, number=2)


def send(client, revision, reason):
    """Open the form and send it."""
    url = reverse("revision_publish", args=[revision.pk])
    token = client.get(url).context["form"]["form_token"].value()
    return client.post(url, {"reason": reason, "form_token": token})


def test_dashboard_says_that_a_revision_waits(world, revised, enter):
    html = enter(world.actor(Role.COMMITTEE_REVIEWER)).get(reverse("dashboard")).content.decode()
    assert "有 1 个月末的定格数" in html and reverse("revisions") in html
    # The month-end is still shown as published: 2 of 5.
    assert "较 10 月末增 2 家" in html


def test_it_is_a_task_of_the_reviewer_until_published(world, revised, enter):
    """A task exists exactly while its fact is missing; the leader has none."""
    reviewer, leader = (
        world.actor(role) for role in (Role.COMMITTEE_REVIEWER, Role.COMMITTEE_LEADER)
    )
    assert "发布月末修订 1 个" in enter(reviewer).get(reverse("home")).content.decode()
    assert [task.count for task in revisions(reviewer, NEXT)] == [1]
    assert revisions(leader, NEXT) == []
    publish_revision(revision=revised, reason="补登批复", by=reviewer, now=at(NEXT))
    assert revisions(reviewer, NEXT) == []


def test_old_and_new_numbers_stand_side_by_side(world, revised, enter):
    response = enter(world.actor(Role.COMMITTEE_REVIEWER)).get(reverse("revisions"))
    (each,) = response.context["waiting"]
    org = each.rows[0]
    assert (org.old.covered, org.new.covered, org.differs) == (2, 3, True)
    html = response.content.decode()
    assert "2 / 5" in html and "3 / 5" in html and "待发布" in html


def test_publishing_changes_what_is_shown(world, revised, enter):
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    answer = send(client, revised, "补登 1 个党支部的批复")
    assert answer.status_code == 302 and answer.url == reverse("revisions")
    revised.refresh_from_db()
    assert revised.shown
    html = client.get(reverse("revisions")).content.decode()
    assert "补登 1 个党支部的批复" in html and "没有待发布的修订" in html
    board = client.get(reverse("dashboard")).content.decode()
    assert "较 10 月末修订数增 1 家" in board and "尚未发布" not in board
    assert "2026-10-31 月末数为第 2 版修订：补登 1 个党支部的批复" in board


def test_the_reason_stands_beside_the_figures_it_changed(world, revised, enter):
    """R-COV-02: target and trend of that day say which revision they show, and why."""
    make_target(world.edition, due_on=MONTH_END)
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))

    def said():
        response = client.get(reverse("dashboard"))
        trend = response.context["trend"]
        (verdict,) = (v for v in trend.verdicts if v.on == MONTH_END)
        (row,) = (r for r in trend.rows if r.on == MONTH_END)
        return verdict.remark, row.remark, response.content.decode().count("第 2 版修订：补登批复")

    assert said() == ("", "", 0)
    send(client, revised, "补登批复")
    assert said() == ("第 2 版修订：补登批复", "第 2 版修订：补登批复", 3)


def test_a_reason_is_asked_for_and_nothing_typed_is_lost(world, revised, enter):
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    empty = send(client, revised, " ")
    assert empty.status_code == 422 and "请填写发布理由" in empty.content.decode()
    long = send(client, revised, "补" * 201)
    assert long.status_code == 422 and "补" * 201 in long.content.decode()
    assert not RevisionPublication.objects.exists()


def test_a_replayed_form_publishes_once(world, revised, enter):
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    url = reverse("revision_publish", args=[revised.pk])
    token = client.get(url).context["form"]["form_token"].value()
    answers = [client.post(url, {"reason": "补登批复", "form_token": token}) for _ in range(2)]
    assert [a.url for a in answers] == [reverse("revisions")] * 2
    assert RevisionPublication.objects.count() == 1


def test_the_leader_reads_and_does_not_publish(world, revised, enter):
    client = enter(world.actor(Role.COMMITTEE_LEADER))
    html = client.get(reverse("revisions")).content.decode()
    assert "2 / 5" in html and "发布该修订" not in html
    assert client.post(reverse("revision_publish", args=[revised.pk])).status_code == 403
    revised.refresh_from_db()
    assert not revised.shown


def test_a_foreign_reviewer_gets_404(world, revised, enter):
    from tests.factories import make_actor

    client = enter(make_actor(Role.COMMITTEE_REVIEWER, world.foreign.federation))
    assert client.get(reverse("revision_publish", args=[revised.pk])).status_code == 404
    assert client.get(reverse("revisions")).context["waiting"] == []


def test_last_night_names_the_society_and_the_fact(world, revised, enter):
    """D-6: exactly the changed societies, with what moved them."""
    changes = changes_of(world.actor(Role.COMMITTEE_REVIEWER))
    assert changes.on == TODAY and [c.name for c in changes.societies] == ["示例丁学会"]
    (change,) = changes.societies
    assert ("组织覆盖率", "未覆盖", "已覆盖") in [(m.name, m.before, m.after) for m in change.moves]
    organisation = PartyOrganisation.objects.get(name="示例丁党支部")
    assert any(organisation.name in fact.text for fact in change.facts)
    html = (
        enter(world.actor(Role.COMMITTEE_REVIEWER))
        .get(reverse("dashboard_changes"), headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "示例丁党支部：成立" in html and "<html" not in html


def test_a_night_without_change_says_so(world, enter, monkeypatch):
    freeze(world.federation, TODAY, now=at(NEXT, 2))
    monkeypatch.setattr("common.clock.now", lambda: at(NEXT))
    html = (
        enter(world.actor(Role.COMMITTEE_REVIEWER))
        .get(reverse("dashboard_changes"))
        .content.decode()
    )
    assert "没有学会发生变动" in html
