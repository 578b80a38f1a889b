"""R-STAR-03, -04, -05, -07 in a round: places, ties, vetoes, titles; EX-16 and EX-19."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from starrating import actions
from starrating.actions import Put
from starrating.models import (
    Outcome,
    RatingEdition,
    RatingEntry,
    StarAward,
    Veto,
    VetoRule,
    VetoState,
)
from starrating.places import results_of
from tests.factories import make_actor, make_society
from tests.factories.coverage import at
from tests.factories.rounds import (
    ASSESSED,
    DELIBERATED,
    POSTED,
    YEAR,
    apply,
    assess,
    assess_self,
    deliberate,
    finalise,
    make_round,
    post,
    walk,
)

pytestmark = pytest.mark.django_db
D = Decimal


def puts(score: int, *, concluded: bool = True):
    """Points that sum to the score: 30 + 20 + 10, the rest of 40 by A1; no floor from 84 on."""
    return {
        "F1": Put(D(10), "已评", concluded),
        "E1": Put(D(20), "已核"),
        "A1": Put(D(score - 60), "已核"),
    }


def rate(world, *scores, **more):
    """Walk the first societies to these scores."""
    for number, score in enumerate(scores):
        walk(world.entry(number), world.cast, puts=puts(score, **more))


def stars(world):
    return [entry.stars for entry in world.entries()]


def test_ex_16_the_pipeline_before_the_quota():
    """EX-16: a stops at F1, b at the rise limit, c takes the place, d and e tie."""
    world = make_round(20)
    RatingEntry.objects.filter(pk=world.entry(1).pk).update(before=3)
    walk(world.entry(0), world.cast, puts=puts(96, concluded=False))
    rest = [94, 93, 91, 91, 84, 83, 82, *[75] * 12]
    for number, score in enumerate(rest, 1):
        walk(world.entry(number), world.cast, puts=puts(score))
    post(world)
    assert stars(world) == [4, 4, 5, 4, 4, 4, 4, 4, *[3] * 12]
    by_quota = [entry.by_quota for entry in world.entries()]
    assert by_quota == [False, False, False, True, True, *[False] * 15]
    assert (world.entry(0).held_back, world.entry(1).held_back) == (["F1"], ["rise"])


def test_ex_19_a_veto_leaves_the_number_of_the_rated():
    """EX-19: 20 → 19 gives one place for five stars, seven for four and more."""
    world = make_round(20)
    rate(world, 92, *[91, 90], *[85 - n for n in range(6)], *[70] * 11)
    propose_and_confirm(world, 0)
    post(world)
    found = world.entries()
    assert (found[0].outcome, found[0].stars) == (Outcome.VETOED, 0)
    assert [entry.stars for entry in found[1:]] == [5, *[4] * 6, *[3] * 12]


def test_equal_ones_across_the_cut_both_fall_unless_the_members_choose():
    """R-STAR-04."""
    world = make_round(2)
    rate(world, 92, 92)
    found = results_of(world.round)
    assert [found[e.pk].stars for e in world.entries()] == [3, 3]
    assert all(found[e.pk].tied for e in world.entries())
    chosen = choose(world, 1, world.cast.members[:2], "党建强会项目成效更好")
    with pytest.raises(ActionRefused, match="尚有名额"):
        choose(world, 0, world.cast.members[:1])
    post(world)
    assert stars(world) == [3, 5]
    assert world.entry(1).tie_reason == chosen.tie_reason == "党建强会项目成效更好"


def choose(world, number, members, text="成效更好", now=DELIBERATED):
    """These members give a place to one of the equals, one after the other."""
    for member in members:
        entry = actions.choose(
            entry=world.entry(number), row_version=None, text=text, by=member, now=now
        )
    return entry


def chosen_among_two():
    """Two of three are equal; the second has been chosen and posted with five stars."""
    world = make_round(3)
    rate(world, 92, 92, 85)
    choose(world, 1, world.cast.members[:2])
    post(world)
    return world


def score_again(world, number, score):
    """An objection, its 复核 and its deliberation lead to another score."""
    entry, cast, now = world.entry(number), world.cast, at(date(2026, 3, 18))
    actions.object_to(
        entry=entry, row_version=None, text="有异议", by=cast.secretary(entry), now=now
    )
    given = {"puts": puts(score), "opinion": "已核", "by": cast.reviewer, "now": now}
    actions.re_examine(entry=world.entry(number), row_version=None, **given)
    deliberate(world.entry(number), cast.members[2:], now)


def test_a_choice_is_none_of_who_is_scored_again():
    """R-STAR-04: another tie, at another score, was decided by nobody."""
    world = chosen_among_two()
    assert stars(world) == [3, 5, 3]
    score_again(world, 1, 85)
    entry = world.entry(1)
    assert (entry.tie_decided_by, entry.tie_decided_at, entry.tie_reason) == (None, None, "")
    assert entry.steps.filter(verb="choose", text="同意列入名额（2 / 2）成效更好").exists()
    post(world, at(date(2026, 3, 19)))
    assert stars(world) == [5, 3, 3]


def test_a_lower_score_after_an_objection_takes_the_posted_stars():
    """R-STAR-06: the members settle what the 复核 found, also downwards."""
    world = make_round()
    rate(world, 92)
    post(world)
    assert stars(world) == [5]
    score_again(world, 0, 75)
    entry = world.entry()
    assert (entry.entitled, entry.outcome, entry.stars) == (3, "", None)
    post(world, at(date(2026, 3, 19)))
    assert stars(world) == [3]
    assert StarAward.objects.get().stars == 3


def test_a_choice_does_not_win_over_who_became_equal_later():
    """The members chose between two; the third was not before them."""
    world = chosen_among_two()
    score_again(world, 2, 92)
    found = results_of(world.round)
    assert [found[e.pk].stars for e in world.entries()] == [3, 3, 3]
    assert all(found[e.pk].tied for e in world.entries())
    post(world, at(date(2026, 3, 19)))
    assert stars(world) == [3, 3, 3]
    assert world.entry(1).tie_decided_by is None
    choose(world, 2, world.cast.members[2:], "更好", at(date(2026, 3, 19)))
    post(world, at(date(2026, 3, 20)))
    assert stars(world) == [3, 3, 5]


def test_a_choice_stands_when_scores_elsewhere_change():
    world = chosen_among_two()
    score_again(world, 2, 84)
    post(world, at(date(2026, 3, 19)))
    assert stars(world) == [3, 5, 3]
    assert world.entry(1).tie_reason == "成效更好"


def test_without_the_look_at_times_the_stale_choice_would_win(monkeypatch):
    """Negative control."""
    world = chosen_among_two()
    score_again(world, 2, 92)
    monkeypatch.setattr("starrating.places._vetoed_and_settled", lambda chosen: (set(), {}))
    post(world, at(date(2026, 3, 19)))
    assert stars(world) == [3, 5, 3]


def test_only_tied_ones_are_chosen_and_only_by_members():
    world = make_round(2)
    rate(world, 92, 85)
    with pytest.raises(ActionRefused, match="并列"):
        choose(world, 1, world.cast.members[:1])
    with pytest.raises(NotAllowed):
        choose(world, 1, [world.cast.leader])


def test_without_self_assessment_no_stars():
    """R-STAR-03: 不定星; not among the rated."""
    world = make_round(2)
    apply(world.entry(1), world.cast)
    rate(world, 92)
    post(world)
    absent = world.entry(1)
    assert (absent.outcome, absent.stars) == (Outcome.ABSENT, None)
    assert world.entry(0).stars == 5
    assert not StarAward.objects.filter(society=absent.society).exists()


def test_too_little_that_applies_is_not_rated():
    """R-STAR-01: 不予评定."""
    world = make_round()
    RatingEdition.objects.update(min_applicable=100)
    entry = apply(world.entry(), world.cast)
    entry.lines.filter(code="C1").update(
        state="not_applicable", numerator=0, denominator=0, share=0, points=0
    )
    walk_on = assess_self(entry, world.cast)
    deliberate(assess(walk_on, world.cast), world.cast.members[:2])
    post(world)
    entry = world.entry()
    assert (entry.outcome, entry.stars, entry.awarded_score) == (Outcome.UNRATED, None, None)


def rule(world, code="V8"):
    return VetoRule.objects.get(edition=world.round.edition, code=code)


def propose(world, number=0, now=ASSESSED):
    return actions.propose_veto(
        society=world.societies[number],
        rule=rule(world),
        year=YEAR,
        facts="未参加年检",
        document_number="民函〔2026〕1号",
        by=world.cast.reviewer,
        now=now,
    )


def propose_and_confirm(world, number=0):
    veto = propose(world, number)
    later = at(date(2026, 3, 10))
    actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=later)
    return actions.second_veto(veto=veto, row_version=None, by=world.cast.members[3], now=later)


def test_a_veto_acts_after_the_statement_and_two_confirmations():
    """R-STAR-05: five working days, leader and second member."""
    world = make_round()
    veto = propose(world)
    assert veto.statement_until == date(2026, 3, 9)
    cast, early, later = world.cast, at(date(2026, 3, 9)), at(date(2026, 3, 10))
    for step, by in (
        (actions.confirm_veto, cast.leader),
        (actions.second_veto, cast.members[0]),
    ):
        with pytest.raises(ActionRefused, match="陈述意见"):
            step(veto=veto, row_version=None, by=by, now=early)
    veto = actions.confirm_veto(veto=veto, row_version=None, by=cast.leader, now=later)
    assert veto.state == VetoState.PROPOSED
    veto = actions.second_veto(veto=veto, row_version=None, by=cast.members[0], now=later)
    assert veto.state == VetoState.CONFIRMED


def test_the_society_speaks_once_in_its_days_and_is_heard_at_once():
    world = make_round()
    veto = propose(world)
    secretary = world.cast.secretaries[world.societies[0].pk]
    early = at(date(2026, 3, 3))
    said = {"statement": "已补报年检", "by": secretary}
    with pytest.raises(ActionRefused, match="截止"):
        actions.state_view(veto=veto, row_version=None, now=at(date(2026, 3, 10)), **said)
    veto = actions.state_view(veto=veto, row_version=None, now=early, **said)
    with pytest.raises(ActionRefused, match="已陈述"):
        actions.state_view(veto=veto, row_version=None, now=early, **said)
    dismissed = actions.close_veto(
        veto=veto, row_version=None, reason="情况不实", by=world.cast.leader, now=early
    )
    assert dismissed.state == VetoState.DISMISSED
    # The same case may be entered again once it was dismissed, not while it stands.
    again = propose(world)
    with pytest.raises(ActionRefused, match="已有同一情形"):
        propose(world)
    assert again.pk != veto.pk


@pytest.mark.parametrize("step", ["confirm", "second"])
def test_the_proposer_confirms_nothing(step):
    """roles.md §2.3: proposer, leader and second member are three."""
    world = make_round()
    veto = propose(world)
    role = Role.COMMITTEE_LEADER if step == "confirm" else Role.COMMITTEE_MEMBER
    both = make_actor(role, world.round.federation, user=world.cast.reviewer.user)
    act = getattr(actions, f"{step}_veto")
    with pytest.raises(NotAllowed):
        act(veto=veto, row_version=None, by=both, now=at(date(2026, 3, 10)))


def test_leader_and_second_member_are_two_users():
    world = make_round()
    veto = propose(world)
    later = at(date(2026, 3, 10))
    veto = actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=later)
    both = make_actor(Role.COMMITTEE_MEMBER, world.round.federation, user=world.cast.leader.user)
    with pytest.raises(NotAllowed):
        actions.second_veto(veto=veto, row_version=None, by=both, now=later)


def test_without_the_comparison_the_database_refuses_the_second_time(monkeypatch):
    """Negative control."""
    world = make_round()
    veto = propose(world)
    later = at(date(2026, 3, 10))
    veto = actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=later)
    both = make_actor(Role.COMMITTEE_MEMBER, world.round.federation, user=world.cast.leader.user)
    monkeypatch.setattr("starrating.actions.vetoes._refuse_same", lambda *_: None)
    with pytest.raises(IntegrityError, match="confirmed_by_not_seconded_by"), transaction.atomic():
        actions.second_veto(veto=veto, row_version=None, by=both, now=later)


def test_a_computed_case_is_a_proposal_and_blocks_the_list():
    """R-STAR-05: V1 is proposed by the portal; nobody is vetoed by a machine."""
    world = make_round(computed=False)
    bare = make_society(world.round.federation)
    RatingEntry.objects.create(round=world.round, society=bare)
    actions.compute_round(chosen=world.round, now=at(date(2026, 2, 2)))
    veto = Veto.objects.get()
    assert (veto.society, veto.rule.code, veto.proposed_by) == (bare, "V1", None)
    assert veto.statement_until == date(2026, 2, 9)
    walk(world.entry(), world.cast)
    with pytest.raises(ActionRefused, match="1 项一票否决建议待核定"):
        post(world)
    later = at(date(2026, 3, 10))
    actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=later)
    actions.second_veto(veto=veto, row_version=None, by=world.cast.members[3], now=later)
    post(world)
    entry = RatingEntry.objects.get(society=bare)
    assert (entry.outcome, entry.stars) == (Outcome.VETOED, 0)


def test_a_veto_after_the_list_asks_for_a_new_one():
    world = make_round(2)
    rate(world, 92, 85)
    post(world)
    propose_and_confirm(world, 0)
    with pytest.raises(ActionRefused, match="请重新公示"):
        finalise(world)
    post(world, at(date(2026, 3, 25)))
    assert [(e.outcome, e.stars) for e in world.entries()] == [("vetoed", 0), ("rated", 4)]
    states = dict(StarAward.objects.values_list("society", "state"))
    assert states[world.societies[0].pk] == StarAward.State.DROPPED
    finalise(world, at(date(2026, 4, 2)))
    assert StarAward.objects.get(state="official").society == world.societies[1]


def test_results_are_read_without_writing():
    world = make_round(2)
    rate(world, 92, 85)
    before = list(RatingEntry.objects.order_by("pk").values())
    results_of(world.round)
    assert list(RatingEntry.objects.order_by("pk").values()) == before
    assert POSTED > DELIBERATED


def test_the_reason_for_one_of_equals_takes_no_more_than_its_field(client):
    """What is too long is seen while it is typed."""
    world = make_round(2)
    rate(world, 92, 92)
    client.force_login(world.cast.members[0].user)
    page = client.get(reverse("starrating:places", args=[world.round.pk])).content.decode()
    most = RatingEntry._meta.get_field("tie_reason").max_length
    assert f'name="text" rows="2" maxlength="{most}"' in page
