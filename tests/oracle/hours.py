"""A person's year of hours over plain tuples, from the rules' words; imports nothing of the portal.

Counts in half hours, so that everything is a whole number (R-TRN-02…04).
"""

from __future__ import annotations

from collections import defaultdict


def halves(portion: str, minutes: int | None) -> int:
    """Half hours of an event."""
    return {"day": 16, "half_day": 8}.get(portion) or (minutes or 0) // 30


def year(events: list[tuple]) -> tuple[int, int, int, int, int]:
    """(counted, offline, online, lectured) in half hours, and the number of trainings.

    events: (day, kind, portion, minutes, lecturer, training) of one person and year.
    """
    by_day: dict = defaultdict(list)
    for day, kind, portion, minutes, lecturer, _ in events:
        worth = halves(portion, minutes) * (2 if lecturer else 1)
        order = 2 if lecturer else 3 if kind == "online" else 1
        by_day[day].append((order, worth))
    spent = {1: 0, 2: 0, 3: 0}
    for parts in by_day.values():
        room = 16
        for order, worth in sorted(parts):
            used = worth if worth < room else room
            room = room - used
            spent[order] = spent[order] + used
    lectured = 16 if spent[2] > 16 else spent[2]
    solid = spent[1] + lectured
    online = solid if spent[3] > solid else spent[3]
    trainings = {
        t for _, kind, _, _, lecturer, t in events if kind == "concentrated" and not lecturer
    }
    return solid + online, spent[1], spent[3], lectured, len(trainings)


def owed(hours: int, months: int) -> int:
    """Required half hours for whole months, the next half hour up."""
    whole, rest = divmod(hours * months * 2, 12)
    return whole + (1 if rest else 0)
