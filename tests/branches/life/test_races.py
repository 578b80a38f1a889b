"""R8: two at once on one organisation; counts of what is held never overtake each other."""

from datetime import date

import pytest

from accounts.permissions import Role
from branches.actions import file_record, return_record, withdraw_record
from branches.models import ExpectedLife, LifeRecord
from branches.obligations.expected import refresh
from common.errors import ActionRefused, Conflict
from tests.factories import (
    file_life,
    life_facts,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    turn_life,
)
from tests.factories.life import filer_of, moment_of
from tests.ledgers.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 3, 20)


@pytest.fixture
def branch():
    federation = make_federation()
    make_obligations(federation)
    branch = make_organisation(make_society(federation))
    turn_life(federation, TODAY)
    return branch


def filing(branch, by, day, agenda):
    facts = life_facts(held_on=date(2026, 3, day), agenda=agenda)
    return lambda: file_record(organisation=branch, facts=facts, by=by, now=moment_of(TODAY))


def held(branch):
    return ExpectedLife.objects.get(organisation=branch, kind="theme_day", period="2026-03").held


def test_events_filed_at_once_are_all_counted(branch):
    people = [filer_of(branch) for _ in range(3)]
    calls = [filing(branch, by, day, f"第{day}次") for day, by in enumerate(people, 1)]
    outcomes = at_once(*calls, lambda: refresh([branch.society_id], TODAY))
    assert [o for o in outcomes if isinstance(o, Exception)] == []
    assert held(branch) == LifeRecord.objects.count() == 3


def test_the_same_event_filed_by_two_stands_once(branch):
    one, two = filer_of(branch), filer_of(branch)
    outcomes = at_once(filing(branch, one, 5, "学习"), filing(branch, two, 5, "学习"))
    assert sorted(type(o).__name__ for o in outcomes) == ["ActionRefused", "LifeRecord"]
    assert held(branch) == 1


def test_a_return_and_a_withdrawal_of_one_record_do_not_both_happen(branch):
    by = filer_of(branch)
    record = file_life(branch, held_on=date(2026, 3, 5), by=by, on=TODAY)
    superior = make_actor(Role.SOCIETY_SECRETARY, branch.society)
    said = {"record": record, "row_version": 1, "reason": "误", "now": moment_of(TODAY)}
    outcomes = at_once(
        lambda: return_record(by=superior, **said), lambda: withdraw_record(by=by, **said)
    )
    lost = [o for o in outcomes if isinstance(o, ActionRefused | Conflict)]
    assert len(lost) == 1
    assert held(branch) == 0
