"""What the pages of findings print: lanes, due words, open steps, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from common.clock import day_of
from common.desk import days_left
from societies.access import Actor
from supervision import finding_eyes
from supervision import finding_states as steps
from supervision.models import (
    Finding,
    FindingExtension,
    FindingState,
    FindingStep,
)

S = FindingState
# A day that near is shown as a warning.
SOON = 5


@dataclass(frozen=True)
class Lane:
    """A column of the board: the states it holds, and by what it is sorted."""

    key: str
    label: str
    states: tuple[FindingState, ...]
    order: tuple[str, ...]


LANES = (
    Lane(
        "plan",
        "待报方案",
        (S.ISSUED, S.ACCEPTED, S.PLAN_TO_SIGN, S.PLAN_FILED),
        ("plan_due", "pk"),
    ),
    Lane(
        "rectify",
        "整改中",
        (S.RECTIFYING, S.EVIDENCE_TO_SIGN, S.SENT_BACK),
        ("finish_due", "pk"),
    ),
    Lane("verify", "待复查", (S.SUBMITTED, S.VERIFIED), ("submitted_on", "pk")),
    Lane("closed", "已销号", (S.CLOSED,), ("-closed_at", "-pk")),
)
# Filters of the list beyond the columns of the board.
OPEN = ("open", "未销号")


@dataclass(frozen=True)
class Age:
    """How many calendar days ago a finding was issued: least to most, both counted."""

    key: str
    label: str
    least: int
    most: int | None = None

    def covers(self, days: int) -> bool:
        """Whether so many days are of this age."""
        return self.least <= days and (self.most is None or days <= self.most)


AGES = (
    Age("0-30", "30 天以内", 0, 30),
    Age("31-60", "31—60 天", 31, 60),
    Age("61-90", "61—90 天", 61, 90),
    Age("91", "超过 90 天", 91),
)
LANE_OF = {state: lane for lane in LANES for state in lane.states}


@dataclass(frozen=True)
class Due:
    """Where a finding stands against its day: one of common.status.KINDS, in words.

    what: which day, where it is not the finish day.
    """

    kind: str
    words: str
    late: bool = False
    what: str = ""


def due_of(finding: Finding, on: date) -> Due:
    """The day that runs: of the plan, then the finish day; else what stopped it."""
    if finding.closed_at is not None:
        words = f"{day_of(finding.closed_at):%Y-%m-%d} {'逾期' if finding.closed_late else ''}销号"
        return Due("warn" if finding.closed_late else "ok", words)
    late = finding.days_late(on)
    if finding.submitted_on is not None:
        words = f"{finding.submitted_on:%Y-%m-%d} 报送"
        return Due("bad", f"{words}，逾期 {late} 天", True) if late else Due("info", words)
    waiting = finding.plan_filed_on is None
    day = finding.plan_due if waiting else finding.finish_due
    if day is None:
        return Due("warn", "待确定完成日期")
    left = (day - on).days
    kind = "bad" if left < 0 else "warn" if left <= SOON else "info"
    return Due(kind, days_left(day, on), left < 0, "报方案" if waiting else "")


def with_page_facts(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """Society and how many evidences the submission being made or made has."""
    mine = Q(evidence__turn=F("turn"))
    return rows.select_related("society", "batch", "spot_check").annotate(
        proofs=Count("evidence", filter=mine)
    )


def extension_of(actor: Actor, finding: Finding) -> FindingExtension | None:
    """The finding's extension, if one was asked."""
    rows = FindingExtension.objects.visible_to(actor).filter(finding=finding)
    return rows.select_related("asked_by", "reviewed_by", "decided_by").first()


def history(actor: Actor, finding: Finding) -> list[tuple[str, FindingStep]]:
    """The steps in words, the latest first."""
    rows = FindingStep.objects.visible_to(actor).filter(finding=finding)
    rows = rows.select_related("by", "appointment")
    return [(steps.VERB_LABELS[row.verb], row) for row in rows]


def reminder_of(finding: Finding, past: Sequence[tuple[str, FindingStep]]) -> FindingStep | None:
    """The last reminder, while it is the society's turn. past: `history` of the finding."""
    if finding.state not in steps.REMIND.sources:
        return None
    return next((step for _, step in past if step.verb == steps.REMIND.verb), None)


def open_verbs(actor: Actor, finding: Finding, extension: FindingExtension | None) -> set[str]:
    """The steps whose buttons this actor is shown; the actions decide."""
    mine = FindingStep.objects.visible_to(actor).filter(finding=finding, by=actor.user)
    acted = set(mine.values_list("verb", flat=True))
    found = set()
    wrote = finding_eyes.barred(steps.VERIFY, finding, actor.user)
    for plain in steps.TRANSITIONS:
        step = steps.as_taken(plain, finding, actor.permissions)
        columns = {getattr(finding, f"{column}_id") for column in step.distinct_from}
        if (
            finding.state in step.sources
            and step.permission in actor.permissions
            and actor.user.pk not in columns
            and not acted & steps.others(step.verb)
            and not (wrote and finding_eyes.AUTHOR in step.distinct_from)
        ):
            found.add(step.verb)
    return found & _waited_for(actor, finding, extension)


def _waited_for(actor: Actor, finding: Finding, extension: FindingExtension | None) -> set[str]:
    """What the finding itself, its measure and its extension leave to be done."""
    measures = finding.measure_due is not None and finding.measure_signed_at is None
    waits = {
        "close": extension is None or extension.decided_at is not None,
        "send_measure": measures,
        "sign_measure": measures and finding.measure != "",
        "ask_extension": extension is None and finding.finish_due is not None,
        **_waits_of(extension, actor.user.pk),
    }
    return {step.verb for step in steps.TRANSITIONS if waits.get(step.verb, True)}


def _waits_of(extension: FindingExtension | None, me: int) -> dict[str, bool]:
    """Whether the extension waits for a review or a decision by this user."""
    if extension is None:
        return {"review_extension": False, "decide_extension": False}
    apart = me not in (extension.asked_by_id, extension.reviewed_by_id)
    reviewed = extension.reviewed_at is not None
    return {
        "review_extension": apart and not reviewed,
        "decide_extension": apart and reviewed and extension.decided_at is None,
    }
