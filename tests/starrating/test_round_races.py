"""R8 for the round: two people at one entry, on real PostgreSQL."""

import pytest

from accounts.permissions import Role
from common.errors import ActionRefused, Conflict
from starrating import actions
from starrating.models import EntryState, RatingEntry, RatingStep, Veto, VetoState
from tests.factories import make_actor
from tests.factories.coverage import at
from tests.factories.rounds import (
    APPLIED,
    DELIBERATED,
    FINAL,
    YEAR,
    finalise,
    make_round,
    post,
    walk,
)
from tests.ledgers.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


@pytest.fixture
def to_sign():
    """An application before two secretaries."""
    world = make_round()
    entry = world.entry()
    entry = actions.send_application(
        entry=entry,
        row_version=None,
        target_stars=4,
        measures="措施",
        by=world.cast.clerk(entry),
        now=APPLIED,
    )
    second = make_actor(Role.SOCIETY_SECRETARY, entry.society, is_deputy=True)
    return entry, world.cast.secretary(entry), second


def signing(entry, by, version=None):
    return lambda: actions.sign_application(entry=entry, row_version=version, by=by, now=APPLIED)


def again(entry):
    """The same application before its secretaries once more."""
    RatingEntry.objects.filter(pk=entry.pk).update(
        state=EntryState.APPLYING,
        application_signed_by=None,
        application_signed_at=None,
        row_version=entry.row_version,
    )


@pytest.mark.parametrize(("seen", "told"), [(False, ActionRefused), (True, Conflict)])
def test_two_secretaries_sign_at_once(to_sign, seen, told):
    """One signs; the other is told, by the state or by the version of their page."""
    entry, first, second = to_sign
    version = entry.row_version if seen else None
    for _ in range(ROUNDS):
        before = RatingStep.objects.filter(verb="sign_application").count()
        outcomes = at_once(signing(entry, first, version), signing(entry, second, version))
        assert sorted(isinstance(o, told) for o in outcomes) == [False, True], outcomes
        assert RatingStep.objects.filter(verb="sign_application").count() == before + 1
        again(entry)


def test_without_the_lock_both_would_sign(to_sign, monkeypatch):
    """Negative control."""
    entry, first, second = to_sign

    def unlocked(row, row_version):
        return RatingEntry.objects.select_related("round__edition", "society").get(pk=row.pk)

    monkeypatch.setattr("starrating.actions.filing.lock_entry", unlocked)
    both = False
    for _ in range(30):
        outcomes = at_once(signing(entry, first), signing(entry, second))
        again(entry)
        if both := all(isinstance(o, RatingEntry) for o in outcomes):
            break
    assert both, "both never signed: the test would not see a missing lock"


def test_two_members_agree_at_once_and_both_count():
    world = make_round()
    entry = walk(world.entry(), world.cast, EntryState.PRELIMINARY)

    def agreeing(by):
        return lambda: actions.agree(entry=entry, row_version=None, by=by, now=DELIBERATED)

    outcomes = at_once(*(agreeing(by) for by in world.cast.members[:2]))
    assert all(isinstance(o, RatingEntry) for o in outcomes), outcomes
    entry = world.entry()
    assert (entry.state, entry.votes.count(), entry.awarded_score) == ("deliberated", 2, 80)


def test_one_member_agrees_twice_at_once_and_counts_once():
    world = make_round()
    entry = walk(world.entry(), world.cast, EntryState.PRELIMINARY)

    def agreeing():
        by = world.cast.members[0]
        return actions.agree(entry=entry, row_version=None, by=by, now=DELIBERATED)

    outcomes = at_once(agreeing, agreeing)
    assert sum(isinstance(o, ActionRefused) for o in outcomes) == 1, outcomes
    assert world.entry().votes.count() == 1


def heard_veto(world):
    """A veto proposal whose society has had its days."""
    return actions.propose_veto(
        society=world.societies[0],
        rule=world.round.edition.vetorules.get(code="V8"),
        year=YEAR,
        facts="事实",
        document_number="1号",
        by=world.cast.reviewer,
        now=APPLIED,
    )


def confirming(veto, by, version=None):
    return lambda: actions.confirm_veto(veto=veto, row_version=version, by=by, now=FINAL)


@pytest.mark.parametrize(("seen", "told"), [(False, ActionRefused), (True, Conflict)])
def test_two_leaders_confirm_a_veto_at_once(seen, told):
    """One confirms; the other is told, by the veto or by the version of their page."""
    world = make_round()
    veto, first = heard_veto(world), world.cast.leader
    second = make_actor(Role.COMMITTEE_LEADER, world.round.federation)
    version = veto.row_version if seen else None
    for _ in range(ROUNDS):
        outcomes = at_once(confirming(veto, first, version), confirming(veto, second, version))
        assert sorted(isinstance(o, told) for o in outcomes) == [False, True], outcomes
        assert Veto.objects.get().row_version == veto.row_version + 1
        unconfirmed(veto)


def unconfirmed(veto):
    Veto.objects.filter(pk=veto.pk).update(
        confirmed_by=None, confirmed_at=None, row_version=veto.row_version
    )


def test_without_its_lock_both_would_confirm(monkeypatch):
    """Negative control."""
    world = make_round()
    veto, first = heard_veto(world), world.cast.leader
    second = make_actor(Role.COMMITTEE_LEADER, world.round.federation)

    def unlocked(veto, *_):
        return Veto.objects.select_related("society", "rule").get(pk=veto.pk)

    monkeypatch.setattr("starrating.actions.vetoes._locked", unlocked)
    both = False
    for _ in range(30):
        outcomes = at_once(confirming(veto, first), confirming(veto, second))
        unconfirmed(veto)
        if both := all(isinstance(o, Veto) for o in outcomes):
            break
    assert both, "both never confirmed: the test would not see a missing lock"


def test_leader_and_member_sign_a_veto_at_once_and_it_acts():
    world = make_round()
    veto = heard_veto(world)

    def seconding():
        by = world.cast.members[0]
        return actions.second_veto(veto=veto, row_version=None, by=by, now=FINAL)

    outcomes = at_once(confirming(veto, world.cast.leader), seconding)
    assert all(isinstance(o, Veto) for o in outcomes), outcomes
    assert Veto.objects.get().state == VetoState.CONFIRMED


def test_a_veto_and_the_decision_at_once_leave_no_vetoed_title():
    """Whichever comes first: the decision is refused, or its title is withdrawn."""
    world = make_round()
    walk(world.entry(), world.cast)
    post(world)
    veto = heard_veto(world)
    actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=FINAL)
    other = make_actor(Role.COMMITTEE_LEADER, world.round.federation)
    world.cast.leader = other

    def seconding():
        by = world.cast.members[3]
        return actions.second_veto(veto=veto, row_version=None, by=by, now=FINAL)

    outcomes = at_once(lambda: finalise(world), seconding)
    assert isinstance(outcomes[1], Veto), outcomes
    assert Veto.objects.get().state == VetoState.CONFIRMED
    states = list(world.round.awards.values_list("state", flat=True))
    refused = isinstance(outcomes[0], ActionRefused)
    assert states == (["posted"] if refused else ["withdrawn"]), outcomes
    assert at(FINAL.date()) == FINAL
