"""Writes of the register that other rooms stand on: appointments, and what must be recomputed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import PortalSession, User
from accounts.permissions import Permission, Role, ScopeKind
from accounts.roles import SPECS
from common import clock
from common.errors import ActionRefused, Conflict
from common.pinyin import initials, sort_key
from common.refusals import refusals
from common.tasks import enqueue_on_commit
from societies import credit_code
from societies.access import Actor
from societies.grants import grant_models, write_grants
from societies.models import (
    Appointment,
    BackdatedFact,
    DataQualityIssue,
    DirtySociety,
    Federation,
    Severity,
    Society,
)

DRAIN_TASK = "coverage.tasks.drain_dirty"
# Before this day no figure is kept: a fact without a first day bears on figures from here on.
RECORDS_BEGIN = date(2016, 1, 1)


def mark_dirty(society_ids: Iterable[int], *, since: date, today: date) -> None:
    """Note, in the fact's own transaction, that figures of these societies must be computed again.

    since: the first day the changed fact bears on; before `today` it also revises month-ends
    (R-COV-02). Live figures follow at once (R-COV-06).
    """
    ids = sorted(set(society_ids))
    DirtySociety.objects.bulk_create(DirtySociety(society_id=pk) for pk in ids)
    if since < today:
        BackdatedFact.objects.bulk_create(BackdatedFact(society_id=pk, since=since) for pk in ids)
    enqueue_on_commit(DRAIN_TASK)


@transaction.atomic
def note_issue(
    *,
    society: Society,
    code: str,
    section: str,
    severity: Severity,
    message: str,
    stands: bool,
    today: date,
) -> None:
    """Open a data-quality issue if it stands and none of its code is open; close it if it does not.

    section: the table of the ledger it bears on. Once written, its words and first day stay. An
    error opened or closed decides whether tables are clear (R-LED-02), so today's figures follow.
    """
    if stands:
        said = {"section": section, "severity": severity, "message": message, "opened_on": today}
        issue, fresh = DataQualityIssue.objects.get_or_create(
            society=society, code=code, closed_on=None, defaults=said
        )
        counts = fresh and issue.severity == Severity.ERROR
    else:
        rows = DataQualityIssue.objects.open().filter(society=society, code=code)
        counts = rows.filter(severity=Severity.ERROR).exists()
        rows.update(closed_on=today)
    if counts:
        mark_dirty([society.pk], since=today, today=today)


@transaction.atomic
def appoint(
    *,
    user: User,
    role: Role,
    objects: Iterable = (),
    valid_from: date,
    valid_to: date | None = None,
    is_deputy: bool = False,
    by: Actor | None,
) -> Appointment:
    """Appoint a user and write the grants the role gives on its scope objects.

    by: None only for the installation's own commands. Raises ActionRefused if the role is not
    granted yet, the objects are not of its kind, are more than the role takes, or lie in several
    federations.
    """
    spec, objects = SPECS[role], list(objects)
    if not spec.granted:
        raise ActionRefused({"role": [f"“{role.label}”在本版中尚不能授权"]})
    if len(objects) > 1 and not spec.several:
        raise ActionRefused({"objects": [f"“{role.label}”只对应一个{spec.kind.label}，请逐个任命"]})
    federation = _federation_of(spec.kind, objects)
    appointment = Appointment(
        user=user,
        role=role,
        federation=federation,
        is_deputy=is_deputy,
        duty=spec.duty,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=by.user if by else None,
    )
    appointment.full_clean()
    appointment.save()
    if objects:
        write_grants(appointment, objects)
    return appointment


@transaction.atomic
def end_appointment(*, appointment: Appointment, on: date) -> None:
    """End an appointment from `on` (that day no longer counts); its user's sessions end at once.

    Raises ActionRefused if it never began by then.
    """
    if on <= appointment.valid_from:
        raise ActionRefused({"valid_to": ["止任日期须晚于起任日期"]})
    appointment.valid_to = on
    appointment.save(update_fields=["valid_to"])
    PortalSession.objects.filter(user_id=appointment.user_id).delete()


def _federation_of(kind: ScopeKind, objects: list) -> Federation | None:
    if kind in (ScopeKind.PLATFORM, ScopeKind.OWN):
        if objects:
            raise ActionRefused({"objects": ["该角色不绑定具体单位"]})
        return None
    model = next(m for m in grant_models() if m.scope_kind == kind)
    target = model._meta.get_field("content_object").related_model
    if not objects or not all(isinstance(o, target) for o in objects):
        raise ActionRefused({"objects": [f"请选择{kind.label}"]})
    found = {
        o if kind == ScopeKind.FEDERATION else getattr(o, "society", o).federation for o in objects
    }
    if len(found) > 1:
        raise ActionRefused({"objects": ["一项任职不能跨科协"]})
    return found.pop()


EDITABLE = (
    "name",
    "code",
    "name_en",
    "discipline_class",
    "body_kind",
    "relation",
    "founded_year",
    "joined_on",
    "left_on",
    "deregistered_on",
    "uscc",
    "support_type",
    "supporting_unit",
    "business_supervisor",
    "office_address",
    "website",
    "sort_key",
    "initials",
)
# Columns that decide who is counted where: dates since when, the others since records began.
_DATED = ("joined_on", "left_on", "deregistered_on")
_COUNTING = ("discipline_class", "body_kind", "relation", "support_type", "business_supervisor")


@transaction.atomic
def edit_society(
    *,
    society: Society,
    row_version: int | None,
    changes: Mapping[str, Any],
    uscc_confirmed: bool = False,
    by: Actor,
    now: datetime,
) -> Society:
    """Edit register facts; `changes` names EDITABLE columns.

    uscc_confirmed: the credit code was compared with the certificate (R-STD-01). Raises NotAllowed,
    Conflict, ActionRefused by field; LookupError for a column that is not editable.
    """
    if unknown := set(changes) - set(EDITABLE):
        raise LookupError(sorted(unknown))
    by.require(Permission.SOCIETY_EDIT, society)
    row = Society.objects.select_for_update(no_key=True).get(pk=society.pk)
    if row_version is not None and row.row_version != row_version:
        raise Conflict("这条记录刚被他人修改，您的修改未保存，请核对后重新填写")
    before = {name: getattr(row, name) for name in EDITABLE}
    _take_over(row, dict(changes))
    today = clock.day_of(now)
    _check_register_facts(row, before["uscc"], uscc_confirmed, today)
    row.row_version += 1
    with refusals(Society, fields=_PLACES):
        row.full_clean()
        row.save()
    since = _first_day_touched(before, row)
    if since:
        mark_dirty([row.pk], since=since, today=today)
    return row


_PINYIN = {"sort_key": sort_key, "initials": initials}
_PLACES = {
    "society_code_once": "code",
    "society_name_once": "name",
    "society_leaves_after_joining": "left_on",
}


def rename(society: Society, name: str) -> None:
    """Set a new name; pinyin follows unless somebody corrected it. Not saved."""
    if society.sort_key == sort_key(society.name):
        society.sort_key = sort_key(name)
    if society.initials == initials(society.name):
        society.initials = initials(name)
    society.name = name


def _take_over(row: Society, changes: dict[str, Any]) -> None:
    """Set the new values. Pinyin follows a new name unless typed; emptied, it is made anew."""
    for name in _PINYIN:
        if changes.get(name) == getattr(row, name):
            del changes[name]
    rename(row, str(changes.pop("name", row.name)).strip())
    for name, value in changes.items():
        if name == "uscc":
            value = credit_code.tidy(value)
        elif name in _PINYIN and not value:
            value = _PINYIN[name](row.name)
        setattr(row, name, value)


def _check_code(row: Society, before: str, confirmed: bool) -> dict[str, list[str]]:
    """Errors of the credit code; a new doubtful one asks for a confirmation (R-STD-01)."""
    if message := credit_code.error_in(row.uscc):
        return {"uscc": [message]}
    message = credit_code.warning_about(row.uscc)
    if message and row.uscc != before and not confirmed:
        return {"uscc_confirmed": [message]}
    return {}


def _check_register_facts(row: Society, uscc: str, uscc_confirmed: bool, today: date) -> None:
    errors = {} if row.name else {"name": ["请填写名称"]}
    errors |= _check_code(row, uscc, uscc_confirmed)
    if row.website and not row.website.startswith(("http://", "https://")):
        errors["website"] = ["网址应以 http:// 或 https:// 开头"]
    if row.founded_year and not 1800 <= row.founded_year <= today.year:
        errors["founded_year"] = [f"成立年份应在 1800 至 {today.year} 之间"]
    if row.joined_on and row.joined_on > today:
        errors["joined_on"] = [f"加入日期晚于今天（{today}），请填写已发生的日期"]
    if errors:
        raise ActionRefused(errors)


def _first_day_touched(before: Mapping[str, Any], row: Society) -> date | None:
    """The first day on which the edit bears on figures, None if on no day."""
    if any(before[name] != getattr(row, name) for name in _COUNTING):
        return RECORDS_BEGIN
    days = []
    for name in _DATED:
        known = [day for day in (before[name], getattr(row, name)) if day]
        if before[name] == getattr(row, name):
            continue
        # An open beginning reaches back to where records begin; an open end bears on nothing yet.
        endless = name == "joined_on" and len(known) < 2
        days.append(RECORDS_BEGIN if endless else min(known))
    return max(RECORDS_BEGIN, min(days)) if days else None
