"""Files and confirms what the organisations studied, by the ordinary actions.

A society is one transaction. An event that is there is left alone, in whatever state somebody has
brought it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from branches.life.known import Known
from branches.models import (
    Attendance,
    LifeKind,
    LifeRecord,
    LifeState,
    Mark,
    PartyMember,
    PartyOrganisation,
)
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from coverage.models import NightRun
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.meetings import LIFE_FROM
from dashboards.demo.rolls import has_roll
from dashboards.demo.roster import Organisation, in_turn, roster
from dashboards.demo.staff import branch_secretaries
from dashboards.demo.statistics import analyze
from dashboards.demo.streams import stream
from dashboards.demo.training_plan import came, gives_lectures, studies, times
from societies.access import Actor
from training.actions import HourFacts, confirm_hours, file_hours
from training.models import HourEvent, HourEventState, HourKind, Portion

log = logging.getLogger(__name__)
ROOM = ("training",)
LECTURE = "党课：{agenda}"


@dataclass(frozen=True)
class _Due:
    """What is to be filed of an organisation."""

    facts: HourFacts
    filed_at: datetime
    confirmed_at: datetime


@dataclass
class LearningHours:
    """One run up to `now`; since: leave out what was filed before, None for nothing."""

    writer: FilingWriter
    now: datetime
    say: Callable[[str], None]
    since: date | None = None

    def enter(self) -> None:
        """Everything missing, society by society; nothing before there are rolls."""
        if clock.day_of(self.now) < LIFE_FROM:
            return
        mine: dict[str, list[Organisation]] = defaultdict(list)
        for organisation in roster(self.writer.seed, clock.day_of(self.now)):
            if has_roll(organisation) and organisation.number in self.writer.world.organisations:
                mine[organisation.code].append(organisation)
        filers = branch_secretaries(self.writer.world)
        frozen = NightRun.objects.filter(federation=self.writer.world.federation).latest_day()
        done = sum(self._file(code, mine[code], filers, frozen) for code in in_turn())
        if done:
            analyze(ROOM)
            self.say(f"学时活动：{done} 次")

    @transaction.atomic
    def _file(
        self,
        code: str,
        organisations: Sequence[Organisation],
        filers: dict[int, Actor],
        frozen: date | None,
    ) -> int:
        """What one society's organisations studied; how many steps were taken."""
        wait_lock(LOCK)
        done = 0
        for each in organisations:
            row = self.writer.world.organisations[each.number]
            pair = _Pair(filers[row.pk], self.writer.people(code).secretary, frozen, self.now)
            try:
                with transaction.atomic():
                    done += sum(pair.take(row, due) for due in self._due(each, row))
            except (ActionRefused, NotAllowed) as refusal:
                log.warning("demonstration: hours of %s left out: %s", row.name, refusal)
        return done

    def _due(self, organisation: Organisation, row: PartyOrganisation) -> Iterator[_Due]:
        """Days of study by the plan, lectures by what is on record; filed by now."""
        seed, first = self.writer.seed, clock.start_of(self.since) if self.since else None
        known = _People(seed, organisation, row)
        for each in studies(seed, organisation, clock.day_of(self.now)):
            if each.filed_at <= self.now and (first is None or each.filed_at >= first):
                people = known.came(each.held_on, each.filed_at)
                facts = HourFacts(
                    HourKind.STUDY, each.title, each.held_on, each.portion, None, people
                )
                yield _Due(facts, each.filed_at, each.confirmed_at)
        if gives_lectures(seed, organisation.code):
            for due in self._lectures(organisation, row, known):
                if due.filed_at <= self.now and (first is None or due.filed_at >= first):
                    yield due

    def _lectures(
        self, organisation: Organisation, row: PartyOrganisation, known: _People
    ) -> Iterator[_Due]:
        """The first lecture on record in each of the two years."""
        year = self.now.year
        days = date(year - 1, 1, 1), date(year, 12, 31)
        rows = LifeRecord.objects.filter(
            organisation=row, kind=LifeKind.PARTY_LECTURE, held_on__range=days
        )
        records = list(rows.filter(state=LifeState.FILED).order_by("held_on", "pk"))
        counted = HourEvent.objects.filter(organisation=row, life_record__isnull=False)
        given = dict(counted.values_list("held_on__year", "life_record"))
        for year in sorted({record.held_on.year for record in records}):
            mine = [r for r in records if r.held_on.year == year]
            record = next((r for r in mine if r.pk == given.get(year)), mine[0])
            if given.get(year, record.pk) == record.pk:
                yield self._lecture(organisation, record, known)

    def _lecture(self, organisation: Organisation, record: LifeRecord, known: _People) -> _Due:
        random = stream(self.writer.seed, "lecture", organisation.number, record.held_on)
        filed, confirmed = times(random, record.held_on)
        filed = max(filed, record.filed_at + timedelta(hours=1))
        listed = Attendance.objects.filter(record=record, mark=Mark.PRESENT)
        people = known.among(listed.values_list("member", flat=True), record.held_on)
        facts = HourFacts(
            kind=HourKind.LECTURE,
            title=LECTURE.format(agenda=record.agenda)[:120],
            held_on=record.held_on,
            portion=Portion.HALF_DAY,
            minutes=None,
            attendees=people or known.came(record.held_on, filed),
            record=record,
        )
        return _Due(facts, filed, max(confirmed, filed + timedelta(days=1)))


class _People:
    """Who of an organisation can be credited on a day."""

    def __init__(self, seed: int, organisation: Organisation, row: PartyOrganisation) -> None:
        self.seed, self.organisation = seed, organisation
        self._known = Known(row)
        rows = PartyMember.objects.filter(organisation=row).counted()
        self._ids = dict(rows.values_list("name", "pk"))

    def came(self, day: date, known_at: datetime) -> tuple[int, ...]:
        """By the plan."""
        names = came(self.seed, self.organisation, day, known_at)
        return self.among((self._ids[name] for name in names if name in self._ids), day)

    def among(self, members: Iterable[int], day: date) -> tuple[int, ...]:
        """Those of the members who are counted and belonged to it on the day."""
        roll, counted = self._known.roll_on(day), set(self._ids.values())
        return tuple(sorted(pk for pk in members if pk in roll and pk in counted))


@dataclass(frozen=True)
class _Pair:
    """Who files and who confirms; frozen: the last frozen day, facts for it come late."""

    filer: Actor
    secretary: Actor
    frozen: date | None
    now: datetime

    def take(self, row: PartyOrganisation, due: _Due) -> int:
        """File the event unless it is there, confirm it unless somebody has moved it."""
        facts = due.facts
        rows = HourEvent.objects.filter(organisation=row, held_on=facts.held_on)
        same = {"life_record": facts.record} if facts.record else {"title": facts.title}
        event, done = rows.filter(**same).first(), 0
        if event is None and facts.attendees:
            at = self._moment(due.filed_at)
            event, done = file_hours(organisation=row, facts=facts, by=self.filer, now=at), 1
        if event is None or not self._waits(event) or due.confirmed_at > self.now:
            return done
        at = self._moment(due.confirmed_at)
        confirm_hours(event=event, row_version=None, by=self.secretary, now=at)
        return done + 1

    def _waits(self, event: HourEvent) -> bool:
        """Whether it stands as the plan filed it."""
        mine = event.filed_by_id == self.filer.user.pk and event.row_version == 1
        return mine and event.state == HourEventState.FILED

    def _moment(self, at: datetime) -> datetime:
        """As planned; now, if its day is frozen: no step changes a frozen figure."""
        late = self.frozen is not None and clock.day_of(at) <= self.frozen
        return max(at, self.now) if late else at
