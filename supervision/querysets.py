"""Reads of batches and spot checks, narrowed further for the two roles that a batch makes.

An inspection lead reads the batches that he leads. An inspector reads the checks of the seats of
the acting appointment, nothing after the batch closed. A society reads its own check from the
notice on (roles.md §2.8, §3).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Self

from django.db.models import Q

from accounts.permissions import Role, ScopeKind
from common.querysets import valid_on_q
from societies.access import Actor, ScopedQuerySet
from societies.querysets import FederationWideQuerySet


class ChecklistEditionQuerySet(FederationWideQuerySet):
    """Checklists; at most one of a federation is valid on a day."""

    def valid_on(self, on: date) -> Self:
        """Editions valid on that day."""
        return self.filter(valid_on_q(on))


class _OfBatch(ScopedQuerySet):
    """Rows reached through a batch; `batch` is the way there, "" for the batch itself."""

    batch = "batch__"

    def visible_to(self, actor: Actor | None) -> Self:
        """As everywhere; a lead's are those of the batches that he leads."""
        rows = super().visible_to(actor)
        if actor is not None and actor.role == Role.INSPECTION_LEAD:
            rows = rows.filter(**{f"{self.batch}lead": actor.user})
        return rows


class InspectionBatchQuerySet(_OfBatch):
    """Batches, the latest first."""

    batch = ""

    def open(self) -> Self:
        """Not closed yet."""
        return self.filter(closed_at__isnull=True)

    def in_state(self, *states: str) -> Self:
        """Those that stand at one of these states."""
        return self.filter(state__in=states)


class BatchPartQuerySet(_OfBatch):
    """Frame rows and steps: read with their batch."""


class SpotCheckQuerySet(_OfBatch):
    """Drawn societies of batches."""

    check = ""

    def visible_to(self, actor: Actor | None) -> Self:
        """An inspector's: his living seats in an open batch; a society's: after the notice."""
        rows = super().visible_to(actor)
        if actor is None or actor.spec.kind != ScopeKind.SOCIETY:
            return rows
        if actor.role != Role.INSPECTOR:
            return rows.filter(**{f"{self.batch}notified_at__isnull": False})
        return rows.filter(self._seated(actor), **{f"{self.batch}closed_at__isnull": True})

    def _seated(self, actor: Actor) -> Q:
        seats = self.model._meta.apps.get_model("supervision.InspectorSeat").objects
        mine = seats.filter(appointment=actor.appointment, ended_at__isnull=True)
        return Q(**{f"{self.check}pk__in": mine.order_by().values("spot_check_id")})

    def concluded(self) -> Self:
        """Whose result is final."""
        return self.filter(**{f"{self.check}concluded_at__isnull": False})

    def inspected(self, since: datetime) -> Self:
        """Concluded from then on; who refused was not inspected, found so or not (R-SUP-03b)."""
        concluded = {f"{self.check}concluded_at__gte": since}
        return self.filter(**concluded, **{f"{self.check}barred_at__isnull": True})

    def upheld_in(self, since: datetime, until: datetime) -> Self:
        """Refused, and found so by a conclusion from `since` until before `until`."""
        when = {f"{self.check}concluded_at__gte": since, f"{self.check}concluded_at__lt": until}
        return self.filter(**when, **{f"{self.check}barred_upheld": True})

    def of_societies(self, ids: Collection[int]) -> Self:
        """Those of these societies."""
        return self.filter(society_id__in=sorted(ids))


class CheckPartQuerySet(SpotCheckQuerySet):
    """What hangs on a check by its column `spot_check`, such as seats; read with it."""

    batch = "spot_check__batch__"
    check = "spot_check__"


class InspectorSeatQuerySet(CheckPartQuerySet):
    """Who inspects a society; a replaced inspector's seat stays as history."""

    def living(self) -> Self:
        """Not replaced."""
        return self.filter(ended_at__isnull=True)


class AnswerQuerySet(CheckPartQuerySet):
    """Answers: for the society from the moment on that they go to signing.

    Those of a check that was refused are never signed, and stay the inspectors' notes.
    """

    def visible_to(self, actor: Actor | None) -> Self:
        """As the check's; what inspectors still write is theirs and the committee's."""
        rows = super().visible_to(actor)
        if actor is None or actor.spec.kind != ScopeKind.SOCIETY or actor.role == Role.INSPECTOR:
            return rows
        rows = rows.exclude(**{f"{self.check}state__in": ("planned", "in_progress")})
        return rows.filter(**{f"{self.check}barred_at__isnull": True})


class OfAnswerQuerySet(AnswerQuerySet):
    """What hangs on an answer: its photos and its sends; read with the answer."""

    batch = "answer__spot_check__batch__"
    check = "answer__spot_check__"
