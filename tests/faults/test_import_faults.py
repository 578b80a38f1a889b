"""R11: an import killed before any statement leaves nothing, and can be done again."""

import pytest
from django.db import connection, transaction

from accounts.permissions import Role
from branches import tasks
from branches.actions.importing import upload_members
from branches.members import importing
from branches.members.importing import MEMBERS
from branches.models import (
    Affiliation,
    MemberImport,
    MemberImportRow,
    Participation,
    PartyMember,
    PartyOrganisation,
)
from common import clock
from common.imports import checking, running
from common.imports.batches import MOST_ATTEMPTS, BatchState, RowKind
from tests.factories import make_actor, make_organisation, make_society
from tests.factories.members import workbook

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12


class Killed(BaseException):
    """The process is gone: no handler of the portal may run on it."""


class Barrier:
    """Cuts the database connection before the n-th statement."""

    def __init__(self, at):
        self.left = at

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0:
            connection.close()
            raise Killed
        self.left -= 1
        return execute(sql, params, many, context)


def rows():
    names, places = "甲乙丙丁戊己庚辛壬癸子丑", ("本学会", "支撑单位")
    return [("赵" + c, "1970-01", "1990-01", "", places[n % 2]) for n, c in enumerate(names)]


@pytest.fixture
def actor():
    return make_actor(Role.BRANCH_SECRETARY, make_organisation(make_society()))


def uploaded(actor, monkeypatch, data):
    """A batch that waits for a worker, as a large file does."""
    monkeypatch.setattr(running, "AT_ONCE", 0)
    return upload_members(
        organisation=PartyOrganisation.objects.get(),
        name="a.xlsx",
        data=data,
        by=actor,
        now=clock.now(),
    )


def work_killed_at(batch, statement):
    """Let a worker run and kill it before a statement; whether it got that far."""
    try:
        with connection.execute_wrapper(Barrier(statement)):
            tasks.work_on_member_import(batch.pk)
    except Killed:
        return True
    return False


def free(batch):
    """As if the dead worker's silence had lasted."""
    MemberImport.objects.filter(pk=batch.pk).update(worked_on=None)


def facts():
    return PartyMember.objects.count(), Affiliation.objects.count(), Participation.objects.count()


def test_a_check_killed_anywhere_is_finished_by_the_next_worker(actor, monkeypatch):
    monkeypatch.setattr(checking, "CHUNK", 5)
    batch = uploaded(actor, monkeypatch, workbook(rows()))
    statement, deaths = 0, 0
    while work_killed_at(batch, statement):
        deaths += 1
        assert facts() == (0, 0, 0)
        MemberImport.objects.filter(pk=batch.pk).update(
            state=BatchState.WAITING, worked_on=None, settled=checking.F("attempt")
        )
        statement += 1
    assert deaths > 10
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED
    assert MemberImportRow.objects.filter(batch=batch, kind=RowKind.NEW).count() == PEOPLE


def test_a_write_killed_anywhere_leaves_nothing(actor, monkeypatch):
    monkeypatch.setattr(running, "WRITE_AT_ONCE", 0)
    monkeypatch.setattr(running, "CHUNK", 5)
    batch = uploaded(actor, monkeypatch, workbook(rows()))
    tasks.work_on_member_import(batch.pk)
    running.confirm(MEMBERS, batch, by=actor, now=clock.now())
    statement, deaths = 0, 0
    while work_killed_at(batch, statement):
        deaths += 1
        assert facts() == (0, 0, 0), f"statement {statement}"
        MemberImport.objects.filter(pk=batch.pk).update(
            worked_on=None, settled=checking.F("attempt")
        )
        statement += 1
    assert deaths > 10
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert facts() == (PEOPLE, PEOPLE, PEOPLE // 2)


def test_without_the_transaction_a_kill_would_leave_half(actor, monkeypatch):
    """Negative control."""
    batch = uploaded(actor, monkeypatch, workbook(rows()))
    tasks.work_on_member_import(batch.pk)
    batch = MemberImport.objects.get(pk=batch.pk)
    batch.confirmed_by, batch.confirmed_at = actor.user, clock.now()
    monkeypatch.setattr(running, "CHUNK", 5)
    monkeypatch.setattr("branches.members.writing.lock_register", lambda pk: None)
    # Rows are locked within transactions alone.
    monkeypatch.setattr(importing, "lock_living", lambda organisation, *_: organisation)
    left, statement = [], 0
    while True:
        try:
            with connection.execute_wrapper(Barrier(statement)):
                running.write_all(MEMBERS, batch, by=actor, now=batch.confirmed_at)
            break
        except Killed:
            left.append(facts())
            PartyMember.objects.all().delete()
            statement += 1
    assert any(found != (0, 0, 0) for found in left)


def test_workers_that_die_thrice_are_not_sent_again(actor, monkeypatch):
    batch = uploaded(actor, monkeypatch, workbook(rows()))
    for _ in range(MOST_ATTEMPTS):
        assert work_killed_at(batch, 6)
        free(batch)
    tasks.sweep_member_imports()
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED and "没有写入任何数据" in batch.problem
    again = uploaded(actor, monkeypatch, workbook(rows()))
    tasks.sweep_member_imports()
    again.refresh_from_db()
    assert again.state == BatchState.CHECKED


def test_a_writing_that_dies_thrice_comes_back_to_the_decision(actor, monkeypatch):
    monkeypatch.setattr(running, "WRITE_AT_ONCE", 0)
    batch = uploaded(actor, monkeypatch, workbook(rows()))
    tasks.work_on_member_import(batch.pk)
    running.confirm(MEMBERS, batch, by=actor, now=clock.now())
    for _ in range(MOST_ATTEMPTS):
        assert work_killed_at(batch, 12)
        free(batch)
    tasks.sweep_member_imports()
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED and batch.confirmed_by is None
    assert facts() == (0, 0, 0)


def test_an_error_in_the_last_row_writes_nothing_of_it(actor, monkeypatch):
    """The row with the error stays out; nothing is written before somebody confirms."""
    data = workbook([*rows(), ("坏", "1970-01", "1990-01", "", "本学会")])
    batch = uploaded(actor, monkeypatch, data)
    tasks.work_on_member_import(batch.pk)
    batch.refresh_from_db()
    assert facts() == (0, 0, 0)
    running.confirm(MEMBERS, batch, by=actor, now=clock.now())
    assert facts()[0] == PEOPLE


def test_two_workers_check_once(actor, monkeypatch):
    batch = uploaded(actor, monkeypatch, workbook(rows()))
    first = checking.claim(MEMBERS, batch.pk, ("waiting", "checking"))
    assert first == 1
    assert checking.claim(MEMBERS, batch.pk, ("waiting", "checking")) == 0
    free(batch)
    assert checking.claim(MEMBERS, batch.pk, ("waiting", "checking")) == 2
    with pytest.raises(checking.Superseded), transaction.atomic():
        checking.beat(MEMBERS, batch.pk, first, done=1)


@pytest.mark.parametrize("size", [1_500, 4_500])
def test_statements_per_thousand_rows_are_constant(
    actor, monkeypatch, size, django_assert_max_num_queries
):
    """P11: twelve statements for a thousand rows, whatever their number."""
    monkeypatch.setattr(running, "WRITE_AT_ONCE", 0)
    batch = uploaded(actor, monkeypatch, workbook(named(size)))
    thousands = -(-size // 1_000)
    with django_assert_max_num_queries(14 + 12 * thousands):
        tasks.work_on_member_import(batch.pk)
    running.confirm(MEMBERS, batch, by=actor, now=clock.now())
    with django_assert_max_num_queries(14 + 20 * thousands):
        tasks.work_on_member_import(batch.pk)
    assert facts()[0] == size


def named(count):
    """So many different people."""
    digits = "零一二三四五六七八九"
    for n in range(count):
        name = "赵" + "".join(digits[int(d)] for d in str(n))
        yield name, "1970-01", "1990-01", "1991-01", "本学会"
