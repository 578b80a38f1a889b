"""系统测算分 on the 360° page of a society: every line with its evidence, and what is still open.

An estimate by the published standard, never a star (R-STAR-08); read by the society itself and the
committee (R-STAR-12).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.permissions import Permission
from common import clock
from societies.access import Actor
from societies.models import Society
from starrating.advice import Advice, advise
from starrating.models import (
    Criterion,
    FrozenLine,
    FrozenTotal,
    LineState,
    LiveLine,
    LiveTotal,
    RatingCategory,
    TotalState,
)

TEMPLATE = "starrating/panel.html"
_ORGANISATIONS, _LEDGERS = ("branches:society", "党组织"), ("ledgers:list", "台账")
_LIFE = ("branches:life_society", "组织生活")
# Where a formula's facts stand: the page, and its word.
EVIDENCE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("tier_coverage", "seats_filled", "terms_on_time", "relations_clear"), _ORGANISATIONS
    ),
    **dict.fromkeys(("first_topic", "compliance", "attendance", "attendance_here"), _LIFE),
    **dict.fromkeys(("charter", "five_clears", "filed_on_time", "true_figures"), _LEDGERS),
}
NO_SOURCE = "平台尚无此项数据来源"
_WORDS = {
    LineState.MISSING: "未报",
    LineState.NOT_APPLICABLE: "不适用",
    LineState.NOT_DUE: "尚未到期",
}
NOT_DUE_YET = "今年的要求尚未到期，到期前不计分"


@dataclass(frozen=True)
class LineRow:
    """One line as printed. reason: why it is 不适用 or 未报; evidence: (address, word) or None."""

    criterion: Criterion
    category: str
    state: str
    word: str
    reason: str
    fraction: str
    points: Decimal
    maximum: Decimal
    evidence: tuple[str, str] | None

    @property
    def counts(self) -> bool:
        """Whether the line stands in the score."""
        return self.state in (LineState.VALUE, LineState.MISSING)


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """Live scores for today, frozen ones for a past day; at most six queries."""
    is_live = on == clock.today()
    totals: Any = (LiveTotal if is_live else FrozenTotal).objects.visible_to(actor)
    lines: Any = (LiveLine if is_live else FrozenLine).objects.visible_to(actor)
    if not is_live:
        totals, lines = totals.at(on), lines.at(on)
    total = totals.filter(society=society).select_related("edition").first()
    if total is None:
        return {"total": None, "on": on}
    rows = _rows(actor, society, total, lines.filter(society=society), on)
    return {
        "total": total,
        "rows": rows,
        "coming": sum(row.maximum for row in rows if row.state == LineState.NOT_DUE),
        "is_unrated": total.state == TotalState.UNRATED,
        "is_live": is_live,
        "on": on,
        "advice": _advice(actor, society, rows, on) if is_live else None,
    }


def _rows(actor: Actor, society: Society, total: Any, lines: Any, on: date) -> list[LineRow]:
    stored = {row.criterion: row for row in lines}
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


def evidence_of(actor: Actor, society: Society, criterion: Any, on: date) -> tuple[str, str] | None:
    """Where the facts of a line stand, as (address, word)."""
    found = EVIDENCE.get(criterion.formula)
    if found == _LIFE:
        if not actor.may_any(Permission.LIFE_VIEW):
            return None
        return life_page(society, _kinds(criterion.params), on.year), _LIFE[1]
    if found is None:
        return None
    page, word = found
    return reverse(page, args=[society.pk] if page == _ORGANISATIONS[0] else []), word


def life_page(society: Society, kinds: Sequence[str], year: int) -> str:
    """The records of one kind, else the year of the society by kinds and organisations."""
    if len(kinds) == 1:
        query = {"q": society.name, "kind": kinds[0], "year": year}
        return reverse("branches:life_list", query=query)
    return reverse(_LIFE[0], args=[society.pk], query={"year": year})


def _kinds(params: Mapping[str, Any]) -> list[str]:
    return list(params.get("kinds", ())) or [params["kind"]]


# Their numerators are points of a scale or days of seats: only the share says something.
_BY_SHARE = frozenset(
    ("tier_coverage", "seats_filled", "attendance", "attendance_here", "true_figures")
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
