"""Reads of terms, posts, party groups and the filings they come from (rules §2.2)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from branches.querysets import OrganisationPartQuerySet
from common.querysets import valid_on_q
from societies.access import ScopedQuerySet


def _days_after(on: date, days: str) -> Func:
    """`on` plus a column of days."""
    return Func(
        Value(on, output_field=DateField()),
        F(days),
        template="(%(expressions)s)",
        arg_joiner=" + ",
        output_field=DateField(),
    )


def _near_the_end(on: date) -> Q:
    return Q(runs_to__lte=F("soon_until")) | Q(runs_to__lt=on)


class TermQuerySet(OrganisationPartQuerySet):
    """Terms of office (届次); the one that stands is read until the next election."""

    begins, ends = "elected_on", ""

    def latest_first(self) -> Self:
        """The newest election first."""
        return self.order_by("-elected_on")

    def matching(self, text: str) -> Self:
        """Search by organisation, or the owner's name, code and initials."""
        text = text.strip()
        return self.filter(
            Q(organisation__name__icontains=text)
            | Q(society__name__icontains=text)
            | Q(society__code__iexact=text)
            | Q(society__initials__icontains=text.lower())
        )

    def current_on(self, on: date) -> Self:
        """The term of each organisation that stands on a day: the newest one begun by then.

        An overdue term is still the current one until the next election.
        """
        later = self.model.objects.filter(
            organisation_id=OuterRef("organisation_id"),
            elected_on__gt=OuterRef("elected_on"),
            elected_on__lte=on,
        )
        return self.filter(
            ~Exists(later),
            valid_on_q(on, "organisation__established_on", "organisation__dissolved_on"),
            elected_on__lte=on,
        )

    def with_thresholds(self, on: date) -> Self:
        """Annotate `soon_until` and `due_until`: the last days of term that are near on a day.

        The days before the end are of the federation's obligation edition in force (rules §2.2);
        NULL without one, and then no term is near.
        """
        path = "society__federation__obligation_editions"
        edition = FilteredRelation(path, condition=valid_on_q(on, prefix=f"{path}__"))
        return self.annotate(
            edition=edition,
            soon_until=_days_after(on, "edition__term_due_soon_days"),
            due_until=_days_after(on, "edition__term_due_days"),
        )

    def near_the_end(self, on: date) -> Self:
        """Of terms `with_state` on a day those over or near their end."""
        return self.filter(_near_the_end(on))

    def with_near_end(self, on: date) -> Self:
        """Annotate `is_near` to terms `with_state` on a day: whether `near_the_end` has them."""
        return self.annotate(is_near=Case(When(_near_the_end(on), then=True), default=False))

    def with_state(self, on: date) -> Self:
        """Annotate `state` on a day, a TermState (rules §2.2).

        An approved extension moves the day from which a term is overdue (`runs_to`). Days are
        those left until the last day, which itself still counts.
        """
        extended = Q(extended_to__isnull=False)
        return self.with_thresholds(on).annotate(
            state=Case(
                When(extended & Q(runs_to__lt=on), then=Value("overdue_after_extension")),
                When(extended, then=Value("extended")),
                When(ends_on__lt=on, then=Value("overdue")),
                When(ends_on__lte=F("due_until"), then=Value("due")),
                When(ends_on__lte=F("soon_until"), then=Value("due_soon")),
                default=Value("normal"),
                output_field=CharField(),
            )
        )

    def with_overdue_days(self, on: date) -> Self:
        """Annotate `overdue_days`: days since the last day of term or approved extension, or 0."""
        # date − date is a plain integer in PostgreSQL; Django would make an interval of it.
        days = Func(
            Value(on, output_field=DateField()),
            F("runs_to"),
            template="(%(expressions)s)",
            arg_joiner=" - ",
            output_field=IntegerField(),
        )
        return self.annotate(overdue_days=Greatest(days, Value(0)))

    def with_filled(self, on: date) -> Self:
        """Annotate `filled`: the persons in office on a day, each counted once."""
        posts = apps.get_model("branches.Post").objects
        persons = (
            posts.filter(valid_on_q(on), organisation_id=OuterRef("organisation_id"))
            .order_by()
            .values("organisation_id")
            .annotate(n=Count("person_name", distinct=True))
            .values("n")
        )
        return self.annotate(filled=Coalesce(Subquery(persons), Value(0)))


class PostQuerySet(OrganisationPartQuerySet):
    """Dated posts in an organisation."""

    def in_order(self) -> Self:
        """By rank of the post, then by name."""
        kinds = self.model._meta.get_field("kind").choices
        ranks = [When(kind=value, then=Value(rank)) for rank, (value, _) in enumerate(kinds)]
        return self.order_by(Case(*ranks, default=Value(len(ranks))), "person_name", "pk")


class PostFilingQuerySet(ScopedQuerySet):
    """Filings of elections, by-elections, removals and extensions."""

    def open(self) -> Self:
        """Under way: neither accepted nor withdrawn."""
        return self.exclude(state__in=("accepted", "withdrawn"))

    def matching(self, text: str) -> Self:
        """Search by organisation, society or document number."""
        text = text.strip()
        return self.filter(
            Q(organisation__name__icontains=text)
            | Q(society__name__icontains=text)
            | Q(society__initials__icontains=text.lower())
            | Q(document_number__icontains=text)
        )
