"""Scores of a day by sets: formulas to lines, lines to totals, both through the figure writer.

A line's share keeps thirty decimals until the total is rounded, once (R-STAR-02); what is stored
of a line is for the page. The whole edition is one statement for lines and one for totals.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from common.computing import Formulas, Prepared, compute, prepare, store
from common.figures import Figures
from common.shapes import Column, Shape
from coverage.models import CoverageEdition, NightStep
from coverage.revisions import Definition, definition_of
from coverage.steps import Step, Written
from societies.models import Society
from starrating.formulas import ADJUSTMENTS, FORMULAS
from starrating.formulas.base import Window
from starrating.formulas.members import weights
from starrating.formulas.tiers import tree
from starrating.models import (
    ClosingLine,
    ClosingTotal,
    Criterion,
    FrozenLine,
    FrozenTotal,
    LiveLine,
    LiveTotal,
    RatingEdition,
    ScoreAdjustment,
)

if TYPE_CHECKING:
    from coverage.night import Night

TREE, WEIGHTS = "TREE", "WEIGHTS"
# A formula may give a row for each organisation (`part`): the line is then their mean, weighted by
# the society's members in each, or equal where none has any (R-STAR-10). What has no part is a line
# by itself. Lines that nothing supplies yet carry no figure: pages read them from the edition.
# Bonus and deductions have a row for whoever has a case; a score has 100 points to lose at most.
_LINES = """, persons AS (
    SELECT owner, part, num::numeric AS weight FROM raw WHERE key = 'WEIGHTS'),
shared AS NOT MATERIALIZED (
    SELECT owner, key, part, num::numeric AS num, den::numeric AS den,
           CASE WHEN den <= 0 THEN NULL WHEN num >= den THEN 1 WHEN num <= 0 THEN 0
                ELSE num::numeric(60,30) / den END AS share
    FROM raw WHERE key NOT IN ('TREE', 'WEIGHTS')),
joined AS (
    SELECT owner, key, num, den, share FROM shared WHERE part IS NULL
    UNION ALL
    SELECT owner, key, CASE parts WHEN 0 THEN coming WHEN 1 THEN num ELSE mean * den END, den, mean
    FROM (SELECT s.owner, s.key, min(s.num) FILTER (WHERE s.den > 0) AS num, sum(s.den) AS den,
                 count(*) FILTER (WHERE s.den > 0) AS parts, max(s.num) AS coming,
                 CASE WHEN sum(p.weight) FILTER (WHERE s.den > 0) > 0
                      THEN sum(p.weight * s.share) / sum(p.weight) FILTER (WHERE s.den > 0)
                      ELSE avg(s.share) END AS mean
          FROM shared s LEFT JOIN persons p ON p.owner = s.owner AND p.part = s.part
          WHERE s.part IS NOT NULL GROUP BY s.owner, s.key) m),
line AS (
    SELECT t.owner, c.code AS key, c.points AS maximum, c.tree, r.num, r.den, r.share,
           CASE WHEN r.den = 0 AND r.num > 0 THEN 'not_due'
                WHEN r.owner IS NULL OR r.den = 0 THEN 'not_applicable'
                WHEN r.share IS NULL THEN 'missing' ELSE 'value' END AS state
    FROM raw t
    JOIN starrating_criterion c ON c.edition_id = %s AND c.supplied
     AND c.tree = CASE WHEN t.num > 0 THEN 'multi' ELSE 'single' END
    LEFT JOIN joined r ON r.owner = t.owner AND r.key = c.code
    WHERE t.key = 'TREE'),
judged AS (
    SELECT *, CASE WHEN state = 'value' THEN share ELSE 0 END AS exact FROM line),
adjusted AS (
    SELECT r.owner, a.code AS key, a.kind, r.num, a.points AS each, COALESCE(a.most, 100) AS most
    FROM raw r JOIN starrating_scoreadjustment a ON a.edition_id = %s AND a.supplied
     AND a.code = r.key AND r.num > 0)
SELECT owner, key, state, CASE WHEN state = 'value' THEN num ELSE 0 END,
       CASE WHEN state = 'value' THEN den ELSE 0 END, exact, exact * maximum, maximum, exact, tree
FROM judged
UNION ALL
SELECT owner, key, kind, num, most / each, LEAST(num * each / most, 1), LEAST(num * each, most),
       most, 0, NULL
FROM adjusted"""
LINES = Figures(
    "society_id",
    "criterion",
    Shape(
        "star_line",
        (
            Column("state", "varchar(20)"),
            Column("numerator", "numeric(16,6)"),
            Column("denominator", "numeric(16,6)"),
            Column("share", "numeric(12,10)"),
            Column("points", "numeric(12,8)"),
            Column("maximum", "numeric(5,2)"),
        ),
        scratch=(Column("exact", "numeric"), Column("tree", "varchar(10)")),
        select=_LINES,
    ),
)
# What is not due yet counts among the points that a society can be rated on, not in its score: else
# nobody could be rated before the first quarter is over.
_TOTALS = """
WITH summed AS (
    SELECT owner, max(tree) AS tree,
           COALESCE(sum(exact * maximum) FILTER (WHERE counts), 0) AS points,
           COALESCE(sum(maximum) FILTER (WHERE counts), 0) AS applicable,
           COALESCE(sum(maximum) FILTER (WHERE state = 'not_due'), 0) AS coming,
           COALESCE(sum(l.points) FILTER (WHERE state = 'bonus'), 0) AS bonus,
           COALESCE(sum(l.points) FILTER (WHERE state = 'deduction'), 0) AS deductions
    FROM (SELECT *, state IN ('value', 'missing') AS counts FROM star_line) l GROUP BY owner),
based AS (
    SELECT *, CASE WHEN applicable > 0 THEN 100 * points / applicable ELSE 0 END AS base
    FROM summed)
SELECT owner, %s, tree, CASE WHEN applicable + coming >= %s AND applicable > 0 THEN 'value'
                               ELSE 'unrated' END, points,
       applicable, base, bonus, deductions,
       round(round(LEAST(100, GREATEST(0, base + LEAST(bonus, %s) - deductions)), 20), 2)
FROM based"""
TOTALS = Figures(
    "society_id",
    shape=Shape(
        "star_total",
        (
            Column("edition_id", "bigint"),
            Column("tree", "varchar(10)"),
            Column("state", "varchar(20)"),
            Column("points", "numeric(12,8)"),
            Column("applicable", "numeric(5,2)"),
            Column("base", "numeric(12,8)"),
            Column("bonus", "numeric(5,2)"),
            Column("deductions", "numeric(5,2)"),
            Column("score", "numeric(5,2)"),
        ),
        keyed=False,
    ),
)


@dataclass(frozen=True)
class Lines:
    """The supplied lines of an edition as a value, so that a statement made for them holds for as
    long as they do. lines, adjustments: code, formula, and its parameters as JSON.
    """

    edition_id: int
    multi_types: tuple[str, ...]
    lines: tuple[tuple[str, str, str], ...]
    adjustments: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, edition: RatingEdition) -> Lines:
        """Read an edition's lines; one formula serves a line in both trees."""
        lines, adjustments = (
            tuple(sorted({(r.code, r.formula, json.dumps(r.params, sort_keys=True)) for r in rows}))
            for rows in (
                Criterion.objects.filter(edition=edition, supplied=True),
                ScoreAdjustment.objects.filter(edition=edition, supplied=True),
            )
        )
        return cls(edition.pk, tuple(edition.multi_types), lines, adjustments)


def figures_of(societies: QuerySet[Society], lines: Lines, window: Window) -> Formulas:
    """The tree, the weights, every supplied line and adjustment of an edition over societies."""
    found: dict[str, Any] = {
        TREE: tree(societies, window, lines.multi_types),
        WEIGHTS: weights(societies, window),
    }
    for named, rows in ((FORMULAS, lines.lines), (ADJUSTMENTS, lines.adjustments)):
        for code, formula, params in rows:
            found[code] = named[formula](societies, window, json.loads(params))
    return found


@lru_cache(maxsize=16)
def prepared(lines: Lines, definition: Definition, on: date) -> Prepared:
    """The statement that follows facts on a day: building it costs more than running it."""
    window = Window.year_to(on)
    return prepare(
        definition.universe(on),
        lambda some: figures_of(some, lines, window),
        LINES.shape,
        [lines.edition_id, lines.edition_id],
    )


def compute_day(
    edition: RatingEdition | None, on: date, societies: Collection[int] | None = None
) -> int:
    """Compute lines and totals of a day into the writer's results; some societies or all.

    Rated is the universe of coverage on the day. Without an edition of either nobody is.
    """
    return _compute(edition, Window.year_to(on), societies)


def compute_closing(edition: RatingEdition, year: int, freeze_on: date) -> int:
    """As `compute_day` on 31 December, with the ledger of that day as known at the freeze date."""
    return _compute(edition, Window.closing(year, freeze_on))


def _compute(
    edition: RatingEdition | None, window: Window, societies: Collection[int] | None = None
) -> int:
    on = window.last
    counted = (
        edition
        and CoverageEdition.objects.valid_on(on).filter(federation=edition.federation_id).first()
    )
    if edition is None or not counted:
        compute({}, LINES.shape)
        return store(TOTALS.shape, "", [])
    definition = definition_of(counted)
    if societies is None:
        universe = definition.universe(on)
        figures = figures_of(universe, Lines.of(edition), window)
        written = compute(figures, LINES.shape, [edition.pk, edition.pk])
    else:
        written = prepared(Lines.of(edition), definition, on).compute(LINES.shape, societies)
    scale = [edition.pk, edition.min_applicable, edition.bonus_cap]
    return written + store(TOTALS.shape, _TOTALS, scale)


def write_day(night: Night, forward: bool) -> Written:
    """Compute the night's day; continue the intervals if it is later than every frozen day.

    An earlier day is computed for the check against live only: scores keep no revisions, they are
    estimates of the running year; the rating round takes its own closing score (R-STAR-08).
    """
    compute_day(night.edition, night.on)
    if not forward:
        return Written()
    owners = Society.objects.filter(federation=night.federation)
    lines = LINES.freeze(FrozenLine, owners, night.on)
    totals = TOTALS.freeze(FrozenTotal, owners, night.on)
    return Written(sum(lines) + sum(totals), lines[1] + totals[1])


def _store_live(owners: QuerySet[Society], on: date) -> int:
    return LINES.upsert_live(LiveLine, owners, on) + TOTALS.upsert_live(LiveTotal, owners, on)


def _keep_closing(owners: QuerySet[Society]) -> int:
    lines = LINES.keep_closing(LiveLine, ClosingLine, owners)
    return lines + TOTALS.keep_closing(LiveTotal, ClosingTotal, owners)


def contradictions(
    owners: QuerySet[Society], on: date, explained: Collection[int]
) -> list[dict[str, Any]]:
    """The results of a day against the closing live rows, but for the explained societies."""
    shown = ("state", "points", "maximum")
    lines = LINES.contradictions(ClosingLine, owners, on, explained, shown)
    totals = TOTALS.contradictions(ClosingTotal, owners, on, explained, ("score",))
    found = [
        {"society": society, "indicator": code, **_said(values)} for society, code, *values in lines
    ]
    return found + [{"society": society, "indicator": "", **_said(v)} for society, *v in totals]


def _said(values: list[Any]) -> dict[str, Any]:
    half = len(values) // 2
    words = [str(value) for value in values]
    return {"live": " ".join(words[:half]), "computed": " ".join(words[half:])}


STEP = Step(
    name=NightStep.STARS,
    editions=lambda federation: RatingEdition.objects.filter(federation=federation),
    write=write_day,
    compute=compute_day,
    store_live=_store_live,
    keep_closing=_keep_closing,
    contradictions=contradictions,
    after=NightStep.COVERAGE,
)
