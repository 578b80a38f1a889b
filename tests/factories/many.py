"""Thousands of rows by few statements, for pages that must not grow with them."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from branches.models import OrganisationService, OrganisationType, PartyOrganisation, Posting
from ledgers.models import ExpectedFiling, Ledger, LedgerPeriod, LedgerState
from societies.models import Federation, Society, SocietyUnit, UnitKind
from tests.factories.ledgers import Cast, moment

SINCE = date(2016, 1, 1)
KINDS = (UnitKind.COUNCIL, UnitKind.SECRETARIAT, UnitKind.DIVISION)


def analyze() -> None:
    """Let the planner know the new sizes, as autovacuum does soon after a load.

    The tables by name: a bare ANALYZE in a transaction also holds the catalogues that all databases
    of the server share, and two workers doing that at once deadlock.
    """
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")


def many_societies(federation: Federation, count: int) -> list[Society]:
    """Societies with a council, a secretariat and one society branch each, nothing covered."""
    start = Society.objects.count()
    societies = Society.objects.bulk_create(
        Society(
            federation=federation,
            code=f"B-{n}",
            name=f"示例第{n}学会",
            sort_key=f"x{n:06}",
            initials="x",
            discipline_class="science",
            body_kind="society",
            relation="member",
        )
        for n in range(start, start + count)
    )
    SocietyUnit.objects.bulk_create(
        SocietyUnit(society=society, kind=kind, name=kind.label)
        for society in societies
        for kind in KINDS
    )
    return societies


def many_organisations(societies: Sequence[Society]) -> None:
    """A Party branch for the secretariat of each."""
    units = SocietyUnit.objects.filter(society__in=societies, kind=UnitKind.SECRETARIAT)
    secretariats = {unit.society_id: unit for unit in units}
    organisations = PartyOrganisation.objects.bulk_create(
        PartyOrganisation(
            society=society,
            name=f"{society}党支部",
            type=OrganisationType.BRANCH,
            approval_number="1",
            approved_on=SINCE,
            established_on=SINCE,
        )
        for society in societies
    )
    OrganisationService.objects.bulk_create(
        OrganisationService(
            organisation=organisation,
            unit=secretariats[organisation.society_id],
            society_id=organisation.society_id,
            organisation_type=organisation.type,
            tier=2,
            valid_from=SINCE,
        )
        for organisation in organisations
    )


def many_postings(societies: Sequence[Society]) -> None:
    """An instructor for each."""
    Posting.objects.bulk_create(
        Posting(
            society=society,
            kind="GM03",
            person_name="李某某",
            home_unit="示例",
            document_number="1",
            valid_from=SINCE,
        )
        for society in societies
    )


def many_filed(period: LedgerPeriod, societies: Sequence[Society], cast: Cast) -> None:
    """A ledger of each that waits for review: the row that lists show, without its tables."""
    when = moment(period.as_of)
    ExpectedFiling.objects.bulk_create(
        ExpectedFiling(period=period, society=society) for society in societies
    )
    start = Ledger.objects.count()
    Ledger.objects.bulk_create(
        Ledger(
            society=society,
            period=period,
            number=f"TZ-{period.key}-{number:05}",
            state=LedgerState.FILED,
            sent_by=cast.clerk.user,
            sent_at=when,
            signed_by=cast.secretary.user,
            signed_at=when,
            first_filed_at=when,
            counted_filed_at=when,
        )
        for number, society in enumerate(societies, start + 1)
    )
