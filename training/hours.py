"""The arithmetic of credit hours (学时), over plain values: R-TRN-02, R-TRN-03, R-TRN-04.

Hours are Decimals in steps of a half. Nothing here reads the database; the set statement of
`training.recompute` says the same in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from common.periods import add_months

DAY, HALF_DAY, MINUTES = "day", "half_day", "minutes"
ZERO, TWO = Decimal(0), Decimal(2)
MONTHS = 12


@dataclass(frozen=True)
class HourRules:
    """The numbers of one edition; online_percent: the largest share of online courses."""

    member_hours: Decimal
    officer_hours: Decimal
    officer_concentrated: int
    day_hours: Decimal
    half_day_hours: Decimal
    daily_most: Decimal
    online_percent: int
    lecturer_factor: Decimal
    lecturer_most: Decimal


@dataclass(frozen=True)
class Credit:
    """One person's part in one event."""

    held_on: date
    hours: Decimal
    online: bool = False
    as_lecturer: bool = False


@dataclass(frozen=True)
class YearTotal:
    """A person's year. offline: as audience. lectured: doubled and capped. online: as taken part,
    before the share is applied; `counted` is what the year amounts to.
    """

    offline: Decimal = ZERO
    lectured: Decimal = ZERO
    online: Decimal = ZERO
    counted: Decimal = ZERO


def event_hours(portion: str, minutes: int | None, rules: HourRules) -> Decimal:
    """What one event is worth: a day 8, half a day 4, else clock hours down to 0.5 (R-TRN-02)."""
    if portion == DAY:
        return rules.day_hours
    if portion == HALF_DAY:
        return rules.half_day_hours
    halves = (Decimal(minutes or 0) / 30).to_integral_value(ROUND_FLOOR)
    return halves / TWO


def year_total(credits: Iterable[Credit], rules: HourRules) -> YearTotal:
    """What the credits of one person in one year amount to (R-TRN-02, R-TRN-03).

    Of a day at most 8 hours count: those heard on site first, then those lectured, then online, so
    that the order of entry decides nothing. Lectures count double, of a year at most 8. Online
    hours count up to the share of the total.
    """
    days: dict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for each in credits:
        place = 1 if each.as_lecturer else 2 if each.online else 0
        hours = each.hours * rules.lecturer_factor if each.as_lecturer else each.hours
        days[each.held_on][place] += hours
    sums = [ZERO, ZERO, ZERO]
    for found in days.values():
        left = rules.daily_most
        for place, hours in enumerate(found):
            taken = min(hours, left)
            sums[place] += taken
            left -= taken
    offline, lectured, online = sums[0], min(sums[1], rules.lecturer_most), sums[2]
    counted = offline + lectured + min(online, online_most(offline + lectured, rules))
    return YearTotal(offline, lectured, online, counted)


def online_most(others: Decimal, rules: HourRules) -> Decimal:
    """The most online hours that count beside others: at 50 % as many again (R-TRN-03).

    Down to a half hour where the share gives no step of one.
    """
    percent = rules.online_percent
    if percent >= 100:
        return Decimal("Infinity")
    exact = others * percent / (100 - percent)
    return (exact * TWO).to_integral_value(ROUND_FLOOR) / TWO


def required(hours: Decimal, months: int) -> Decimal:
    """ceil(required · m / 12 · 2) / 2 for m whole months (R-TRN-04)."""
    return (hours * months * TWO / MONTHS).to_integral_value(ROUND_CEILING) / TWO


def whole_months(spans: Iterable[tuple[date, date | None]], year: int, until: date) -> int:
    """How many whole months of a year, over by the end of `until`, spans [from, to) hold.

    Spans that follow each other without a gap hold a month together.
    """
    last = min(until, date(year, 12, 31))
    months = [(first, add_months(first, 1)) for first in (date(year, n, 1) for n in range(1, 13))]
    over = [(first, after) for first, after in months if after.toordinal() <= last.toordinal() + 1]
    spells = joined(spans)
    return sum(
        any(begins <= first and (ends is None or after <= ends) for begins, ends in spells)
        for first, after in over
    )


def joined(spans: Iterable[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """The spans in order, those that touch or overlap made one."""
    found: list[tuple[date, date | None]] = []
    for begins, ends in sorted(spans, key=lambda span: span[0]):
        if found and (found[-1][1] is None or begins <= found[-1][1]):
            before, end = found[-1]
            later = None if end is None or ends is None else max(end, ends)
            found[-1] = (before, later)
        else:
            found.append((begins, ends))
    return found
