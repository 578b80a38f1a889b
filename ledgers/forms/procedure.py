"""Where a version stands: the procedure, its history, the last return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, Subquery

from accounts.models import User
from common.clock import day_of
from common.workdays import add_workdays
from ledgers import states
from ledgers.catalogue import FIELDS
from ledgers.forms.wording import day, moment
from ledgers.models import Ledger, LedgerReturnRemark, LedgerState, LedgerStep, ReturnStage, Section

S = LedgerState


@dataclass(frozen=True)
class Stage:
    """One stage of 办理流程. kind: ok passed, info here, bad returned, empty to come."""

    label: str
    text: str
    kind: str = ""
    current: bool = False


@dataclass(frozen=True)
class HistoryLine:
    """One line of 办理记录."""

    at: datetime
    text: str
    kind: str


@dataclass(frozen=True)
class RemarkLine:
    """A word at a field."""

    label: str
    text: str
    section: str
    field: str
    row: int


@dataclass(frozen=True)
class LastReturn:
    """The newest return with its words at fields."""

    reason: str
    who: str
    remarks: Sequence[RemarkLine] = field(default_factory=tuple)


def state_word(ledger: Ledger) -> str:
    """The state as a pill says it."""
    return str(LedgerState(ledger.state).label)


def process(ledger: Ledger, editor: str = "", *, named: bool = True) -> list[Stage]:
    """填报中 → 待审签 → 已报送、待审核 → 已通过, with who and when.

    named: by name; else by role, since the signer is an office-holder (roles.md §2.9).
    """
    stages = [
        _filling(ledger, editor if named else "", named),
        _signing(ledger, named),
        _reviewing(ledger, named),
    ]
    if ledger.state == S.ABANDONED:
        return [stages[0], Stage("已放弃", "更正已放弃，原版本继续有效", current=True)]
    if ledger.is_restatement:
        stages.append(_deciding(ledger, named))
    return [*stages, _accepted(ledger)]


def _by(user: User | None, role: str, named: bool) -> str:
    return str(user) if named else role


def _filling(ledger: Ledger, editor: str, named: bool) -> Stage:
    if ledger.state == S.RETURNED:
        return Stage("已退回，修改中", f"{ledger.get_returned_by_stage_display()}", "bad", True)
    if ledger.state == S.DRAFT:
        return Stage("填报中", f"填报人 {editor}".strip(), "info", True)
    if ledger.sent_by is None:
        return Stage("填报中", f"填报人 {editor}".strip())
    who = _by(ledger.sent_by, "填报人", named)
    return Stage("填报中", f"{who} {_when(ledger.sent_at)}送审签", "ok")


def _signing(ledger: Ledger, named: bool) -> Stage:
    here = ledger.state == S.TO_SIGN
    if ledger.state in (S.DRAFT, S.RETURNED, S.TO_SIGN):
        return Stage("待审签", "学会党组织书记审签并报送", "info" if here else "", here)
    who = _by(ledger.signed_by, "党组织书记", named)
    return Stage("待审签", f"{who} {_when(ledger.signed_at)}审签并报送", "ok")


def _reviewing(ledger: Ledger, named: bool) -> Stage:
    if ledger.state == S.FILED:
        return Stage("已报送、待审核", _review_clock(ledger), "info", True)
    if ledger.state in (S.TO_DECIDE, S.ACCEPTED):
        who = _by(ledger.reviewed_by, "审核员", named)
        return Stage("已报送、待审核", f"{who} {_when(ledger.reviewed_at)}通过", "ok")
    return Stage("已报送、待审核", "按报送时间认定是否按期")


def _review_clock(ledger: Ledger) -> str:
    """The committee's own clock, said to the society too (R-SUP-19)."""
    days = ledger.period.edition.rules.review.workdays
    if ledger.signed_at is None:
        return ""
    until = add_workdays(day_of(ledger.signed_at), days).day
    return f"审核期限 {days} 个工作日，至 {day(until)}"


def _deciding(ledger: Ledger, named: bool) -> Stage:
    if ledger.state == S.ACCEPTED:
        who = _by(ledger.decided_by, "负责人", named)
        return Stage("待决定", f"{who} {_when(ledger.decided_at)}同意更正", "ok")
    here = ledger.state == S.TO_DECIDE
    return Stage("待决定", "更正由科技社团党委负责人决定", "info" if here else "", here)


def _accepted(ledger: Ledger) -> Stage:
    here = ledger.state == S.ACCEPTED
    return Stage("已通过", "通过后不再修改，更正另立版本", "ok" if here else "", here)


def _when(at: datetime | None) -> str:
    return f"{moment(at)} " if at else ""


_KINDS = {
    states.SEND.verb: "info",
    states.SIGN.verb: "ok",
    states.ACCEPT.verb: "ok",
    states.DECIDE.verb: "ok",
    states.RETURN_TO_CLERK.verb: "warn",
    states.RETURN_TO_SOCIETY.verb: "warn",
    states.REFUSE.verb: "warn",
}


def history(ledger: Ledger) -> list[HistoryLine]:
    """办理记录, newest first. One query."""
    rows = ledger.steps.select_related("by", "appointment").order_by("-at", "-pk")
    return [HistoryLine(row.at, _said(row), _KINDS.get(row.verb, "")) for row in rows]


def _said(step: LedgerStep) -> str:
    role = step.appointment.role_label if step.appointment else ""
    who = f"{role} {step.by} " if step.by else ""
    on_time = "" if step.on_time is None else "，按期" if step.on_time else "，逾期"
    reason = f"：{step.reason}" if step.reason else ""
    return f"{who}{states.VERB_LABELS.get(step.verb, step.verb)}{on_time}{reason}"


def last_return(ledger: Ledger, *, named: bool = True) -> LastReturn | None:
    """The newest return of this version, or of the one before it. Two queries at most.

    named: with what was said at fields of 5.4, which may name people.
    """
    verbs = (states.RETURN_TO_CLERK.verb, states.RETURN_TO_SOCIETY.verb, states.REFUSE.verb)
    step = (
        LedgerStep.objects.filter(society_id=ledger.society_id, verb__in=verbs, at__isnull=False)
        .filter(ledger__period__as_of__lte=ledger.period.as_of)
        .exclude(~Q(ledger=ledger.pk), ledger__state=LedgerState.ABANDONED)
        .select_related("ledger__period", "by")
        .order_by("-at", "-pk")
        .first()
    )
    if step is None:
        return None
    who = "党组织书记" if step.stage == ReturnStage.SOCIETY else "审核员"
    period = "" if step.ledger_id == ledger.pk else f" · {step.ledger.period.label}台账"
    remarks = LedgerReturnRemark.objects.filter(step=step)
    if not named:
        remarks = remarks.exclude(section=Section.LEADERS)
    return LastReturn(
        step.reason, f"{who} · {moment(step.at)}{period}", [_remark(row) for row in remarks]
    )


def _remark(row: LedgerReturnRemark) -> RemarkLine:
    tables = (row.section, "measures") if row.section == "not_established" else (row.section,)
    labels = {f.name: f.label for table in tables for f in FIELDS[table]}
    return RemarkLine(labels.get(row.field, row.field), row.text, row.section, row.field, row.row)


def last_remarks(ledger: Ledger) -> dict[tuple[str, str, int], str]:
    """Words of the committee's last return, by table, field and row; none once accepted."""
    if ledger.returned_at is None or ledger.state == LedgerState.ACCEPTED:
        return {}
    returns = ledger.steps.filter(stage=ReturnStage.COMMITTEE).order_by("-at", "-pk")
    rows = ledger.return_remarks.filter(step=Subquery(returns.values("pk")[:1]))
    return {(row.section, row.field, row.row): row.text for row in rows}
