"""R-STAR-06: a rating round, step by step, through the actions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.permissions import Role, ScopeKind
from common import workdays
from common.clock import day_of, start_of
from common.errors import ActionRefused, Conflict
from societies.access import Scope
from societies.grants import actors_for
from starrating import actions, desk
from starrating.actions import Put, Said
from starrating.actions.publicity import publicity_end
from starrating.awarding import entitlement, scale_of
from starrating.models import (
    Criterion,
    EntryState,
    Outcome,
    RatingEdition,
    RatingEntry,
    RatingObjection,
    RatingRound,
    RatingStep,
    StarAward,
)
from starrating.tasks import take_closing_scores
from tests.factories import make_actor, make_edition, make_federation, make_society
from tests.factories.coverage import at
from tests.factories.rounds import (
    APPLIED,
    COMPUTED,
    DELIBERATED,
    FINAL,
    OPENED,
    POSTED,
    RATED,
    SELF,
    VALUES,
    YEAR,
    apply,
    assess,
    assess_self,
    confirmed,
    deliberate,
    finalise,
    make_round,
    post,
    walk,
)

pytestmark = pytest.mark.django_db


def test_a_round_from_application_to_its_number():
    world = make_round()
    entry = walk(world.entry(), world.cast)
    assert (entry.state, entry.awarded_score, entry.entitled) == ("deliberated", 80, 4)
    post(world)
    entry = world.entry()
    assert (entry.state, entry.outcome, entry.stars) == ("publicity", Outcome.RATED, 4)
    assert (entry.publicity_from, entry.publicity_until) == (date(2026, 3, 16), date(2026, 3, 20))
    finalise(world)
    entry = world.entry()
    assert (entry.state, entry.round.document_number) == ("final", "科社党〔2026〕8号")
    award = StarAward.objects.get(society=world.societies[0])
    assert (award.state, award.stars) == ("official", 4)
    assert (award.valid_from, award.valid_to) == (date(2026, 3, 24), date(2028, 1, 1))
    verbs = list(entry.steps.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        *("open", "compute", "send_application", "sign_application"),
        *("send_self_assessment", "sign_self_assessment", "assign", "adjust"),
        *("submit_assessment", "agree", "agree", "post", "finalise"),
    ]


def test_the_closing_score_stands_beside_the_lines():
    """R-STAR-08: what the lines say and what the night's statement says is one score."""
    world = make_round(2)
    entry = world.entry()
    found = entitlement(entry, entry.lines.all(), scale_of(world.round.edition))
    assert found.score == entry.computed_score == Decimal("77.78")
    assert entry.tree == "multi"
    states = dict(entry.lines.values_list("code", "state"))
    assert states == {"A1": "value", "C1": "value", "E1": "missing", "F1": "not_supplied"}


def test_scores_are_taken_at_the_freeze_date_not_before(monkeypatch):
    """R-STAR-08: by the daily task, once."""
    world = make_round(computed=False)
    monkeypatch.setattr("common.clock.now", lambda: at(date(2026, 1, 30)))
    assert take_closing_scores() == 0
    with pytest.raises(ActionRefused, match="2026-01-31 定格"):
        actions.compute_round(chosen=world.round, now=at(date(2026, 1, 30)))
    apply(world.entry(), world.cast, at(date(2026, 1, 20)))
    with pytest.raises(ActionRefused, match="定格后方可自评"):
        assess_self(world.entry(), world.cast, at(date(2026, 1, 21)))
    monkeypatch.setattr("common.clock.now", lambda: at(date(2026, 1, 31)))
    assert take_closing_scores() == 1
    assert take_closing_scores() == 0
    assert world.entry().computed_score == Decimal("77.78")
    assert world.fresh().computed_at == at(date(2026, 1, 31))


def test_who_is_asked_is_written_down_when_the_round_opens():
    """D-5."""
    world = make_round(2)
    make_society(world.round.federation)
    assert world.round.entries.count() == 2
    with pytest.raises(ActionRefused, match="已经开启"):
        actions.open_round(
            federation=world.round.federation,
            year=YEAR,
            values=VALUES,
            by=world.cast.reviewer,
            now=OPENED,
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"freeze_on": date(2025, 12, 31)}, "freeze_on"),
        ({"apply_by": date(2026, 1, 11)}, "apply_by"),
        ({"self_by": date(2026, 2, 9)}, "self_by"),
        ({"publicity_days": 4}, "publicity_days"),
        ({"members": 0}, "members"),
    ],
)
def test_a_round_with_wrong_days_is_refused_at_the_field(values, field):
    with pytest.raises(ActionRefused) as refused:
        make_round(**values)
    assert field in refused.value.errors


def test_a_year_without_a_standard_is_refused():
    federation = make_federation()
    make_edition(federation)
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    with pytest.raises(ActionRefused, match="没有适用的星级标准"):
        actions.open_round(federation=federation, year=YEAR, values=VALUES, by=reviewer, now=OPENED)


def test_publicity_counts_the_first_day_if_people_work():
    """Rules §12.4, with the days moved around National Day 2026."""
    assert publicity_end(date(2026, 3, 16), 5) == date(2026, 3, 20)
    assert publicity_end(date(2026, 3, 14), 5) == date(2026, 3, 20)
    assert publicity_end(date(2026, 9, 30), 5) == date(2026, 10, 12)


def test_a_society_without_party_organisation_does_not_apply():
    world = make_round()
    lonely = make_society(world.round.federation)
    entry = RatingEntry.objects.create(round=world.round, society=lonely)
    with pytest.raises(ActionRefused, match="尚未建立党组织"):
        actions.send_application(
            entry=entry,
            row_version=None,
            target_stars=3,
            measures="措施",
            by=make_actor(Role.SOCIETY_CLERK, lonely),
            now=APPLIED,
        )


def test_deadlines_of_the_society_are_kept():
    world = make_round()
    with pytest.raises(ActionRefused, match="创建申报已于 2026-02-10 截止"):
        apply(world.entry(), world.cast, at(date(2026, 2, 11)))
    entry = apply(world.entry(), world.cast)
    with pytest.raises(ActionRefused, match="自评已于 2026-02-20 截止"):
        assess_self(entry, world.cast, at(date(2026, 2, 21)))


def test_every_line_is_confirmed_or_disputed_with_a_text():
    world = make_round()
    entry = apply(world.entry(), world.cast)
    said = confirmed(entry) | {"A1": Said("disputed"), "C1": Said("")}
    with pytest.raises(ActionRefused) as refused:
        actions.send_self_assessment(
            entry=entry, row_version=None, said=said, by=world.cast.clerk(entry), now=SELF
        )
    assert refused.value.errors.keys() == {"text_A1", "word_C1"}


def test_the_secretary_hands_back_and_the_clerk_sends_again():
    world = make_round()
    entry = world.entry()
    cast = world.cast
    clerk, secretary = cast.clerk(entry), cast.secretary(entry)
    sent = {"target_stars": 4, "measures": "措施", "by": clerk, "now": APPLIED}
    entry = actions.send_application(entry=entry, row_version=None, **sent)
    entry = actions.hand_back(
        entry=entry, row_version=None, reason="请写具体", by=secretary, now=APPLIED
    )
    assert (entry.state, entry.return_reason) == (EntryState.OPEN, "请写具体")
    assert [task.status_label for task in desk.society(clerk, day_of(APPLIED))] == ["已退回"]
    entry = apply(entry, cast)
    assert [task.status_label for task in desk.society(clerk, day_of(SELF))] == ["待自评"]
    said = confirmed(entry)
    entry = actions.send_self_assessment(
        entry=entry, row_version=None, said=said, by=clerk, now=SELF
    )
    entry = actions.hand_back(
        entry=entry, row_version=None, reason="再核对", by=secretary, now=SELF
    )
    assert entry.state == EntryState.APPLIED
    assert [task.status_label for task in desk.society(clerk, day_of(SELF))] == ["已退回"]
    assert assess_self(entry, cast).state == EntryState.SELF_ASSESSED


@pytest.mark.parametrize(
    ("put", "field"),
    [
        ({"A1": Put(Decimal("39.5"))}, "reason_A1"),
        ({"A1": Put(Decimal("40.01"), "理由")}, "points_A1"),
        ({"F1": Put(Decimal("3"), "理由")}, "points_F1"),
        ({"F1": Put(Decimal("5"))}, "reason_F1"),
        ({}, "points_F1"),
    ],
)
def test_other_points_need_a_reason_and_fit_the_line(put, field):
    """A line people rate goes by quarters, and none stays open."""
    world = make_round()
    entry = walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    with pytest.raises(ActionRefused) as refused:
        assess(entry, world.cast, put)
    assert field in refused.value.errors
    assert world.entry().state == EntryState.SELF_ASSESSED


def test_the_same_points_put_nothing_in_the_place_of_the_computed():
    world = make_round()
    entry = walk(
        world.entry(), world.cast, EntryState.PRELIMINARY, RATED | {"A1": Put(Decimal(40))}
    )
    assert entry.lines.get(code="A1").assessed is None
    assert entry.steps.filter(verb="adjust").count() == 1


def test_the_assessor_gives_back_after_the_deadline_of_the_society():
    """What was filed in time may be completed until the end of the assessor's days."""
    world = make_round()
    cast = world.cast
    entry = walk(world.entry(), cast, EntryState.SELF_ASSESSED)
    now = at(date(2026, 3, 2))
    actions.assign(
        chosen=world.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=now
    )
    entry = actions.give_back(
        entry=entry,
        row_version=None,
        reason="请补充依据",
        by=cast.assessing(world.round),
        now=now,
    )
    assert (entry.state, entry.return_reason) == (EntryState.APPLIED, "请补充依据")
    again = assess_self(entry, cast, at(date(2026, 3, 5)))
    assert (again.state, again.return_reason) == (EntryState.SELF_ASSESSED, "")


def test_members_refer_back_and_another_turn_begins():
    world = make_round()
    cast = world.cast
    entry = walk(world.entry(), cast, EntryState.PRELIMINARY)
    entry = deliberate(entry, cast.members[:1])
    entry = actions.refer_back(
        entry=entry, row_version=None, text="请核 A1", by=cast.members[1], now=DELIBERATED
    )
    assert (entry.state, entry.turn, entry.assessed_by) == (EntryState.SELF_ASSESSED, 2, None)
    entry = assess(entry, cast)
    assert deliberate(entry, cast.members[:1]).state == EntryState.PRELIMINARY
    with pytest.raises(ActionRefused, match="已对该学会提出过"):
        deliberate(entry, cast.members[:1])
    assert deliberate(world.entry(), cast.members[1:2]).state == EntryState.DELIBERATED


def objected(world):
    """Posted, and an objection raised."""
    walk(world.entry(), world.cast)
    post(world)
    return actions.object_to(
        entry=world.entry(),
        row_version=None,
        text="E1 应得分",
        by=world.cast.secretary(world.entry()),
        now=at(date(2026, 3, 20), 23, 59, 59),
    )


def re_examined(world, by=None):
    """…and re-examined to 100 points."""
    return actions.re_examine(
        entry=objected(world),
        row_version=None,
        puts={"E1": Put(Decimal(20), "章程已核")},
        opinion="异议成立",
        by=by or world.cast.reviewer,
        now=at(date(2026, 3, 23)),
    )


def test_an_objection_is_re_examined_and_posted_anew():
    world = make_round()
    entry = re_examined(world)
    assert entry.state == EntryState.RE_EXAMINED
    assert RatingObjection.objects.get().answer == "异议成立"
    with pytest.raises(ActionRefused, match="还有 1 家"):
        post(world, at(date(2026, 3, 24)))
    entry = deliberate(entry, world.cast.members[2:], at(date(2026, 3, 24)))
    assert (entry.awarded_score, entry.entitled) == (100, 5)
    post(world, at(date(2026, 3, 25)))
    entry = world.entry()
    assert (entry.stars, entry.publicity_until) == (5, date(2026, 3, 31))
    assert entry.lines.get(code="E1").re_examined == 20
    with pytest.raises(ActionRefused, match="公示至 2026-03-31"):
        finalise(world, at(date(2026, 3, 31)))
    finalise(world, at(date(2026, 4, 1)))
    assert StarAward.objects.get().stars == 5


def test_a_holiday_table_that_comes_late_lengthens_the_notice(monkeypatch):
    """Posted without the year's table (暂算), decided with it: five real working days (§12.3)."""
    world = make_round()
    walk(world.entry(), world.cast)
    monkeypatch.setattr(workdays, "_judge", _without_table)
    post(world)
    posted = world.entry()
    assert posted.publicity_is_provisional
    assert posted.publicity_until == date(2026, 3, 20)
    monkeypatch.setattr(workdays, "_judge", _with_two_rest_days)
    with pytest.raises(ActionRefused, match="公示至 2026-03-24"):
        finalise(world, at(date(2026, 3, 24)))
    finalise(world, at(date(2026, 3, 25)))


def _without_table(day):
    return day.weekday() < 5, True


def _with_two_rest_days(day):
    return day.weekday() < 5 and day not in (date(2026, 3, 18), date(2026, 3, 19)), False


def test_an_objection_comes_to_the_end_of_the_last_day():
    """Rules §12.4: to 24:00 of the last day."""
    world = make_round()
    assert objected(world).state == EntryState.OBJECTED
    other = make_round()
    walk(other.entry(), other.cast)
    post(other)
    with pytest.raises(ActionRefused, match="公示已于 2026-03-20 结束"):
        actions.object_to(
            entry=other.entry(),
            row_version=None,
            text="迟了",
            by=other.cast.secretary(other.entry()),
            now=start_of(date(2026, 3, 21)),
        )


def test_nothing_is_posted_before_the_society_had_its_days():
    world = make_round()
    walk(world.entry(), world.cast)
    with pytest.raises(ActionRefused, match="2026-02-20 截止"):
        post(world, at(date(2026, 2, 20)))
    post(world, at(date(2026, 2, 21)))
    with pytest.raises(ActionRefused, match="没有新的结果"):
        post(world, at(date(2026, 2, 22)))


def test_a_stale_page_changes_nothing():
    """R8: the second of two tabs gets a conflict."""
    world = make_round()
    entry = world.entry()
    seen = entry.row_version
    apply(entry, world.cast)
    with pytest.raises(Conflict):
        actions.send_self_assessment(
            entry=entry,
            row_version=seen,
            said=confirmed(entry),
            by=world.cast.clerk(entry),
            now=SELF,
        )
    assert world.entry().state == EntryState.APPLIED


def test_an_assessor_reaches_what_is_assigned_and_nothing_after_the_round():
    world = make_round(2)
    cast = world.cast
    for entry in world.entries():
        walk(entry, cast, EntryState.SELF_ASSESSED)
    first = assess(world.entry(0), cast)
    assessor = cast.assessing(world.round)
    visible = RatingEntry.objects.visible_to(assessor)
    assert list(visible) == [first]
    # A second appointment on the other society's organisation opens nothing of the round.
    organisation = world.entry(1).organisation
    other = make_actor(Role.ASSESSOR, organisation, user=cast.assessor)
    assert not RatingEntry.objects.visible_to(other).exists()
    own = make_actor(Role.ASSESSOR, first.organisation, user=cast.assessor)
    assert list(RatingEntry.objects.visible_to(own)) == [first]
    assess(world.entry(1), cast)
    for entry in world.entries():
        deliberate(entry, cast.members[:2])
    post(world)
    finalise(world)
    assert not RatingEntry.objects.visible_to(own).exists()
    assert not RatingRound.objects.visible_to(own).exists()
    assert not RatingStep.objects.visible_to(own).exists()
    valid = [a.appointment.pk for a in actors_for(cast.assessor, FINAL.date())]
    assert world.round.seats.get().appointment_id not in valid


def test_reassigning_takes_the_organisation_from_the_former_assessor():
    world = make_round()
    cast = world.cast
    entry = walk(world.entry(), cast, EntryState.SELF_ASSESSED)
    now = at(date(2026, 3, 2))
    given = {"chosen": world.round, "entries": [entry], "by": cast.reviewer, "now": now}
    actions.assign(user=cast.assessor, **given)
    former = world.round.seats.get().appointment
    assert former.organisation_grants.exists()
    actions.assign(user=cast.members[3].user, **given)
    assert not former.organisation_grants.exists()
    assert world.entry().assessor == cast.members[3].user


def test_several_societies_of_a_federation_read_its_rows_once():
    """roles.md §2.5: a scope of several societies; the round is one row, not one for each."""
    world = make_round(2)
    for entry in world.entries():
        walk(entry, world.cast)
    post(world)
    edition = world.round.edition
    both = Scope(ScopeKind.SOCIETY, frozenset(society.pk for society in world.societies))
    assert RatingRound.objects.within(both).get() == world.round
    assert RatingEdition.objects.within(both).get() == edition
    assert (
        Criterion.objects.within(both).count()
        == Criterion.objects.filter(edition=edition).count()
        > 0
    )
    assert StarAward.objects.within(both).count() == 2
    elsewhere = Scope(ScopeKind.SOCIETY, frozenset({make_society(make_federation()).pk}))
    for model in (RatingRound, RatingEdition, Criterion, StarAward):
        assert not model.objects.within(elsewhere).exists(), model


def test_compute_again_changes_nothing():
    world = make_round()
    before = list(world.entry().lines.values())
    actions.compute_round(chosen=world.round, now=COMPUTED + timedelta(days=1))
    assert list(world.entry().lines.values()) == before
    assert world.fresh().computed_at == COMPUTED
    assert POSTED > COMPUTED
