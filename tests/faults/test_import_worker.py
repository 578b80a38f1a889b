"""The import of members by a real worker process, from upload to the written register (R11)."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from accounts.permissions import Role
from branches.actions.importing import confirm_import, upload_members
from branches.models import MemberImport, PartyMember, PartyOrganisation
from common import clock
from common.imports import running
from common.imports.batches import BatchState
from config.celery import app
from tests.factories import make_actor, make_organisation, make_society
from tests.factories.members import workbook
from tests.faults.test_import_faults import facts, named
from tests.stack.helpers import ROOT, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PEOPLE = 1_200
PATIENCE = 120


class Worker:
    """`celery worker` as the portal starts it, on this test's database and broker."""

    def __init__(self, log) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start; its first message is that it is ready."""
        url, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        named_url = f"{url}/{connection.settings_dict['NAME']}"
        command = ("-m", "devstack.worker", "-A", "config", "worker", "--pool=solo", "-l", "INFO")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": named_url},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """SIGKILL: no handler runs."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None


@pytest.fixture
def actor():
    return make_actor(Role.BRANCH_SECRETARY, make_organisation(make_society()))


@pytest.fixture
def worker(tmp_path):
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushall()
    found = Worker(tmp_path / "worker.log")
    yield found
    found.kill()


def state(batch):
    return MemberImport.objects.values_list("state", flat=True).get(pk=batch.pk)


def reached(batch, wanted):
    return wait_for(lambda: state(batch) == wanted, PATIENCE)


def uploaded(actor, monkeypatch):
    monkeypatch.setattr(running, "WRITE_AT_ONCE", 0)
    monkeypatch.setattr(running, "AT_ONCE", 0)
    return upload_members(
        organisation=PartyOrganisation.objects.get(),
        name="名册.xlsx",
        data=workbook(named(PEOPLE)),
        by=actor,
        now=clock.now(),
    )


def test_a_worker_process_checks_and_writes_the_workbook(actor, monkeypatch, worker):
    """The message goes through the broker, the worker reads the file from PostgreSQL."""
    worker.start()
    batch = uploaded(actor, monkeypatch)
    assert state(batch) in (BatchState.WAITING, BatchState.CHECKING)
    assert reached(batch, BatchState.CHECKED), worker.log.read_text()
    assert facts() == (0, 0, 0)
    batch.refresh_from_db()
    confirm_import(batch=batch, by=actor, now=clock.now())
    assert reached(batch, BatchState.DONE), worker.log.read_text()
    assert facts() == (PEOPLE, PEOPLE, 0)


def test_a_killed_worker_is_followed_by_the_next(actor, monkeypatch, worker):
    """SIGKILL while it works; the sweep sends the batch again, and nothing is written twice."""
    worker.start()
    batch = uploaded(actor, monkeypatch)
    assert reached(batch, BatchState.CHECKED), worker.log.read_text()
    batch.refresh_from_db()
    confirm_import(batch=batch, by=actor, now=clock.now())
    deadline = time.monotonic() + PATIENCE
    while state(batch) != BatchState.DONE and time.monotonic() < deadline:
        if MemberImport.objects.filter(pk=batch.pk, worked_on__isnull=False).exists():
            break
    worker.kill()
    assert PartyMember.objects.count() in (0, PEOPLE)
    # As if the dead worker's silence had lasted; the beat's sweep each minute.
    MemberImport.objects.filter(pk=batch.pk).update(worked_on=None)
    worker.start()
    app.send_task("branches.tasks.sweep_member_imports")
    assert reached(batch, BatchState.DONE), worker.log.read_text()
    assert facts() == (PEOPLE, PEOPLE, 0)
