"""The desk of a society's clerk, Party secretary and discipline member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from accounts.permissions import Role
from branches.tiers import three_tiers
from common.workdays import workdays_between
from coverage.models import NightRun
from dashboards.desks.base import Desk, term, today_line
from dashboards.desks.findings import open_findings
from dashboards.desks.statements import STATEMENTS
from dashboards.desks.tasks import tasks_of
from dashboards.words import short_day
from ledgers.models import FilingWindow, Ledger, LedgerPeriod, LedgerSection, Section
from societies.access import Actor
from societies.models import Society, Tier

TIER_LABELS = {
    Tier.COUNCIL: "理事会层面党组织",
    Tier.SECRETARIAT: "办事机构党组织",
    Tier.SOCIETY_BRANCH: "分支机构党组织",
}


@dataclass(frozen=True)
class SectionBar:
    """How far one table of the ledger is filled (R-LED-01)."""

    label: str
    filled: int
    required: int

    @property
    def percent(self) -> float:
        """For the bar; a table that asks nothing is complete."""
        return 100 * self.filled / self.required if self.required else 100


@dataclass(frozen=True)
class LedgerCard:
    """The present period's ledger: its tables and sums."""

    period: LedgerPeriod
    ledger: Ledger | None
    bars: list[SectionBar]

    @property
    def filled(self) -> int:
        """Filled required fields."""
        return sum(bar.filled for bar in self.bars)

    @property
    def required(self) -> int:
        """Required fields."""
        return sum(bar.required for bar in self.bars)


def society_desk(actor: Actor, on: date) -> Desk:
    """Tasks, three tiers, the present ledger and the last one; own society only."""
    society = _own_society(actor)
    period = LedgerPeriod.objects.visible_to(actor).current(society.federation, on)
    as_of = society.frozen_on or on
    current, last = _ledgers(actor, society, period, on)
    context = {
        "society": society,
        "today": today_line(on),
        "deadline": deadline_line(period, on) if period else "",
        "tasks": tasks_of(actor, on),
        "tiers": [(TIER_LABELS[view.tier], view) for view in three_tiers(actor, society, as_of)],
        "as_of": as_of,
        "current": _ledger_card(period, current) if period else None,
        "last": last and {"ledger": last, "window": _window(last)},
    }
    if actor.role == Role.DISCIPLINE_MEMBER:
        reads = {"findings": open_findings(actor, on), "statement": STATEMENTS[actor.role]}
        context |= reads | {"term": term(actor)}
    return Desk("dashboards/desk_society.html", f"{society.name}工作台", context)


def _own_society(actor: Actor) -> Any:
    """The society with `frozen_on`, the newest day that the nights froze, None before the first.

    The day is a date of the portal, nobody's row.
    """
    nights = NightRun.objects.filter(federation=OuterRef("federation")).frozen("coverage")
    rows = Society.objects.visible_to(actor).select_related("federation")
    rows = rows.annotate(frozen_on=Subquery(nights.order_by("-on").values("on")[:1]))
    return rows.get(pk=actor.society_id)


def deadline_line(period: LedgerPeriod, on: date) -> str:
    """Where the present period stands: as-of day before it has come, then the days left."""
    if on < period.as_of:
        return (
            f"{period.title}截止日 {short_day(period.as_of)}，"
            f"报送至 {period.due_on.year} 年 {short_day(period.due_on)}"
        )
    left = workdays_between(on, period.due_on)
    if on <= period.due_on:
        rest = f"还有 {left} 个工作日" if left else "今天截止"
        return f"{period.title} {short_day(period.due_on)}截止，{rest}"
    if on <= period.grace_until:
        return (
            f"{period.title} {short_day(period.due_on)}已到期，"
            f"宽限至 {short_day(period.grace_until)}"
        )
    return f"{period.title}已逾期，{short_day(period.closes_on)}关闭报送"


def _ledgers(
    actor: Actor, society: Society, period: LedgerPeriod | None, on: date
) -> tuple[Any, Any]:
    """The newest version of the present period and that of the last period before it; one query.

    Of the present one with its tables, in `tables`: code, filled, required.
    """
    rows = Ledger.objects.visible_to(actor).standing().filter(society=society)
    until = rows.filter(period__as_of__lte=period.as_of if period else on)
    tables = LedgerSection.objects.filter(ledger=OuterRef("pk")).order_by()
    said = JSONObject(code="code", filled="filled", required="required")
    until = until.annotate(tables=ArraySubquery(tables.values(data=said)))
    newest = until.order_by("-period__as_of", "-version").distinct("period__as_of")
    found: list[Any] = list(newest.select_related("period").with_window(on)[:2])
    if period and found and found[0].period_id == period.pk:
        return found[0], found[1] if len(found) > 1 else None
    return None, found[0] if found else None


def _ledger_card(period: LedgerPeriod, ledger: Any) -> LedgerCard:
    found = {each["code"]: each for each in ledger.tables} if ledger else {}
    bars = [
        SectionBar(str(code.label), found[code]["filled"], found[code]["required"])
        for code in Section
        if code in found
    ]
    return LedgerCard(period, ledger, bars)


def _window(ledger: Any) -> str:
    """How the ledger was filed, in words; "" if no due day judges it."""
    return FilingWindow(ledger.filed_window).label if ledger.filed_window else ""
