"""The night forgets uploads, and neither more nor less (rules §11.2.11)."""

from datetime import timedelta

import pytest
from django.db.models import ProtectedError

from branches.members.importing import MEMBERS
from branches.models import MemberImport
from common.imports import keeping
from common.models import StoredFile
from supervision.actions import add_evidence
from supervision.models import FindingState
from tests.branches.members.conftest import NOW
from tests.branches.members.test_importing import ZHOU, upload
from tests.factories import make_finding
from tests.factories.findings import take, walk


def aged(register):
    """An upload of eight days ago, and its bytes."""
    old = upload(register, [ZHOU])
    MemberImport.objects.filter(pk=old.pk).update(uploaded_at=NOW - timedelta(days=8))
    return old, bytes(old.file.content)


def test_a_night_forgets_around_what_is_evidence(register, monkeypatch):
    """Rules §11.2.11: uploads go after a week; the same bytes as evidence stay with it."""
    old, data = aged(register)
    world = walk(make_finding(), FindingState.RECTIFYING)
    row = take(world, add_evidence, world.cast.clerk, upload=("名册.xlsx", data))
    assert row.file_id == old.file_id
    other = StoredFile.keep(b"left behind by a night that broke off", "text/plain", NOW)
    keeping.forget_old(MEMBERS, NOW)
    old.refresh_from_db()
    assert old.file_id is None and not old.rows.exists()
    assert StoredFile.objects.filter(pk=row.file_id).exists()
    assert not StoredFile.objects.filter(pk=other.pk).exists()
    monkeypatch.setattr(StoredFile, "_unused", classmethod(lambda cls, rows: rows))
    with pytest.raises(ProtectedError):
        keeping.forget_old(MEMBERS, NOW)


def test_a_night_that_broke_off_is_made_up_for(register, monkeypatch):
    """Killed after the batches let go of their files: the next night deletes these."""
    old, _ = aged(register)

    def killed(keys=None):
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(StoredFile, "forget_unused", killed)
        keeping.forget_old(MEMBERS, NOW)
    assert StoredFile.objects.filter(pk=old.file_id).exists()
    keeping.forget_old(MEMBERS, NOW)
    assert not StoredFile.objects.exists()
