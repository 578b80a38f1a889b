"""Reads of findings, with what is overdue computed, never stored (R-SUP-06)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Max,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from accounts.permissions import Role
from societies.access import Actor
from supervision.querysets import BatchPartQuerySet

CLOSED = "closed"
# States in which the society has to act; the others wait for the committee or are over.
WITH_SOCIETY = (
    *("issued", "accepted", "plan_to_sign", "rectifying", "evidence_to_sign", "sent_back"),
)
REMIND = "remind"


class FindingPartQuerySet(BatchPartQuerySet):
    """Rows below a finding by their column `finding`: read with it.

    A lead reads those of the batches that he leads; an inspector those of the living seats of the
    acting appointment in an open batch, so none that the committee registered. A society reads
    all of its own, also those of a closed batch.
    """

    finding = "finding__"
    batch = "finding__batch__"

    def visible_to(self, actor: Actor | None) -> Self:
        """As everywhere, narrowed for the two roles of a batch."""
        rows = super().visible_to(actor)
        if actor is None or actor.role != Role.INSPECTOR:
            return rows
        seats = self.model._meta.apps.get_model("supervision.InspectorSeat").objects
        mine = seats.filter(appointment=actor.appointment, ended_at__isnull=True)
        return rows.filter(
            **{
                f"{self.finding}spot_check__in": mine.order_by().values("spot_check_id"),
                f"{self.batch}closed_at__isnull": True,
            }
        )


class FindingQuerySet(FindingPartQuerySet):
    """Findings, the latest first."""

    finding = ""
    batch = "batch__"

    def open(self) -> Self:
        """Not closed yet."""
        return self.exclude(state=CLOSED)

    def with_society(self) -> Self:
        """Those in which the society has to act."""
        return self.filter(state__in=WITH_SOCIETY)

    def with_reminders(self) -> Self:
        """Annotate how often the society was reminded, and when last."""
        sent = Q(steps__verb=REMIND)
        return self.annotate(
            reminders=Count("steps", filter=sent), reminded_at=Max("steps__at", filter=sent)
        )

    def matching(self, text: str) -> Self:
        """By code, title, name or pinyin initials of the society."""
        return self.filter(
            Q(code__iexact=text)
            | Q(title__icontains=text)
            | Q(society__name__icontains=text)
            | Q(society__initials__icontains=text.lower())
        )

    def with_overdue(self, on: date) -> Self:
        """Annotate lateness as of the end of a day, for lists and formulas alike.

        plan_late, finish_late: calendar days after the plan's and the finish day, 0 if none, up to
        the plan's signing and the standing submission, else to `on`. days_overdue: the longer of
        those, the plan's only while it is missing. overdue: one of them still runs, or the
        submission that stands came late and the finding is not closed. Days that the committee
        took for a plan or a submission that it sent back have moved the due day.
        """
        return self.annotate(
            plan_late=_days_after("plan_due", "plan_filed_on", on),
            finish_late=_days_after("finish_due", "submitted_on", on),
        ).annotate(
            days_overdue=Case(
                When(plan_filed_on__isnull=True, then=Greatest("plan_late", "finish_late")),
                default=F("finish_late"),
                output_field=IntegerField(),
            ),
            overdue=Case(
                When(state=CLOSED, then=Value(False)),
                When(Q(plan_late__gt=0, plan_filed_on__isnull=True), then=Value(True)),
                When(finish_late__gt=0, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )

    def aged(self, on: date, least: int, most: int | None = None) -> Self:
        """Issued so many calendar days before a day: at least `least`, at most `most`."""
        rows = self.filter(issued_on__lte=on - timedelta(days=least))
        return rows if most is None else rows.filter(issued_on__gte=on - timedelta(days=most))

    def overdue(self, on: date) -> Self:
        """Those that are overdue at the end of a day."""
        return self.with_overdue(on).filter(overdue=True)


class _Days(Func):
    """Calendar days between two dates, an integer in PostgreSQL."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def _days_after(due: str, end: str, on: date) -> Case:
    """Calendar days from a due day to `end`, at most to `on`; 0 where none is due yet."""
    day = Value(on, output_field=DateField())
    last = Least(Coalesce(F(end), day), day, output_field=DateField())
    return Case(
        When(**{f"{due}__isnull": True}, then=Value(0)),
        default=Greatest(_Days(last, F(due)), Value(0)),
        output_field=IntegerField(),
    )
