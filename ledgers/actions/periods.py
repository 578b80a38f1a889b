"""Periods: made with their days, opened on their as-of day (R-LED-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from common.periods import add_months, half_year_key
from common.workdays import add_workdays
from ledgers.editions import load_editions
from ledgers.models import ExpectedFiling, LedgerEdition, LedgerPeriod
from ledgers.querysets.periods import next_as_of
from ledgers.rules import LedgerRules
from societies.actions import mark_dirty
from societies.models import Federation, Society

FIRST_AS_OF = date(2016, 12, 31)


def previous_as_of(as_of: date) -> date:
    """The half-year before."""
    return next_as_of(add_months(as_of.replace(day=1), -6))


@transaction.atomic
def ensure_period(*, federation: Federation, as_of: date) -> LedgerPeriod:
    """The period with that as-of day, made with its deadlines if there is none; not yet opened.

    Days counted without a year's holiday table are counted again until the period opens. as_of: 30
    June or 31 December from 2016-12-31 on; raises ValueError for another day.
    """
    if as_of != next_as_of(as_of) or as_of < FIRST_AS_OF:
        raise ValueError(f"{as_of} is no as-of day")
    found = LedgerPeriod.objects.filter(federation=federation, as_of=as_of).first()
    if found:
        if found.is_provisional and found.opened_at is None:
            days, found.is_provisional = deadlines(as_of, found.edition.rules)
            for name, day in days.items():
                setattr(found, name, day)
            found.save(update_fields=[*days, "is_provisional"])
        return found
    edition = edition_for(federation, as_of)
    days, provisional = deadlines(as_of, edition.rules)
    period, _ = LedgerPeriod.objects.get_or_create(
        federation=federation,
        key=half_year_key(as_of),
        defaults={"edition": edition, "as_of": as_of, "is_provisional": provisional} | days,
    )
    return period


def edition_for(federation: Federation, as_of: date) -> LedgerEdition:
    """The edition in force, loaded from the shipped files when the federation has none yet."""
    found = LedgerEdition.objects.in_force(federation, as_of)
    if found is None:
        load_editions(federation)
        found = LedgerEdition.objects.in_force(federation, as_of)
    if found is None:
        raise LookupError(f"no ledger edition for {federation.code} on {as_of}")
    return found


def deadlines(as_of: date, rules: LedgerRules) -> tuple[dict[str, date], bool]:
    """Due, grace and closing days in working days (D-13, EX-10); provisional without a table."""
    due = add_workdays(as_of, rules.deadlines.due_workdays)
    grace = add_workdays(due.day, rules.deadlines.grace_workdays)
    closing = add_workdays(due.day, rules.deadlines.closing_workdays)
    days = {"due_on": due.day, "grace_until": grace.day, "closes_on": closing.day}
    return days, any(d.provisional for d in (due, grace, closing))


def open_due_periods(*, federation: Federation, on: date, now: datetime) -> list[LedgerPeriod]:
    """What the daily beat does: the running period exists; every due one is opened.

    Opening writes down the expected set of its as-of day. Periods missed since the federation's
    first one are caught up; a federation new to the portal owes nothing for a period already
    closed. On the as-of day the next working draft is open too (R-LED-06). Safe to run twice at
    once. The periods opened now.
    """
    opened = []
    for as_of in _due(federation, on):
        period = ensure_period(federation=federation, as_of=as_of)
        if open_period(period=period, now=now):
            opened.append(period)
    ensure_period(federation=federation, as_of=next_as_of(on + timedelta(days=1)))
    return opened


def _due(federation: Federation, on: date) -> list[date]:
    latest = previous_as_of(next_as_of(on + timedelta(days=1)))
    if latest < FIRST_AS_OF:
        return []
    first = LedgerPeriod.objects.filter(federation=federation).order_by("as_of").first()
    if first is None:
        days, _ = deadlines(latest, edition_for(federation, latest).rules)
        return [latest] if on <= days["closes_on"] else []
    due, as_of = [], latest
    while as_of >= first.as_of:
        due.append(as_of)
        as_of = previous_as_of(as_of)
    return due[::-1]


@transaction.atomic
def open_period(*, period: LedgerPeriod, now: datetime) -> bool:
    """Write down who owes a ledger on the as-of day (D-5); False if that was done before.

    Raises ActionRefused before the as-of day.
    """
    period = LedgerPeriod.objects.select_for_update().select_related("edition").get(pk=period.pk)
    if period.opened_at is not None:
        return False
    if day_of(now) < period.as_of:
        raise ActionRefused(f"{period.label}自 {period.as_of} 起开期")
    rules = period.edition.rules
    owing = Society.objects.filter(federation_id=period.federation_id).in_universe(
        period.as_of, rules.expected_kinds, rules.expected_relations
    )
    ExpectedFiling.objects.bulk_create(
        (ExpectedFiling(period=period, society=society) for society in owing.order_by("pk")),
        ignore_conflicts=True,
    )
    period.opened_at = now
    period.save(update_fields=["opened_at"])
    if day_of(now) > period.due_on:
        # Opened late: from today on the ledger is owed and its due day has passed.
        count_again(owing.values_list("pk", flat=True), now)
    return True


def count_again(societies: Iterable[int], now: datetime) -> None:
    """Who owes a ledger decides of whom the clear ledgers are counted today (R-LED-02)."""
    mark_dirty(societies, since=day_of(now), today=day_of(now))
