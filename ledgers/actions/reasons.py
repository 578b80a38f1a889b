"""Verbs of 5.5 that concern its rows as a whole."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from ledgers.actions.common import lock_ledger, require_editable
from ledgers.actions.editing import SaveResult, finish, open_section
from ledgers.actions.syncing import sync_rows
from ledgers.models import Ledger, LedgerNotEstablished, Section
from societies.access import Actor


@transaction.atomic
def sync_not_established(*, ledger: Ledger, by: Actor, now: datetime) -> SaveResult | None:
    """Bring the rows of 5.5 up to the register; None if nothing was to do.

    Raises NotAllowed or ActionRefused if the version may not be edited by this actor.
    """
    ledger = lock_ledger(ledger.pk)
    require_editable(by, ledger)
    if not sync_rows(ledger, Ledger.objects.previous_of(ledger)):
        return None
    section = ledger.sections.get(code=Section.NOT_ESTABLISHED)
    return finish(ledger, section, by, day_of(now), now)


@transaction.atomic
def set_branch_reasons(
    *, ledger: Ledger, row_ids: list[int], reason: str, row_version: int, by: Actor, now: datetime
) -> SaveResult:
    """One reason for many society branches at once (T3); it never blocks 送审签.

    Raises ActionRefused for an unknown reason or a row of another tier, StaleSection.
    """
    ledger, section = open_section(ledger, Section.NOT_ESTABLISHED, row_version, by)
    if reason and ledger.period.edition.rules.reason(reason) is None:
        raise ActionRefused({"reason": ["请从列表中选择原因"]})
    rows = LedgerNotEstablished.objects.filter(ledger=ledger, tier=3, pk__in=row_ids)
    if not row_ids or rows.count() != len(set(row_ids)):
        raise ActionRefused({"row_ids": ["请勾选要设置原因的分支机构"]})
    rows.update(primary_reason=reason)
    return finish(ledger, section, by, day_of(now), now)
