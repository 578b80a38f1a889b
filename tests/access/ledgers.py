"""The ledgers of the access world: what is there, and its procedures at each stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from common.clock import start_of
from ledgers import actions
from ledgers.models import GuidanceMeasure, Ledger, LedgerMeasure, LedgerPeriod, LedgerState
from societies.access import Actor
from tests.factories import make_ledger, make_period
from tests.factories.ledgers import AS_OF, Cast, add_row, ticks

BEFORE, NEXT = date(2025, 12, 31), date(2026, 12, 31)
NOW = start_of(AS_OF).replace(hour=10)
LEADERS = 4
FIGURES = {
    "operations": {"society_branch_count": "3"},
    "staff": {"society_branch_leaders": "3"},
}


def add_ledger(holding: Any, society: Any, cast: Cast) -> None:
    """A complete draft of this period; the period before is closed without one."""
    federation = society.federation
    before, period, coming = (
        make_period(federation, day, opened=day <= AS_OF) for day in (BEFORE, AS_OF, NEXT)
    )
    holding |= {
        "period": before,
        "next_period": {"period_pk": coming.pk},
        "expected": before.expected.get(society=society),
        "ledger": make_ledger(
            society,
            period,
            cast=cast,
            **FIGURES,
        ),
    }


def ledger_target(ledger: Ledger, kind: str) -> dict[str, Any]:
    """What the addresses below a ledger are filled with."""
    if kind == "ledger":
        return {"pk": ledger.pk}
    if kind == "section":
        return {"pk": ledger.pk, "number": 1}
    if kind == "guidance":
        running = GuidanceMeasure.objects.filter(society=ledger.society)
        return {"pk": running.order_by("tier")[0].pk}
    if kind == "measure":
        measure = LedgerMeasure.objects.filter(not_established__ledger=ledger).first()
        assert measure
        return {"pk": ledger.pk, "row": measure.pk}
    rows = ledger.leaders.order_by("position", "pk")
    row = {"leaders": 0, "leader": rows.first(), "last_leader": rows.last()}[kind]
    return {"pk": ledger.pk, "number": LEADERS, "row": getattr(row, "pk", row)}


def to_sign(ledger: Ledger, cast: Cast) -> None:
    """送审签."""
    actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)


def filed(ledger: Ledger, cast: Cast) -> None:
    """报送."""
    to_sign(ledger, cast)
    actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=NOW)


def accepted(ledger: Ledger, cast: Cast) -> None:
    """已通过."""
    filed(ledger, cast)
    actions.accept(ledger=ledger, by=cast.reviewer, now=NOW)


def unchanged(ledger: Ledger, cast: Cast) -> None:
    """报送, with the same figures as the accepted ledger of the period before."""
    period = LedgerPeriod.objects.get(federation=ledger.society.federation, as_of=BEFORE)
    make_ledger(ledger.society, period, state=LedgerState.ACCEPTED, cast=cast, **FIGURES)
    filed(ledger, cast)


LATER = NOW + timedelta(hours=1)


def restated(ledger: Ledger, cast: Cast) -> Ledger:
    """A restatement in draft; returns it."""
    accepted(ledger, cast)
    return actions.restate(ledger=ledger, reason="更正收入", by=cast.clerk, now=LATER)


def to_decide(ledger: Ledger, cast: Cast) -> Ledger:
    """A restatement that waits for the leader; returns it."""
    version = restated(ledger, cast)
    filed(version, cast)
    done = actions.accept(ledger=version, by=cast.reviewer, now=LATER)
    assert done.state == LedgerState.TO_DECIDE
    return version


def leaders(ledger: Ledger, cast: Cast) -> None:
    """A second office-holder."""
    add_row(ledger, "leaders", cast.clerk, NOW)


def removed(ledger: Ledger, cast: Cast) -> None:
    """The second office-holder and the measure were taken out."""
    leaders(ledger, cast)
    for table, kind in (("leaders", "last_leader"), ("measures", "measure")):
        section = "leaders" if table == "leaders" else "not_established"
        actions.remove_row(
            ledger=ledger,
            table=table,
            row_id=ledger_target(ledger, kind)["row"],
            row_version=ledger.sections.get(code=section).row_version,
            by=cast.clerk,
            now=NOW,
        )


def propose_exemption(objects: dict[str, Any], by: Actor) -> None:
    """Exempting the society from the period before is proposed."""
    actions.propose_exemption(expected=objects["expected"], reason="筹备换届", by=by, now=NOW)


def propose_closing(objects: dict[str, Any], by: Actor) -> None:
    """Closing the period before is proposed."""
    actions.propose_closing(period=objects["period"], by=by, now=NOW)


def lock(objects: dict[str, Any], cast: Cast, steps: int) -> Any:
    """A request to file late, so many steps on its way."""
    row = actions.request_lock_exception(
        society=objects["ledger"].society,
        period=objects["period"],
        reason="换届",
        until=date(2026, 9, 1),
        by=cast.clerk,
        now=NOW,
    )
    verbs: tuple[tuple[Callable[..., Any], Any], ...] = (
        (actions.countersign_lock, cast.secretary),
        (actions.review_lock, cast.reviewer),
    )
    for verb, by in verbs[:steps]:
        row = verb(exception=row, by=by, now=NOW)
    return row


def reason_rows(ledger: Ledger) -> list[int]:
    """The rows of society branches without organisation."""
    return list(ledger.not_established.filter(tier=3).values_list("pk", flat=True))
