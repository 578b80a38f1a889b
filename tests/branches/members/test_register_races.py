"""Two people at one register: one waits for the other, neither fails (R8)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from accounts.permissions import Role
from branches.actions import dissolve_organisation, file_roll, member_rolls, members
from branches.actions.confirming import confirm_members
from branches.actions.importing import confirm_import, roll_back_import
from branches.actions.member_relations import leave_member, stop_taking_part
from branches.actions.members import change_member, file_member
from branches.members import writing
from branches.members.deciding import Facts
from branches.models import Participation, PartyMember
from common.errors import ActionRefused
from tests.branches.members.conftest import NOW, TODAY
from tests.branches.members.test_filing import FACTS, file
from tests.factories import make_actor
from tests.factories.members import make_import


@pytest.fixture
def committed(transactional_db, register):
    """The register, seen by other connections too."""
    return register


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of them got, an exception where it failed."""
    results: list[object] = [None] * len(acts)

    def run(place, act):
        try:
            results[place] = act()
        except (ActionRefused, OperationalError) as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def join_while(register, monkeypatch, second):
    """Another organisation joins a member and holds the register while `second` begins."""
    held, begun = threading.Event(), threading.Event()
    real, first_thread = writing.lock_register, []

    def lock(society_id):
        if threading.get_ident() in first_thread:
            real(society_id)
            held.set()
            begun.wait(timeout=10)
        else:
            begun.set()  # whatever it locks before the register it holds by now
            real(society_id)

    def first():
        first_thread.append(threading.get_ident())
        said = FACTS | {"organisation": register.other, "by": register.other_filer}
        return file_member(**said, answer="same", now=NOW)

    def then():
        held.wait(timeout=10)
        return second()

    monkeypatch.setattr(writing, "lock_register", lock)
    return at_once(first, then)


def changing(register, member):
    return lambda: change_member(
        member=member, row_version=None, changes={"full_since": None}, by=register.filer, now=NOW
    )


def test_a_change_waits_for_whoever_holds_the_register(committed, monkeypatch):
    member = file(committed)
    results = join_while(committed, monkeypatch, changing(committed, member))
    assert all(isinstance(each, PartyMember) for each in results), results
    assert Participation.objects.count() == 1
    assert PartyMember.objects.get().full_since is None


def test_with_the_row_locked_first_they_would_wait_for_each_other(committed, monkeypatch):
    """Negative control: the database ends one of them (40P01)."""
    member = file(committed)
    real = members.lock_member

    def row_first(member, verb, by):
        PartyMember.objects.select_for_update().get(pk=member.pk)
        return real(member, verb, by)

    monkeypatch.setattr(members, "lock_member", row_first)
    results = join_while(committed, monkeypatch, changing(committed, member))
    (failed,) = [each for each in results if isinstance(each, OperationalError)]
    assert "deadlock" in str(failed)


def test_every_step_takes_the_register_before_any_row(committed):
    """The order of locks, statement by statement, of leaving and of ending a participation."""
    member = file(committed)
    said = FACTS | {"organisation": committed.other, "by": committed.other_filer}
    file_member(**said, answer="same", now=NOW)
    part = Participation.objects.get()
    later, end = NOW + timedelta(days=9), TODAY + timedelta(days=9)
    steps = (
        lambda: stop_taking_part(participation=part, on=end, by=committed.other_filer, now=later),
        lambda: leave_member(
            member=member, row_version=None, on=end, by=committed.filer, now=later
        ),
    )
    for step in steps:
        locks: list[str] = []

        def seen(execute, sql, params, many, context, locks=locks):
            if "pg_advisory" in sql or "FOR UPDATE" in sql or sql.startswith("UPDATE"):
                locks.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(seen):
            step()
        assert "pg_advisory" in locks[0] and len(locks) > 1


def test_nobody_confirms_between_the_look_and_the_deletion(committed):
    """R-MEM-07: rolling back locks what it is about to delete."""
    batch = make_import(committed.branch, by=committed.filer, now=NOW)
    confirm_import(batch=batch, by=committed.filer, now=NOW)
    member = PartyMember.objects.get()

    def confirm():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return confirm_members(members={member.pk: 1}, by=committed.secretary, now=NOW)

    def seen(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if "FOR UPDATE" in sql and "branches_partymember" in sql:
            thread = threading.Thread(target=lambda: told.extend(at_once(confirm)))
            thread.start()
            thread.join(timeout=10)
        return found

    told: list[object] = []
    with connection.execute_wrapper(seen):
        roll_back_import(batch=batch, by=committed.filer, now=NOW)
    assert isinstance(told[0], OperationalError) and "lock timeout" in str(told[0])
    assert not PartyMember.objects.exists()


def dissolved_while_filing(register, monkeypatch, file_somebody):
    """The reviewer dissolves the organisation after `file_somebody` has looked at it."""
    looked, over = threading.Event(), threading.Event()
    real, reviewer = (
        writing.lock_register,
        make_actor(Role.COMMITTEE_REVIEWER, register.branch.society.federation),
    )

    def lock(society_id):
        real(society_id)
        looked.set()
        over.wait(timeout=10)

    def dissolve():
        looked.wait(timeout=10)
        try:
            return dissolve_organisation(
                organisation=register.branch, on=TODAY, number="9号", by=reviewer, now=NOW
            )
        finally:
            over.set()

    monkeypatch.setattr(writing, "lock_register", lock)
    return at_once(file_somebody, dissolve)


def filing(register):
    return lambda: file(register)


def rolling(register):
    people = [Facts(**(FACTS | {"name": "吴某某"}))]
    said = {"organisation": register.branch, "people": people, "since": TODAY}
    return lambda: file_roll(**said, by=register.filer, now=NOW)


@pytest.mark.parametrize("way", [filing, rolling])
def test_nobody_is_put_on_the_roll_of_what_was_dissolved_meanwhile(committed, monkeypatch, way):
    """R-ORG-16: the organisation is locked and read again once the register is held."""
    filed, dissolved = dissolved_while_filing(committed, monkeypatch, way(committed))
    assert isinstance(filed, ActionRefused)
    assert "已于 2026-06-10 撤销" in str(filed)
    assert dissolved.dissolved_on == TODAY
    assert not PartyMember.objects.exists()


@pytest.mark.parametrize(("way", "room"), [(filing, members), (rolling, member_rolls)])
def test_without_the_lock_somebody_would_be(committed, monkeypatch, way, room):
    """Negative control: the organisation as it was read before."""
    monkeypatch.setattr(room, "lock_living", lambda organisation, today: organisation)
    dissolved_while_filing(committed, monkeypatch, way(committed))
    assert PartyMember.objects.get().organisation.dissolved_on == TODAY
