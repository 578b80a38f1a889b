"""Units an organisation takes on or gives up; intervals in which it does not count."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from branches.actions.checks import (
    ONLY_JOINT,
    check_dates,
    check_units,
    is_joint,
    link,
    lock_organisation,
    lock_units,
    served_societies,
)
from branches.models import (
    OrganisationService,
    OrganisationSuspension,
    PartyOrganisation,
)
from branches.querysets import COVERING_TYPES
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty
from societies.models import SocietyUnit, Tier

_PLACES = {
    "service_once_per_unit": "unit",
    "service_one_committee_per_council": "unit",
    "service_ends_after_start": "on",
    "suspension_once_at_a_time": "on",
    "suspension_ends_after_start": "on",
}


@transaction.atomic
def serve_unit(
    *,
    organisation: PartyOrganisation,
    unit: SocietyUnit,
    valid_from: date,
    by: Actor,
    now: datetime,
) -> OrganisationService:
    """Let it serve one more unit from a day on; errors stand at `unit` and `valid_from`."""
    row = lock_organisation(organisation, by)
    today = clock.day_of(now)
    check_dates(today, {}, {"valid_from": valid_from})
    if valid_from < row.established_on:
        raise ActionRefused({"valid_from": [f"不能早于党组织成立日期 {row.established_on}"]})
    if row.dissolved_on:
        raise ActionRefused(f"该党组织已于 {row.dissolved_on} 撤销，不能再增加覆盖的机构")
    (locked,) = lock_units([unit])
    _check_one(row, locked, valid_from)
    service = link(row, locked, valid_from)
    with refusals(OrganisationService, fields=_PLACES):
        service.save()
    mark_dirty({locked.society_id}, since=valid_from, today=today)
    return service


def _check_one(row: PartyOrganisation, unit: SocietyUnit, on: date) -> None:
    """As at entry, for one unit: the lead is served already, so it need not be among them."""
    if unit.society_id != row.society_id and not is_joint(row.type, row.form):
        raise ActionRefused({"unit": [ONLY_JOINT]})
    if row.type not in COVERING_TYPES[unit.tier]:
        label = Tier(unit.tier).label
        raise ActionRefused({"unit": [f"{row.get_type_display()}不覆盖{label}，请核对"]})
    lead = unit.society if unit.society.federation_id == row.society.federation_id else row.society
    try:
        check_units(lead, [unit], type=row.type, form=row.form, on=on)
    except ActionRefused as refused:
        raise ActionRefused({"unit": refused.errors.get("units", [str(refused)])}) from refused


@transaction.atomic
def stop_serving(
    *, service: OrganisationService, on: date, by: Actor, now: datetime
) -> OrganisationService:
    """End one link; `on` no longer counts. Raises NotAllowed, ActionRefused at `on`."""
    lock_organisation(service.organisation, by)
    row = OrganisationService.objects.select_for_update(of=("self",), no_key=True).get(
        pk=service.pk
    )
    today = clock.day_of(now)
    check_dates(today, {}, {"on": on})
    if row.valid_to and row.valid_to <= on:
        raise ActionRefused({"on": [f"该覆盖关系已于 {row.valid_to} 结束"]})
    if on <= row.valid_from:
        raise ActionRefused({"on": [f"结束日期须晚于起始日期 {row.valid_from}"]})
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    mark_dirty({row.society_id}, since=on, today=today)
    return row


@transaction.atomic
def suspend(
    *,
    organisation: PartyOrganisation,
    on: date,
    document_number: str,
    by: Actor,
    now: datetime,
) -> OrganisationSuspension:
    """Suspend from a day on: the organisation exists and does not count (rules §6)."""
    row = lock_organisation(organisation, by)
    today = clock.day_of(now)
    if not document_number.strip():
        raise ActionRefused({"document_number": ["请填写文号"]})
    check_dates(today, {}, {"on": on})
    if on < row.established_on or (row.dissolved_on and on >= row.dissolved_on):
        raise ActionRefused({"on": ["暂停日期须在党组织存续期内"]})
    suspension = OrganisationSuspension(
        organisation=row,
        society_id=row.society_id,
        valid_from=on,
        document_number=document_number.strip(),
    )
    with refusals(OrganisationSuspension, fields=_PLACES):
        suspension.save()
    mark_dirty(served_societies(row), since=on, today=today)
    return suspension


@transaction.atomic
def resume(
    *, organisation: PartyOrganisation, on: date, by: Actor, now: datetime
) -> OrganisationSuspension:
    """End the open suspension; `on` counts again. Raises NotAllowed, ActionRefused at `on`."""
    row = lock_organisation(organisation, by)
    today = clock.day_of(now)
    suspension = row.suspensions.filter(valid_to__isnull=True).first()
    if suspension is None:
        raise ActionRefused("该党组织没有处于暂停状态")
    check_dates(today, {}, {"on": on})
    if on <= suspension.valid_from:
        raise ActionRefused({"on": [f"恢复日期须晚于暂停日期 {suspension.valid_from}"]})
    suspension.valid_to = on
    suspension.save(update_fields=["valid_to"])
    mark_dirty(served_societies(row), since=on, today=today)
    return suspension
