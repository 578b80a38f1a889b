"""Writing a day: the chain of frozen intervals, complete sets of aggregates, later revisions.

Inside the night's transaction and snapshot. The day after the newest frozen day continues the
chain; any earlier day gets a revision beside it, which holds only what differs from the chain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min, QuerySet

from common.computing import Plan, Prepared, Select, compute, plan, prepare
from common.figures import Figures, same_rows
from common.periods import month_end
from common.shapes import COUNTS
from coverage.formulas import FORMULAS, Params, figures_of
from coverage.models import (
    CoverageEdition,
    CoverageRevision,
    CoverageSnapshot,
    LiveClosing,
    LiveCoverage,
    NightStep,
    SocietyCoverage,
    SocietyCoverageCorrection,
)
from coverage.steps import Step, Written
from societies.models import BackdatedFact, Federation, Society

if TYPE_CHECKING:
    from coverage.night import Night

FIGURES = Figures(owner="society_id", key="indicator")
# Size bands (R-COV-01) come with a register that knows sizes.
DIMENSIONS = {
    "discipline_class": "discipline_class",
    "support_type": "support_type",
    "business_supervisor": "business_supervisor",
}


@dataclass(frozen=True)
class Definition:
    """What an edition defines, as a value: equal definitions share one plan of the night."""

    federation_id: int
    body_kinds: tuple[str, ...]
    relations: tuple[str, ...]
    params: Params

    def universe(self, on: date) -> QuerySet[Society]:
        """U(F, D): the societies that count on a day (rules §6)."""
        return Society.objects.filter(federation_id=self.federation_id).in_universe(
            on, self.body_kinds, self.relations
        )

    def figures(self, on: date) -> dict[str, Select]:
        """Every indicator over the universe of a day."""
        return figures_of(self.universe(on), on, self.params)


def definition_of(edition: CoverageEdition) -> Definition:
    """The edition's definition."""
    return Definition(
        edition.federation_id,
        tuple(edition.body_kinds),
        tuple(edition.relations),
        Params(tuple(edition.work_measures), edition.work_evidence_days),
    )


@lru_cache(maxsize=64)
def planned(definition: Definition) -> Plan | None:
    """The night's statement under a definition; formulas never read rows while they build."""
    return plan(definition.figures)


@lru_cache(maxsize=16)
def prepared(definition: Definition, on: date) -> Prepared:
    """The statement that follows facts on a day: building it costs more than running it."""
    return prepare(definition.universe(on), lambda some: figures_of(some, on, definition.params))


def compute_day(
    edition: CoverageEdition | None, on: date, societies: Collection[int] | None = None
) -> int:
    """Compute every indicator of a day into the figure writer's result; some societies or all.

    Without an edition nothing counts.
    """
    if edition is None:
        return compute({})
    definition = definition_of(edition)
    if societies is None:
        night_plan = planned(definition)
        return night_plan.compute(on) if night_plan else compute(definition.figures(on))
    return prepared(definition, on).compute(COUNTS, societies)


def write_day(night: Night, forward: bool) -> Written:
    """Compute and write the night's day; forward: it continues the chain."""
    if not forward:
        return write_past_day(night, night.on)
    compute_day(night.edition, night.on)
    ended, begun = FIGURES.freeze(SocietyCoverage, _all(night), night.on)
    revision = _new_revision(night, night.edition, night.on, 1)
    return Written(ended + begun + _aggregate(revision), begun)


def revise_month_ends(night: Night) -> Written:
    """Revise the frozen month-ends that backdated facts bear on (R-COV-02)."""
    facts = BackdatedFact.objects.filter(society__federation=night.federation)
    since = facts.aggregate(first=Min("since"))["first"]
    written = Written()
    if since is None:
        return written
    last = night.on - timedelta(days=1)
    for day in frozen_month_ends(night.federation, since, last):
        written += write_past_day(night, day)
    facts.delete()
    return written


def write_past_day(night: Night, on: date) -> Written:
    """Compute a day at or before the newest frozen one and write its next revision.

    The first revision of a day is shown; a later one waits for a reviewer. Nothing is written if
    it equals the one before.
    """
    edition = CoverageEdition.objects.valid_on(on).get(federation=night.federation)
    compute_day(edition, on)
    before = CoverageRevision.objects.filter(federation=night.federation, on=on).newest()
    with transaction.atomic():
        revision = _new_revision(night, edition, on, before.number + 1 if before else 1)
        changed = FIGURES.correct(
            SocietyCoverageCorrection, SocietyCoverage, _all(night), on, revision.pk
        )
        rows = changed + _aggregate(revision)
        if before and _same(before, revision):
            transaction.set_rollback(True)
            return Written()
    return Written(rows, changed)


def frozen_month_ends(federation: Federation, since: date, until: date) -> list[date]:
    """Month-ends in [since, until] that have figures."""
    days = CoverageRevision.objects.filter(
        federation=federation, on__range=(since, until), number=1
    )
    return [d for d in days.order_by("on").values_list("on", flat=True) if d == month_end(d)]


def contradictions(
    societies: QuerySet[Society], on: date, explained: Collection[int]
) -> list[dict[str, Any]]:
    """The result of a day against the closing live rows, but for the explained societies."""
    names = ("society", "indicator", "live_covered", "live_total", "covered", "total")
    found = FIGURES.contradictions(LiveClosing, societies, on, explained)
    return [dict(zip(names, row, strict=True)) for row in found]


def _all(night: Night) -> QuerySet[Society]:
    return Society.objects.filter(federation=night.federation)


def _new_revision(
    night: Night, edition: CoverageEdition, on: date, number: int
) -> CoverageRevision:
    return CoverageRevision.objects.create(
        federation=night.federation,
        on=on,
        number=number,
        edition=edition,
        run=night.run,
        computed_at=night.now,
        shown=number == 1,
    )


def _aggregate(revision: CoverageRevision) -> int:
    fixed = {
        "revision_id": revision.pk,
        "federation_id": revision.federation_id,
        "on": revision.on,
    }
    indicators = [name.value for name, _ in FORMULAS]
    return FIGURES.aggregate(CoverageSnapshot, Society, indicators, DIMENSIONS, fixed)


def _same(a: CoverageRevision, b: CoverageRevision) -> bool:
    figure = "indicator, state, covered, total"
    aggregates = f"dimension, value, owners, {figure}"
    societies = f"society_id, gap_ids, {figure}"
    return same_rows(CoverageSnapshot, "revision_id", a.pk, b.pk, aggregates) and same_rows(
        SocietyCoverageCorrection, "revision_id", a.pk, b.pk, societies
    )


STEP = Step(
    name=NightStep.COVERAGE,
    editions=lambda federation: CoverageEdition.objects.filter(federation=federation),
    write=write_day,
    finish=revise_month_ends,
    compute=compute_day,
    store_live=lambda owners, on: FIGURES.upsert_live(LiveCoverage, owners, on),
    keep_closing=lambda owners: FIGURES.keep_closing(LiveCoverage, LiveClosing, owners),
    contradictions=contradictions,
)
