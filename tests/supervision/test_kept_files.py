"""Bytes are kept while a row refers to them, and not longer (S5; rules §11)."""

from contextlib import nullcontext
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from common.models import StoredFile
from supervision import actions
from supervision.models import FindingState
from tests.factories import make_finding
from tests.factories.findings import ISSUED, PDF, take, walk

S = FindingState


def attached(world, data=PDF, name="记录.pdf"):
    return take(world, actions.add_evidence, world.cast.clerk, upload=(name, data))


def removed(world, row):
    take(world, actions.remove_evidence, world.cast.clerk, evidence=row.pk)


@pytest.mark.django_db
def test_what_is_taken_back_is_forgotten():
    world = walk(make_finding(), S.RECTIFYING)
    removed(world, attached(world))
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_bytes_that_another_row_names_stay():
    """The same file twice, and once in another society's finding."""
    world, other = (walk(make_finding(), S.RECTIFYING) for _ in range(2))
    row, twin = attached(world), attached(other)
    assert row.file_id == twin.file_id
    removed(world, row)
    assert bytes(StoredFile.objects.get(pk=twin.file_id).content) == PDF


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_bytes_about_to_be_named_are_not_forgotten(monkeypatch, locks):
    """R8: kept again while a night forgets; without the lock the reference would break."""
    world = walk(make_finding(), S.RECTIFYING)
    with transaction.atomic():
        kept = StoredFile.keep(PDF, "application/pdf", ISSUED)
    if not locks:  # negative control
        monkeypatch.setattr(StoredFile, "keep", lambda *_: kept)
    finished = Event()

    def forget():
        StoredFile.forget_unused()
        finished.set()
        connection.close()

    night = Thread(target=forget)
    with nullcontext() if locks else pytest.raises(IntegrityError):
        with transaction.atomic():
            attached(world)
            night.start()
            assert finished.wait(1 if locks else 20) is not locks
    night.join(20)
    assert StoredFile.objects.filter(pk=kept.pk).exists() is locks
