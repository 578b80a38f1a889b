"""Gap lists: exactly the uncovered units behind a figure (R-COV-03), live or of any revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.permissions import Permission
from coverage.models import (
    CoverageRevision,
    Indicator,
    LiveCoverage,
    SocietyCoverage,
    SocietyCoverageCorrection,
)
from societies.access import Actor
from societies.models import Society, SocietyUnit


@dataclass(frozen=True)
class GapRow:
    """One uncovered unit: a society, or for ORG_T3 one of its branches.

    since: the first frozen day of the society's present state of this indicator; None if today is
    the first. Days uncovered = as-of day − since + 1.
    """

    society: Society
    unit: SocietyUnit | None
    since: date | None


def live_gap(actor: Actor, indicator: Indicator) -> list[GapRow]:
    """Uncovered units as of today, among societies whose gaps the actor may see.

    As many rows as the live total − covered. At most two queries.
    """
    scope = actor.scope(Permission.GAP_VIEW)
    standing = SocietyCoverage.objects.current().gap()
    mine = standing.filter(society=OuterRef("society"), indicator=OuterRef("indicator"))
    short = LiveCoverage.objects.within(scope).filter(indicator=indicator).gap()
    rows = list(short.select_related("society").annotate(since=Subquery(mine.values("valid_from"))))
    return _rows(rows, {row.society_id: row.since for row in rows if row.since})


def frozen_gap(actor: Actor, indicator: Indicator, revision: CoverageRevision) -> list[GapRow]:
    """Uncovered units of a frozen day as a revision counted them.

    As many rows as that revision's total − covered. At most three queries.
    """
    scope = actor.scope(Permission.GAP_VIEW)
    corrections = SocietyCoverageCorrection.objects.within(scope).filter(
        revision=revision, indicator=indicator
    )
    frozen = list(
        SocietyCoverage.objects.within(scope)
        .filter(indicator=indicator, society__federation=revision.federation_id)
        .at(revision.on)
        .exclude(society__in=corrections.values("society"))
        .gap()
        .select_related("society")
    )
    since = {row.society_id: row.valid_from for row in frozen}
    corrected = [c for c in corrections.select_related("society") if c.covered < c.total]
    return _rows([*frozen, *corrected], since)


def _rows(figures: Iterable[Any], since: Mapping[int, date]) -> list[GapRow]:
    figures = sorted(figures, key=lambda f: (f.society.sort_key, f.society_id))
    unit_ids = [pk for figure in figures for pk in figure.gap_ids]
    units = SocietyUnit.objects.in_bulk(unit_ids)
    found: list[GapRow] = []
    for figure in figures:
        listed: list[SocietyUnit | None] = [units[pk] for pk in figure.gap_ids] or [None]
        found += [GapRow(figure.society, unit, since.get(figure.society_id)) for unit in listed]
    return found
