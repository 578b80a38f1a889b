"""Deadlines in working days (rules §12.3, D-13, EX-10)."""

from datetime import date

import pytest

from common import workdays
from common.workdays import Deadline, add_workdays, is_workday, workdays_between


def test_a_half_year_without_holidays():
    """EX-10: due, grace and closing of 2026H1."""
    due = add_workdays(date(2026, 6, 30), 10)
    assert due == Deadline(date(2026, 7, 14), provisional=False)
    assert add_workdays(due.day, 5).day == date(2026, 7, 21)
    assert add_workdays(due.day, 20).day == date(2026, 8, 11)


def test_the_table_moves_days_both_ways():
    """National Day 2024: 1–7 October rest, 29 September and 12 October are worked."""
    assert is_workday(date(2024, 10, 4)) is None
    assert is_workday(date(2024, 9, 29)) == Deadline(date(2024, 9, 29), provisional=False)
    assert add_workdays(date(2024, 9, 30), 1).day == date(2024, 10, 8)


def test_a_year_without_table_is_provisional_and_keeps_fixed_holidays():
    """暂算; 1 January never is a working day, whatever the table will say."""
    assert add_workdays(date(2098, 12, 31), 1) == Deadline(date(2099, 1, 2), provisional=True)
    assert is_workday(date(2099, 1, 1)) is None


def test_days_of_a_year_without_table_are_provisional():
    """暂算 as soon as one day of the span lies in such a year (rules §12.3)."""
    assert not workdays.is_provisional(date(2026, 12, 1), date(2026, 12, 31))
    assert workdays.is_provisional(date(2098, 12, 31), date(2098, 12, 31))


def test_without_the_fixed_holidays_the_first_of_january_would_count(monkeypatch):
    monkeypatch.setattr(workdays, "FIXED_HOLIDAYS", frozenset())
    assert add_workdays(date(2098, 12, 31), 1).day == date(2099, 1, 1)


@pytest.mark.parametrize(
    ("start", "moved"),
    [(date(2026, 7, 11), date(2026, 7, 13)), (date(2026, 7, 14), date(2026, 7, 14))],
)
def test_a_rest_day_moves_to_the_next_working_day(start, moved):
    assert add_workdays(start, 0).day == moved


def test_counting_between_days():
    assert workdays_between(date(2026, 6, 30), date(2026, 7, 14)) == 10
    assert workdays_between(date(2026, 7, 14), date(2026, 7, 14)) == 0
    assert workdays_between(date(2026, 7, 14), date(2026, 7, 1)) == 0
