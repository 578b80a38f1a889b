"""Organisation life: the shipped matrix for any federation, records filed by the action."""

from datetime import date, datetime
from itertools import count
from typing import Any

from accounts.permissions import Role
from branches.actions.life import file_record
from branches.editions import FOLDER, create_edition
from branches.life.access import leads_society
from branches.life.facts import LifeFacts
from branches.models import LifeKind, LifeRecord, ObligationEdition, PartyOrganisation
from branches.obligations.expected import turn
from common.clock import start_of
from common.toml_lines import TomlFile
from societies.access import Actor
from societies.models import Federation
from tests.factories.societies import make_actor

_numbers = count(1)


def make_obligations(
    federation: Federation, file: str = "cast-life-2026", **fields: Any
) -> ObligationEdition:
    """A shipped matrix as this federation's own."""
    fields = {"key": f"life-test-{next(_numbers)}"} | fields
    return create_edition(federation, TomlFile(FOLDER / f"{file}.toml"), **fields)


def life_facts(
    kind: str = LifeKind.THEME_DAY, held_on: date | None = None, **said: Any
) -> LifeFacts:
    """One event without contradictions."""
    n = next(_numbers)
    held_on = held_on or date(2026, 3, 5)
    if kind == LifeKind.HEART_TALK:
        return LifeFacts(kind, held_on, **({"talks_with_members": 2} | said))
    usual = {"agenda": f"第{n}次学习", "learning": "学习党章", "expected": 4, "present": 3}
    return LifeFacts(kind, held_on, **(usual | said))


def filer_of(organisation: PartyOrganisation) -> Actor:
    """Somebody who files for the organisation."""
    if leads_society(organisation):
        return make_actor(Role.SOCIETY_SECRETARY, organisation.society)
    return make_actor(Role.BRANCH_SECRETARY, organisation)


def file_life(
    organisation: PartyOrganisation,
    kind: str = LifeKind.THEME_DAY,
    held_on: date | None = None,
    *,
    by: Actor | None = None,
    on: date | None = None,
    **said: Any,
) -> LifeRecord:
    """A filed record; `on`: the day of filing, the event's own if not given."""
    facts = life_facts(kind, held_on, **said)
    now = moment_of(on or facts.held_on)
    return file_record(
        organisation=organisation, facts=facts, by=by or filer_of(organisation), now=now
    )


def moment_of(day: date) -> datetime:
    """18:00 of a Shanghai day."""
    return start_of(day).replace(hour=18)


def turn_life(federation: Federation, today: date, since: date | None = None) -> int:
    """Write and freeze the expected sets as the live day turns."""
    return turn(federation.pk, today, start_of(today), since=since)
