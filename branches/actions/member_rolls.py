"""Filing a whole roll of new members at once, where no workbook and no page stands between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from branches.actions.checks import served_societies
from branches.actions.member_checks import check_facts, clean_name, lock_living
from branches.actions.members import ON_THE_ROLL
from branches.members import writing
from branches.members.deciding import Facts
from branches.members.known import known_members
from branches.models import PartyMember, PartyOrganisation
from common import clock
from common.errors import ActionRefused
from societies.access import Actor
from societies.actions import mark_dirty


@transaction.atomic
def file_roll(
    *,
    organisation: PartyOrganisation,
    people: Sequence[Facts],
    since: date,
    by: Actor,
    now: datetime,
) -> list[PartyMember]:
    """Put people on an organisation's roll; `since` is the first day of their relation there.

    Checks each as `file_member` does. Nobody is there to answer “同一人？” (R-MEM-07): whoever the
    register knows already is refused, and with one wrong nobody is filed. Raises NotAllowed,
    ActionRefused.
    """
    by.require(Permission.MEMBER_FILE, organisation)
    today = clock.day_of(now)
    people = [replace(each, name=clean_name(each.name)) for each in people]
    for each in people:
        check_facts(each, organisation, since, today)
    writing.lock_register(organisation.society_id)
    organisation = lock_living(organisation, today)
    keys = [each.key for each in people]
    known = known_members(organisation.society_id, organisation.pk, keys)
    if len(set(keys)) < len(keys) or any(known.get(key) for key in keys):
        raise ActionRefused({"name": [ON_THE_ROLL]})
    members = writing.create(organisation, people, since=since, user=by.user, now=now)
    mark_dirty(served_societies(organisation), since=today, today=today)
    return members
