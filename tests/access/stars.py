"""A rating round of each federation of the access world, at each stage of its procedure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from common.clock import start_of
from societies.models import Federation
from starrating import actions
from starrating.actions import Put
from starrating.awarding import COUNTING
from starrating.models import (
    RatingEntry,
    RatingLine,
    RatingRound,
    SelfWord,
    VetoRule,
)
from tests.access.places import FAR, NEAR, OWN
from tests.factories import make_actor, make_user
from tests.factories.ledgers import AS_OF
from tests.factories.rounds import apply, assess_self, deliberate

NOW = start_of(AS_OF).replace(hour=10)
EARLIER = NOW - timedelta(days=14)
DAYS = {
    "freeze_on": date(2026, 1, 31),
    "apply_by": date(2026, 7, 10),
    "self_by": date(2026, 7, 20),
    "assess_by": date(2026, 7, 30),
    "deliberate_by": date(2026, 8, 10),
    "members": 1,
    "publicity_days": 5,
}
OVER = {"apply_by": date(2026, 6, 10), "self_by": date(2026, 6, 12)}
POINTS = {"A1": Put(Decimal(0), "已核")}


class People:
    """What the factories of rounds ask for, out of a holding's cast."""

    def __init__(self, holding: Any) -> None:
        self.cast, self.objects = holding.cast, holding.objects
        self.reviewer = holding.cast.reviewer

    def clerk(self, entry: RatingEntry) -> Any:
        """The clerk who is not under test."""
        return self.cast.clerk

    def secretary(self, entry: RatingEntry) -> Any:
        """The secretary who is not under test."""
        return self.cast.secretary

    @property
    def members(self) -> list[Any]:
        """A deliberating member who is not under test."""
        return [self.objects["member_actor"]]


def add_rounds(world: Any) -> None:
    """Open a round in each federation; an assessor's user for each society; a veto proposal."""
    for place in (OWN, FAR):
        holding = world.holdings[place]
        make_actor(Role.COMMITTEE_MEMBER, holding.society.federation)
        _open(holding.society.federation, holding)
    for place, holding in world.holdings.items():
        home = world.holdings[OWN if place == NEAR else place]
        holding.objects["round"] = home.objects["round"]
        entry = RatingEntry.objects.get(round=home.objects["round"], society=holding.society)
        federation = holding.society.federation
        member = make_actor(Role.COMMITTEE_MEMBER, federation)
        assessor = world.users["CR2"] if place == OWN else make_user()
        holding.objects |= {"entry": entry, "member_actor": member, "assessor": assessor}
        rule = VetoRule.objects.get(edition=home.objects["round"].edition, code="V8")
        holding.objects["veto"] = actions.propose_veto(
            society=holding.society,
            rule=rule,
            year=2024,
            facts="未参加年检",
            document_number="3号",
            by=holding.cast.reviewer,
            now=NOW - timedelta(days=1),
        )


def _open(federation: Federation, holding: Any) -> None:
    holding.objects["round"] = actions.open_round(
        federation=federation,
        year=2025,
        values=DAYS,
        by=holding.cast.reviewer,
        now=EARLIER,
    )


def _entry(holding: Any) -> RatingEntry:
    return RatingEntry.objects.select_related("round", "society").get(
        pk=holding.objects["entry"].pk
    )


def applying(holding: Any) -> None:
    """送审签 of the application."""
    actions.send_application(
        entry=_entry(holding),
        row_version=None,
        target_stars=4,
        measures="办好主题党日",
        by=holding.cast.clerk,
        now=EARLIER,
    )


def applied(holding: Any) -> None:
    """申报."""
    apply(_entry(holding), People(holding), EARLIER)


def self_sent(holding: Any) -> None:
    """送审签 of the self-assessment."""
    applied(holding)
    entry = _entry(holding)
    said = {
        line.code: actions.Said(SelfWord.DISPUTED, "请核对")
        for line in entry.lines.filter(state__in=COUNTING)
    }
    actions.send_self_assessment(
        entry=entry, row_version=None, said=said, by=holding.cast.clerk, now=EARLIER
    )


def assigned(holding: Any) -> None:
    """自评 filed, and an assessor assigned."""
    applied(holding)
    entry = assess_self(_entry(holding), People(holding), EARLIER)
    actions.assign(
        chosen=entry.round,
        entries=[entry],
        user=holding.objects["assessor"],
        by=holding.cast.reviewer,
        now=EARLIER,
    )


def _assessor(user: User, chosen: RatingRound) -> Any:
    from societies.grants import actors_for

    seat = chosen.seats.get(user=user)
    return next(
        a for a in actors_for(user, EARLIER.date()) if a.appointment.pk == seat.appointment_id
    )


def preliminary(holding: Any) -> None:
    """初评 handed in."""
    assigned(holding)
    entry = _entry(holding)
    actions.submit_assessment(
        entry=entry,
        row_version=None,
        puts=POINTS if entry.lines.filter(code="A1", state__in=COUNTING).exists() else {},
        opinion="情况属实",
        by=_assessor(holding.objects["assessor"], entry.round),
        now=EARLIER,
    )


def deliberated(holding: Any) -> None:
    """审议 concluded."""
    preliminary(holding)
    deliberate(_entry(holding), People(holding).members, EARLIER)


def each(step: Any) -> Any:
    """A stage: every society through a step."""

    def walk(world: Any) -> None:
        for holding in world.holdings.values():
            step(holding)

    return walk


def ready(world: Any) -> None:
    """Everybody deliberated, the days of the societies over."""
    each(deliberated)(world)
    RatingRound.objects.update(**OVER)


def tied(world: Any) -> None:
    """Two with the same score, one place."""
    each(deliberated)(world)
    RatingLine.objects.update(assessed=None, assessed_reason="", state="value", share=1)
    RatingEntry.objects.update(awarded_score=85, entitled=4)
    RatingRound.objects.update(**OVER)


def _posted(now: Any) -> Any:
    def walk(world: Any) -> None:
        ready(world)
        for place in (OWN, FAR):
            holding = world.holdings[place]
            actions.post(
                chosen=holding.objects["round"], row_version=None, by=holding.cast.reviewer, now=now
            )

    return walk


posted, over = _posted(NOW), _posted(EARLIER)


def objected(world: Any) -> None:
    """异议 of every society."""
    posted(world)
    for holding in world.holdings.values():
        actions.object_to(
            entry=_entry(holding),
            row_version=None,
            text="请复核",
            by=holding.cast.secretary,
            now=NOW,
        )


def decided(world: Any) -> None:
    """The rounds are over; the next may be opened."""
    RatingRound.objects.update(
        finalised_by=make_user(), finalised_at=EARLIER, document_number="8号"
    )


def heard(holding: Any) -> None:
    """The society has stated its view on the veto."""
    actions.state_view(
        veto=holding.objects["veto"],
        row_version=None,
        statement="已补报",
        by=holding.cast.secretary,
        now=NOW,
    )


def acting(holding: Any) -> None:
    """The veto is confirmed by two who are not under test."""
    heard(holding)
    federation = holding.society.federation
    steps = (
        (actions.confirm_veto, Role.COMMITTEE_LEADER),
        (actions.second_veto, Role.COMMITTEE_MEMBER),
    )
    for step, role in steps:
        by = make_actor(role, federation)
        step(veto=holding.objects["veto"], row_version=None, by=by, now=NOW)


def lifting(holding: Any) -> None:
    """Another leader proposes to lift it."""
    acting(holding)
    actions.propose_lift(
        veto=holding.objects["veto"],
        row_version=None,
        reason="已补检",
        by=make_actor(Role.COMMITTEE_LEADER, holding.society.federation),
        now=NOW,
    )
