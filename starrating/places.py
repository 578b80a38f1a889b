"""The results of a round as they would be posted now: reads for the page and for the actions."""

from __future__ import annotations

from collections import defaultdict

from starrating.awarding import Result, results, scale_of
from starrating.models import RatingEntry, RatingLine, RatingRound, Veto


def results_of(chosen: RatingRound, entries: list[RatingEntry] | None = None) -> dict[int, Result]:
    """Result of every entry, by its id; three queries beside the scale."""
    rows = list(chosen.entries.order_by("pk")) if entries is None else entries
    lines: dict[int, list[RatingLine]] = defaultdict(list)
    for line in RatingLine.objects.filter(entry__round=chosen).order_by("pk"):
        lines[line.entry_id].append(line)
    vetoed = set(
        Veto.objects.acting(chosen.year)
        .filter(society__federation=chosen.federation_id)
        .values_list("society_id", flat=True)
    )
    return results(rows, lines, vetoed, scale_of(chosen.edition))
