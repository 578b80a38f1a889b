"""A society's ledgers with their steps, and data-quality issues."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.bench.society import Society, Tables

if TYPE_CHECKING:
    from ledgers.models import LedgerPeriod

SECTIONS = ("operations", "staff", "members", "leaders", "not_established")


def write_papers(society: Society, tables: Tables) -> None:
    """A ledger for each half-year: the running one a draft, the last ones in every state."""
    for place, period in enumerate(society.frame.ledgers):
        pk = society.number * len(society.frame.ledgers) + place + 1
        past = period.opened_at is not None
        if past:
            tables.add("ledgers.ExpectedFiling", period.pk, society.pk)
        _ledger(society, tables, pk, period, past)
    if society.chance(2):
        tables.add(
            "societies.DataQualityIssue",
            *(society.pk, "DQ-1", "error", "名称与登记不一致", date(2026, 5, 1)),
        )


def _ledger(society: Society, tables: Tables, pk: int, period: LedgerPeriod, past: bool) -> None:
    luck = society.random.random() if past else 1.0
    state = "accepted" if luck < 0.88 else "filed" if luck < 0.93 else "draft"
    state = "returned" if 0.93 <= luck < 0.96 else state
    filed = period.as_of + timedelta(days=6 + society.random.randrange(14))
    sent, signed, seen = (f"{filed} {hour}:00+08" for hour in ("09", "10", "17"))
    going = state != "draft"
    judged = state in ("accepted", "returned")
    back = state == "returned"
    tables.add(
        "ledgers.Ledger",
        *(pk, society.pk, period.pk, f"TZ-{period.key}-{society.number:05}", state),
        *((society.filer, sent, society.confirmer, signed) if going else (None,) * 4),
        *((signed, signed) if going else (None, None)),
        *((society.reviewer, seen) if state == "accepted" else (None, None)),
        *((society.reviewer, seen, "committee", "数字有误") if back else (None, None, "", "")),
    )
    for code in SECTIONS:
        tables.add("ledgers.LedgerSection", pk, code, 10 if going else 5, 10)
    said = "yes" if society.number % 8 else "no"
    tables.add("ledgers.LedgerOperations", pk, said if going else "missing")
    tables.add("ledgers.LedgerStaff", pk)
    tables.add("ledgers.LedgerMembers", pk)
    if not going:
        return
    on_time = filed <= period.due_on
    step = pk * 3
    row = pk, society.pk
    tables.add(
        "ledgers.LedgerStep",
        *(step, *row, "send_for_signature", "draft", "to_sign", "", None, society.filer, sent),
    )
    tables.add(
        "ledgers.LedgerStep",
        *(step + 1, *row, "sign_and_file", "to_sign", "filed", "", on_time, society.confirmer),
        signed,
    )
    if judged:
        stage = "committee" if back else ""
        tables.add(
            "ledgers.LedgerStep",
            *(step + 2, *row, "return" if back else "accept", "filed", state, stage, None),
            *(society.reviewer, seen),
        )
    if back:
        tables.add(
            "ledgers.LedgerReturnRemark",
            *(step + 2, *row, "operations", "annual_income", society.reviewer, seen, "请核对"),
        )
