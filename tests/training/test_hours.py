"""The arithmetic of credit hours at every boundary; each test quotes its rule."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from training.hours import (
    Credit,
    HourRules,
    YearTotal,
    event_hours,
    online_most,
    required,
    whole_months,
    year_total,
)

D = Decimal
RULES = HourRules(
    member_hours=D(32),
    officer_hours=D(56),
    officer_concentrated=1,
    day_hours=D(8),
    half_day_hours=D(4),
    daily_most=D(8),
    online_percent=50,
    lecturer_factor=D(2),
    lecturer_most=D(8),
)
DAY = date(2026, 3, 5)


def heard(hours, on=DAY, **said):
    return Credit(on, D(str(hours)), **said)


@pytest.mark.parametrize(
    ("portion", "minutes", "hours"),
    [
        ("day", None, "8"),
        ("half_day", None, "4"),
        ("minutes", 29, "0"),
        ("minutes", 30, "0.5"),
        ("minutes", 59, "0.5"),
        ("minutes", 60, "1"),
        ("minutes", 89, "1"),
        ("minutes", 90, "1.5"),
        ("minutes", 119, "1.5"),
        ("minutes", 120, "2"),
        ("minutes", 1440, "24"),
    ],
)
def test_conversion(portion, minutes, hours):
    """R-TRN-02: 1 day = 8, half-day = 4; 1 clock hour = 1, rounded down to 0.5."""
    assert event_hours(portion, minutes, RULES) == D(hours)


@pytest.mark.parametrize(
    ("parts", "counted"),
    [
        (["8"], "8"),
        (["7.5", "0.5"], "8"),
        (["7.5", "1"], "8"),
        (["8", "8"], "8"),
        (["4", "4"], "8"),
    ],
)
def test_at_most_eight_a_day(parts, counted):
    """R-TRN-02: at most 8 per person per day."""
    assert year_total([heard(part) for part in parts], RULES).counted == D(counted)


def test_another_day_has_its_own_eight():
    """R-TRN-02."""
    days = [heard(8), heard(8, DAY + timedelta(days=1))]
    assert year_total(days, RULES).counted == D(16)


@pytest.mark.parametrize(
    ("offline", "online", "counted"),
    [
        ("4", "0", "4"),
        ("4", "3.5", "7.5"),
        ("4", "4", "8"),
        ("4", "4.5", "8"),
        ("4", "8", "8"),
        ("0", "8", "0"),
        ("0.5", "8", "1"),
    ],
)
def test_online_counts_up_to_half(offline, online, counted):
    """R-TRN-03: share of online ≤ 50 %, so as many hours as the others at most."""
    found = year_total([heard(offline), heard(online, DAY + timedelta(days=1), online=True)], RULES)
    assert found.counted == D(counted)
    assert found.online == D(online)
    assert found.counted == 0 or (found.counted - D(offline)) / found.counted <= D("0.5")


@pytest.mark.parametrize(
    ("percent", "others", "most"),
    [(0, "10", "0"), (25, "9", "3"), (25, "10", "3"), (50, "10", "10"), (75, "2", "6")],
)
def test_another_share(percent, others, most):
    """R-TRN-03: the share is a setting; down to a half hour."""
    assert online_most(D(others), replace(RULES, online_percent=percent)) == D(most)
    assert online_most(D(1), replace(RULES, online_percent=100)) == D("Infinity")


@pytest.mark.parametrize(
    ("lectures", "lectured"), [(["1"], "2"), (["3.5"], "7"), (["4"], "8"), (["2", "2.5"], "8")]
)
def test_a_lecture_counts_double_up_to_eight_a_year(lectures, lectured):
    """R-TRN-03: a lecturer's own lecture counts double, max 8 a year."""
    days = [
        heard(hours, DAY + timedelta(days=n), as_lecturer=True) for n, hours in enumerate(lectures)
    ]
    assert year_total(days, RULES) == YearTotal(D(0), D(lectured), D(0), D(lectured))


def test_the_day_bounds_what_is_lectured_too():
    """R-TRN-02 with R-TRN-03: heard first, then lectured, then online, whatever came first."""
    day = [heard(3, online=True), heard(2, as_lecturer=True), heard(3)]
    assert year_total(day, RULES) == YearTotal(D(3), D(4), D(1), D(8))
    assert year_total(reversed(day), RULES) == year_total(day, RULES)


@pytest.mark.parametrize(
    ("hours", "months", "owed"),
    [
        ("32", 0, "0"),
        ("32", 1, "3"),  # 2.67
        ("32", 3, "8"),
        ("32", 5, "13.5"),  # 13.33
        ("32", 6, "16"),
        ("32", 11, "29.5"),  # 29.33
        ("32", 12, "32"),
        ("56", 1, "5"),  # 4.67
        ("56", 3, "14"),
        ("56", 7, "33"),  # 32.67
        ("56", 11, "51.5"),  # 51.33
        ("56", 12, "56"),
    ],
)
def test_pro_rata(hours, months, owed):
    """R-TRN-04: ceil(required · m / 12 · 2) / 2."""
    assert required(D(hours), months) == D(owed)


@pytest.mark.parametrize(
    ("spans", "until", "months"),
    [
        ([(date(2020, 1, 1), None)], date(2026, 12, 31), 12),
        ([(date(2020, 1, 1), None)], date(2026, 6, 30), 6),
        ([(date(2020, 1, 1), None)], date(2026, 6, 29), 5),
        ([(date(2020, 1, 1), None)], date(2026, 1, 30), 0),
        ([(date(2020, 1, 1), None)], date(2027, 5, 1), 12),
        ([(date(2026, 3, 1), None)], date(2026, 12, 31), 10),
        ([(date(2026, 3, 2), None)], date(2026, 12, 31), 9),
        ([(date(2026, 3, 1), date(2026, 4, 1))], date(2026, 12, 31), 1),
        ([(date(2026, 3, 1), date(2026, 3, 31))], date(2026, 12, 31), 0),
        ([(date(2020, 1, 1), date(2026, 3, 11)), (date(2026, 3, 11), None)], date(2026, 6, 30), 6),
        ([(date(2020, 1, 1), date(2026, 3, 11)), (date(2026, 3, 12), None)], date(2026, 6, 30), 5),
        ([(date(2026, 5, 1), None), (date(2020, 1, 1), date(2026, 2, 1))], date(2026, 6, 30), 3),
        ([], date(2026, 6, 30), 0),
    ],
)
def test_whole_months(spans, until, months):
    """R-TRN-04: only whole months count; rows that follow each other hold a month together."""
    assert whole_months(spans, 2026, until) == months
