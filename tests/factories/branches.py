"""Party organisations and postings, written as plain facts."""

from datetime import date
from itertools import count
from typing import Any

from branches.models import (
    OrganisationService,
    OrganisationType,
    PartyOrganisation,
    Posting,
    PostingKind,
)
from societies.models import Society, SocietyUnit, UnitKind

_numbers = count(1)


def make_organisation(
    society: Society, *units: SocietyUnit, established_on: date = date(2016, 1, 1), **fields: Any
) -> PartyOrganisation:
    """An approved organisation serving the given units (default: the society's secretariat)."""
    n = next(_numbers)
    fields = {
        "type": OrganisationType.BRANCH,
        "name": f"{society.name}党支部",
        "approval_number": f"科社党〔{established_on.year}〕{n}号",
        "approved_on": established_on,
    } | fields
    organisation = PartyOrganisation.objects.create(
        society=society, established_on=established_on, **fields
    )
    for unit in units or society.units.filter(kind=UnitKind.SECRETARIAT):
        OrganisationService.objects.create(
            organisation=organisation,
            unit=unit,
            society=unit.society,
            organisation_type=organisation.type,
            tier=SocietyUnit.objects.get(pk=unit.pk).tier,
            valid_from=established_on,
            valid_to=organisation.dissolved_on,
        )
    return organisation


def make_posting(society: Society, **fields: Any) -> Posting:
    """A posted instructor (GM03)."""
    n = next(_numbers)
    fields = {
        "kind": PostingKind.INSTRUCTOR,
        "person_name": f"李某{n}",
        "home_unit": "示例单位",
        "document_number": f"科社党〔2026〕{n}号",
        "valid_from": date(2016, 1, 1),
    } | fields
    return Posting.objects.create(society=society, **fields)
