"""Entering, changing and dissolving a Party organisation from a paper decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.permissions import Permission
from branches.actions.checks import (
    check_dates,
    check_units,
    check_version,
    end_people,
    end_with_units,
    is_joint,
    link,
    lock_organisation,
    lock_units,
    served_societies,
)
from branches.models import Basis, OrganisationForm, OrganisationService, PartyOrganisation
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty
from societies.models import Society, SocietyUnit, Tier

CHANGEABLE = (
    "name",
    "type",
    "form",
    "basis",
    "approval_number",
    "approved_on",
    "established_on",
    "parent",
    "supporting_unit",
    "belongs_to_cast",
)
# A change of these moves coverage; the others describe.
_COUNTING = ("type", "established_on")
_PLACES = {
    "organisation_approved_before_established": "established_on",
    "organisation_has_approval_number": "approval_number",
    "organisation_dissolved_after_established": "on",
    "organisation_dissolution_has_number": "number",
    "dissolution_number": "number",
    "service_once_per_unit": "units",
    "service_one_committee_per_council": "units",
    "service_ends_after_start": "established_on",
}


@transaction.atomic
def enter_organisation(
    *,
    society: Society,
    units: Iterable[SocietyUnit],
    type: str,
    name: str,
    approval_number: str,
    approved_on: date,
    established_on: date,
    form: str = OrganisationForm.INDEPENDENT,
    basis: str = Basis.APPLICATION,
    parent: PartyOrganisation | None = None,
    supporting_unit: str = "",
    belongs_to_cast: bool = False,
    by: Actor,
    now: datetime,
) -> PartyOrganisation:
    """Enter an approved (报批) or recorded (报备) organisation and the units it serves (R-ORG-09).

    society: its owner, for a joint one the lead. Raises NotAllowed, and ActionRefused with messages
    at the fields of the same names.
    """
    by.require(Permission.ORGANISATION_ENTER, society)
    today = clock.day_of(now)
    check_dates(today, {"approved_on": approved_on, "established_on": established_on}, {})
    served = lock_units(units)
    check_units(society, served, type=type, form=form, on=established_on)
    _check_superior(society, form, parent, supporting_unit)
    organisation = PartyOrganisation(
        society=society,
        name=name.strip(),
        type=type,
        form=form,
        basis=basis,
        approval_number=approval_number.strip(),
        approved_on=approved_on,
        established_on=established_on,
        parent=parent or _default_parent(society, served, form, established_on),
        supporting_unit=supporting_unit.strip(),
        belongs_to_cast=belongs_to_cast,
    )
    with refusals(PartyOrganisation, OrganisationService, fields=_PLACES):
        organisation.full_clean()
        organisation.save()
        for unit in served:
            link(organisation, unit, established_on).save()
        if end_with_units(organisation, note=served[0].closing_note):
            organisation.save()
    mark_dirty({u.society_id for u in served}, since=established_on, today=today)
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation: PartyOrganisation,
    row_version: int | None,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> PartyOrganisation:
    """Change or correct what a decision says of the organisation.

    changes: new values by column, of CHANGEABLE. A corrected day of establishment moves the links
    that began on the old one. Raises NotAllowed, Conflict, ActionRefused; LookupError for a column
    that is not changeable.
    """
    if unknown := set(changes) - set(CHANGEABLE):
        raise LookupError(sorted(unknown))
    row = lock_organisation(organisation, by)
    check_version(row, row_version)
    today = clock.day_of(now)
    before = {name: getattr(row, name) for name in _COUNTING}
    for name, value in changes.items():
        setattr(row, name, value)
    check_dates(today, {"approved_on": row.approved_on, "established_on": row.established_on}, {})
    _check_superior(row.society, row.form, row.parent, row.supporting_unit, row)
    row.row_version += 1
    with refusals(PartyOrganisation, OrganisationService, fields=_PLACES):
        row.full_clean()
        row.save()
        _move_links(row, before["established_on"])
    _check_links(row)
    if any(getattr(row, name) != value for name, value in before.items()):
        since = min(before["established_on"], row.established_on)
        mark_dirty(served_societies(row), since=since, today=today)
    return row


@transaction.atomic
def dissolve_organisation(
    *, organisation: PartyOrganisation, on: date, number: str, by: Actor, now: datetime
) -> PartyOrganisation:
    """Dissolve by an approval reply; `on` no longer counts (撤销生效日，当日起不计入).

    Its links end that day. Raises NotAllowed, ActionRefused at `on` or `number`.
    """
    row = lock_organisation(organisation, by)
    today = clock.day_of(now)
    if row.dissolved_on:
        raise ActionRefused(f"该党组织已于 {row.dissolved_on} 撤销")
    if not number.strip():
        raise ActionRefused({"number": ["请填写撤销批复文号"]})
    check_dates(today, {}, {"on": on})
    _end_links(row, on)
    row.dissolved_on, row.dissolution_number = on, number.strip()
    row.row_version += 1
    with refusals(PartyOrganisation, fields=_PLACES):
        row.full_clean()
        row.save()
        end_people(row)
    mark_dirty(served_societies(row), since=on, today=today)
    return row


def _end_links(row: PartyOrganisation, on: date) -> None:
    begun = (row.services, row.posts, row.party_groups)
    days = [rows.aggregate(latest=Max("valid_from"))["latest"] for rows in begun]
    first = max(row.established_on, *(day for day in days if day))
    if on <= first:
        message = f"撤销生效日须晚于成立日期、各覆盖关系和任职的起始日（{first}）"
        raise ActionRefused({"on": [message]})
    row.services.exclude(valid_to__lte=on).update(valid_to=on)


def _move_links(row: PartyOrganisation, established_before: date) -> None:
    if row.established_on != established_before:
        row.services.filter(valid_from=established_before).update(valid_from=row.established_on)
        row.services.filter(valid_from__lt=row.established_on).update(valid_from=row.established_on)


def _check_links(row: PartyOrganisation) -> None:
    """After a change of type, form or first day the links must still be possible.

    Those of the first day together, and those that have no end: other societies may have joined
    since.
    """
    links = row.services.select_related("unit__society").order_by("pk")
    _check_societies(row, [each.unit for each in links if each.valid_to is None])
    first = [each for each in links if each.valid_from == row.established_on]
    if not links:
        return
    check_units(
        row.society,
        [each.unit for each in first or links],
        type=row.type,
        form=row.form,
        on=row.established_on if first else links[0].valid_from,
    )


def _check_societies(row: PartyOrganisation, units: list[SocietyUnit]) -> None:
    others = {u.society.name for u in units if u.society_id != row.society_id}
    if others and not is_joint(row.type, row.form):
        names = "、".join(sorted(others))
        message = f"该党组织仍覆盖{names}的机构，请先终止这些覆盖关系，或保留联合组建"
        raise ActionRefused({"type": [message]})


def _check_superior(
    society: Society,
    form: str,
    parent: PartyOrganisation | None,
    supporting_unit: str,
    row: PartyOrganisation | None = None,
) -> None:
    """The superior lies in the same federation and not below the organisation itself."""
    if form == OrganisationForm.OVERLAPPING and not supporting_unit.strip():
        message = "与支撑单位党组织高度重合的，请填写上级（支撑单位）党组织"
        raise ActionRefused({"supporting_unit": [message]})
    if parent and parent.society.federation_id != society.federation_id:
        raise ActionRefused({"parent": ["所选上级党组织不在本科协范围内，请重新选择"]})
    above = parent
    while row is not None and above is not None:
        if above.pk == row.pk:
            raise ActionRefused({"parent": ["上级党组织不能是该组织自身或其下级"]})
        above = above.parent


def _default_parent(
    society: Society, units: list[SocietyUnit], form: str, on: date
) -> PartyOrganisation | None:
    """The tier-1 organisation of the lead society, for tiers 2 and 3 (R-ORG-11)."""
    if form == OrganisationForm.OVERLAPPING or any(u.tier == Tier.COUNCIL for u in units):
        return None
    council = OrganisationService.objects.covering(on, tiers=[Tier.COUNCIL]).filter(society=society)
    first = council.select_related("organisation").order_by("valid_from", "pk").first()
    return first.organisation if first else None
