"""Recusal in a round (roles.md §2.4, R-SUP-03): offices, postings, joint organisations."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from branches.models import OrganisationService
from branches.recusal import is_recused, namesakes, recused_from
from common.errors import ActionRefused, NotAllowed
from starrating import actions
from starrating.entry_page import open_verbs
from starrating.models import EntryState, VetoState
from tests.factories import (
    make_actor,
    make_interest,
    make_post,
    make_posting,
    make_user,
)
from tests.factories.coverage import at
from tests.factories.members import make_member
from tests.factories.rounds import (
    ASSESSED,
    assess,
    deliberate,
    make_rated_society,
    make_round,
    walk,
)
from tests.starrating.test_round_places import propose

pytestmark = pytest.mark.django_db
LATER = at(date(2026, 3, 10))


def second(veto, member):
    return actions.second_veto(veto=veto, row_version=None, by=member, now=LATER)


def test_a_member_posted_to_the_society_does_not_second_a_veto():
    world = make_round()
    veto, member = propose(world), world.cast.members[0]
    make_posting(veto.society, user=member.user)
    with pytest.raises(NotAllowed, match="应当回避"):
        second(veto, member)
    veto.refresh_from_db()
    assert (veto.seconded_by, veto.state) == (None, VetoState.PROPOSED)
    assert second(veto, world.cast.members[1]).seconded_by == world.cast.members[1].user


def test_without_the_recusal_a_posted_member_would_second(monkeypatch):
    """Negative control."""
    world = make_round()
    veto, member = propose(world), world.cast.members[0]
    make_posting(veto.society, user=member.user)
    monkeypatch.setattr("starrating.actions.vetoes.refuse_recused", lambda *_: None)
    assert second(veto, member).seconded_by == member.user


def joint_secretary(world, **service):
    """The secretary of another society's branch that also serves the rated one."""
    lead = make_rated_society(world.round.federation)
    joint = lead.party_organisations.order_by("pk").first()
    unit = world.societies[0].units.order_by("tier").last()
    OrganisationService.objects.create(
        organisation=joint,
        unit=unit,
        society=unit.society,
        organisation_type=joint.type,
        tier=unit.tier,
        **service,
    )
    return make_actor(Role.BRANCH_SECRETARY, joint).user, lead


def test_the_secretary_of_a_joint_branch_stays_out_of_every_society_served():
    """R-OWN-02: the link rows say whom an organisation serves."""
    world = make_round(2)
    user, lead = joint_secretary(world, valid_from=date(2020, 1, 1))
    entry = walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    with pytest.raises(ActionRefused, match="应当回避"):
        actions.assign(
            chosen=world.round, entries=[entry], user=user, by=world.cast.reviewer, now=ASSESSED
        )
    on = ASSESSED.date()
    assert is_recused(user, lead, on)
    assert not is_recused(user, world.societies[1], on)


def test_a_branch_that_no_longer_serves_the_society_recuses_nobody():
    world = make_round()
    ended = {"valid_from": date(2020, 1, 1), "valid_to": date(2026, 3, 2)}
    user, _ = joint_secretary(world, **ended)
    assert is_recused(user, world.societies[0], date(2026, 3, 1))
    assert not is_recused(user, world.societies[0], date(2026, 3, 2))


def test_a_declared_interest_keeps_everybody_out_of_the_round(monkeypatch):
    """R-SUP-03, roles.md §2.4: assessor, deliberator, second member; only within its days."""
    world = make_round()
    society, cast = world.societies[0], world.cast
    member, days = cast.members[0], {"valid_from": date(2026, 3, 1), "valid_to": date(2026, 4, 1)}
    make_interest(society, member.user, kind="contact", **days)
    make_interest(society, cast.assessor, kind="post", **days)
    entry = walk(world.entry(), cast, EntryState.SELF_ASSESSED)
    assigning = {"chosen": world.round, "entries": [entry], "by": cast.reviewer, "now": ASSESSED}
    with pytest.raises(ActionRefused, match=f"应当回避：{society.name}"):
        actions.assign(user=cast.assessor, **assigning)
    veto = propose(world)
    with pytest.raises(NotAllowed, match="应当回避"):
        second(veto, member)
    cast.assessor.declared_interests.all().delete()
    entry = assess(entry, cast)
    with pytest.raises(NotAllowed, match="应当回避"):
        deliberate(entry, [member], LATER)
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    assert open_verbs(member, entry) == set()
    assert deliberate(entry, [cast.members[1]], LATER).state == EntryState.PRELIMINARY
    assert is_recused(member.user, society, date(2026, 3, 31))
    assert not is_recused(member.user, society, date(2026, 4, 1))
    assert not is_recused(member.user, society, date(2026, 2, 28))


def test_the_page_offers_no_step_to_who_must_stay_out(monkeypatch):
    """A member posted to the society reads the entry but finds no button; the others do."""
    world = make_round()
    entry = walk(world.entry(), world.cast, to=EntryState.PRELIMINARY)
    posted, free = world.cast.members[:2]
    make_posting(entry.society, user=posted.user)
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    assert open_verbs(posted, entry) == set()
    assert open_verbs(free, entry) == {"agree", "refer_back"}
    monkeypatch.setattr("starrating.entry_page.is_recused", lambda *_: False)
    assert open_verbs(posted, entry) == {"agree", "refer_back"}


def test_without_declared_interests_the_member_would_deliberate(monkeypatch):
    """Negative control."""
    world = make_round()
    make_interest(world.societies[0], world.cast.members[0].user)
    entry = walk(world.entry(), world.cast, EntryState.PRELIMINARY)
    monkeypatch.setattr("branches.recusal.recused_from", lambda *_: frozenset())
    assert deliberate(entry, [world.cast.members[0]], LATER).state == EntryState.PRELIMINARY


def test_one_question_tells_all_societies_of_a_person(django_assert_num_queries):
    world = make_round(3)
    posted, declared, free = world.societies
    member = world.cast.members[0].user
    make_posting(posted, user=member)
    make_interest(declared, member)
    with django_assert_num_queries(1):
        found = recused_from(member, LATER.date())
    assert found == {posted.pk, declared.pk}
    assert free.pk not in found


def test_namesakes_are_counted_and_told_to_who_assigns(client, monkeypatch):
    """A hint, no recusal: how many, never who."""
    world = make_round(2)
    society, other = world.societies
    assessor = make_user("钱某某")
    make_actor(Role.COMMITTEE_REVIEWER, world.round.federation, user=assessor)
    organisation = society.party_organisations.order_by("pk").first()
    make_post(organisation, person_name="钱某某", valid_from=date(2020, 1, 1))
    make_member(organisation, name="钱某某")
    make_member(organisation, name="孙某某")
    gone = make_member(organisation, name="钱某某", birth_month=date(1969, 1, 1))
    gone.left_on = date(2020, 1, 1)
    gone.save()
    assert namesakes(assessor, [society, other], LATER.date()) == {society.pk: 2}
    entries = [walk(entry, world.cast, EntryState.SELF_ASSESSED) for entry in world.entries()]
    monkeypatch.setattr("common.clock.now", lambda: ASSESSED)
    client.force_login(world.cast.reviewer.user)
    url = reverse("starrating:assign", args=[world.round.pk])
    form = client.get(url).context["form"]
    sent = {"user": assessor.pk, "entries": [entry.pk for entry in entries]}
    page = client.post(url, sent | {"form_token": form["form_token"].value()}, follow=True)
    said = f"与该学会在册人员同名，请核实是否应回避：{society.name} 2 人"
    assert said in page.content.decode()
    assert world.entry().assessor == assessor
