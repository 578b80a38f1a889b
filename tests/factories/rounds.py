"""Rating rounds of a small federation, walked by their people through the ordinary actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from branches.models import OrganisationType
from societies.access import Actor
from societies.grants import actors_for
from societies.models import Federation, Society, UnitKind
from starrating import actions
from starrating.actions import Put, Said
from starrating.awarding import COUNTING
from starrating.models import EntryState, RatingEntry, RatingRound
from tests.factories.accounts import make_user
from tests.factories.branches import make_organisation
from tests.factories.coverage import at, make_edition
from tests.factories.societies import make_actor, make_federation, make_society
from tests.factories.starrating import make_standard

EDITIONS = Path(__file__).parents[1] / "starrating" / "editions"
YEAR = 2025
OPENED, COMPUTED = at(date(2026, 1, 12)), at(date(2026, 2, 2))
APPLIED, SELF = at(date(2026, 2, 3)), at(date(2026, 2, 4))
ASSESSED, DELIBERATED = at(date(2026, 3, 2)), at(date(2026, 3, 12))
POSTED, FINAL = at(date(2026, 3, 16)), at(date(2026, 3, 24))
VALUES = {
    "freeze_on": date(2026, 1, 31),
    "apply_by": date(2026, 2, 10),
    "self_by": date(2026, 2, 20),
    "assess_by": date(2026, 3, 10),
    "deliberate_by": date(2026, 3, 25),
    "members": 2,
    "publicity_days": 5,
}
RATED = {"F1": Put(Decimal(10), "项目已结项", concluded=True)}


@dataclass
class RoundCast:
    """The committee's people; the societies' own people by society."""

    reviewer: Actor
    leader: Actor
    members: list[Actor]
    assessor: User
    clerks: dict[int, Actor]
    secretaries: dict[int, Actor]

    def clerk(self, entry: RatingEntry) -> Actor:
        """The clerk of an entry's society."""
        return self.clerks[entry.society_id]

    def secretary(self, entry: RatingEntry) -> Actor:
        """Its Party secretary."""
        return self.secretaries[entry.society_id]

    def assessing(self, chosen: RatingRound) -> Actor:
        """The assessor under the appointment that the round opened."""
        seat = chosen.seats.get(user=self.assessor)
        found = [
            a
            for a in actors_for(self.assessor, ASSESSED.date())
            if a.appointment == seat.appointment
        ]
        return found[0]


def make_rated_society(federation: Federation, *, council: bool = True, **fields: Any) -> Society:
    """A society whose secretariat, and unless refused its council, is covered."""
    society = make_society(federation, **fields)
    make_organisation(society, established_on=date(2020, 1, 1))
    if council:
        units = society.units.filter(kind=UnitKind.COUNCIL)
        kind = OrganisationType.FUNCTIONAL_COMMITTEE
        make_organisation(society, *units, established_on=date(2020, 1, 1), type=kind)
    return society


def make_round_cast(federation: Federation, societies: Iterable[Society]) -> RoundCast:
    """One reviewer, one leader, four members, one assessor, two people for each society."""
    rows = list(societies)
    return RoundCast(
        reviewer=make_actor(Role.COMMITTEE_REVIEWER, federation),
        leader=make_actor(Role.COMMITTEE_LEADER, federation),
        members=[
            make_actor(Role.COMMITTEE_MEMBER, federation, user=make_user(f"委员{n}"))
            for n in "甲乙丙丁"
        ],
        assessor=make_user("初评甲"),
        clerks={s.pk: make_actor(Role.SOCIETY_CLERK, s) for s in rows},
        secretaries={s.pk: make_actor(Role.SOCIETY_SECRETARY, s) for s in rows},
    )


@dataclass
class RoundWorld:
    """A round just opened."""

    round: RatingRound
    cast: RoundCast
    societies: list[Society]

    def entry(self, number: int = 0) -> RatingEntry:
        """The entry of a society, as it stands."""
        return RatingEntry.objects.select_related("round", "society").get(
            round=self.round, society=self.societies[number]
        )

    def entries(self) -> list[RatingEntry]:
        """All of them, in the order of the societies."""
        return [self.entry(n) for n in range(len(self.societies))]

    def fresh(self) -> RatingRound:
        """The round as it stands."""
        return RatingRound.objects.get(pk=self.round.pk)


def make_round(
    count: int = 1, *, federation: Federation | None = None, computed: bool = True, **values: Any
) -> RoundWorld:
    """A round of 2025 with so many societies; scores taken unless refused."""
    federation = federation or make_federation()
    make_edition(federation)
    make_standard(federation, "round", EDITIONS)
    societies = [make_rated_society(federation) for _ in range(count)]
    cast = make_round_cast(federation, societies)
    chosen = actions.open_round(
        federation=federation, year=YEAR, values=VALUES | values, by=cast.reviewer, now=OPENED
    )
    if computed:
        chosen = actions.compute_round(chosen=chosen, now=COMPUTED)
    return RoundWorld(chosen, cast, societies)


def confirmed(entry: RatingEntry) -> dict[str, Said]:
    """认可 of every line that counts."""
    return {line.code: Said("confirmed") for line in entry.lines.filter(state__in=COUNTING)}


def apply(entry: RatingEntry, cast: RoundCast, now: datetime = APPLIED) -> RatingEntry:
    """创建申报, sent and signed."""
    entry = actions.send_application(
        entry=entry,
        row_version=None,
        target_stars=4,
        measures="办好主题党日",
        by=cast.clerk(entry),
        now=now,
    )
    return actions.sign_application(
        entry=entry, row_version=None, by=cast.secretary(entry), now=now
    )


def assess_self(entry: RatingEntry, cast: RoundCast, now: datetime = SELF) -> RatingEntry:
    """自评, sent and signed."""
    entry = actions.send_self_assessment(
        entry=entry, row_version=None, said=confirmed(entry), by=cast.clerk(entry), now=now
    )
    return actions.sign_self_assessment(
        entry=entry, row_version=None, by=cast.secretary(entry), now=now
    )


def assess(
    entry: RatingEntry,
    cast: RoundCast,
    puts: Mapping[str, Put] = RATED,
    now: datetime = ASSESSED,
) -> RatingEntry:
    """Assigned and assessed."""
    if entry.assessor_id is None:
        actions.assign(
            chosen=entry.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=now
        )
    return actions.submit_assessment(
        entry=entry,
        row_version=None,
        puts=puts,
        opinion="情况属实",
        by=cast.assessing(entry.round),
        now=now,
    )


def deliberate(
    entry: RatingEntry, members: Iterable[Actor], now: datetime = DELIBERATED
) -> RatingEntry:
    """Agreed to by these members."""
    for member in members:
        entry = actions.agree(entry=entry, row_version=None, by=member, now=now)
    return entry


def walk(
    entry: RatingEntry,
    cast: RoundCast,
    to: EntryState = EntryState.DELIBERATED,
    puts: Mapping[str, Put] = RATED,
) -> RatingEntry:
    """From the opened round to a state before publicity."""
    if to == EntryState.OPEN:
        return entry
    entry = apply(entry, cast)
    if to == EntryState.APPLIED:
        return entry
    entry = assess_self(entry, cast)
    if to == EntryState.SELF_ASSESSED:
        return entry
    entry = assess(entry, cast, puts)
    if to == EntryState.PRELIMINARY:
        return entry
    return deliberate(entry, cast.members[:2])


def post(world: RoundWorld, now: datetime = POSTED) -> RatingRound:
    """公示."""
    return actions.post(chosen=world.round, row_version=None, by=world.cast.reviewer, now=now)


def finalise(world: RoundWorld, now: datetime = FINAL, number: str = "科社党〔2026〕8号") -> Any:
    """评定."""
    return actions.finalise(
        chosen=world.round, row_version=None, number=number, by=world.cast.leader, now=now
    )
