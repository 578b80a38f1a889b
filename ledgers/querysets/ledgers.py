"""Reads of ledgers: desks, queues, and which ledgers were clear on a day (R-LED-02)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from common.clock import start_of
from societies.access import Actor, ScopedQuerySet

if TYPE_CHECKING:
    from ledgers.models import Ledger

SECTIONS = ("operations", "staff", "members", "leaders", "not_established")


class LedgerQuerySet(ScopedQuerySet):
    """Versions of ledgers."""

    def awaiting_review(self) -> Self:
        """待审核, longest waiting first, with society and period.

        Each row carries what the queue shows: `filed_window` by the counted moment (on_time, grace,
        late), `changes_count`, `register_differences`, `has_open_issue`; days waiting follow from
        `signed_at`.
        """
        return (
            self.filter(state="filed")
            .select_related("society", "period", "sent_by", "signed_by")
            .annotate(filed_window=_window())
            .annotate(has_open_issue=Exists(open_errors(OuterRef("society_id"), None)))
            .order_by("signed_at", "pk")
        )

    def awaiting_decision(self) -> Self:
        """Restatements before the leader (R-LED-10)."""
        return self.filter(state="to_decide").order_by("reviewed_at", "pk")

    def at_committee(self) -> Self:
        """Versions that came to the committee: waiting, accepted, or returned by it."""
        by_committee = Q(state="returned", returned_by_stage="committee")
        return self.filter(Q(state__in=("filed", "accepted")) | by_committee)

    def count_by_state(self) -> dict[str, int]:
        """How many versions stand in each state."""
        return dict(self.order_by().values_list("state").annotate(count=Count("pk")))

    def bulk_acceptable(self) -> Self:
        """Of those awaiting review: no change, no register difference, no open issue (R-LED-13).

        A society's first ledger has nothing that it could be unchanged from.
        """
        base = self.model.objects.filter(
            society_id=OuterRef("society_id"),
            state="accepted",
            period__as_of__lt=OuterRef("period__as_of"),
        )
        return self.awaiting_review().filter(
            Exists(base.order_by()),
            changes_count=0,
            register_differences=0,
            has_open_issue=False,
            version=1,
        )

    def with_window(self, on: date) -> Self:
        """Annotate `filed_window`: on_time, grace or late by the counted moment (R-LED-07).

        Empty for what was never filed, and for restatements, which no due day judges. After the
        days for mending a return the first filing counts no more (R-LED-08): the version is late
        once a filing on the day `on` would be, and until then undecided.
        """
        lapsed = Q(state__in=UNMENDED_STATES) & ~Exists(still_mendable("pk", on))
        return self.annotate(
            filed_window=_window(
                When(lapsed & Q(period__grace_until__lt=on), then=Value("late")),
                When(lapsed, then=Value("")),
            )
        )

    def judged_on(self, on: date) -> Self:
        """Annotate `counts_in_time`: whether the filing is on time at the end of a day (R-LED-08).

        Read from the steps alone, so that any past day gives the same answer.
        """
        steps = apps.get_model("ledgers.LedgerStep").objects.filter(
            ledger=OuterRef("pk"), at__lt=end_of(on)
        )
        filings = steps.filter(to_state="filed").order_by("-at", "-pk")
        unmended = steps.filter(mend_until__lt=on, pk__gt=OuterRef("last_filing"))
        return self.annotate(
            last_filing=Subquery(filings.values("pk")[:1]),
            was_in_time=Subquery(filings.values("on_time")[:1]),
        ).annotate(
            counts_in_time=Case(
                When(~Exists(unmended.order_by()), was_in_time=True, then=Value(True)),
                default=Value(False),
            )
        )

    def standing(self) -> Self:
        """Without restatements that were given up: they say nothing (R-LED-10)."""
        return self.exclude(state="abandoned")

    def latest_versions(self) -> Self:
        """The newest version of each society and period, given up ones aside."""
        newer = self.model.objects.standing().filter(
            society_id=OuterRef("society_id"),
            period_id=OuterRef("period_id"),
            version__gt=OuterRef("version"),
        )
        return self.standing().filter(~Exists(newer))

    def previous_of(self, ledger: Ledger) -> Ledger | None:
        """The last accepted version of an earlier period: what this one is compared with."""
        return (
            self.filter(
                society_id=ledger.society_id,
                state="accepted",
                period__as_of__lt=ledger.period.as_of,
            )
            .order_by("-period__as_of", "-version")
            .select_related("period")
            .first()
        )

    def speaking_for(self, ledger: Ledger) -> Self:
        """Accepted versions of later periods: they say how things stand, not this one."""
        return self.filter(
            society_id=ledger.society_id,
            state="accepted",
            period__as_of__gt=ledger.period.as_of,
        )

    def counting(self, on: date, periods: QuerySet | None = None) -> Self:
        """Versions that make a society's tables clear at the end of a day (R-LED-02).

        Accepted by then, or filed on time and by then neither accepted nor returned; of the latest
        period whose due day had passed, or a later one. Read from the steps alone, so that any past
        day gives the same answer (a restatement under way leaves the accepted version counting).
        periods: of these instead.
        """
        steps = apps.get_model("ledgers.LedgerStep").objects
        if periods is None:
            periods = apps.get_model("ledgers.LedgerPeriod").objects.required_on(on)
        last = (
            steps.filter(at__lt=end_of(on), ledger__period__in=periods)
            .order_by("ledger_id", "-at", "-pk")
            .distinct("ledger_id")
            .values("pk")
        )
        good = steps.filter(pk__in=last).filter(
            Q(to_state="accepted") | Q(to_state="filed", on_time=True)
        )
        return self.filter(pk__in=good.values("ledger_id"))

    def clearing(self, on: date) -> Self:
        """`counting` versions of societies at 5/5: no error open in any table on that day.

        As a subquery: `.values("society_id")`; a society may appear with two periods.
        """
        return self.counting(on).filter(~Exists(open_errors(OuterRef("society_id"), on)))


# Filed once, returned by the committee and not signed again: nothing else leads back here.
UNMENDED_STATES = ("returned", "to_sign")


def still_mendable(ledger: str, on: date) -> QuerySet:
    """Returns of a version by the committee that may be mended on a day, for `Exists` (R-LED-08).

    ledger: the outer query's path to the version.
    """
    steps = apps.get_model("ledgers.LedgerStep").objects
    return steps.filter(ledger=OuterRef(ledger), mend_until__gte=on).order_by()


def _window(*before: When) -> Case:
    return Case(
        When(Q(counted_filed_at__isnull=True) | Q(version__gt=1), then=Value("")),
        *before,
        When(counted_filed_at__date__lte=F("period__due_on"), then=Value("on_time")),
        When(counted_filed_at__date__lte=F("period__grace_until"), then=Value("grace")),
        default=Value("late"),
    )


def end_of(day: date) -> datetime:
    """24:00 of a day in Shanghai."""
    return start_of(day + timedelta(days=1))


def open_errors(society_id: Combinable, on: date | None, section: str = "") -> QuerySet:
    """Data-quality issues of severity error of a society: open on a day, or now with None.

    section: those that bear on one table; an issue naming no table bears on every one.
    """
    rows = apps.get_model("societies.DataQualityIssue").objects.filter(
        society_id=society_id, severity="error"
    )
    if on is None:
        rows = rows.filter(closed_on__isnull=True)
    else:
        rows = rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), opened_on__lte=on)
    return rows.filter(section__in=["", section]) if section else rows


def clear_tables(societies: QuerySet, on: date) -> QuerySet:
    """Annotate societies with `clear_<table>` for each of the five, and `clear_count` (0…5)."""
    counting = apps.get_model("ledgers.Ledger").objects.counting(on)
    rows = societies.annotate(has_counting=Exists(counting.filter(society_id=OuterRef("pk"))))
    clear: Mapping[str, Any] = {
        f"clear_{section}": Case(
            When(
                Q(has_counting=True) & ~Exists(open_errors(OuterRef("pk"), on, section)),
                then=Value(1),
            ),
            default=Value(0),
            output_field=IntegerField(),
        )
        for section in SECTIONS
    }
    rows = rows.annotate(**clear)
    total = sum((F(f"clear_{section}") for section in SECTIONS), start=Value(0))
    return rows.annotate(clear_count=total)


class LedgerStepQuerySet(ScopedQuerySet):
    """Steps of the procedure."""


class LedgerPartQuerySet(ScopedQuerySet):
    """Remarks, ticks and notes."""


class ReviewDraftQuerySet(ScopedQuerySet):
    """Words of a return not yet given: each reviewer reads the own ones alone."""

    def visible_to(self, actor: Actor | None) -> Self:
        """As for every model, and of the actor's own typing."""
        rows = super().visible_to(actor)
        return rows.filter(saved_by=actor.user) if actor else rows
