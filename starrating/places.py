"""The results of a round as they would be posted now: reads for the page and for the actions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Max

from starrating import states
from starrating.awarding import Result, results, scale_of
from starrating.models import (
    EntryState,
    RatingEntry,
    RatingLine,
    RatingRound,
    RatingStep,
    Veto,
)


def results_of(chosen: RatingRound, entries: list[RatingEntry] | None = None) -> dict[int, Result]:
    """Result of every entry, by its id; four queries beside the scale."""
    rows = list(chosen.entries.order_by("pk")) if entries is None else entries
    lines: dict[int, list[RatingLine]] = defaultdict(list)
    for line in RatingLine.objects.filter(entry__round=chosen).order_by("pk"):
        lines[line.entry_id].append(line)
    vetoed = set(
        Veto.objects.acting(chosen.year)
        .filter(society__federation=chosen.federation_id)
        .values_list("society_id", flat=True)
    )
    return results(rows, lines, vetoed, scale_of(chosen.edition), _settled(chosen))


def _settled(chosen: RatingRound) -> dict[int, datetime]:
    """Entry → when the members' last word settled its score."""
    steps = RatingStep.objects.filter(
        entry__round=chosen, verb=states.AGREE.verb, to_state=EntryState.DELIBERATED
    )
    return dict(steps.order_by().values_list("entry").annotate(at=Max("at")))


def stands(entry: RatingEntry, result: Result) -> bool:
    """Whether what was posted of an entry is what would be posted now."""
    return (entry.outcome, entry.stars) == (result.outcome, result.stars)
