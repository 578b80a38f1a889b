"""Deterministic worlds: a federation with its shipped editions, and any number of societies.

The fan-out of one society follows the hand-written limit: 22 units, about 13 organisations, 40
members, 60 events of organisation life a year over three years, a ledger for each half-year; two
events of credit hours a month and a finding in most years stand beside it. Facts are written by
COPY with triggers off: the change log and the references of a made-up world would only cost time;
`tests/bench` looks after the references of a small one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from accounts.models import User
from accounts.permissions import Role
from branches.models import ExpectedLifeDay, ObligationRule
from common.clock import start_of
from common.periods import Period, month_ends, periods_touching
from ledgers.models import LedgerEdition, LedgerPeriod
from societies.models import Appointment, Federation
from supervision.models import SeverityRule
from tools.bench.findings import write_findings
from tools.bench.hours import write_hours
from tools.bench.life import write_life
from tools.bench.organisations import write_organisations
from tools.bench.papers import write_papers
from tools.bench.people import write_people
from tools.bench.society import Society, Tables

# The night that is measured first; in the middle of a month, so that no period ends by itself.
FIRST_NIGHT = date(2027, 6, 14)
BEGIN = date(2024, 7, 1)
LEDGERS = ((2024, 2), (2025, 1), (2025, 2), (2026, 1), (2026, 2), (2027, 1))


@dataclass(frozen=True)
class Frame:
    """What all societies of a world share."""

    count: int
    today: date
    federation: Federation
    users: tuple[int, ...]
    rules: tuple[ObligationRule, ...]
    ledgers: tuple[LedgerPeriod, ...]
    periods: dict[str, tuple[Period, ...]]
    general: SeverityRule
    appointment: int


def build(count: int) -> Federation:
    """Fill an empty, migrated database."""
    with transaction.atomic(), _without_triggers():
        frame = _frame(count)
        tables = Tables()
        for number in range(count):
            society = Society(number, frame)
            write_organisations(society, tables)
            write_people(society, tables)
            write_life(society, tables)
            write_papers(society, tables)
            write_hours(society, tables)
            write_findings(society, tables)
        tables.flush()
        _restart_sequences(tables)
    return frame.federation


def settle() -> None:
    """What autovacuum does after such a load: statistics, and pages known to be visible to all."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def _without_triggers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def _frame(count: int) -> Frame:
    federation = Federation.objects.create(code="demo", name="示例科协")
    call_command("load_editions", verbosity=0, stdout=_Silent())
    users = [
        User.objects.create(username=f"bench{n}", full_name=f"测试{n}", must_change_password=False)
        for n in range(5)
    ]
    appointment = Appointment.objects.create(
        user=users[0],
        role=Role.COMMITTEE_REVIEWER,
        federation=federation,
        valid_from=BEGIN,
        granted_by=users[1],
    )
    general = SeverityRule.objects.get(edition__federation=federation, severity="general")
    ExpectedLifeDay.objects.create(federation=federation, on=FIRST_NIGHT)
    lengths = ("month", "quarter", "year")
    rules = ObligationRule.objects.filter(edition__federation=federation)
    return Frame(
        count=count,
        today=FIRST_NIGHT,
        federation=federation,
        users=tuple(user.pk for user in users),
        general=general,
        appointment=appointment.pk,
        rules=tuple(rules.select_related("edition")),
        ledgers=tuple(_ledger_periods(federation)),
        periods={
            length: tuple(
                p for p in periods_touching(length, BEGIN, FIRST_NIGHT) if p.first_day >= BEGIN
            )
            for length in lengths
        },
    )


def _ledger_periods(federation: Federation) -> Iterator[LedgerPeriod]:
    edition = LedgerEdition.objects.filter(federation=federation).latest("valid_from")
    for year, half in LEDGERS:
        as_of = date(year, 6, 30) if half == 1 else date(year, 12, 31)
        after = list(month_ends(as_of, date(as_of.year + 1, 3, 1)))
        yield LedgerPeriod.objects.create(
            federation=federation,
            edition=edition,
            key=f"{year}H{half}",
            as_of=as_of,
            due_on=after[1].replace(day=14),
            grace_until=after[1].replace(day=21),
            closes_on=after[2].replace(day=11),
            opened_at=start_of(as_of) if as_of < FIRST_NIGHT else None,
        )


def _restart_sequences(tables: Tables) -> None:
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables.models()):
            cursor.execute(sql)


class _Silent:
    """Where a command's words go."""

    def write(self, text: str) -> None:
        """Nothing."""
