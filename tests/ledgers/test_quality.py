"""A secretariat that reports nobody, while its unit lives, is one data-quality issue (EX-05)."""

from datetime import date

import pytest

from ledgers.models import Ledger, LedgerState
from ledgers.querysets.ledgers import clear_tables
from societies import actions
from societies.models import (
    BackdatedFact,
    DataQualityIssue,
    DirtySociety,
    Severity,
    Society,
    SocietyUnit,
    UnitKind,
)
from tests.factories import make_ledger, make_period
from tests.factories.ledgers import AS_OF

pytestmark = pytest.mark.django_db
NEXT = date(2026, 12, 31)
NOBODY = dict.fromkeys(
    (
        "secretariat_staff",
        "full_time_staff",
        "part_time_staff",
        "established_post_staff",
        "retired_rehired",
        "contract_staff",
        "women",
        "aged_35_or_under",
        "aged_61_or_over",
        "education_doctor",
        "education_master",
        "education_bachelor",
    ),
    "0",
)
NO_MEMBERS = dict.fromkeys(
    (
        "secretariat_party_members",
        "secretariat_full_members",
        "full_time_pm",
        "established_post_pm",
        "contract_pm",
    ),
    "0",
) | {"total_distinct": "32", "full_members": "31", "relation_elsewhere": "32"}


def accept(society, cast, period, **tables):
    return make_ledger(society, period, cast=cast, state=LedgerState.ACCEPTED, **tables)


@pytest.fixture
def stated(society, cast, period):
    """The accepted version of a secretariat served by a branch of seconded members."""
    return accept(society, cast, period, staff=NOBODY, members=NO_MEMBERS)


def test_nobody_in_a_living_secretariat_is_one_issue(stated, society):
    issue = DataQualityIssue.objects.get()
    assert (issue.society, issue.section, issue.opened_on) == (society, "staff", AS_OF)
    assert issue.severity == Severity.WARNING
    assert issue.closed_on is None
    unit = SocietyUnit.objects.get(society=society, kind=UnitKind.SECRETARIAT)
    assert unit.valid_to is None, "the unit lives until it is closed (R-FED-03)"


def test_it_takes_no_table_its_clear(stated):
    """R-LED-02: only errors do."""
    assert (
        clear_tables(Society.objects.all(), AS_OF.replace(month=7, day=20)).get().clear_count == 5
    )


def test_said_again_it_stays_one(stated, society, cast):
    later = make_period(society.federation, NEXT)
    accept(society, cast, later, staff=NOBODY, members=NO_MEMBERS)
    assert DataQualityIssue.objects.get().opened_on == AS_OF


def test_a_later_version_with_staff_closes_it(stated, society, cast):
    accept(society, cast, make_period(society.federation, NEXT))
    assert DataQualityIssue.objects.get().closed_on == NEXT


def test_an_older_version_accepted_late_says_nothing_of_today(society, cast, period):
    """The newest accepted version speaks."""
    accept(society, cast, make_period(society.federation, NEXT))
    old = make_ledger(
        society, period, cast=cast, staff=NOBODY, members=NO_MEMBERS, state=LedgerState.ACCEPTED
    )
    assert Ledger.objects.get(pk=old.pk).state == LedgerState.ACCEPTED
    assert not DataQualityIssue.objects.exists()


def test_a_secretariat_with_staff_is_none(society, cast, period):
    accept(society, cast, period)
    assert not DataQualityIssue.objects.exists()


class TestErrorsMoveFigures:
    """R-LED-02: an open error takes tables their clear, so figures follow in its transaction."""

    @pytest.fixture
    def note(self, society, cast, period):
        accept(society, cast, period)
        DirtySociety.objects.all().delete()

        def say(severity=Severity.ERROR, stands=True):
            actions.note_issue(
                society=society,
                code="Q-01",
                section="staff",
                severity=severity,
                message="与名录不符",
                stands=stands,
                today=LATE,
            )
            dirty = list(DirtySociety.objects.values_list("society_id", flat=True))
            DirtySociety.objects.all().delete()
            return dirty

        return say

    def test_an_error_opened_and_closed_is_counted_again_each_time(self, note, society):
        assert note() == [society.pk]
        assert clear_on(LATE) == 4
        assert note() == [], "nothing new"
        assert note(stands=False) == [society.pk]
        assert clear_on(LATE) == 5
        assert note(stands=False) == []
        assert not BackdatedFact.objects.exists(), "past days stay as they were published"

    def test_a_warning_moves_nothing(self, note):
        assert note(Severity.WARNING) == note(Severity.WARNING, stands=False) == []
        assert clear_on(LATE) == 5

    def test_without_the_mark_the_figure_would_stay_behind(self, note, monkeypatch):
        """Negative control: the tables change, and nobody is told."""
        monkeypatch.setattr(actions, "mark_dirty", lambda *given, **more: None)
        assert note() == [] and clear_on(LATE) == 4


LATE = date(2026, 7, 20)


def clear_on(day):
    return clear_tables(Society.objects.all(), day).get().clear_count
