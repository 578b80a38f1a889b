"""A secretariat that reports nobody, while its unit lives, is one data-quality issue (EX-05)."""

from datetime import date

import pytest

from ledgers.models import Ledger, LedgerState
from ledgers.querysets.ledgers import clear_tables
from societies.models import DataQualityIssue, Severity, Society, SocietyUnit, UnitKind
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
