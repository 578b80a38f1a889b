"""A society's credit hours: two half-days of learning a month, and what they amount to."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tools.bench.people import MEMBERS
from tools.bench.society import Society, Tables

SINCE = 2026
DAYS = (6, 22)
CAME = 12  # of the forty, each time of other ones
EACH = 100  # ids of events kept free for one society
WORTH = 4  # hours of half a day (R-TRN-02)


def write_hours(society: Society, tables: Tables) -> None:
    """The year before and this one up to the first night; nobody is credited twice on a day."""
    keeper = society.registers_at
    if keeper is None:
        return
    credited: Counter[tuple[int, int]] = Counter()
    for n, held_on in enumerate(_days(society.frame.today)):
        pk = society.number * EACH + n + 1
        moment = f"{held_on} 18:00+08"
        tables.add(
            "training.HourEvent",
            *(pk, society.pk, keeper, "study", f"第{n}次集体学习", held_on, "half_day"),
            *("confirmed", moment, society.filer, moment, society.confirmer),
        )
        for place in range(CAME):
            member = society.number * MEMBERS + (n * 5 + place * 3) % MEMBERS + 1
            tables.add("training.HourCredit", pk, member, society.pk)
            credited[member, held_on.year] += WORTH
    for (member, year), hours in sorted(credited.items()):
        tables.add("training.YearHours", member, society.pk, year, hours, hours, 0, 0, 0)


def _days(until: date) -> list[date]:
    months = [(year, month) for year in range(SINCE, until.year + 1) for month in range(1, 13)]
    found = [date(year, month, day) for year, month in months for day in DAYS]
    return [day for day in found if day <= until]
