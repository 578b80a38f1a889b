"""Three tiers of a society on a day, read for pages (001§7, rules §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from branches.models import OrganisationService
from societies.access import Actor
from societies.models import Society, SocietyUnit, Tier


@dataclass(frozen=True)
class TierCount:
    """How many units of a tier exist and how many an organisation covers."""

    total: int = 0
    covered: int = 0

    @property
    def word(self) -> str:
        """The status word; no unit means 不适用, never 0 %."""
        if not self.total:
            return "不适用"
        if self.covered == self.total:
            return "已建"
        return "部分覆盖" if self.covered else "未建"

    def __str__(self) -> str:
        return f"{self.covered} / {self.total}" if self.total else "不适用"


def tier_counts(
    actor: Actor, societies: Sequence[Society], on: date
) -> dict[int, dict[int, TierCount]]:
    """society id → tier → count, of what the actor may see, in one query."""
    covering = OrganisationService.objects.covering(on).filter(unit=OuterRef("pk"))
    rows = (
        SocietyUnit.objects.visible_to(actor)
        .filter(society__in=[s.pk for s in societies])
        .valid_on(on)
        .annotate(is_covered=Exists(covering))
        .values("society_id", "tier")
        .annotate(total=Count("pk"), covered=Count("pk", filter=Q(is_covered=True)))
        .order_by()
    )
    found: dict[int, dict[int, TierCount]] = defaultdict(dict)
    for row in rows:
        found[row["society_id"]][row["tier"]] = TierCount(row["total"], row["covered"])
    return found


@dataclass
class UnitView:
    """A unit and the links through which organisations serve it on the day."""

    unit: SocietyUnit
    links: list[OrganisationService] = field(default_factory=list)

    @property
    def covered(self) -> bool:
        """Whether an organisation covers it (rules §6)."""
        return any(link.counts for link in self.links)  # type: ignore[attr-defined]


@dataclass
class TierView:
    """One tier of one society."""

    tier: Tier
    units: list[UnitView] = field(default_factory=list)

    @property
    def count(self) -> TierCount:
        """Units and covered units."""
        return TierCount(len(self.units), sum(unit.covered for unit in self.units))

    @property
    def uncovered(self) -> list[UnitView]:
        """Units that nothing covers."""
        return [unit for unit in self.units if not unit.covered]


def three_tiers(actor: Actor, society: Society, on: date) -> list[TierView]:
    """The society's units and organisations on a day, in two queries."""
    tiers = {tier.value: TierView(tier) for tier in Tier}
    units: dict[int, UnitView] = {}
    for unit in SocietyUnit.objects.visible_to(actor).filter(society=society).valid_on(on):
        units[unit.pk] = UnitView(unit)
        tiers[unit.tier].units.append(units[unit.pk])
    links: Any = OrganisationService.objects.visible_to(actor).filter(society=society)
    for link in links.on_page(on):
        if link.unit_id in units:
            units[link.unit_id].links.append(link)
    return list(tiers.values())
