"""The results of a round as they would be posted now: reads for the page and for the actions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery

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
    """Result of every entry, by its id; three queries beside the scale."""
    rows = list(chosen.entries.order_by("pk")) if entries is None else entries
    lines: dict[int, list[RatingLine]] = defaultdict(list)
    for line in RatingLine.objects.filter(entry__round=chosen).order_by("pk"):
        lines[line.entry_id].append(line)
    vetoed, settled = _vetoed_and_settled(chosen)
    return results(rows, lines, vetoed, scale_of(chosen.edition), settled)


def _vetoed_and_settled(chosen: RatingRound) -> tuple[set[int], dict[int, datetime]]:
    """Societies with an acting veto; entry → when the members' last word settled its score."""
    steps = RatingStep.objects.filter(
        entry=OuterRef("pk"), verb=states.AGREE.verb, to_state=EntryState.DELIBERATED
    )
    last = steps.order_by().values("entry").annotate(last=Max("at")).values("last")
    acting = Veto.objects.acting(chosen.year).filter(society=OuterRef("society")).order_by()
    rows: Any = RatingEntry.objects.filter(round=chosen).order_by()
    rows = rows.annotate(vetoed=Exists(acting), settled=Subquery(last))
    found = list(rows.values_list("pk", "society_id", "vetoed", "settled"))
    vetoed = {society for _, society, is_vetoed, _ in found if is_vetoed}
    return vetoed, {pk: at for pk, _, _, at in found if at is not None}


def stands(entry: RatingEntry, result: Result) -> bool:
    """Whether what was posted of an entry is what would be posted now."""
    return (entry.outcome, entry.stars) == (result.outcome, result.stars)
