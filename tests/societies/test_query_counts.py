"""Query budgets: list ≤ 8, society page ≤ 15, the same whatever the number of rows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from branches.models import OrganisationService, OrganisationType, PartyOrganisation, Posting
from societies.models import Federation, Society, SocietyUnit, UnitKind
from tests.factories import make_actor, make_federation

pytestmark = pytest.mark.django_db
LIST_BUDGET, PAGE_BUDGET = 8, 15
DAY = date(2016, 1, 1)


def grow(federation: Federation, count: int) -> None:
    """Societies with a secretariat, a society branch each, organisations and postings, in bulk."""
    start = Society.objects.count()
    societies = Society.objects.bulk_create(
        Society(
            federation=federation,
            code=f"B-{n}",
            name=f"示例第{n}学会",
            sort_key=f"{n:06}",
            initials="x",
            discipline_class="science",
            body_kind="society",
            relation="member",
        )
        for n in range(start, start + count)
    )
    units = SocietyUnit.objects.bulk_create(
        SocietyUnit(society=s, kind=kind, name=kind.label)
        for s in societies
        for kind in (UnitKind.COUNCIL, UnitKind.SECRETARIAT, UnitKind.DIVISION)
    )
    organisations = PartyOrganisation.objects.bulk_create(
        PartyOrganisation(
            society=s,
            name=f"{s}党支部",
            type=OrganisationType.BRANCH,
            approval_number="1",
            approved_on=DAY,
            established_on=DAY,
        )
        for s in societies
    )
    OrganisationService.objects.bulk_create(
        OrganisationService(
            organisation=organisation,
            unit=unit,
            society_id=unit.society_id,
            organisation_type=organisation.type,
            tier=2,
            valid_from=DAY,
        )
        for organisation, unit in zip(organisations, units[1::3], strict=True)
    )
    Posting.objects.bulk_create(
        Posting(
            society=s,
            kind="GM03",
            person_name="李某某",
            home_unit="示例",
            document_number="1",
            valid_from=DAY,
        )
        for s in societies
    )


def queries(client, url: str) -> int:
    """Queries of a later request: the first also notes the session's last use."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def federation(client):
    federation = make_federation()
    client.force_login(make_actor(Role.COMMITTEE_REVIEWER, federation).user)
    return federation


@pytest.mark.parametrize("name", ["societies:list", "branches:list"])
def test_lists_stay_within_the_budget_at_any_size(client, federation, name):
    found = []
    for more in (50, 450):
        grow(federation, more)
        found.append(queries(client, reverse(name)))
    assert found[0] == found[1] <= LIST_BUDGET, found


@pytest.mark.parametrize("name", ["society", "branches:society"])
def test_society_page_stays_within_the_budget(client, federation, name):
    found = []
    for more in (50, 450):
        grow(federation, more)
        society = Society.objects.order_by("pk").first()
        found.append(queries(client, reverse(name, args=[society.pk])))
    assert found[0] == found[1] <= PAGE_BUDGET, found


def test_society_page_does_not_grow_with_its_branches(client, federation):
    grow(federation, 1)
    society = Society.objects.get()
    url = reverse("society", args=[society.pk])
    before = queries(client, url)
    SocietyUnit.objects.bulk_create(
        SocietyUnit(society=society, kind=UnitKind.DIVISION, name=f"第{n}分会") for n in range(40)
    )
    assert queries(client, url) == before


def test_export_asks_per_chunk_not_per_row(client, federation):
    grow(federation, 50)
    url = reverse("societies:export")

    def asked():
        b"".join(client.get(url).streaming_content)
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(url).streaming_content)
        return len(captured)

    few = asked()
    grow(federation, 400)
    assert asked() == few
