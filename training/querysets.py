"""Reads of classes, enrolments and hours."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from accounts.permissions import ScopeKind
from societies.access import DatedQuerySet, Scope, ScopedQuerySet


class TrainingEditionQuerySet(DatedQuerySet):
    """Editions; at most one of a federation holds in a year."""

    def of(self, federation_id: int, year: int) -> Any | None:
        """The edition of a year, None without one."""
        return self.valid_on(date(year, 1, 1)).filter(federation=federation_id).first()


class TrainingClassQuerySet(ScopedQuerySet):
    """Classes."""

    def within(self, scope: Scope) -> Self:
        """As for every model; outside the federation only what was approved is seen."""
        rows = super().within(scope)
        if scope.kind == ScopeKind.FEDERATION or scope.everything:
            return rows
        return rows.filter(decided_at__isnull=False).distinct()

    def matching(self, text: str) -> Self:
        """Search by code, title or place."""
        text = text.strip()
        return self.filter(
            Q(code__icontains=text) | Q(title__icontains=text) | Q(place__icontains=text)
        )


class TrainingSessionQuerySet(ScopedQuerySet):
    """Sessions of classes."""


class ClassQuotaQuerySet(ScopedQuerySet):
    """Places of societies in classes."""

    def within(self, scope: Scope) -> Self:
        """As for every model; outside the federation only of approved classes."""
        rows = super().within(scope)
        if scope.kind == ScopeKind.FEDERATION or scope.everything:
            return rows
        return rows.filter(training_class__decided_at__isnull=False).distinct()


class EnrolmentQuerySet(ScopedQuerySet):
    """Enrolments."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class SessionAttendanceQuerySet(ScopedQuerySet):
    """Who was present at which session."""


class HourEventQuerySet(ScopedQuerySet):
    """Events that give hours."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.exclude(state="withdrawn")

    def of_year(self, year: int) -> Self:
        """Held in a year."""
        return self.filter(held_on__range=(date(year, 1, 1), date(year, 12, 31)))


class HourCreditQuerySet(ScopedQuerySet):
    """Who gets the hours of an event."""

    def confirmed(self, year: int) -> Self:
        """Of events that count in a year."""
        days = (date(year, 1, 1), date(year, 12, 31))
        return self.filter(event__state="confirmed", event__held_on__range=days)


class YearHoursQuerySet(ScopedQuerySet):
    """Stored hours by member and year."""
