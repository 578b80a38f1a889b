"""Training of new secretaries within months of taking post (R-TRN-01)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from common import clock
from common.periods import add_months
from training.hours import joined
from training.models import SessionAttendance, TrainingEdition

Spans = list[tuple[date, date | None]]


@dataclass(frozen=True)
class Induction:
    """A new secretary's training. due: the last day for it, inclusive. trained_on: the first class
    day attended since the post began. on: the day this is said of.
    """

    began: date
    months: int
    due: date
    trained_on: date | None
    on: date

    @property
    def label(self) -> str:
        """What is asked."""
        return f"任职后 {self.months} 个月内培训"

    @property
    def late(self) -> bool:
        """Whether the last day passed without a class."""
        return (self.trained_on or self.on) > self.due

    @property
    def said(self) -> str:
        """已参加, 待参加 or 逾期."""
        if self.trained_on and not self.late:
            return "已参加"
        return "逾期" if self.late else "待参加"

    @property
    def kind(self) -> str:
        """The kind of status (common.status)."""
        return "bad" if self.late else "ok" if self.trained_on else "warn"

    @property
    def note(self) -> str:
        """The day behind it."""
        due = f"截止 {self.due}（含当日）"
        if self.trained_on is None:
            return due
        return f"{self.trained_on} 到课" + (f"，{due}" if self.late else "")


def inductions(
    led: Mapping[int, Spans], year: int, edition: TrainingEdition | None
) -> dict[int, Induction]:
    """Member → the training asked of who became a secretary, where its months touch the year.

    led: the spells as secretary; one that follows another without a gap makes nobody new. Any
    class counts of which a session was attended. One statement.
    """
    if edition is None:
        return {}
    on, months = clock.today(), edition.secretary_months
    began = {pk: day for pk, spans in led.items() if (day := _began(spans, on))}
    dues = {pk: add_months(day, months) for pk, day in began.items()}
    asked = [pk for pk, day in began.items() if day.year <= year <= dues[pk].year]
    rows = SessionAttendance.objects.filter(enrolment__member__in=asked)
    days: dict[int, list[date]] = defaultdict(list)
    for pk, day in rows.values_list("enrolment__member", "session__held_on"):
        days[pk].append(day)
    return {
        pk: Induction(
            began[pk],
            months,
            dues[pk],
            min((day for day in days[pk] if day >= began[pk]), default=None),
            on,
        )
        for pk in asked
    }


def _began(spans: Spans, on: date) -> date | None:
    """When the spell that holds on the day began; None without one."""
    for begins, ends in joined(spans):
        if begins <= on and (ends is None or on < ends):
            return begins
    return None
