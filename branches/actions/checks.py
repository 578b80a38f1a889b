"""What the actions of this room check and write alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from accounts.permissions import Permission
from branches.models import (
    OrganisationForm,
    OrganisationService,
    OrganisationType,
    PartyOrganisation,
)
from branches.querysets import COVERING_TYPES
from common.errors import ActionRefused, Conflict
from societies.access import Actor
from societies.models import Society, SocietyUnit, Tier

ONLY_JOINT = "只有联合党支部或联合形式的党组织可以覆盖其他学会的机构"
FIRST_DAY = date(1949, 10, 1)
FARTHEST = timedelta(days=3660)


def lock_organisation(organisation: PartyOrganisation, by: Actor) -> PartyOrganisation:
    """The organisation's row, locked and read afresh; NotAllowed without the right on it."""
    by.require(Permission.ORGANISATION_ENTER, organisation)
    rows = PartyOrganisation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("society").get(pk=organisation.pk)


def lock_units(units: Iterable[SocietyUnit]) -> list[SocietyUnit]:
    """The units' rows, locked in one order and read afresh, so that none closes meanwhile."""
    ids = sorted({unit.pk for unit in units})
    rows = SocietyUnit.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("society").filter(pk__in=ids).order_by("pk"))


def check_version(row: Any, row_version: int | None) -> None:
    """Raises Conflict if somebody changed the row since the form was shown; None checks nothing."""
    if row_version is not None and row.row_version != row_version:
        raise Conflict("这条记录刚被他人修改，您的修改未保存，请核对后重新填写")


def check_dates(today: date, past: dict[str, date | None], future: dict[str, date | None]) -> None:
    """Refuse impossible days at their fields. past: not after today. future: within ten years."""
    errors = {}
    for name, day in (past | future).items():
        if day is None:
            continue
        if day < FIRST_DAY:
            errors[name] = ["日期早于 1949-10-01，请核对年份"]
        elif name in past and day > today:
            errors[name] = [f"日期晚于今天（{today}），请填写已发生的日期"]
        elif day > today + FARTHEST:
            errors[name] = ["日期在十年以后，请核对年份"]
    if errors:
        raise ActionRefused(errors)


def check_units(
    society: Society, units: list[SocietyUnit], *, type: str, form: str, on: date
) -> None:
    """Refuse units the organisation cannot serve from that day (rules §6, R-ORG-05, R-ORG-16)."""
    if not units:
        raise ActionRefused({"units": ["请选择覆盖的机构，至少一个"]})
    if any(u.society.federation_id != society.federation_id for u in units):
        raise ActionRefused({"units": ["所选机构不在本科协范围内，请重新选择"]})
    if all(u.society_id != society.pk for u in units):
        raise ActionRefused({"units": [f"请至少选择“{society}”的一个机构：牵头学会须在覆盖之列"]})
    if any(u.society_id != society.pk for u in units) and not is_joint(type, form):
        raise ActionRefused({"units": [ONLY_JOINT]})
    for unit in units:
        _check_alive(unit, on)
    _check_fits(units, type)


def is_joint(type: str, form: str) -> bool:
    """Whether it may serve several societies: a 联合党支部, or any type in joint form."""
    return type == OrganisationType.JOINT_BRANCH or form == OrganisationForm.JOINT


def _check_fits(units: list[SocietyUnit], type: str) -> None:
    if not any(type in COVERING_TYPES[unit.tier] for unit in units):
        tiers = "、".join(Tier(t).label for t in sorted({u.tier for u in units}))
        raise ActionRefused({"type": [f"该类型的党组织不覆盖{tiers}，请核对类型或覆盖的机构"]})


def _check_alive(unit: SocietyUnit, on: date) -> None:
    if unit.valid_from and unit.valid_from > on:
        message = f"“{unit}”{unit.valid_from} 才设立，覆盖不能早于该日"
        raise ActionRefused({"units": [message]})
    if unit.valid_to and unit.valid_to <= on:
        raise ActionRefused({"units": [f"“{unit}”已于 {unit.valid_to} 撤销，{on} 起不能覆盖"]})


def link(organisation: PartyOrganisation, unit: SocietyUnit, since: date) -> OrganisationService:
    """The row “organisation serves unit” from a day on, ending with the unit; not saved."""
    return OrganisationService(
        organisation=organisation,
        unit=unit,
        society_id=unit.society_id,
        organisation_type=organisation.type,
        tier=unit.tier,
        valid_from=since,
        valid_to=unit.valid_to,
    )


def end_with_units(organisation: PartyOrganisation, *, note: str) -> bool:
    """End a 党的工作小组 whose every unit closes (R-ORG-16); not saved. Returns whether it ended.

    note: the basis of the closing, which stands where a dissolution has its approval number.
    """
    links = organisation.services.all()
    ends = [each.valid_to for each in links if each.valid_to]
    if organisation.type != OrganisationType.WORKING_GROUP or not ends or len(ends) < len(links):
        return False
    organisation.dissolved_on = max(ends)
    organisation.dissolution_number = note.strip()[:50] or "随机构撤销"
    return True


def end_people(organisation: PartyOrganisation) -> None:
    """End the posts and 党小组 of an organisation that has just been given its last day."""
    on = organisation.dissolved_on
    for rows in (organisation.posts, organisation.party_groups):
        rows.filter(valid_from__lt=on).exclude(valid_to__lte=on).update(valid_to=on)


def served_societies(organisation: PartyOrganisation) -> set[int]:
    """Every society the organisation serves or served: all are dirty when it changes (R-OWN-03)."""
    return {organisation.society_id, *served_by([organisation.pk])}


def served_by(organisations: Iterable[int]) -> set[int]:
    """Societies that any of these organisations serves or served.

    Each is dirty when a register changes: how many full members a joint branch has decides what it
    needs (R-ORG-06), whosesoever they are.
    """
    links = OrganisationService.objects.filter(organisation__in=set(organisations))
    return set(links.order_by().values_list("society_id", flat=True))
