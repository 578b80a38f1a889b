"""Reads of editions, periods, expected sets and lock exceptions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Case, Exists, F, OuterRef, Q, When

from accounts.permissions import ScopeKind
from common.periods import add_months
from societies.access import Scope, ScopedQuerySet

if TYPE_CHECKING:
    from ledgers.models import LedgerPeriod
    from societies.models import Federation


class LedgerEditionQuerySet(ScopedQuerySet):
    """Editions of the ledger."""

    def in_force(self, federation: Federation, as_of: date) -> Any:
        """The edition for periods with that as-of day, or None."""
        rows = self.filter(federation=federation, valid_from__lte=as_of)
        return rows.order_by("-valid_from").first()


class LedgerPeriodQuerySet(ScopedQuerySet):
    """Periods: every society of a federation sees them all."""

    def within(self, scope: Scope) -> Self:
        """As for every model; a society sees its federation's periods."""
        if scope.kind == ScopeKind.SOCIETY and scope.ids:
            societies = apps.get_model("societies.Society").objects.filter(pk__in=scope.ids)
            return self.filter(federation_id__in=societies.values("federation_id"))
        return super().within(scope)

    def current(self, federation: Federation, on: date) -> LedgerPeriod | None:
        """The period people work at on a day: the latest opened one until its closing day has
        passed, then the running half-year."""
        rows = self.filter(federation=federation)
        rows = rows.filter(Q(as_of__lte=on, closes_on__gte=on) | Q(as_of__gt=on))
        opened = Case(When(as_of__lte=on, then=F("as_of")))
        return rows.order_by(opened.desc(nulls_last=True), "as_of").first()

    def required_on(self, on: date) -> Self:
        """Periods that keep a ledger clear on a day (R-LED-02).

        Those not followed by a later period whose due day has passed.
        """
        later = self.model.objects.filter(
            federation_id=OuterRef("federation_id"), as_of__gt=OuterRef("as_of"), due_on__lt=on
        )
        return self.filter(~Exists(later))

    def past_closing(self, on: date) -> Self:
        """Periods whose closing day has passed and that nobody has closed (定格) yet."""
        return self.filter(closes_on__lt=on, closed_at__isnull=True, opened_at__isnull=False)

    def asked_of(self, society_id: int, on: date) -> Self:
        """Periods that ask a ledger of a society: owed and not exempt by decision, or to come.

        One to come asks nothing of a body of a kind that its edition does not expect (R-LED-05).
        """
        expected = apps.get_model("ledgers.ExpectedFiling").objects.owing()
        owed = expected.filter(period_id=OuterRef("pk"), society_id=society_id)
        society = apps.get_model("societies.Society").objects.filter(pk=society_id).first()
        coming = self.model.objects.filter(as_of__gt=on).select_related("edition")
        if society is not None:
            coming = coming.filter(federation_id=society.federation_id)
        asked = [p.pk for p in coming if society and p.edition.rules.expects(society)]
        return self.filter(Q(pk__in=asked) | Exists(owed))

    def owed_by(self, society_id: int) -> Self:
        """Opened periods whose ledger a society may still file: expected, and none stands filed.

        One exempt by decision may file all the same.
        """
        expected = apps.get_model("ledgers.ExpectedFiling").objects
        filed = apps.get_model("ledgers.Ledger").objects.filter(
            period_id=OuterRef("pk"), society_id=society_id, state__in=("filed", "accepted")
        )
        owed = expected.filter(period_id=OuterRef("pk"), society_id=society_id)
        return self.filter(Exists(owed), ~Exists(filed.filter(version=1)))


class ExpectedFilingQuerySet(ScopedQuerySet):
    """Who owed a ledger."""

    def owing(self) -> Self:
        """Expected and not exempted by a decision."""
        return self.filter(exemption_decided_at__isnull=True)

    def exempt(self) -> Self:
        """Exempted by a decision."""
        return self.filter(exemption_decided_at__isnull=False)

    def awaiting_decision(self) -> Self:
        """Proposals to exempt that the leader has not answered, of periods not closed."""
        return self.filter(
            exemption_proposed_at__isnull=False,
            exemption_decided_at__isnull=True,
            period__closed_at__isnull=True,
        )

    def not_filed(self) -> Self:
        """Owing societies without a first filing."""
        filed = apps.get_model("ledgers.Ledger").objects.filter(
            period_id=OuterRef("period_id"),
            society_id=OuterRef("society_id"),
            first_filed_at__isnull=False,
        )
        return self.owing().filter(~Exists(filed))


class LockExceptionQuerySet(ScopedQuerySet):
    """Exceptions from the lock."""

    def open_on(self, on: date) -> Self:
        """Granted and not past their last day."""
        return self.filter(state="granted", until__gte=on)

    def pending(self) -> Self:
        """Under way."""
        return self.filter(state__in=["requested", "countersigned", "reviewed"])


def next_as_of(day: date) -> date:
    """30 June or 31 December, the first on or after a day (D-13)."""
    half = day.replace(month=6, day=30)
    return half if day <= half else add_months(half, 6).replace(day=31)
