"""Files the planned organisation life, each event as of the moment it was filed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from branches import actions
from branches.life.access import leads_society
from branches.life.facts import LifeFacts
from branches.models import LifeRecord, PartyGroup, PartyMember, PartyOrganisation
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.lists import marks
from dashboards.demo.meetings import Event
from dashboards.demo.roster import Organisation
from societies.access import Actor

log = logging.getLogger(__name__)
Planned = tuple[Organisation, Sequence[Event]]


class MeetingWriter:
    """Files what is missing; filers: organisation id → who files for it, but for a 学会党委."""

    def __init__(self, writer: FilingWriter, filers: dict[int, Actor]) -> None:
        self.writer, self.world, self.filers = writer, writer.world, filers

    @transaction.atomic
    def file(self, code: str, planned: Iterable[Planned], now: datetime) -> int:
        """What one society's organisations held; how many events are new."""
        wait_lock(LOCK)
        done = 0
        for organisation, events in planned:
            row = self.world.organisations.get(organisation.number)
            missing = _missing(row, events) if row else []
            if row and missing:
                done += self._file(organisation, row, missing, now)
        return done

    def _file(
        self,
        organisation: Organisation,
        row: PartyOrganisation,
        missing: Sequence[Event],
        now: datetime,
    ) -> int:
        secretary = self.writer.people(organisation.code).secretary
        by = secretary if leads_society(row) else self.filers[row.pk]
        facts = self._facts(organisation, row, missing)
        moments = [event.filed_at for event in missing]
        try:
            with transaction.atomic():
                actions.file_records(organisation=row, facts=facts, by=by, now=now, moments=moments)
        except (ActionRefused, NotAllowed) as refusal:
            log.warning("demonstration: life of %s left out: %s", row.name, refusal)
            return 0
        return len(missing)

    def _facts(
        self, organisation: Organisation, row: PartyOrganisation, events: Sequence[Event]
    ) -> list[LifeFacts]:
        groups = {group.name: group for group in PartyGroup.objects.filter(organisation=row)}
        members = PartyMember.objects.filter(organisation=row)
        ids = dict(members.values_list("name", "pk"))
        found = []
        for event in events:
            listed = marks(self.writer.seed, organisation, event)
            found.append(
                LifeFacts(
                    kind=event.kind,
                    held_on=event.held_on,
                    also_kind=event.also_kind,
                    group=groups.get(event.group),
                    attendees=tuple((ids[name], mark) for name, mark in listed if name in ids),
                    **event.facts,
                )
            )
        return found


def _missing(row: PartyOrganisation, events: Sequence[Event]) -> list[Event]:
    """Events without a record; a withdrawn or corrected one is not filed again."""
    first = min((event.held_on for event in events), default=None)
    if first is None:
        return []
    known = LifeRecord.objects.filter(organisation=row, held_on__gte=first)
    keys = {
        (kind, day, group or "")
        for kind, day, group in known.values_list("kind", "held_on", "group__name")
    }
    return [event for event in events if event.key not in keys]
