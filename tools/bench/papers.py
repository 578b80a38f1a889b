"""A society's ledgers with their steps, and data-quality issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from common.workdays import add_workdays
from tools.bench.society import Society, Tables

if TYPE_CHECKING:
    from ledgers.models import LedgerPeriod

SENT, SIGNED, SEEN = 9, 10, 17  # hours of the day
STATES = ((0.88, "accepted"), (0.93, "filed"), (0.96, "returned"))
SECTIONS = ("operations", "staff", "members", "leaders", "not_established")


def write_papers(society: Society, tables: Tables) -> None:
    """A ledger for each half-year: the running one a draft, the last ones in every state."""
    for place, period in enumerate(society.frame.ledgers):
        pk = society.number * len(society.frame.ledgers) + place + 1
        past = period.opened_at is not None
        if past:
            tables.add("ledgers.ExpectedFiling", period.pk, society.pk)
        course = _Course.of(society, period, past)
        _ledger(society, tables, pk, course)
        if course.going:
            _steps(society, tables, pk, course)
    if society.chance(2):
        tables.add(
            "societies.DataQualityIssue",
            *(society.pk, "DQ-1", "error", "名称与登记不一致", date(2026, 5, 1)),
        )


@dataclass(frozen=True)
class _Course:
    """How far a ledger came. going: it left its author; on: the day it was filed."""

    period: LedgerPeriod
    state: str
    on: date

    @classmethod
    def of(cls, society: Society, period: LedgerPeriod, past: bool) -> _Course:
        """Of a hundred past ones 88 are accepted, 5 filed, 3 returned, and 4 drafts."""
        luck = society.random.random() if past else 1.0
        found = (state for most, state in STATES if luck < most)
        on = period.as_of + timedelta(days=6 + society.random.randrange(14))
        return cls(period, next(found, "draft"), on)

    @property
    def going(self) -> bool:
        return self.state != "draft"

    @property
    def back(self) -> bool:
        return self.state == "returned"

    def at(self, hour: int) -> str:
        """A moment of the filing day."""
        return f"{self.on} {hour:02}:00+08"


def _ledger(society: Society, tables: Tables, pk: int, course: _Course) -> None:
    sent, signed, seen = course.at(SENT), course.at(SIGNED), course.at(SEEN)
    accepted = course.state == "accepted"
    tables.add(
        "ledgers.Ledger",
        *(pk, society.pk, course.period.pk, f"TZ-{course.period.key}-{society.number:05}"),
        course.state,
        *_if(course.going, society.filer, sent, society.confirmer, signed, signed, signed),
        *_if(accepted, society.reviewer, seen),
        *(_if(course.back, society.reviewer, seen)),
        *(("committee", "数字有误") if course.back else ("", "")),
    )
    for code in SECTIONS:
        tables.add("ledgers.LedgerSection", pk, code, 10 if course.going else 5, 10)
    said = "yes" if society.number % 8 else "no"
    tables.add("ledgers.LedgerOperations", pk, said if course.going else "missing")
    tables.add("ledgers.LedgerStaff", pk)
    tables.add("ledgers.LedgerMembers", pk)


def _if(condition: bool, *values: object) -> tuple[object, ...]:
    """The values, or as many empty ones."""
    return values if condition else (None,) * len(values)


def _steps(society: Society, tables: Tables, pk: int, course: _Course) -> None:
    """Sent, signed, and reviewed where the committee did."""
    row, step = (pk, society.pk), pk * 3
    tables.add(
        "ledgers.LedgerStep",
        *(step, *row, "send_for_signature", "draft", "to_sign", "", None, None),
        *(society.filer, course.at(SENT)),
    )
    on_time = course.on <= course.period.due_on
    tables.add(
        "ledgers.LedgerStep",
        *(step + 1, *row, "sign_and_file", "to_sign", "filed", "", on_time, None),
        *(society.confirmer, course.at(SIGNED)),
    )
    if course.state == "filed":
        return
    verb, stage = ("return", "committee") if course.back else ("accept", "")
    days = course.period.edition.rules.deadlines.mend_workdays
    until = add_workdays(course.on, days).day if course.back else None
    tables.add(
        "ledgers.LedgerStep",
        *(step + 2, *row, verb, "filed", course.state, stage, None, until),
        *(society.reviewer, course.at(SEEN)),
    )
    if course.back:
        tables.add(
            "ledgers.LedgerReturnRemark",
            *(step + 2, *row, "operations", "annual_income", society.reviewer, course.at(SEEN)),
            "请核对",
        )
