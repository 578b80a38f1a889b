"""R-LED-02: which ledgers are clear on a day, asked of the steps alone."""

from datetime import date

import pytest

from ledgers import actions
from ledgers.models import Ledger, LedgerState
from ledgers.querysets.ledgers import clear_tables
from societies.models import DataQualityIssue, Society
from tests.factories import make_cast, make_ledger, make_period, make_society
from tests.factories.ledgers import answer_warnings, moment, ticks

pytestmark = pytest.mark.django_db
S = LedgerState
DUE = date(2026, 7, 14)


def is_clear(society, on):
    return Ledger.objects.clearing(on).filter(society=society).exists()


def score(society, on):
    return clear_tables(Society.objects.filter(pk=society.pk), on).get().clear_count


def test_signed_in_time_counts_at_once_and_acceptance_adds_nothing(society, cast, period):
    make_ledger(society, period, cast=cast, state=S.ACCEPTED, on=DUE, reviewed_on=date(2026, 7, 20))
    assert not is_clear(society, date(2026, 7, 13))
    assert is_clear(society, DUE)
    assert is_clear(society, date(2026, 7, 19))
    assert is_clear(society, date(2026, 7, 20))
    assert is_clear(society, date(2027, 1, 1)), "until the next period's due day has passed"


def test_filed_late_counts_from_acceptance(society, cast, period):
    make_ledger(
        society,
        period,
        cast=cast,
        state=S.ACCEPTED,
        on=date(2026, 7, 15),
        reviewed_on=date(2026, 7, 20),
    )
    assert not is_clear(society, date(2026, 7, 15))
    assert not is_clear(society, date(2026, 7, 19))
    assert is_clear(society, date(2026, 7, 20))


def test_a_return_ends_the_benefit_until_mended(society, cast, period):
    ledger = make_ledger(
        society, period, cast=cast, state=S.RETURNED, on=DUE, reviewed_on=date(2026, 7, 20)
    )
    now = moment(date(2026, 7, 22))
    answer_warnings(ledger, cast.clerk, now)
    ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=now)
    actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=now)
    days = [date(2026, 7, d) for d in (19, 20, 21, 22)]
    assert [is_clear(society, day) for day in days] == [True, False, False, True]


def test_a_drafts_edit_or_a_signature_request_changes_nothing(society, cast, period):
    make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    assert score(society, DUE) == 0


def test_the_next_due_day_asks_for_the_next_ledger(society, cast, period):
    later = make_period(society.federation, date(2026, 12, 31))
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    assert is_clear(society, later.due_on), "on the due day itself it has not passed"
    assert not is_clear(society, later.due_on.replace(day=later.due_on.day + 1))


def test_a_later_periods_ledger_counts_before_its_due_day(society, cast, period):
    later = make_period(society.federation, date(2026, 12, 31))
    make_ledger(society, later, cast=cast, state=S.ACCEPTED, on=date(2026, 12, 31))
    assert is_clear(society, date(2026, 12, 31))


def test_another_federations_due_day_does_not_matter(society, cast, period):
    make_period(make_society().federation, date(2026, 12, 31))
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    assert is_clear(society, date(2027, 6, 1))


def test_an_open_error_takes_one_table(society, cast, period):
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    issue = DataQualityIssue.objects.create(
        society=society,
        code="staff-zero",
        section="staff",
        severity="error",
        message="办事机构人员为 0",
        opened_on=date(2026, 8, 1),
    )
    row = clear_tables(Society.objects.filter(pk=society.pk), date(2026, 8, 1)).get()
    assert (row.clear_staff, row.clear_members, row.clear_count) == (0, 1, 4)
    assert not is_clear(society, date(2026, 8, 1))
    assert score(society, date(2026, 7, 31)) == 5, "before it was found"
    issue.closed_on = date(2026, 9, 1)
    issue.save()
    assert score(society, date(2026, 8, 31)) == 4
    assert score(society, date(2026, 9, 1)) == 5
    DataQualityIssue.objects.create(
        society=society,
        code="note",
        section="staff",
        severity="warning",
        message="提示",
        opened_on=date(2026, 9, 1),
    )
    assert is_clear(society, date(2026, 9, 1)), "a warning does not count"


def test_an_error_naming_no_table_takes_all(society, cast, period):
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    DataQualityIssue.objects.create(
        society=society, code="x", severity="error", message="x", opened_on=date(2026, 8, 1)
    )
    assert score(society, date(2026, 8, 1)) == 0


def test_a_restatement_under_way_leaves_the_accepted_version_counting(society, cast, period):
    ledger = make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    actions.restate(ledger=ledger, reason="更正", by=cast.clerk, now=moment(date(2026, 8, 1)))
    assert is_clear(society, date(2026, 8, 2))


def test_a_past_day_gives_the_same_answer_later(society, cast, period):
    """What was filed after 24:00 of a day does not count on it."""
    ledger = make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    actions.sign_and_file(
        ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=moment(DUE, "00:00")
    )
    assert not is_clear(society, date(2026, 7, 13))
    assert is_clear(society, DUE)


def test_clearing_is_one_statement_whatever_the_number(
    society, cast, period, django_assert_num_queries
):
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    for _ in range(3):
        other = make_society(society.federation)
        make_ledger(other, period, cast=make_cast(other), state=S.ACCEPTED)
    with django_assert_num_queries(1):
        ids = set(Ledger.objects.clearing(DUE).values_list("society_id", flat=True))
    assert len(ids) == 4
    with django_assert_num_queries(1):
        rows = list(clear_tables(Society.objects.filter(pk__in=ids), DUE))
    assert {row.clear_count for row in rows} == {5}
