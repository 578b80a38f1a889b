"""Columns of lists: the three tiers beside a society, and the list of organisations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from branches.models import OrganisationService, OrganisationState, PartyOrganisation
from branches.tiers import TierCount, tier_counts
from common import clock
from common.listing import Column
from societies.access import Actor
from societies.lists import ExtraColumns
from societies.models import Society, Tier


def _attach_tiers(societies: Sequence[Society], actor: Actor) -> None:
    counts = tier_counts(actor, societies, clock.today())
    for society in societies:
        found = counts.get(society.pk, {})
        society.tiers = [found.get(tier, TierCount()) for tier in Tier]  # type: ignore[attr-defined]


def _word(tier: Tier) -> Any:
    return lambda society: society.tiers[tier - 1].word


TIERS = ExtraColumns(
    columns=(
        Column("t1", "理事会", value=_word(Tier.COUNCIL), width=10),
        Column("t2", "办事机构", value=_word(Tier.SECRETARIAT), width=10),
        Column("t3", "分支机构", css="r", value=lambda s: str(s.tiers[2]), width=10),
    ),
    attach=_attach_tiers,
    cells="branches/_tier_cells.html",
)


def attach_links(organisations: Sequence[PartyOrganisation], actor: Actor) -> None:
    """Put today's links onto the organisations of one page, as `today_links`."""
    links: Any = OrganisationService.objects.visible_to(actor).filter(
        organisation__in=[o.pk for o in organisations]
    )
    found: dict[int, list[OrganisationService]] = defaultdict(list)
    for link in links.valid_on(clock.today()).select_related("unit", "society"):
        found[link.organisation_id].append(link)
    for organisation in organisations:
        organisation.today_links = found[organisation.pk]  # type: ignore[attr-defined]


def units_served(organisation: Any) -> str:
    """The units an organisation serves today, in words; those of other societies by name."""
    return "、".join(
        str(link.unit)
        if link.society_id == organisation.society_id
        else f"{link.society} {link.unit}"
        for link in organisation.today_links
    )


def _state(organisation: Any) -> str:
    return OrganisationState(organisation.state).label


ORGANISATION_COLUMNS = (
    Column("society", "学会", ("society__sort_key",), value=lambda o: o.society.name, width=34),
    Column("name", "党组织", ("name",), value=lambda o: o.name, width=34),
    Column("type", "类型", ("type",), value=lambda o: o.get_type_display(), width=18),
    Column("units", "覆盖的机构", value=units_served, width=40),
    Column("number", "批复（报备）文号", value=lambda o: o.approval_number, width=24),
    Column("established", "成立", ("established_on",), value=lambda o: o.established_on, width=12),
    Column("state", "状态", value=_state, width=10),
)
# Written to the export only: too much for a screen.
ORGANISATION_EXPORT = (
    Column("form", "形式", value=lambda o: o.get_form_display()),
    Column("basis", "成立方式", value=lambda o: o.get_basis_display()),
    Column("approved", "批复（报备）日期", value=lambda o: o.approved_on, width=16),
    Column("dissolved", "撤销生效日", value=lambda o: o.dissolved_on, width=12),
    Column("dissolution", "撤销批复文号", value=lambda o: o.dissolution_number, width=24),
    Column("supporting", "支撑单位党组织", value=lambda o: o.supporting_unit, width=30),
)
