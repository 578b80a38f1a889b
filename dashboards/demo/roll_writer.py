"""Files and confirms the planned members, and enters the 党小组 of the large branches."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from branches import actions
from branches.actions.confirming import confirm_members
from branches.members.deciding import Facts
from branches.models import MemberState, PartyGroup, PartyMember
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.rolls import Person, groups, roll
from dashboards.demo.roster import Organisation
from societies.access import Actor

log = logging.getLogger(__name__)
IN_THE_WAY = (ActionRefused, NotAllowed)


class RollWriter:
    """Puts on the rolls who is missing there; filers: organisation id → who files for it."""

    def __init__(self, writer: FilingWriter, filers: dict[int, Actor]) -> None:
        self.writer, self.world, self.filers = writer, writer.world, filers

    @transaction.atomic
    def file(self, code: str, organisations: Iterable[Organisation], now: datetime) -> int:
        """The rolls of one society's organisations; how many members are new."""
        wait_lock(LOCK)
        done = 0
        for organisation in organisations:
            people = roll(self.writer.seed, organisation, now.year)
            due = [person for person in people if person.filed_at <= now]
            if due and organisation.number in self.world.organisations:
                done += self._file(organisation, due)
                self._groups(organisation, due[0].filed_at)
                self._confirm(code, organisation, [p for p in due if p.confirmed_at <= now])
        return done

    def _file(self, organisation: Organisation, due: Sequence[Person]) -> int:
        row = self.world.organisations[organisation.number]
        known = set(PartyMember.objects.filter(organisation=row).values_list("name", flat=True))
        batches: dict[tuple[datetime, date], list[Facts]] = defaultdict(list)
        for person in due:
            if person.name not in known:
                batches[person.filed_at, person.since].append(_facts(person))
        done = 0
        for (at, since), people in batches.items():
            try:
                actions.file_roll(
                    organisation=row, people=people, since=since, by=self.filers[row.pk], now=at
                )
                done += len(people)
            except IN_THE_WAY as refusal:
                log.warning("demonstration: roll of %s left out: %s", row.name, refusal)
        return done

    def _confirm(self, code: str, organisation: Organisation, due: Sequence[Person]) -> None:
        """By the society's secretary; a record that somebody changed meanwhile is theirs."""
        row = self.world.organisations[organisation.number]
        staff = self.filers[row.pk].user
        waiting = PartyMember.objects.filter(
            organisation=row, state=MemberState.FILED, filed_by=staff, first_confirmed_on=None
        )
        versions = {member.name: (member.pk, member.row_version) for member in waiting}
        batches: dict[datetime, dict[int, int]] = defaultdict(dict)
        for person in due:
            if person.name in versions:
                pk, version = versions[person.name]
                batches[person.confirmed_at][pk] = version
        secretary = self.writer.people(code).secretary
        for at, members in batches.items():
            confirm_members(members=members, by=secretary, now=at)

    def _groups(self, organisation: Organisation, at: datetime) -> None:
        row = self.world.organisations[organisation.number]
        wanted = groups(self.writer.seed, organisation)
        known = PartyGroup.objects.filter(organisation=row) if wanted else PartyGroup.objects.none()
        names = set(known.values_list("name", flat=True))
        for name, leader in wanted:
            if name not in names:
                actions.enter_party_group(
                    organisation=row,
                    name=name,
                    leader_name=leader,
                    valid_from=min(clock.day_of(at), max(row.established_on, date(2023, 1, 3))),
                    by=self.filers[row.pk],
                    now=at,
                )


def _facts(person: Person) -> Facts:
    return Facts(
        name=person.name,
        birth_month=person.birth_month,
        joined_month=person.joined_month,
        full_since=person.full_since,
        place=person.place,
    )
