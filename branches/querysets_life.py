"""Reads of organisation life: records, what is expected, how much of it is held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db.models import DateField, Exists, F, Func, OuterRef, Q, Sum, Value
from django.db.models.functions import Least

from branches.querysets import ServedQuerySet
from societies.access import DatedQuerySet, ScopedQuerySet


def days_before(on: date, days: int) -> Func:
    """`on - days`, worked out by the database: a formula's plan moves only whole days."""
    return Func(
        Value(on, output_field=DateField()),
        Value(days),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=DateField(),
    )


class ObligationEditionQuerySet(DatedQuerySet):
    """Editions; at most one of a federation is valid on a day."""

    def of(self, federation_id: int, on: date) -> Any | None:
        """The edition in force in a federation on a day, None without one."""
        return self.valid_on(on).filter(federation=federation_id).first()


class ObligationRuleQuerySet(ScopedQuerySet):
    """Cells of the matrix."""


def _served_on(day: str) -> Q:
    """Links that were in force on the day of a record."""
    began, ended = Q(valid_from__lte=OuterRef(day)), Q(valid_to__isnull=True)
    return began & (ended | Q(valid_to__gt=OuterRef(day)))


class LifeRecordQuerySet(ServedQuerySet):
    """Records of organisation life."""

    def while_served(self) -> Q:
        """A society served later or earlier does not read what was held without it."""
        return _served_on("held_on")

    def counting(self) -> Self:
        """Filed, neither returned nor withdrawn: what compliance and work coverage count."""
        return self.filter(state="filed")

    def of_kind(self, kind: str) -> Self:
        """Records that count for a kind, by themselves or together with another (R-LIFE-03)."""
        return self.filter(Q(kind=kind) | Q(also_kind=kind))

    def evidence_for(self, society: OuterRef, on: date, days: int) -> Self:
        """Work records of a society in the `days` days ending with `on` (rules §6.5).

        Every society that the organisation serves on the day of the event has it (R-LIFE-10).
        """
        services = apps.get_model("branches.OrganisationService").objects
        served = services.filter(
            _served_on("held_on"),
            organisation=OuterRef("organisation"),
            society=OuterRef(society),
        )
        return self.recent(on, days).filter(Exists(served.order_by())).order_by()

    def recent(self, on: date, days: int) -> Self:
        """Counting records of the `days` days ending with `on`."""
        return self.counting().filter(held_on__lte=on, held_on__gt=days_before(on, days))

    def matching(self, text: str) -> Self:
        """Search by agenda, learning, decision, the organisation's or the society's name."""
        text = text.strip()
        return self.filter(
            Q(agenda__icontains=text)
            | Q(learning__icontains=text)
            | Q(decision__icontains=text)
            | Q(organisation__name__icontains=text)
            | Q(society__name__icontains=text)
        )


class AttendanceQuerySet(ScopedQuerySet):
    """Lines of the lists of names."""

    def of(self, record: Any) -> Self:
        """A record's list in the order of the names, with the members."""
        rows = self.filter(record=record).select_related("member")
        return rows.order_by("member__sort_key", "member_id")


class LifeDraftQuerySet(ScopedQuerySet):
    """Drafts."""


class VisitReportQuerySet(ScopedQuerySet):
    """Visit reports."""

    def counting(self) -> Self:
        """Filed and not withdrawn."""
        return self.filter(state="filed")

    def evidence_for(self, society: OuterRef, on: date, days: int) -> Self:
        """`evidence` on one society."""
        return self.evidence(on, days).filter(society=society).order_by()

    def evidence(self, on: date, days: int) -> Self:
        """Reports of the `days` days ending with `on`, of a posting valid on the day of the visit.

        Work records of the society visited (rules §6.5).
        """
        recent = self.counting().filter(visited_on__lte=on, visited_on__gt=days_before(on, days))
        standing = Q(posting__valid_from__lte=F("visited_on")) & (
            Q(posting__valid_to__isnull=True) | Q(posting__valid_to__gt=F("visited_on"))
        )
        return recent.filter(standing)

    def matching(self, text: str) -> Self:
        """Search by society, work, problems or advice."""
        text = text.strip()
        return self.filter(
            Q(society__name__icontains=text)
            | Q(work__icontains=text)
            | Q(problems__icontains=text)
            | Q(advice__icontains=text)
        )


class ExpectedLifeQuerySet(ScopedQuerySet):
    """What organisations owe by periods."""

    def in_window(self, first: date, last: date) -> Self:
        """Periods that lie whole inside [first, last] (R-LIFE-01)."""
        return self.filter(first_day__gte=first, last_day__lte=last)

    def begun_in(self, first: date, last: date) -> Self:
        """Periods that began inside [first, last], whether over or not."""
        return self.filter(first_day__range=(first, last), last_day__gte=first)

    def of_owner(self) -> Self:
        """The rows of the organisations' owners: each duty once, as the organisation sees it."""
        return self.filter(society_id=F("organisation__society_id"))

    def summed(self, *by: str) -> Any:
        """`num` = Σ min(held, required), `den` = Σ required, grouped by columns (R-LIFE-02).

        A group without a row is 不适用; it never comes as 0 of 0.
        """
        return (
            self.order_by()
            .values(*by)
            .annotate(num=Sum(Least("held", "required")), den=Sum("required"))
        )

    def open_on(self, on: date) -> Self:
        """Periods that run on a day."""
        return self.filter(first_day__lte=on, last_day__gte=on)

    def unmet(self) -> Self:
        """Less held than required."""
        return self.filter(held__lt=F("required"))

    def of_kinds(self, kinds: Collection[str]) -> Self:
        """Duties of some kinds."""
        return self.filter(kind__in=kinds)
