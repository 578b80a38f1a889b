"""Society branches opened and closed, and the secretariat that does not exist."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.permissions import Permission
from branches.actions.checks import (
    check_dates,
    end_people,
    end_with_units,
    lock_units,
    served_societies,
)
from branches.models import OrganisationType, PartyOrganisation
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty
from societies.models import SOCIETY_BRANCH_KINDS, Society, SocietyUnit, Tier, UnitKind

_PLACES = {
    "unit_name_once_at_a_time": "name",
    "unit_closes_after_opening": "on",
}


@transaction.atomic
def open_society_branch(
    *, society: Society, kind: str, name: str, valid_from: date, by: Actor, now: datetime
) -> SocietyUnit:
    """Enter a society branch (分支机构). Raises NotAllowed, ActionRefused at its fields."""
    by.require(Permission.ORGANISATION_ENTER, society)
    today = clock.day_of(now)
    if kind not in SOCIETY_BRANCH_KINDS:
        raise ActionRefused({"kind": ["请选择分会、专业委员会或工作委员会"]})
    check_dates(today, {"valid_from": valid_from}, {})
    unit = SocietyUnit(society=society, kind=kind, name=name.strip(), valid_from=valid_from)
    with refusals(SocietyUnit, fields=_PLACES):
        unit.full_clean(exclude=["tier"])
        unit.save()
    mark_dirty({society.pk}, since=valid_from, today=today)
    return unit


@transaction.atomic
def close_society_branch(
    *, unit: SocietyUnit, on: date, note: str, by: Actor, now: datetime
) -> SocietyUnit:
    """Close a society branch; `on` no longer counts. Its working group ends with it (R-ORG-16).

    Other organisations live on and stop serving it. Raises NotAllowed, ActionRefused.
    """
    by.require(Permission.ORGANISATION_ENTER, unit)
    (row,) = lock_units([unit])
    today = clock.day_of(now)
    if row.tier != Tier.SOCIETY_BRANCH:
        raise ActionRefused("只有分支机构可以在此撤销")
    if not note.strip():
        raise ActionRefused({"note": ["请填写撤销依据（文号或会议）"]})
    check_dates(today, {}, {"on": on})
    _close(row, on, note)
    dirty = {row.society_id} | _end_services(row, on, note.strip())
    mark_dirty(dirty, since=on, today=today)
    return row


@transaction.atomic
def close_secretariat(
    *, unit: SocietyUnit, on: date, note: str, by: Actor, now: datetime
) -> SocietyUnit:
    """Close a secretariat that a society states it does not have (R-LED-11).

    By the reviewer who accepts that ledger, or the leader who decides its restatement.
    Raises NotAllowed; ActionRefused at `secretariat_exists` while an organisation serves it (X-05).
    """
    if not by.may(Permission.LEDGER_DECIDE, unit):
        by.require(Permission.ORGANISATION_ENTER, unit)
    (row,) = lock_units([unit])
    if row.kind != UnitKind.SECRETARIAT:
        raise ActionRefused("只能撤销办事机构")
    serving = row.services.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    found = serving.select_related("organisation").first()
    if found:
        message = (
            f"登记册中办事机构有党组织“{found.organisation}”，不能填“未设办事机构”，请核对；"
            "确已撤销的请先报批撤销"
        )
        raise ActionRefused({"secretariat_exists": [message]})
    _close(row, on, note)
    mark_dirty({row.society_id}, since=on, today=clock.day_of(now))
    return row


def _close(row: SocietyUnit, on: date, note: str) -> None:
    if row.valid_to and row.valid_to <= on:
        raise ActionRefused({"on": [f"“{row}”已于 {row.valid_to} 撤销"]})
    if row.valid_from and on <= row.valid_from:
        raise ActionRefused({"on": [f"撤销日期须晚于设立日期 {row.valid_from}"]})
    row.valid_to, row.closing_note = on, note.strip()[:100]
    row.row_version += 1
    row.save(update_fields=["valid_to", "closing_note", "row_version"])


def _end_services(unit: SocietyUnit, on: date, note: str) -> set[int]:
    """End the links to a closed unit and the working groups left without one.

    Returns the societies these groups serve or served.
    """
    services = unit.services.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    late = services.filter(valid_from__gte=on).select_related("organisation").first()
    if late:
        message = f"“{late.organisation}”自 {late.valid_from} 起覆盖该机构，撤销日期须晚于该日"
        raise ActionRefused({"on": [message]})
    ids = list(services.values_list("organisation_id", flat=True))
    services.update(valid_to=on)
    groups = PartyOrganisation.objects.select_for_update(no_key=True).filter(
        pk__in=ids, type=OrganisationType.WORKING_GROUP, dissolved_on__isnull=True
    )
    dirty: set[int] = set()
    for group in groups.order_by("pk"):
        if end_with_units(group, note=note):
            group.row_version += 1
            group.save(update_fields=["dissolved_on", "dissolution_number", "row_version"])
            end_people(group)
            dirty |= served_societies(group)
    return dirty
