"""Stored hours equal a recomputation from events by an independent oracle (R-TRN-02…04)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Affiliation
from societies.models import DirtySociety, Society
from tests.factories import make_class, make_event, make_post
from tests.factories.members import make_member
from tests.oracle import hours as oracle
from tests.training.conftest import NOW, TODAY
from training import recompute as module
from training.models import HourCredit, HourEvent, YearHours
from training.recompute import bring_up, recompute
from training.shares import HourShare, hour_shares

pytestmark = pytest.mark.django_db
KINDS = ["concentrated", "lecture", "study", "online", "outreach"]
DAYS = [date(2026, 3, day) for day in (2, 3, 4)] + [date(2025, 12, 31), date(2027, 1, 1)]


@st.composite
def histories(draw):
    """Up to twelve events: day, kind, portion, minutes, who is credited, who lectures, state."""
    events = []
    for _ in range(draw(st.integers(1, 12))):
        portion = draw(st.sampled_from(["day", "half_day", "minutes"]))
        minutes = draw(st.integers(1, 600)) if portion == "minutes" else None
        kind = draw(st.sampled_from(KINDS))
        people = draw(st.sets(st.integers(0, 2), min_size=1))
        lecturer = draw(st.sampled_from([None, *people])) if kind == "lecture" else None
        state = draw(st.sampled_from(["confirmed", "confirmed", "filed"]))
        events.append(
            (draw(st.sampled_from(DAYS)), kind, portion, minutes, people, lecturer, state)
        )
    return events


def written(school, people, history):
    events = []
    for day, kind, portion, minutes, who, lecturer, state in history:
        event = make_event(
            [people[n] for n in sorted(who)],
            day,
            kind=kind,
            portion=portion,
            minutes=minutes,
            state=state,
            lecturer=None if lecturer is None else people[lecturer],
        )
        events.append(event)
    return events


def wanted(events, history, person):
    mine = [
        (day, kind, portion, minutes, lecturer == person, event.pk)
        for event, (day, kind, portion, minutes, who, lecturer, state) in zip(
            events, history, strict=True
        )
        if person in who and state == "confirmed" and day.year == 2026
    ]
    return oracle.year(mine)


def stored(member):
    row = YearHours.objects.get(member=member, year=2026)
    hours = (row.counted, row.offline, row.online, row.lectured)
    return (*(int(each * 2) for each in hours), row.concentrated)


@given(history=histories(), gone=st.integers(0, 11))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_recomputation_equals_what_is_stored(school, history, gone):
    """Random histories, then one event taken away again."""
    HourEvent.objects.all().delete()
    YearHours.objects.all().delete()
    people = school.more.setdefault("people", [school.member() for _ in range(3)])
    events = written(school, people, history)
    ids = [member.pk for member in people]
    recompute(ids, 2026, school.edition)
    for n, member in enumerate(people):
        assert stored(member) == wanted(events, history, n)
    if gone < len(events):
        touched = list(
            HourCredit.objects.filter(event=events[gone]).values_list("member_id", flat=True)
        )
        events[gone].delete()
        recompute(touched, 2026, school.edition)
        left = [pair for n, pair in enumerate(zip(events, history, strict=True)) if n != gone]
        for n, member in enumerate(people):
            assert stored(member) == wanted([e for e, _ in left], [h for _, h in left], n)


def test_without_the_daily_bound_the_comparison_fails(school, monkeypatch):
    """Negative control."""
    member = school.member()
    history = [(DAYS[0], "study", "day", None, {0}, None, "confirmed")] * 2
    events = written(school, [member], history)
    recompute([member.pk], 2026, school.edition)
    assert stored(member) == wanted(events, history, 0)
    monkeypatch.setattr(
        module, "_SQL", module._SQL.replace("LEAST(heard, daily) AS o", "heard AS o")
    )
    recompute([member.pk], 2026, school.edition)
    assert stored(member) != wanted(events, history, 0)


def test_a_class_is_one_training_however_many_sessions(school):
    """R-TRN-01: sessions of one class are one 集中培训, in the statement as in the oracle."""
    member = school.member()
    chosen = make_class(school.federation, sessions=2)
    for session in chosen.sessions.all():
        make_event(
            [member], session.held_on, kind="concentrated", session=session, organisation=None
        )
    make_event([member], date(2026, 1, 20), kind="concentrated")
    recompute([member.pk], 2026, school.edition)
    assert YearHours.objects.get(member=member).concentrated == 2


def test_change_makes_the_societies_dirty(school):
    """D1 and D2 follow at once (R-COV-06)."""
    member = school.member()
    DirtySociety.objects.all().delete()
    bring_up([make_event([member])], school.edition, today=TODAY)
    assert DirtySociety.objects.get().society == school.society
    assert YearHours.objects.get().counted == Decimal(4)


# --- the read of the two lines ---------------------------------------------------------------


def shares(school, on=TODAY):
    rows = hour_shares(Society.objects.filter(pk=school.society.pk), on)
    return {(row.organisation_id, row.line): (row.num, row.den) for row in rows}


def give(school, member, halves, year=2026, concentrated=0):
    YearHours.objects.update_or_create(
        member=member,
        year=year,
        defaults={
            "society": school.society,
            "counted": Decimal(halves) / 2,
            "offline": Decimal(halves) / 2,
            "online": 0,
            "lectured": 0,
            "concentrated": concentrated,
        },
    )


@pytest.mark.parametrize("month", range(1, 13))
def test_the_read_asks_for_the_months_that_are_over(school, month):
    """R-TRN-04: on the last day of a month m months count; a half hour less is not enough."""
    enough, short = school.member(), school.member()
    owed = oracle.owed(32, month)
    give(school, enough, owed)
    give(school, short, owed - 1)
    following = date(2026 + month // 12, month % 12 + 1, 1)
    on = date.fromordinal(following.toordinal() - 1)
    assert shares(school, on) == {(school.branch.pk, "member"): (1, 2)}


def test_who_owes_nothing_yet_stands_on_neither_side(school):
    """R-TRN-04: no whole month, no duty; 不适用 rather than met."""
    school.member(since=date(2026, 6, 2), now=NOW)
    assert shares(school) == {}
    assert shares(school, date(2026, 7, 31)) == {(school.branch.pk, "member"): (0, 1)}


def test_officers_are_asked_for_their_months_in_office(school):
    """R-TRN-01, R-TRN-04: 56 hours for who holds a post on the day, pro-rated."""
    officer, member = school.member(), school.member()
    make_post(school.branch, member=officer, valid_from=date(2026, 3, 1))
    make_post(school.branch, "deputy_secretary", member=member, valid_to=date(2026, 6, 1))
    give(school, officer, oracle.owed(56, 3), concentrated=1)
    assert shares(school) == {
        (school.branch.pk, "member"): (1, 2),
        (school.branch.pk, "officer"): (1, 1),
    }
    give(school, officer, oracle.owed(56, 3) - 1, concentrated=1)
    assert shares(school)[(school.branch.pk, "officer")] == (0, 1)


def test_only_relations_here_count(school):
    """Trap 4: who only takes part is required elsewhere; nor does who is not confirmed."""
    school.member(place="supporting_unit")
    make_member(school.branch, by=school.filer, since=date(2020, 1, 1))
    assert shares(school) == {}


def test_a_move_inside_the_society_keeps_the_months(school):
    """R-TRN-04: rows that follow each other hold a month together."""
    member = school.member()
    member.affiliations.update(valid_to=date(2026, 3, 11))
    Affiliation.objects.create(
        member=member,
        society=school.society,
        organisation=school.other,
        place="here",
        valid_from=date(2026, 3, 11),
    )
    give(school, member, oracle.owed(32, 5))
    assert shares(school) == {(school.other.pk, "member"): (1, 1)}
    give(school, member, oracle.owed(32, 5) - 1)
    assert shares(school) == {(school.other.pk, "member"): (0, 1)}


def test_without_an_edition_there_is_no_row(school):
    """不适用: a federation that set nothing."""
    school.member()
    school.edition.delete()
    assert hour_shares(Society.objects.all(), TODAY) == []
    assert hour_shares(Society.objects.none(), TODAY) == []
    assert HourShare(1, 2, "member", 0, 1).den == 1
