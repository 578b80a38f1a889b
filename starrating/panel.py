"""系统测算分 on the 360° page of a society: every line with its evidence, and what is still open.

An estimate by the published standard, never a star (R-STAR-08); read by the society itself and the
committee (R-STAR-12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from common import clock
from societies.access import Actor
from societies.models import Society
from starrating.advice import Advice, advise
from starrating.evidence import also_of, evidence_of
from starrating.models import (
    Criterion,
    FrozenLine,
    FrozenTotal,
    LineState,
    LiveLine,
    LiveTotal,
    RatingCategory,
    ScoreAdjustment,
    TotalState,
)

TEMPLATE = "starrating/panel.html"
NO_SOURCE = "平台尚无此项数据来源"
_WORDS = {
    LineState.MISSING: "未报",
    LineState.NOT_APPLICABLE: "不适用",
    LineState.NOT_DUE: "尚未到期",
}
NOT_DUE_YET = "今年的要求尚未到期，到期前不计分"


@dataclass(frozen=True)
class LineRow:
    """One line as printed. reason: why it is 不适用 or 未报; evidence: (address, word) or None.

    also: a second place of facts.
    """

    criterion: Criterion
    category: str
    state: str
    word: str
    reason: str
    fraction: str
    points: Decimal
    maximum: Decimal
    evidence: tuple[str, str] | None
    also: tuple[str, str] | None = None

    @property
    def counts(self) -> bool:
        """Whether the line stands in the score."""
        return self.state in (LineState.VALUE, LineState.MISSING)


@dataclass(frozen=True)
class AdjustmentRow:
    """One bonus or deduction. cases: how many; points: what they give or take."""

    rule: ScoreAdjustment
    cases: int
    points: Decimal
    evidence: tuple[str, str] | None


Stored = Mapping[str, Any]
_ADJUSTED = (LineState.BONUS, LineState.DEDUCTION)


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """Live scores for today, frozen ones for a past day; at most nine queries."""
    is_live = on == clock.today()
    totals: Any = (LiveTotal if is_live else FrozenTotal).objects.visible_to(actor)
    lines: Any = (LiveLine if is_live else FrozenLine).objects.visible_to(actor)
    if not is_live:
        totals, lines = totals.at(on), lines.at(on)
    total = totals.filter(society=society).select_related("edition").first()
    if total is None:
        return {"total": None, "on": on}
    stored = {row.criterion: row for row in lines.filter(society=society)}
    rows = _rows(actor, society, total, stored, on)
    return {
        "total": total,
        "rows": rows,
        "adjustments": _adjustments(actor, society, total, stored, on),
        "coming": sum(row.maximum for row in rows if row.state == LineState.NOT_DUE),
        "is_unrated": total.state == TotalState.UNRATED,
        "is_live": is_live,
        "on": on,
        "advice": _advice(actor, society, rows, on) if is_live else None,
    }


def _adjustments(
    actor: Actor, society: Society, total: Any, stored: Stored, on: date
) -> list[AdjustmentRow]:
    """加分 and 扣分 that the society has (R-STAR-02)."""
    mine = {code: row for code, row in stored.items() if row.state in _ADJUSTED}
    if not mine:
        return []
    rules = ScoreAdjustment.objects.visible_to(actor).filter(edition=total.edition, code__in=mine)
    return [
        AdjustmentRow(
            rule,
            int(mine[rule.code].numerator),
            mine[rule.code].points,
            evidence_of(actor, society, rule, on),
        )
        for rule in rules.order_by("kind", "code")
    ]


def _rows(actor: Actor, society: Society, total: Any, stored: Stored, on: date) -> list[LineRow]:
    titles = RatingCategory.objects.filter(edition=OuterRef("edition"), code=OuterRef("category"))
    criteria = Criterion.objects.visible_to(actor).filter(edition=total.edition, tree=total.tree)
    criteria = criteria.annotate(heading=Subquery(titles.order_by().values("title")))
    found = []
    for criterion in criteria.order_by("position"):
        if not criterion.supplied:
            found.append(_unsupplied(criterion))
        elif criterion.code in stored:
            found.append(_row(actor, society, criterion, stored[criterion.code], on))
    return found


def _unsupplied(criterion: Any) -> LineRow:
    """A line that the portal has no facts for: the edition says so, no night stores it."""
    return LineRow(
        criterion=criterion,
        category=criterion.heading,
        state=LineState.NOT_SUPPLIED,
        word="不适用",
        reason=NO_SOURCE,
        fraction="",
        points=Decimal(0),
        maximum=criterion.points,
        evidence=None,
    )


def _row(actor: Actor, society: Society, criterion: Any, line: Any, on: date) -> LineRow:
    reasons = {
        LineState.NOT_APPLICABLE: _na_rule(criterion, on),
        LineState.MISSING: "未报，按 0 计",
        LineState.NOT_DUE: NOT_DUE_YET,
    }
    has_value = line.state == LineState.VALUE
    return LineRow(
        criterion=criterion,
        category=criterion.heading,
        state=line.state,
        word="" if has_value else _WORDS[line.state],
        reason=reasons.get(line.state, ""),
        fraction=_done(criterion, line) if has_value else "",
        points=line.points,
        maximum=line.maximum,
        evidence=evidence_of(actor, society, criterion, on),
        also=also_of(actor, society, criterion),
    )


# Within a year they also do not apply while no whole period has ended (R-STAR-08).
_BY_PERIOD = frozenset(("compliance", "first_topic"))


def _na_rule(criterion: Criterion, on: date) -> str:
    """The edition's words; they speak of a whole year, the line of the year so far."""
    rule: str = criterion.na_rule
    over = (on.month, on.day) == (12, 31)
    if over or criterion.formula not in _BY_PERIOD or rule.startswith("没有应"):
        return rule
    return f"{rule}，或当年还没有应开的期间结束"


# Their numerators are points of a scale or days of seats, of hours they would point at few people
# (R-TRN-11): the share says what there is to say.
_BY_SHARE = frozenset(
    (
        *("tier_coverage", "seats_filled", "attendance", "attendance_here", "true_figures"),
        "hours_done",
    )
)


def _done(criterion: Criterion, line: Any) -> str:
    if criterion.formula in _BY_SHARE:
        return f"得分率 {line.share * 100:.1f}%"
    return f"{_plain(line.numerator)} / {_plain(line.denominator)}"


def _plain(number: Decimal) -> str:
    """Without needless zeros: 3, 2.25."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _advice(actor: Actor, society: Society, rows: list[LineRow], on: date) -> list[Advice]:
    short = [row.criterion for row in rows if row.counts and row.points < row.maximum]
    return advise(actor, society, short, on)
