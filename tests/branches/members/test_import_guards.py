"""Imports: what a request looks into, what becomes dirty, where nobody is filed any more."""

import pytest

from branches.actions.importing import upload_members
from common.imports import running
from tests.branches.members.conftest import NOW
from tests.common.hostile import sheet

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
