"""Database constraints used by many models, written once."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db.models import CheckConstraint, DateField, F, Func, Q
from django.db.models.functions import Coalesce, Greatest


class DateRange(Func):
    """PostgreSQL's half-open `daterange(a, b)`."""

    function = "daterange"
    output_field = DateRangeField()


_INFINITY = Func(template="'infinity'::date", output_field=DateField())
_BEFORE_RECORDS = Func(template="'-infinity'::date", output_field=DateField())


def valid_range(a: str = "valid_from", b: str = "valid_to") -> DateRange:
    """The range `[a, b)`; NULL means unbounded.

    Reversed dates become an empty range instead of PostgreSQL's DataError, which would abort the
    transaction before the friendly check of `ends_after_start` could speak.
    """
    start = Coalesce(F(a), _BEFORE_RECORDS)
    return DateRange(start, Greatest(start, Coalesce(F(b), _INFINITY)))


def no_overlap(
    name: str,
    same: Sequence[str],
    a: str = "valid_from",
    b: str = "valid_to",
    condition: Q | None = None,
    message: str = "有效期与已有记录重叠",
) -> ExclusionConstraint:
    """At most one row with equal `same` columns is valid on any day."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((column, "=") for column in same), (valid_range(a, b), "&&")],
        condition=condition,
        violation_error_message=message,
    )


def ends_after_start(
    name: str, a: str = "valid_from", b: str = "valid_to", message: str = "止日须晚于起日"
) -> CheckConstraint:
    """`b` is empty or later than `a` (half-open validity; an empty interval is no fact)."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{b}__isnull": True})
        | Q(**{f"{a}__isnull": True})
        | Q(**{f"{b}__gt": F(a)}),
        violation_error_message=message,
    )


def both_or_neither(name: str, a: str, b: str, message: str) -> CheckConstraint:
    """Two nullable columns are filled together or not at all."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{a}__isnull": True, f"{b}__isnull": True})
        | Q(**{f"{a}__isnull": False, f"{b}__isnull": False}),
        violation_error_message=message,
    )


def different_users(name: str, a: str, b: str, message: str) -> CheckConstraint:
    """Four eyes: two user columns, where both are filled, name different users."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{a}__isnull": True}) | Q(**{f"{b}__isnull": True}) | ~Q(**{a: F(b)}),
        violation_error_message=message,
    )


def insert_only(what: str) -> pgtrigger.Trigger:
    """Rows of a history are added, never changed or deleted; `what` they are called."""
    return pgtrigger.Trigger(
        name="insert_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"RAISE EXCEPTION '{what}只增不改' USING ERRCODE = 'check_violation';",
    )
