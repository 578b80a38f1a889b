"""Who came to the members' meetings by name: lists from the spring of 2026 on, where kept.

A list is never asked for (R-LIFE-06): some societies keep none. Whoever works carelessly has more
absent.
"""

from __future__ import annotations

from datetime import date

from dashboards.demo.meetings import SMALL, VOTING, Event
from dashboards.demo.rolls import on_roll
from dashboards.demo.roster import Organisation, care
from dashboards.demo.streams import stream

LISTS_FROM = date(2026, 4, 1)
CARE, WITHOUT = 0.5, 0.15


def marks(seed: int, organisation: Organisation, event: Event) -> list[tuple[str, str]]:
    """(name, mark) of everybody on the roll when the event was filed; empty without a list."""
    hand = care(seed, organisation.code)
    keeps = hand >= CARE and stream(seed, "lists", organisation.number).random() >= WITHOUT
    of_all = event.kind not in (*SMALL, "heart_talk") and not event.group
    if not keeps or not of_all or event.held_on < LISTS_FROM:
        return []
    random = stream(seed, "came", organisation.number, event.kind, event.held_on)
    chances = (0.5 + 0.45 * hand, 0.6 + 0.4 * hand)
    found = []
    for person in on_roll(seed, organisation, event.held_on):
        chance = random.random()
        mark = "present" if chance < chances[0] else "excused" if chance < chances[1] else "absent"
        if person.filed_at <= event.filed_at:
            found.append((person.name, mark))
    came = sum(mark == "present" for _, mark in found)
    least = len(found) if event.kind == VOTING else 1
    return found if came and came * 2 >= least else []
