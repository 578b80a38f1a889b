"""An inspection batch of each federation of the access world, at each stage of its procedure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.permissions import Role
from common.clock import start_of
from societies.grants import actors_for
from supervision import actions
from supervision.models import CheckState, InspectionBatch, InspectorSeat, SpotCheck
from tests.access.places import FAR, OWN
from tests.factories import make_actor, make_checklist, make_user
from tests.factories.ledgers import AS_OF

NOW = start_of(AS_OF).replace(hour=10)
FIRST = AS_OF + timedelta(days=14)
VALUES = {
    "name": "上半年第一批",
    "on_site_from": FIRST,
    "on_site_to": FIRST + timedelta(days=10),
    "disciplines": [],
    "sample_size": None,
    "sample_percent": 100,
    # Every society of this world has an open finding, and a check under way in another batch.
    "exclude_recent": False,
    "include_open": False,
}


def add_batches(world: Any) -> None:
    """A draft in each federation, led by the role under test in the own one."""
    for place in (OWN, FAR):
        holding = world.holdings[place]
        federation = holding.society.federation
        make_checklist(federation)
        if place == OWN:
            lead = actors_for(world.users["IL"], AS_OF)[0]
        else:
            lead = make_actor(Role.INSPECTION_LEAD, federation)
        inspectors = [make_user(f"督导{n}") for n in "甲乙丙"]
        for user in inspectors:
            make_actor(Role.INSPECTOR, holding.society, user=user)
        other = make_actor(Role.INSPECTION_LEAD, federation).user
        holding.objects |= {"lead": lead, "other_lead": other, "inspectors": inspectors}
        holding.objects["batch"] = actions.draft_batch(
            federation=federation, values=VALUES, by=lead, now=NOW
        )


def fresh(holding: Any) -> InspectionBatch:
    """The batch as it stands."""
    return InspectionBatch.objects.get(pk=holding.objects["batch"].pk)


def _act(holding: Any, act: Any, who: str, **inputs: Any) -> Any:
    cast = holding.cast
    by = {"lead": holding.objects["lead"], "reviewer": cast.reviewer, "leader": cast.leader}[who]
    return act(batch=fresh(holding), row_version=None, by=by, now=NOW, **inputs)


def sent(holding: Any) -> None:
    """送审核."""
    _act(holding, actions.send_batch, "lead")


def reviewed(holding: Any) -> None:
    """报批."""
    sent(holding)
    _act(holding, actions.review_batch, "reviewer")


def approved(holding: Any) -> None:
    """The frame frozen."""
    reviewed(holding)
    _act(holding, actions.approve_batch, "leader")


def committed(holding: Any) -> None:
    """The seed's digest made known."""
    approved(holding)
    _, holding.objects["seed"] = _act(holding, actions.commit_seed, "leader")


def drawn(holding: Any) -> None:
    """Every society of the federation drawn."""
    committed(holding)
    _act(holding, actions.draw_batch, "leader", seed=holding.objects["seed"])


def paired(holding: Any) -> None:
    """Two inspectors for each."""
    drawn(holding)
    users = holding.objects["inspectors"][:2]
    _act(holding, actions.propose_pairs, "lead", users=users)


def notified(holding: Any) -> None:
    """The societies told."""
    paired(holding)
    _act(holding, actions.notify_societies, "leader")
    mine = {"spot_check__batch": holding.objects["batch"]}
    seats = InspectorSeat.objects.filter(spot_check__society=holding.society, **mine)
    holding.objects["seat"] = seats.order_by("place").first()


def concluded(holding: Any) -> None:
    """Every check has its result."""
    notified(holding)
    SpotCheck.objects.filter(batch=holding.objects["batch"]).update(
        state=CheckState.CONCLUDED, concluded_by=holding.cast.reviewer.user, concluded_at=NOW
    )


def each(step: Any) -> Any:
    """A stage: the batch of each federation through a step."""

    def walk(world: Any) -> None:
        for place in (OWN, FAR):
            step(world.holdings[place])

    return walk


def pairs(holding: Any) -> dict[str, Any]:
    """The fields of the form of pairs: the first two inspectors everywhere."""
    first, second = holding.objects["inspectors"][:2]
    checks = SpotCheck.objects.filter(batch=holding.objects["batch"])
    return {
        name: user.pk
        for check in checks
        for name, user in ((f"pair_{check.pk}_1", first), (f"pair_{check.pk}_2", second))
    }


def _body(make: Any) -> Any:
    """A body with the present version of the place's batch."""

    def made(world: Any, place: str, role: str) -> dict[str, Any]:
        holding = world.holding(place)
        return {"row_version": fresh(holding).row_version} | make(holding)

    return made


TEXTS = {
    "name": "上半年第二批",
    "on_site_from": str(FIRST),
    "on_site_to": str(FIRST + timedelta(days=5)),
    "sample_percent": "100",
}
REASON = {"reason": "请核对"}
BODIES: dict[str, Any] = {
    "batch_new": lambda world, place, role: TEXTS,
    "batch_edit": _body(lambda holding: TEXTS),
    **{
        f"batch_{name}": _body(lambda holding: {})
        for name in ("send", "review", "approve", "commit", "notify", "close")
    },
    "batch_hand_back": _body(lambda holding: REASON),
    "batch_recommit": _body(lambda holding: REASON),
    "batch_draw": _body(lambda holding: {"seed": holding.objects["seed"]}),
    "batch_reschedule": _body(lambda holding: TEXTS | REASON),
    "batch_change_lead": _body(lambda holding: {"user": holding.objects["other_lead"].pk} | REASON),
    "batch_pair": _body(pairs),
    "batch_propose": _body(
        lambda holding: {"users": [user.pk for user in holding.objects["inspectors"]]}
    ),
    "seat_replace": _body(lambda holding: {"user": holding.objects["inspectors"][2].pk} | REASON),
}
