"""The desk of a society's clerk, Party secretary and discipline member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.permissions import Role
from branches.tiers import three_tiers
from common.workdays import workdays_between
from coverage.models import NightRun
from dashboards.desks.base import Desk, term, today_line
from dashboards.desks.findings import open_findings
from dashboards.desks.statements import STATEMENTS
from dashboards.desks.tasks import tasks_of
from dashboards.words import short_day
from ledgers.models import FilingWindow, Ledger, LedgerPeriod, Section
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
    society = (
        Society.objects.visible_to(actor).select_related("federation").get(pk=actor.society_id)
    )
    period = LedgerPeriod.objects.visible_to(actor).current(society.federation, on)
    as_of = _frozen_day(society) or on
    context = {
        "society": society,
        "today": today_line(on),
        "deadline": deadline_line(period, on) if period else "",
        "tasks": tasks_of(actor, on),
        "tiers": [(TIER_LABELS[view.tier], view) for view in three_tiers(actor, society, as_of)],
        "as_of": as_of,
        "current": _ledger_card(actor, society, period) if period else None,
        "last": _last(actor, society, period, on),
    }
    if actor.role == Role.DISCIPLINE_MEMBER:
        reads = {"findings": open_findings(actor, on), "statement": STATEMENTS[actor.role]}
        context |= reads | {"term": term(actor)}
    return Desk("dashboards/desk_society.html", f"{society.name}工作台", context)


def _frozen_day(society: Society) -> date | None:
    """The newest day that the nights froze: a date of the portal, nobody's row."""
    return NightRun.objects.filter(federation=society.federation_id).latest_day()


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


def _ledger_card(actor: Actor, society: Society, period: LedgerPeriod) -> LedgerCard:
    ledger: Ledger | None = (
        Ledger.objects.visible_to(actor)
        .standing()
        .filter(society=society, period=period)
        .prefetch_related("sections")
        .order_by("-version")
        .first()
    )
    found = {each.code: each for each in ledger.sections.all()} if ledger else {}
    bars = [
        SectionBar(str(code.label), found[code].filled, found[code].required)
        for code in Section
        if code in found
    ]
    return LedgerCard(period, ledger, bars)


def _last(
    actor: Actor, society: Society, period: LedgerPeriod | None, on: date
) -> dict[str, Any] | None:
    """The ledger of the period before, with the window it was filed in."""
    before = period.as_of if period else on
    ledger: Any = (
        Ledger.objects.visible_to(actor)
        .standing()
        .filter(society=society, period__as_of__lt=before)
        .select_related("period")
        .with_window(on)
        .order_by("-period__as_of", "-version")
        .first()
    )
    if ledger is None:
        return None
    window = FilingWindow(ledger.filed_window).label if ledger.filed_window else ""
    return {"ledger": ledger, "window": window}
