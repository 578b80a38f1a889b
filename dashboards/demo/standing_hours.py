"""Hours on the desks of the walked society, whatever the day: two wait for the secretary, one is
sent back to the branch. Each month anew, as long as nobody has worked them off.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.permissions import Permission, Role
from branches.life.known import Known
from branches.models import PartyMember, PartyOrganisation
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from training import actions
from training.models import HourEvent, HourKind, Portion

log = logging.getLogger(__name__)
BACK = "参加人员请与签到表核对后更正"
WITHIN = timedelta(days=60)
# Title, kind, days ago, portion, minutes.
_EVENTS = (
    ("支部委员学习研讨（{month} 月）", HourKind.STUDY, 2, Portion.HALF_DAY, None),
    ("观看学习警示教育片（{month} 月）", HourKind.STUDY, 3, Portion.MINUTES, 90),
    ("科学家精神宣讲报告会（{month} 月）", HourKind.OUTREACH, 4, Portion.MINUTES, 120),
)


def keep_learning(writer: FilingWriter, now: datetime) -> None:
    """Put this month's events there, unless they are; left alone where they no longer fit."""
    try:
        _keep_learning(writer, now)
    except (ActionRefused, NotAllowed, LookupError, ValueError) as refusal:
        log.warning("demonstration: hours of the walked society left alone: %s", refusal)


@transaction.atomic
def _keep_learning(writer: FilingWriter, now: datetime) -> None:
    wait_lock(LOCK)
    branch = writer.actor("branch", Role.BRANCH_SECRETARY)
    secretary = writer.actor("secretary", Role.SOCIETY_SECRETARY)
    pk = min(branch.scope(Permission.HOURS_FILE).ids)
    organisation = PartyOrganisation.objects.select_related("society").get(pk=pk)
    today = clock.day_of(now)
    known = HourEvent.objects.filter(organisation=organisation, held_on__gte=today - WITHIN)
    titles = [title.format(month=today.month) for title, *_ in _EVENTS]
    if known.filter(title__in=titles).exists():
        return
    counted = set(PartyMember.objects.filter(organisation=organisation).counted().values_list("pk"))
    for title, (_, kind, days, portion, minutes) in zip(titles, _EVENTS, strict=True):
        held_on = today - timedelta(days=days)
        roll = sorted(pk for pk in Known(organisation).roll_on(held_on) if (pk,) in counted)
        facts = actions.HourFacts(kind, title, held_on, portion, minutes, tuple(roll[:9]))
        event = actions.file_hours(organisation=organisation, facts=facts, by=branch, now=now)
    actions.return_hours(event=event, row_version=None, reason=BACK, by=secretary, now=now)
