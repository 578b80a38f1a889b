"""The closing score of a year: the nights' figures, taken once at the freeze date (R-STAR-08)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from common.clock import day_of
from common.computing import compute, execute, rows
from common.workdays import add_workdays
from coverage.models import CoverageEdition
from coverage.revisions import definition_of
from societies.models import Federation, Society
from starrating.figures import compute_closing
from starrating.formulas import VETOES
from starrating.formulas.base import Window
from starrating.models import RatingEntry, RatingRound, Veto, VetoKind, VetoRule

# The society states its view within so many working days (R-STAR-05).
STATEMENT_DAYS = 5
_LINES = """
INSERT INTO starrating_ratingline (entry_id, society_id, code, category, title, clause, formula,
    na_rule, position, reviewed, state, numerator, denominator, share, points, maximum, word,
    self_text, assessed_reason, re_reason, concluded)
SELECT e.id, e.society_id, c.code, c.category, c.title, c.clause, c.formula, c.na_rule, c.position,
    c.reviewed, COALESCE(l.state, 'not_supplied'), COALESCE(l.numerator, 0),
    COALESCE(l.denominator, 0), COALESCE(round(l.exact, 30), 0), COALESCE(l.points, 0), c.points,
    '', '', '', '', false
FROM star_total t
JOIN starrating_ratingentry e ON e.society_id = t.owner AND e.round_id = %s
JOIN starrating_criterion c ON c.edition_id = %s AND c.tree = t.tree
LEFT JOIN star_line l ON l.owner = t.owner AND l.key = c.code"""
_TOTALS = """
UPDATE starrating_ratingentry e
SET tree = t.tree, applicable = t.applicable, bonus = t.bonus, deductions = t.deductions,
    computed_score = CASE WHEN t.state = 'value' THEN t.score END
FROM star_total t WHERE e.society_id = t.owner AND e.round_id = %s"""


def universe(federation: Federation, on: date) -> Any:
    """The societies a round of this day asks: those that coverage counts."""
    edition = CoverageEdition.objects.valid_on(on).filter(federation=federation).first()
    return definition_of(edition).universe(on) if edition else Society.objects.none()


def last_day(year: int) -> date:
    """The day whose figures close a year."""
    return date(year, 12, 31)


def take_scores(chosen: RatingRound, now: datetime) -> int:
    """Compute the year and keep every line with its entry; the number of entries scored.

    The caller holds the round's lock. Facts count as they are known now: the freeze date is what
    ends their correction. The ledger of 31 December counts as it stood at the end of that date.
    """
    compute_closing(chosen.edition, chosen.year, chosen.freeze_on)
    execute(_LINES, [chosen.pk, chosen.edition_id])
    scored = execute(_TOTALS, [chosen.pk])
    _propose_vetoes(chosen, now)
    return scored


def _propose_vetoes(chosen: RatingRound, now: datetime) -> None:
    """V1–V4: computed cases become proposals; the society has its days to speak (R-STAR-05)."""
    rules = VetoRule.objects.filter(edition=chosen.edition, kind=VetoKind.PROPOSAL, supplied=True)
    by_code = {rule.code: rule for rule in rules}
    asked = Society.objects.filter(
        pk__in=RatingEntry.objects.filter(round=chosen).values("society")
    )
    window = Window.closing(chosen.year, chosen.freeze_on)
    compute({c: VETOES[r.formula](asked, window, r.params) for c, r in by_code.items()})
    today = day_of(now)
    until = add_workdays(today, STATEMENT_DAYS).day
    found = rows("SELECT owner, key FROM figure_result WHERE covered > 0 ORDER BY 1, 2", [])
    Veto.objects.bulk_create(
        (
            Veto(
                society_id=owner,
                rule=by_code[code],
                year=chosen.year,
                proposed_at=now,
                statement_until=until,
            )
            for owner, code in found
        ),
        ignore_conflicts=True,
    )
