"""Work records (rules §6.5): EX-04 by the actions, the shipped editions, live figures."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.permissions import Role
from branches.actions import end_posting, file_visit, return_record, withdraw_visit
from branches.models import LifeKind, OrganisationType, Posting
from coverage import live
from coverage.editions import EDITIONS
from coverage.explain import explain_change
from coverage.models import LiveCoverage
from tests.coverage.test_night import figures
from tests.factories import (
    at,
    file_life,
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_obligations,
    make_organisation,
    make_posting,
    make_society,
    make_user,
)

pytestmark = pytest.mark.django_db
POSTED, LAST = date(2026, 10, 15), date(2027, 1, 1)


@pytest.fixture
def federation():
    federation = make_federation(code="cast")
    make_obligations(federation)
    return federation


def visited_society(federation):
    """S6 of EX-04: joined on 8 October, instructor from the 15th, visit on the 20th."""
    society = make_society(federation, joined_on=date(2026, 10, 8))
    user = make_user()
    posting = make_posting(society, user=user, valid_from=POSTED, valid_to=LAST)
    by = make_actor(Role.INSTRUCTOR, society, user=user)
    report = file_visit(
        society=society,
        visited_on=date(2026, 10, 20),
        work="指导筹建",
        by=by,
        now=at(date(2026, 10, 20)),
    )
    return society, posting, report, by


def work_on(federation, day):
    freeze(federation, day)
    return figures(federation, day)["WORK"] == (1, 1)


@pytest.mark.parametrize(
    ("day", "shipped", "strict"),
    [
        (date(2026, 10, 14), False, False),
        (date(2026, 10, 15), True, False),
        (date(2026, 10, 19), True, False),
        (date(2026, 10, 20), True, True),
        (date(2026, 12, 31), True, True),
        (date(2027, 1, 1), False, False),
    ],
)
def test_ex_04_visit_within_the_posting(federation, day, shipped, strict):
    other = make_federation()
    make_edition(other, work_evidence_days=90)
    EDITIONS.load_all()
    visited_society(federation), visited_society(other)
    assert work_on(federation, day) is shipped
    assert work_on(other, day) is strict


def test_ex_04_recalled_earlier(federation):
    """Recalled on 11-10: uncovered from that day, whatever else says otherwise."""
    make_edition(federation, work_evidence_days=90)
    _, posting, _, _ = visited_society(federation)
    by = make_actor(Role.COMMITTEE_REVIEWER, federation)
    end_posting(posting=posting, last_day=date(2026, 11, 9), by=by, now=at(date(2026, 11, 9)))
    assert work_on(federation, date(2026, 11, 9))
    assert not work_on(federation, date(2026, 11, 10))


@pytest.mark.parametrize(("days", "covered"), [(89, True), (90, False)])
def test_a_record_serves_ninety_days(federation, days, covered):
    """[D − (n − 1), D] with n = 90."""
    make_edition(federation, work_evidence_days=90)
    society = make_society(federation)
    make_posting(society)
    user = make_user()
    make_posting(society, user=user, valid_from=date(2026, 1, 1))
    by = make_actor(Role.INSTRUCTOR, society, user=user)
    day = date(2026, 3, 2)
    file_visit(society=society, visited_on=day, work="走访", by=by, now=at(day))
    assert work_on(federation, day + timedelta(days=days)) is covered


def test_the_night_names_the_record_that_moved_a_figure(federation):
    """R-COV-08: with n > 0 a record begins coverage, and its age ends it."""
    make_edition(federation, work_evidence_days=90)
    society, _, _, _ = visited_society(federation)
    Posting.objects.update(valid_to=None)
    lapse = date(2026, 10, 20) + timedelta(days=90)
    for day in (date(2026, 10, 19), date(2026, 10, 20), lapse - timedelta(days=1), lapse):
        freeze(federation, day)
    (begun,) = explain_change(society, date(2026, 10, 20))
    assert (begun.text, begun.on, begun.late) == ("登记工作记录", date(2026, 10, 20), False)
    (ended,) = explain_change(society, lapse)
    assert (ended.text, ended.on) == ("最近的工作记录已满 90 天", date(2026, 10, 20))


def live_work(society):
    live.drain_dirty(at(date(2026, 3, 9)))
    return LiveCoverage.objects.get(society=society, indicator="WORK").covered == 1


def test_live_follows_filing_return_and_withdrawal(federation):
    """R-COV-06: the live row turns with each step, of every society served that day (R-LIFE-10)."""
    make_edition(federation, work_evidence_days=90)
    society, served = make_society(federation), make_society(federation)
    branches = [s.units.create(kind="division", name="分会") for s in (society, served)]
    group = make_organisation(society, *branches, type=OrganisationType.JOINT_BRANCH)
    user = make_user()
    for each in (society, served):
        make_posting(each, user=user)
    with time_machine.travel(at(date(2026, 3, 9)), tick=False):
        live.turn_live_day(at(date(2026, 3, 9)))
        assert not live_work(society) and not live_work(served)
        record = file_life(
            group, LifeKind.TRANSMISSION_STUDY, date(2026, 3, 5), on=date(2026, 3, 9)
        )
        assert live_work(society) and live_work(served)
        by = make_actor(Role.SOCIETY_SECRETARY, society)
        return_record(record=record, row_version=1, reason="议程", by=by, now=at(date(2026, 3, 9)))
        assert not live_work(society) and not live_work(served)
        instructor = make_actor(Role.INSTRUCTOR, served, user=user)
        report = file_visit(
            society=served,
            visited_on=date(2026, 3, 8),
            work="走访",
            by=instructor,
            now=at(date(2026, 3, 9)),
        )
        assert live_work(served) and not live_work(society)
        withdraw_visit(report=report, by=instructor, now=at(date(2026, 3, 9)))
        assert not live_work(served)
