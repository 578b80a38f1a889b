"""Guidance measures between periods (R-LED-14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from ledgers.loading import reason_rows
from ledgers.models import GuidanceMeasure, Ledger, MeasureFollowUp
from ledgers.snapshot import ReasonRow, Values
from societies.access import Actor


def keep_measures(ledger: Ledger) -> None:
    """Open what an accepted 5.5 lists, close what it lists no longer, at its as-of date.

    A measure that runs on keeps its beginning and takes over the new promise. A version older than
    a newer accepted one changes nothing: the newer one speaks for the present.
    """
    if Ledger.objects.speaking_for(ledger).exists():
        return
    running = {
        (m.unit_id, m.code): m
        for m in GuidanceMeasure.objects.running()
        .select_for_update()
        .filter(society_id=ledger.society_id)
    }
    listed = {
        (row.unit_id, measure.get("code")): (row, measure)
        for row in reason_rows(ledger)
        for measure in row.measures
        if measure.get("code")
    }
    for key, measure in running.items():
        if key not in listed:
            _close(measure, ledger.period.as_of)
    for key, (row, stated) in listed.items():
        promise = _promise(row, stated)
        if key in running:
            _renew(running[key], promise)
        else:
            GuidanceMeasure.objects.create(
                society_id=ledger.society_id,
                unit_id=row.unit_id,
                tier=row.tier,
                code=stated.get("code"),
                source=ledger,
                valid_from=stated.get("measure_from") or ledger.period.as_of,
                **promise,
            )


def _close(measure: GuidanceMeasure, on: date) -> None:
    """End it; one that began on that day or later never ran: it is void, what was said stays."""
    if measure.valid_from >= on:
        measure.voided_on = on
    else:
        measure.valid_to = on
    measure.row_version += 1
    measure.save()


def _promise(row: ReasonRow, stated: Values) -> dict[str, Any]:
    return {
        "reason": row.values.get("primary_reason"),
        "until": stated.get("measure_to"),
        "responsible_post": row.values.get("responsible_post"),
        "planned_establish_on": row.values.get("planned_establish_on"),
        "last_followed_up_on": row.values.get("last_followed_up_on"),
    }


def _renew(measure: GuidanceMeasure, promise: dict[str, Any]) -> None:
    days = [measure.last_followed_up_on, promise["last_followed_up_on"]]
    promise["last_followed_up_on"] = max((day for day in days if day), default=None)
    for name, value in promise.items():
        setattr(measure, name, value)
    measure.row_version += 1
    measure.save()


@transaction.atomic
def follow_up(
    *, measure: GuidanceMeasure, on: date, text: str, by: Actor, now: datetime
) -> MeasureFollowUp:
    """Write down one follow-up, by the society or the reviewer.

    Raises NotAllowed, ActionRefused for a blank text or a day to come.
    """
    measure = GuidanceMeasure.objects.select_for_update().get(pk=measure.pk)
    if measure.valid_to or measure.voided_on:
        raise ActionRefused("该措施已结束，不再登记进展")
    rights = (Permission.LEDGER_EDIT, Permission.LEDGER_REVIEW)
    if not any(by.may(right, measure) for right in rights):
        raise NotAllowed("当前身份无权办理")
    errors = {}
    if not text.strip():
        errors["text"] = ["请写明进展"]
    elif len(text.strip()) > 300:
        errors["text"] = ["进展最多 300 个字"]
    if on > day_of(now):
        errors["on"] = ["跟进日期晚于今天，请更正"]
    if errors:
        raise ActionRefused(errors)
    row = MeasureFollowUp.objects.create(
        measure=measure,
        society_id=measure.society_id,
        on=on,
        text=text.strip(),
        by=by.user,
        at=now,
    )
    if measure.last_followed_up_on is None or on > measure.last_followed_up_on:
        measure.last_followed_up_on = on
        measure.row_version += 1
        measure.save()
    return row
