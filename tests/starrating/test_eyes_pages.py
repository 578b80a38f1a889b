"""Four eyes of round and veto through pages and replayed posts (R-ROLE-01, R-STAR-05, -06).

Each form is taken from the page of the person who may send it and sent by one who took another
part before, under a second appointment: 403, nothing written.
"""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.permissions import Role
from starrating import actions
from starrating.models import (
    DeliberationVote,
    EntryState,
    RatingEntry,
    RatingRound,
    RatingStep,
    TieVote,
    Veto,
)
from tests.factories import make_actor
from tests.factories.coverage import at
from tests.factories.rounds import (
    ASSESSED,
    DELIBERATED,
    FINAL,
    finalise,
    make_round,
    post,
    walk,
)
from tests.starrating.test_round import objected, re_examined
from tests.starrating.test_round_pages import Person, clock
from tests.starrating.test_round_places import propose, propose_and_confirm, rate

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
HEARD = at(date(2026, 3, 10))
ANSWERED = at(date(2026, 3, 24))
TABLES = (RatingEntry, RatingRound, RatingStep, DeliberationVote, TieVote, Veto)


def acting(user, role, scope):
    """The same person under a second appointment."""
    return Person(user, make_actor(role, scope, user=user).appointment)


class Case:
    """A form that waits for `rightful`, sent by `other`."""

    def __init__(self, now, name, pk, page, rightful, other, **body):
        self.now, self.name, self.pk, self.page = now, name, pk, page
        self.rightful, self.other, self.body = rightful, other, body

    def sent_by(self, person):
        """The rightful one's form, at somebody's browser; an error of the portal is a 500."""
        browser, address = person.client, reverse(f"starrating:{self.name}", args=[self.pk])
        browser.raise_request_exception = False
        form = self.rightful.form(self.page, self.name, self.pk)
        return browser.post(address, form | self.body)


def entry_page(entry):
    return reverse("starrating:entry", args=[entry.pk])


def places_page(world):
    return reverse("starrating:places", args=[world.round.pk])


def clerk_assesses(world):
    """Somebody made the clerk the assessor, past the page that refuses it."""
    cast, entry = world.cast, walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    given = {"chosen": world.round, "entries": [entry], "user": cast.assessor}
    actions.assign(**given, by=cast.reviewer, now=ASSESSED)
    rightful = Person(cast.assessor, world.round.seats.get().appointment)
    user, body = cast.clerk(entry).user, {"points_A1": "40", "points_C1": "30", "opinion": "属实"}
    body |= {"points_E1": "0", "points_F1": "10.00", "reason_F1": "已结项"}
    page = entry_page(entry)
    taken = Sent(rightful.form(page, "assess_submit", entry.pk))
    RatingEntry.objects.filter(pk=entry.pk).update(assessor=user)
    other = acting(user, Role.ASSESSOR, world.entry().organisation)
    return Case(ASSESSED, "assess_submit", entry.pk, page, taken, other, **body)


class Sent:
    """A form taken from a page before."""

    def __init__(self, hidden):
        self.hidden = hidden

    def form(self, *_):
        """The hidden values."""
        return self.hidden


def assessor_deliberates(world):
    entry = walk(world.entry(), world.cast, EntryState.PRELIMINARY)
    other = acting(world.cast.assessor, Role.COMMITTEE_MEMBER, world.round.federation)
    rightful = Person(world.cast.members[0].user)
    return Case(DELIBERATED, "agree", entry.pk, entry_page(entry), rightful, other)


def member_re_examines(world):
    entry = objected(world)
    user = world.cast.members[0].user
    other = acting(user, Role.COMMITTEE_REVIEWER, world.round.federation)
    rightful, body = Person(world.cast.reviewer.user), {"opinion": "维持", "points_F1": "10.00"}
    body |= {"points_A1": "40", "points_C1": "30", "points_E1": "0", "reason_F1": "已评"}
    page = entry_page(entry)
    return Case(ANSWERED, "re_examine", entry.pk, page, rightful, other, **body)


def first_member_deliberates_again(world):
    entry = re_examined(world)
    first, third = (Person(world.cast.members[n].user) for n in (0, 2))
    return Case(ANSWERED, "agree", entry.pk, entry_page(entry), third, first)


def re_examiner_deliberates(world):
    entry = re_examined(world)
    user = world.cast.reviewer.user
    other = acting(user, Role.COMMITTEE_MEMBER, world.round.federation)
    third = Person(world.cast.members[2].user)
    return Case(ANSWERED, "refer_back", entry.pk, entry_page(entry), third, other, text="退回")


def member_decides(world):
    walk(world.entry(), world.cast)
    post(world)
    user = world.cast.members[0].user
    other = acting(user, Role.COMMITTEE_LEADER, world.round.federation)
    rightful = Person(world.cast.leader.user)
    page, pk = places_page(world), world.round.pk
    return Case(FINAL, "finalise", pk, page, rightful, other, number="8号")


STEPS = {
    "assessor is the clerk": (clerk_assesses, "assessment.check"),
    "deliberator is the assessor": (assessor_deliberates, "deliberation._check"),
    "re-examiner is a deliberator": (member_re_examines, "assessment.check"),
    "second deliberator is a first": (first_member_deliberates_again, "deliberation._check"),
    "deliberator is the re-examiner": (re_examiner_deliberates, "deliberation._check"),
    "leader is a deliberator": (member_decides, "publicity._refuse_leader"),
}


def proposer_confirms(world):
    veto = propose(world)
    user = world.cast.reviewer.user
    other = acting(user, Role.COMMITTEE_LEADER, world.round.federation)
    return veto_case("veto_confirm", veto, Person(world.cast.leader.user), other)


def leader_seconds(world):
    cast, veto = world.cast, propose(world)
    veto = actions.confirm_veto(veto=veto, row_version=None, by=cast.leader, now=HEARD)
    other = acting(cast.leader.user, Role.COMMITTEE_MEMBER, world.round.federation)
    return veto_case("veto_second", veto, Person(cast.members[0].user), other)


def proposer_lifts(world):
    veto = propose_and_confirm(world)
    user = world.cast.reviewer.user
    other = acting(user, Role.COMMITTEE_LEADER, world.round.federation)
    rightful = Person(world.cast.leader.user)
    return veto_case("veto_lift", veto, rightful, other, reason="已补检")


def leader_seconds_the_lifting(world):
    cast, veto = world.cast, propose_and_confirm(world)
    by = {"by": cast.leader, "now": HEARD}
    veto = actions.propose_lift(veto=veto, row_version=None, reason="已补检", **by)
    other = acting(cast.leader.user, Role.COMMITTEE_MEMBER, world.round.federation)
    return veto_case("veto_lift_second", veto, Person(cast.members[0].user), other)


def veto_case(name, veto, rightful, other, **body):
    page = reverse("starrating:veto", args=[veto.pk])
    return Case(HEARD, name, veto.pk, page, rightful, other, **body)


VETOES = {
    "leader is the proposer": (proposer_confirms, "vetoes._refuse_same"),
    "second member is the leader": (leader_seconds, "vetoes._refuse_same"),
    "who lifts is the proposer": (proposer_lifts, "vetoes._refuse_same"),
    "second lifter is the leader": (leader_seconds_the_lifting, "vetoes._refuse_same"),
}
ALL = STEPS | VETOES


def written():
    """Everything of the procedure."""
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


@pytest.mark.parametrize("name", ALL)
def test_who_took_another_part_finds_no_button_and_a_sent_form_is_forbidden(name, clock):
    case = ALL[name][0](make_round())
    clock(case.now)
    address = reverse(f"starrating:{case.name}", args=[case.pk])
    if case.name != "finalise":
        assert f'action="{address}"' not in case.other.client.get(case.page).content.decode()
    before = written()
    assert case.sent_by(case.other).status_code == 403
    assert written() == before


@pytest.mark.parametrize("name", ALL)
def test_without_the_comparison_the_form_goes_on_or_the_database_refuses(name, clock, monkeypatch):
    """Negative control: it is the comparison of users that forbids it."""
    prepare, protection = ALL[name]
    case = prepare(make_round())
    clock(case.now)
    monkeypatch.setattr(f"starrating.actions.{protection}", lambda *_, **__: None)
    with transaction.atomic():
        assert case.sent_by(case.other).status_code in (302, 500)
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", [name for name in ALL if name != "assessor is the clerk"])
def test_the_rightful_one_sends_the_same_form(name, clock):
    """The form is whole: nothing but the person is wrong with it."""
    case = ALL[name][0](make_round())
    clock(case.now)
    answer = case.sent_by(case.rightful)
    assert answer.status_code == 302, answer.content.decode()


def test_a_veto_is_lifted_by_its_forms(clock):
    """Page, history and the words of the society's page."""
    world = make_round(2)
    rate(world, 92, 85)
    case = proposer_lifts(world)
    clock(HEARD)
    assert case.sent_by(case.rightful).status_code == 302
    member = Person(world.cast.members[3].user)
    told = member.get("veto", case.pk).content.decode()
    assert "待另一名委员确认，确认前否决仍然有效" in told
    assert "负责人提出解除" in told
    assert "已核定，待确认解除" in member.get("entry", world.entry(0).pk).content.decode()
    assert "提出解除</button>" not in case.rightful.get("veto", case.pk).content.decode()
    assert member.send("veto_lift_second", case.pk, page=case.page).status_code == 302
    told = case.rightful.get("veto", case.pk).content.decode()
    assert "解除的理由" in told
    assert "第二人确认解除" in told
    deliberated = [entry.state for entry in world.entries()]
    assert deliberated == [EntryState.DELIBERATED] * 2
    post(world)
    assert world.entry(0).stars == 5
    assert finalise(world).finalised_by == world.cast.leader.user
