"""党小组 of an organisation: entered, changed and ended by its secretary (R-ORG, §2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.permissions import Permission
from branches.actions.checks import check_dates, check_version, served_societies
from branches.models import OrganisationType, PartyGroup, PartyOrganisation
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty

CHANGEABLE = ("name", "leader_name", "valid_from")
_PLACES = {
    "party_group_name_once": "name",
    "party_group_ends_after_start": "on",
}
# 党小组 stand in branches only; a 党委 or 总支 has branches below it (art. 13).
TYPES = (
    OrganisationType.BRANCH,
    OrganisationType.JOINT_BRANCH,
    OrganisationType.TEMPORARY_BRANCH,
    OrganisationType.FUNCTIONAL_BRANCH,
)


@transaction.atomic
def enter_party_group(
    *,
    organisation: PartyOrganisation,
    name: str,
    leader_name: str,
    valid_from: date,
    by: Actor,
    now: datetime,
) -> PartyGroup:
    """Enter a 党小组. Raises NotAllowed, ActionRefused at the fields of the same names."""
    by.require(Permission.PARTY_GROUP_EDIT, organisation)
    if organisation.type not in TYPES:
        raise ActionRefused("党小组设在党支部，该党组织不设党小组")
    group = PartyGroup(
        organisation=organisation,
        society_id=organisation.society_id,
        name=name.strip(),
        leader_name=leader_name.strip(),
        valid_from=valid_from,
    )
    _check_first_day(group, now)
    _save(group)
    _dirty(group, valid_from, now)
    return group


@transaction.atomic
def change_party_group(
    *,
    group: PartyGroup,
    row_version: int | None,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> PartyGroup:
    """Change or correct a 党小组. changes: by column of CHANGEABLE.

    Raises NotAllowed, Conflict, ActionRefused.
    """
    row = _locked(group, by)
    check_version(row, row_version)
    before = row.valid_from
    for name in CHANGEABLE:
        setattr(row, name, changes[name])
    _check_first_day(row, now)
    row.row_version += 1
    _save(row)
    _dirty(row, min(before, row.valid_from), now)
    return row


@transaction.atomic
def end_party_group(*, group: PartyGroup, on: date, by: Actor, now: datetime) -> PartyGroup:
    """End a 党小组; `on` no longer counts. Raises NotAllowed, ActionRefused at `on`."""
    row = _locked(group, by)
    if row.valid_to:
        raise ActionRefused(f"该党小组已于 {row.valid_to} 撤销")
    check_dates(clock.day_of(now), {"on": on}, {})
    row.valid_to = on
    row.row_version += 1
    _save(row)
    _dirty(row, on, now)
    return row


def _locked(group: PartyGroup, by: Actor) -> PartyGroup:
    by.require(Permission.PARTY_GROUP_EDIT, group)
    rows = PartyGroup.objects.select_for_update(of=("self",))
    return rows.select_related("organisation").get(pk=group.pk)


def _check_first_day(group: PartyGroup, now: datetime) -> None:
    check_dates(clock.day_of(now), {"valid_from": group.valid_from}, {})
    if group.valid_from < group.organisation.established_on:
        message = f"成立日期早于党支部成立日期 {group.organisation.established_on}，请核对"
        raise ActionRefused({"valid_from": [message]})


def _save(group: PartyGroup) -> None:
    with refusals(PartyGroup, fields=_PLACES):
        group.full_clean()
        group.save()


def _dirty(group: PartyGroup, since: date, now: datetime) -> None:
    societies = served_societies(group.organisation)
    mark_dirty(societies, since=since, today=clock.day_of(now))
