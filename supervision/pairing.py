"""Who may inspect, and a pairing that spreads the work evenly (R-SUP-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Role
from branches.recusal import recused_from
from common.querysets import valid_on_q
from supervision.models import BatchStep, InspectionBatch, InspectorSeat, SpotCheck
from supervision.states import LEAD_PART, PARTS

SEATS = 2
# Of the committee's side, beside everybody who ever was an inspector.
_COMMITTEE = (Role.COMMITTEE_REVIEWER, Role.COMMITTEE_MEMBER, Role.INSPECTION_LEAD)


def people(batch: InspectionBatch, on: date) -> QuerySet[User]:
    """Who may be an inspector of the batch: none of those who drafted, reviewed or decided it.

    The federation's inspectors of any time and its present reviewers, members and leads.
    """
    mine = Q(appointments__federation=batch.federation_id)
    inspectors = mine & Q(appointments__role=Role.INSPECTOR)
    committee = mine & Q(appointments__role__in=_COMMITTEE)
    committee &= valid_on_q(on, prefix="appointments__")
    administrators = User.objects.filter(
        valid_on_q(on, prefix="appointments__"), appointments__duty__gt=0
    )
    found = User.objects.filter(inspectors | committee, is_active=True)
    found = found.exclude(pk__in=occupied(batch)).exclude(pk__in=administrators.values("pk"))
    return found.distinct().order_by("full_name", "pk")


def occupied(batch: InspectionBatch) -> set[int]:
    """Users who hold another column of the batch (R-ROLE-02)."""
    columns = (batch.lead_id, batch.reviewed_by_id, batch.decided_by_id, batch.drawn_by_id)
    return {pk for pk in columns if pk is not None}


def leads(batch: InspectionBatch, on: date) -> QuerySet[User]:
    """Who may lead the batch instead: a lead of the federation with no other part in it."""
    mine = valid_on_q(on, prefix="appointments__") & Q(
        appointments__federation=batch.federation_id, appointments__role=Role.INSPECTION_LEAD
    )
    others = [verb for part in PARTS if part is not LEAD_PART for verb in part]
    acted = BatchStep.objects.filter(batch=batch, verb__in=others).order_by().values("by")
    seated = InspectorSeat.objects.filter(spot_check__batch=batch).order_by().values("user")
    found = User.objects.filter(mine, is_active=True).exclude(pk__in=occupied(batch))
    found = found.exclude(pk__in=acted).exclude(pk__in=seated)
    return found.distinct().order_by("full_name", "pk")


def propose(
    checks: Sequence[SpotCheck], users: Sequence[User], on: date
) -> dict[int, tuple[User, ...]]:
    """Check → two users, those with the fewest checks first, in the order given; nobody recused.

    Fewer than two where the others must stay out. The same input gives the same pairing.
    """
    load, barred = [0] * len(users), [recused_from(user, on) for user in users]
    found: dict[int, tuple[User, ...]] = {}
    for each in checks:
        chosen: list[int] = []
        for place in sorted(range(len(users)), key=lambda n: (load[n], n)):
            if len(chosen) == SEATS:
                break
            if each.society_id not in barred[place]:
                chosen.append(place)
        for place in chosen:
            load[place] += 1
        found[each.pk] = tuple(users[place] for place in chosen)
    return found
