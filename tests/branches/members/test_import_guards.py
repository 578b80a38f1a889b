"""Imports: what a request looks into, what becomes dirty, where nobody is filed any more."""

from datetime import timedelta

import pytest

from branches.actions.importing import confirm_import, roll_back_import, upload_members
from branches.members import importing, undoing
from branches.models import MemberImport, PartyMember, PartyOrganisation
from branches.tasks import work_on_member_import
from common.clock import start_of
from common.errors import ActionRefused
from common.imports import running
from common.imports.batches import BatchState
from societies.models import BackdatedFact, DirtySociety
from tests.branches.members.conftest import NOW, TODAY
from tests.common.hostile import sheet
from tests.factories.members import make_import

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("most", "state"), [(None, "waiting"), (10**9, "checked")])
def test_what_unpacks_large_is_left_to_a_worker(register, monkeypatch, most, state):
    """S5: a request looks into two megabytes at most; with the bound away it looks into all."""
    if most:
        monkeypatch.setattr(running, "AT_ONCE_UNPACKED", most)
    data = sheet((b"<sheetData>", b" \n<!-- -->" * 300_000 + b"<sheetData>"))
    assert len(data) < running.AT_ONCE
    batch = upload_members(
        organisation=register.branch, name="a.xlsx", data=data, by=register.filer, now=NOW
    )
    assert batch.state == state


def confirmed_batch(register):
    """A workbook of one new member, imported."""
    batch = make_import(register.branch, by=register.filer, now=NOW)
    return confirm_import(batch=batch, by=register.filer, now=NOW)


def test_taking_an_import_back_makes_the_society_dirty(register):
    """R-COV-06: live figures follow what goes as they follow what comes."""
    batch = confirmed_batch(register)
    DirtySociety.objects.all().delete()
    roll_back_import(batch=batch, by=register.filer, now=NOW)
    assert DirtySociety.objects.get().society == register.society
    assert not BackdatedFact.objects.exists()


def test_without_the_mark_nothing_would_follow(register, monkeypatch):
    """Negative control."""
    batch = confirmed_batch(register)
    DirtySociety.objects.all().delete()
    monkeypatch.setattr(undoing, "mark_dirty", lambda *args, **kwargs: None)
    roll_back_import(batch=batch, by=register.filer, now=NOW)
    assert not DirtySociety.objects.exists()


def dissolve(register, on=TODAY):
    """The branch is dissolved from a day on, its posts and services aside."""
    PartyOrganisation.objects.filter(pk=register.branch.pk).update(
        dissolved_on=on, dissolution_number="学党发〔2026〕9号"
    )


def test_nobody_is_imported_into_a_dissolved_organisation(register):
    """R-ORG-16: dissolved between the check and the confirmation."""
    batch = make_import(register.branch, by=register.filer, now=NOW)
    dissolve(register, TODAY + timedelta(days=1))
    confirm_import(batch=batch, by=register.filer, now=NOW)
    assert PartyMember.objects.count() == 1
    second = make_import(register.branch, by=register.filer, now=NOW)
    dissolve(register)
    with pytest.raises(ActionRefused, match="已于 2026-06-10 撤销，不能登记党员"):
        confirm_import(batch=second, by=register.filer, now=NOW)
    assert PartyMember.objects.count() == 1
    assert MemberImport.objects.get(pk=second.pk).state == BatchState.CHECKED


def written_by_a_worker(register, monkeypatch):
    """A large batch, whose organisation is dissolved before the worker comes to it."""
    monkeypatch.setattr(running, "WRITE_AT_ONCE", 0)
    batch = make_import(register.branch, by=register.filer, now=NOW)
    confirm_import(batch=batch, by=register.filer, now=NOW)
    dissolve(register)
    work_on_member_import(batch.pk)
    batch.refresh_from_db()
    return batch


def test_nor_by_a_worker_afterwards(register, monkeypatch):
    batch = written_by_a_worker(register, monkeypatch)
    assert batch.state == BatchState.CHECKED and not PartyMember.objects.exists()
    assert batch.problem == "该党组织已于 2026-06-10 撤销，不能登记党员"


def test_without_the_check_the_worker_would_write(register, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(importing, "lock_living", lambda organisation, *_: organisation)
    assert written_by_a_worker(register, monkeypatch).state == BatchState.DONE
    assert PartyMember.objects.count() == 1


def test_the_day_of_a_dissolution_begins_in_shanghai(register):
    """R13: at 01:00 on the day it is still yesterday in UTC."""
    dissolve(register)
    register.branch.refresh_from_db()
    with pytest.raises(ActionRefused, match="撤销"):
        make_import(register.branch, by=register.filer, now=start_of(TODAY).replace(hour=1))
    late = start_of(TODAY) - timedelta(minutes=1)
    assert make_import(register.branch, by=register.filer, now=late).state == BatchState.CHECKED
