"""What filing must know of an organisation, asked once for any number of events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from branches.models import (
    Affiliation,
    ObligationEdition,
    Participation,
    PartyGroup,
    PartyOrganisation,
)
from common.errors import ActionRefused

NO_EDITION = "本科协尚未载入组织生活要求，暂不能登记，请联系科技社团党委"
DATED = ("valid_from", "valid_to")


class Known:
    """Editions, groups and roll of one organisation on any day; each is asked when first needed."""

    def __init__(self, organisation: PartyOrganisation) -> None:
        self.organisation = organisation

    @cached_property
    def _editions(self) -> list[ObligationEdition]:
        federation = self.organisation.society.federation_id
        return list(ObligationEdition.objects.filter(federation=federation))

    def edition(self, on: date) -> ObligationEdition:
        """The matrix in force; raises ActionRefused without one."""
        for each in self._editions:
            if _holds(each.valid_from, each.valid_to, on):
                return each
        raise ActionRefused(NO_EDITION)

    @cached_property
    def _groups(self) -> list[tuple[Any, ...]]:
        rows = PartyGroup.objects.filter(organisation=self.organisation)
        return list(rows.values_list("pk", *DATED))

    def groups_on(self, day: date) -> set[int]:
        """The 党小组 standing that day."""
        return {pk for pk, first, end in self._groups if _holds(first, end, day)}

    @cached_property
    def _spells(self) -> list[tuple[Any, ...]]:
        columns = ("member_id", "member__society_id", *DATED)
        rows: Iterable[Any] = (Affiliation.objects, Participation.objects)
        mine = [each.filter(organisation=self.organisation).order_by() for each in rows]
        return [spell for each in mine for spell in each.values_list(*columns)]

    def roll_on(self, day: date) -> dict[int, int]:
        """Who belongs to the organisation's life: member → the member's society (trap 4)."""
        spells = self._spells
        return {m: society for m, society, first, end in spells if _holds(first, end, day)}


def _holds(first: date | None, end: date | None, day: date) -> bool:
    return (first is None or first <= day) and (end is None or day < end)
