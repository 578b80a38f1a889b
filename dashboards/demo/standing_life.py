"""What holds whatever the day: the desks of the walked society have organisation life on them.

Each month anew, as long as nobody has worked it off: two newcomers on the branch's roll, one of
them returned; a record sent back, another one half typed; a by-election waiting for the signature.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.permissions import Permission, Role
from branches import actions
from branches.actions.confirming import return_member
from branches.life.facts import LifeFacts
from branches.members.deciding import Facts
from branches.models import (
    FilingKind,
    LifeKind,
    LifeRecord,
    PartyMember,
    PartyOrganisation,
    PostFiling,
    Term,
)
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.names import person
from dashboards.demo.streams import stream
from societies.access import Actor

log = logging.getLogger(__name__)
MEMBER_BACK = "转正年月请与入党材料核对"
RECORD_BACK = "议程与学习事项不一致，请核对后更正"


def keep_busy(writer: FilingWriter, now: datetime) -> None:
    """Put this month's tasks on the desks of branch and secretary, unless they were there.

    Somebody may have used the demonstration, so that they no longer fit: then it is left alone.
    """
    try:
        _keep_busy(writer, now)
    except (ActionRefused, NotAllowed, LookupError) as refusal:
        log.warning("demonstration: desks of the walked society left alone: %s", refusal)


@transaction.atomic
def _keep_busy(writer: FilingWriter, now: datetime) -> None:
    wait_lock(LOCK)
    branch = writer.actor("branch", Role.BRANCH_SECRETARY)
    secretary = writer.actor("secretary", Role.SOCIETY_SECRETARY)
    pk = min(branch.scope(Permission.LIFE_FILE).ids)
    organisation = PartyOrganisation.objects.select_related("society").get(pk=pk)
    _newcomers(writer.seed, organisation, branch, secretary, now)
    _record(organisation, branch, secretary, now)
    _by_election(organisation, writer.actor("clerk", Role.SOCIETY_CLERK), now)


def _newcomers(
    seed: int, organisation: PartyOrganisation, branch: Actor, secretary: Actor, now: datetime
) -> None:
    month = clock.day_of(now).replace(day=1)
    random = stream(seed, "standing", month)
    names = [person(random), f"{person(random)}（新）"]
    known = PartyMember.objects.filter(society=organisation.society_id, name__in=names)
    if known.exists():
        return
    joined = date(random.randint(2008, 2018), random.randint(1, 12), 1)
    people = [
        Facts(name, joined.replace(year=joined.year - 22 - n), joined, joined, "here")
        for n, name in enumerate(names)
    ]
    _, wrong = actions.file_roll(
        organisation=organisation, people=people, since=clock.day_of(now), by=branch, now=now
    )
    return_member(member=wrong, row_version=None, reason=MEMBER_BACK, by=secretary, now=now)


def _record(
    organisation: PartyOrganisation, branch: Actor, secretary: Actor, now: datetime
) -> None:
    today = clock.day_of(now)
    agenda = f"传达学习上级会议精神（{today.month} 月）"
    mine = LifeRecord.objects.filter(organisation=organisation, held_on__year__gte=today.year - 1)
    if mine.filter(agenda=agenda, held_on__gte=today - timedelta(days=60)).exists():
        return
    facts = LifeFacts(
        kind=LifeKind.TRANSMISSION_STUDY,
        held_on=today - timedelta(days=2),
        place="学会会议室",
        agenda=agenda,
        learning="传达会议精神，结合本职交流",
        expected=9,
        present=8,
        excused=1,
        observers=0,
    )
    record = actions.file_record(organisation=organisation, facts=facts, by=branch, now=now)
    actions.return_record(
        record=record, row_version=None, reason=RECORD_BACK, by=secretary, now=now
    )
    typed = {"kind": LifeKind.THEME_DAY.value, "agenda": "主题党日：", "place": "学会会议室"}
    actions.save_draft(organisation=organisation, values=typed, by=branch, now=now)


def _by_election(organisation: PartyOrganisation, clerk: Actor, now: datetime) -> None:
    """For a seat that is empty, unless one is under way or was given up."""
    today = clock.day_of(now)
    term = Term.objects.filter(organisation=organisation).current_on(today).first()
    filed = PostFiling.objects.filter(organisation=organisation, kind=FilingKind.BY_ELECTION)
    posts = organisation.posts.valid_on(today)
    persons = set(posts.values_list("person_name", flat=True))
    if term is None or len(persons) >= term.seats or filed.filter(term=term).exists():
        return
    row = {
        "position": 1,
        "kind": "committee_member",
        "also_kind": "",
        "person_name": "庞某立",
        "mode": "elected",
        "votes": 9,
    }
    values = {
        "held_on": today - timedelta(days=1),
        "mode": "elected",
        "entitled": 11,
        "present": 10,
        "document_number": "",
    }
    filing = actions.begin_filing(
        organisation=organisation,
        kind=FilingKind.BY_ELECTION,
        values=values,
        rows=[row],
        by=clerk,
        now=now,
    )
    actions.send_filing(filing=filing, by=clerk, now=now)
