"""Imports: what a request looks into, what becomes dirty, where nobody is filed any more."""

import pytest

from branches.actions.importing import confirm_import, roll_back_import, upload_members
from branches.members import undoing
from common.imports import running
from societies.models import BackdatedFact, DirtySociety
from tests.branches.members.conftest import NOW
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
