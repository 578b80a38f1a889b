"""Two inspection batches of 示例科协: last autumn's, closed, and one on site with every state.

Pure, but for whom the draw falls on: that is the seed's word, made at the commitment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from common.workdays import add_workdays
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.finding_plan import (
    ASKED,
    CLOSED,
    GRAVE_PLANNED,
    ISSUED,
    OVERDUE,
    PLANNING,
    RECTIFYING,
    REGISTERED,
    SENT_BACK,
    SUBMITTED,
    TO_SIGN,
    VERIFIED,
    Fault,
    Registered,
    Way,
)
from dashboards.demo.streams import SHANGHAI

LEAD, REVIEWER, LEADER = "inspectionlead", "reviewer", "leader"
# Who is to be inspected whatever the draw says, and why the frame says so.
WHY = "党委指定复查"
TOXICOLOGY = "毒理"
NOTICE_WORKDAYS = 3
# Steps of a check, in order; each so many days after the answers, at its place of the day.
ANSWER, SIGN, CONFIRM, REPLY, PASS, CONCLUDE = range(1, 7)
STEPS = {ANSWER: (0, 0), SIGN: (0, 6), CONFIRM: (1, 7), REPLY: (2, 8), PASS: (4, 9)}
STEPS[CONCLUDE] = (6, 10)
FIRST_OF_FINDING = 11


@dataclass(frozen=True)
class CheckPlan:
    """How far one check is. ago: days before the anchor on which its steps are taken.

    far: the last step. faults: what is found, with the way of its rectification. pair: places among
    the inspectors, None as proposed.
    """

    far: int
    ago: int = 0
    faults: tuple[tuple[Fault, Way], ...] = ()
    pair: tuple[int, int] | None = None


@dataclass(frozen=True)
class BatchPlan:
    """One batch. anchor: the day from which its days are counted back.

    must: word of a society → its check; drawn: the checks of the drawn ones by position.
    """

    name: str
    anchor: date
    drawn: tuple[CheckPlan, ...]
    must: Mapping[str, CheckPlan]
    closed: int | None = None

    @property
    def drafted_at(self) -> datetime:
        """By this moment the batch is known again.

        Its minute tells the anchor's day of the week, and whether the plan closes it.
        """
        minutes = self.anchor.weekday() + (0 if self.closed is None else 7)
        return self.at(74, 0) + timedelta(minutes=minutes)

    @property
    def notified_at(self) -> datetime:
        """The last step before the checks."""
        return self.at(66, 6)

    @property
    def values(self) -> dict[str, Any]:
        """What the draft is given."""
        first = add_workdays(self.notified_at.date(), NOTICE_WORKDAYS).day
        return {
            "name": self.name,
            "on_site_from": first,
            "on_site_to": max(self.anchor, first) + timedelta(days=20),
            "disciplines": [],
            "sample_size": len(self.drawn),
            "sample_percent": None,
            "exclude_recent": True,
            "include_open": True,
        }

    @property
    def registered(self) -> tuple[Registered, ...]:
        """Findings outside the batch, of the same weeks; none beside a closed one."""
        return REGISTERED if self.closed is None else ()

    def at(self, ago: int, place: int) -> datetime:
        """A moment so many days before the anchor; later steps of a day have a later place."""
        return moment(self.anchor, ago, place)


def moment(anchor: date, ago: int, place: int) -> datetime:
    """A working moment so many days before the anchor: a weekend's becomes Friday's."""
    day = anchor - timedelta(days=ago)
    day -= timedelta(days=max(0, day.weekday() - 4))
    minutes = 9 * 60 + 17 * place
    return datetime.combine(day, time(minutes // 60, minutes % 60), SHANGHAI)


def last_autumn(today: date) -> BatchPlan:
    """The batch of the last autumn that is over for good: every finding closed in December."""
    year = today.year - (1 if (today.month, today.day) >= (1, 25) else 2)
    found = tuple(CheckPlan(CONCLUDE, 46, ((fault, CLOSED),)) for fault in Fault if fault.usual)
    clean = CheckPlan(CONCLUDE, 45)
    return BatchPlan(
        name=f"{year} 年秋季督导抽查",
        anchor=date(year, 12, 26),
        drawn=(*found[:3], clean, clean),
        must={SECOND: found[3]},
        closed=-10,
    )


def present(anchor: date) -> BatchPlan:
    """The batch under way, as planned on the day it was first loaded."""
    drawn = (
        CheckPlan(CONCLUDE, 46, ((Fault.COVERAGE, CLOSED), (Fault.REVIEWS, VERIFIED))),
        CheckPlan(CONCLUDE, 46, ((Fault.DELIBERATION, RECTIFYING),)),
        CheckPlan(CONCLUDE, 46, ((Fault.TERM, OVERDUE), (Fault.LEDGER, SENT_BACK))),
        CheckPlan(CONCLUDE, 45, ((Fault.INTEGRITY, SUBMITTED),)),
        CheckPlan(CONCLUDE, 24, ((Fault.CHARTER, ASKED),)),
        CheckPlan(CONCLUDE, 12, ((Fault.NEGATIVE, GRAVE_PLANNED), (Fault.REVIEWS, TO_SIGN))),
        CheckPlan(CONCLUDE, 11, ((Fault.COVERAGE, PLANNING), (Fault.LEDGER, ISSUED))),
        CheckPlan(PASS, 8, ((Fault.TERM, ISSUED),)),
        CheckPlan(CONFIRM, 4, ((Fault.INTEGRITY, ISSUED),)),
        CheckPlan(0, pair=(2, 0)),
    )
    must = {
        WALKED: CheckPlan(SIGN, 3, ((Fault.LEDGER, ISSUED),), pair=(0, 2)),
        TOXICOLOGY: CheckPlan(0, pair=(0, 1)),
    }
    half = "上" if anchor.month < 7 else "下"
    return BatchPlan(f"{anchor.year} 年{half}半年督导抽查", anchor, drawn, must)


def again(drafted_at: datetime) -> BatchPlan | None:
    """The running batch that was drafted at a moment, None if the plan never drafts then."""
    day = drafted_at.astimezone(SHANGHAI).date() + timedelta(days=74)
    for later in range(3):
        plan = present(day + timedelta(days=later))
        if plan.drafted_at == drafted_at:
            return plan
    return None
