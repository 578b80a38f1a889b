"""一票否决: proposed, stated upon, confirmed by leader and second member, lifted (R-STAR-05)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from branches.recusal import refuse_recused
from common.clock import day_of
from common.errors import ActionRefused, Conflict, NotAllowed
from common.refusals import refusals
from common.workdays import add_workdays
from societies.access import Actor
from societies.models import Society
from starrating.actions.common import end_of_title, refuse_long
from starrating.closing import STATEMENT_DAYS
from starrating.models import RatingRound, StarAward, Veto, VetoKind, VetoRule, VetoState
from starrating.models.vetoes import LIFTED_APART

STALE = "这项否决建议刚被他人办理，请核对后重新提交"
ANOTHER = "提出、陈述、核定、确认须由不同的人办理"


@transaction.atomic
def propose_veto(
    *,
    society: Society,
    rule: VetoRule,
    year: int,
    facts: str,
    document_number: str,
    by: Actor,
    now: datetime,
) -> Veto:
    """Enter a decided case (V5–V9) with its document; the society may speak for five working days.

    Raises NotAllowed; ActionRefused by field, or if the same case stands already.
    """
    by.require(Permission.VETO_PROPOSE, society)
    refuse_recused(by.user, society, day_of(now))
    facts, document_number = facts.strip(), document_number.strip()
    errors = {}
    if rule.kind != VetoKind.DECISION:
        errors["rule"] = ["该情形由系统测算提出，不能录入"]
    if not facts:
        errors["facts"] = ["请写明事实"]
    if not document_number:
        errors["document_number"] = ["请填写文号"]
    if errors:
        raise ActionRefused(errors)
    refuse_long(500, facts=facts)
    refuse_long(60, document_number=document_number)
    veto = Veto(
        society=society,
        rule=rule,
        year=year,
        facts=facts,
        document_number=document_number,
        proposed_by=by.user,
        proposed_at=now,
        statement_until=add_workdays(day_of(now), STATEMENT_DAYS).day,
    )
    with refusals(Veto, fields={"veto_once": "rule"}):
        veto.full_clean()
        veto.save()
    return veto


@transaction.atomic
def state_view(
    *, veto: Veto, row_version: int | None, statement: str, by: Actor, now: datetime
) -> Veto:
    """The society's view, by its Party secretary, to the end of its days."""
    veto = _locked(veto, row_version, Permission.VETO_STATE, by, (VetoState.PROPOSED,))
    statement = statement.strip()
    if not statement:
        raise ActionRefused({"statement": ["请填写意见"]})
    refuse_long(500, statement=statement)
    if veto.stated_by_id is not None:
        raise ActionRefused("已陈述过意见")
    if day_of(now) > veto.statement_until:
        raise ActionRefused(f"陈述意见已于 {veto.statement_until.isoformat()} 截止")
    _refuse_same(veto, by, ("proposed_by",))
    veto.statement, veto.stated_by, veto.stated_at = statement, by.user, now
    return _save(veto)


@transaction.atomic
def confirm_veto(*, veto: Veto, row_version: int | None, by: Actor, now: datetime) -> Veto:
    """The leader's 核定; with the second member's 确认 the veto acts."""
    veto = _locked(veto, row_version, Permission.VETO_CONFIRM, by, (VetoState.PROPOSED,))
    _refuse_early(veto, day_of(now))
    if veto.confirmed_by_id is not None:
        raise ActionRefused("负责人已核定")
    _refuse_same(veto, by, ("proposed_by", "stated_by", "seconded_by"))
    veto.confirmed_by, veto.confirmed_at = by.user, now
    return _take_effect(veto, now)


@transaction.atomic
def second_veto(*, veto: Veto, row_version: int | None, by: Actor, now: datetime) -> Veto:
    """A second committee member's 确认; with the leader's 核定 the veto acts.

    Raises NotAllowed also for a member who must stay out of the society's rating (roles.md §2.4).
    """
    veto = _locked(veto, row_version, Permission.VETO_SECOND, by, (VetoState.PROPOSED,))
    refuse_recused(by.user, veto.society, day_of(now))
    _refuse_early(veto, day_of(now))
    if veto.seconded_by_id is not None:
        raise ActionRefused("已有委员确认")
    _refuse_same(veto, by, ("proposed_by", "stated_by", "confirmed_by"))
    veto.seconded_by, veto.seconded_at = by.user, now
    return _take_effect(veto, now)


@transaction.atomic
def close_veto(
    *, veto: Veto, row_version: int | None, reason: str, by: Actor, now: datetime
) -> Veto:
    """The leader dismisses a proposal, with a reason."""
    veto = _locked(veto, row_version, Permission.VETO_CONFIRM, by, (VetoState.PROPOSED,))
    reason = _reason(reason)
    _refuse_same(veto, by, ("proposed_by", "stated_by"))
    _refuse_early(veto, day_of(now))
    veto.state = VetoState.DISMISSED
    veto.reason, veto.closed_by, veto.closed_at = reason, by.user, now
    return _save(veto)


@transaction.atomic
def propose_lift(
    *, veto: Veto, row_version: int | None, reason: str, by: Actor, now: datetime
) -> Veto:
    """The leader proposes to lift a confirmed veto; it acts until a second member agrees."""
    veto = _locked(veto, row_version, Permission.VETO_CONFIRM, by, (VetoState.CONFIRMED,))
    reason = _reason(reason)
    _refuse_same(veto, by, ("proposed_by", "stated_by"))
    if veto.lift_by_id is not None:
        raise ActionRefused("负责人已提出解除")
    veto.lift_reason, veto.lift_by, veto.lift_at = reason, by.user, now
    return _save(veto)


@transaction.atomic
def second_lift(*, veto: Veto, row_version: int | None, by: Actor, now: datetime) -> Veto:
    """A second committee member's 确认解除: the veto acts no more.

    A withdrawn title does not come back: the next round decides. Raises NotAllowed also for who
    must stay out of the society's rating.
    """
    veto = _locked(veto, row_version, Permission.VETO_SECOND, by, (VetoState.CONFIRMED,))
    refuse_recused(by.user, veto.society, day_of(now))
    if veto.lift_by_id is None:
        raise ActionRefused("负责人尚未提出解除")
    _refuse_same(veto, by, ("proposed_by", "stated_by", "lift_by"), LIFTED_APART)
    _lock_rounds(veto)
    veto.state, veto.reason = VetoState.LIFTED, veto.lift_reason
    veto.closed_by, veto.closed_at = by.user, now
    return _save(veto)


def _reason(typed: str) -> str:
    """Raises ActionRefused without one, or for one that is too long."""
    reason = typed.strip()
    if not reason:
        raise ActionRefused({"reason": ["请写明理由"]})
    refuse_long(300, reason=reason)
    return reason


def _locked(
    veto: Veto,
    row_version: int | None,
    right: Permission,
    by: Actor,
    states: tuple[VetoState, ...],
) -> Veto:
    row = (
        Veto.objects.select_for_update(of=("self",))
        .select_related("society", "rule")
        .get(pk=veto.pk)
    )
    by.require(right, row)
    if row_version is not None and row.row_version != row_version:
        raise Conflict(STALE)
    if row.state not in states:
        raise ActionRefused("当前状态已变化，请刷新后查看")
    return row


def _refuse_early(veto: Veto, on: date) -> None:
    if not veto.heard_by(on):
        day = veto.statement_until.isoformat()
        raise ActionRefused(f"学会可陈述意见至 {day}，之后方可核定")


def _refuse_same(veto: Veto, by: Actor, columns: tuple[str, ...], words: str = ANOTHER) -> None:
    if by.user.pk in {getattr(veto, f"{column}_id") for column in columns}:
        raise NotAllowed(words)


def _take_effect(veto: Veto, now: datetime) -> Veto:
    """With both signatures: the veto acts, a title is withdrawn at once (R-STAR-07)."""
    if veto.confirmed_by_id and veto.seconded_by_id:
        _lock_rounds(veto)
        veto.state = VetoState.CONFIRMED
        _withdraw(veto, day_of(now))
    return _save(veto)


def _lock_rounds(veto: Veto) -> None:
    """A round being decided at this moment must see what changes, or be decided before it."""
    rounds = RatingRound.objects.select_for_update().filter(federation=veto.society.federation_id)
    list(rounds.order_by("pk").values_list("pk"))


def _withdraw(veto: Veto, on: date) -> None:
    """The title held that day; one that had run out before stays as it was."""
    StarAward.objects.filter(
        society=veto.society_id, state=StarAward.State.OFFICIAL, valid_to__gt=on
    ).update(state=StarAward.State.WITHDRAWN, valid_to=end_of_title(on))


def _save(veto: Veto) -> Veto:
    veto.row_version += 1
    veto.save()
    return veto
