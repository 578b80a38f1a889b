"""409: who saves from a stale page never overwrites; without the lock numbers he would."""

import pytest

from ledgers.actions import editing
from tests.ledgers.pages.helpers import send, url

pytestmark = pytest.mark.django_db


def two_tabs(clerk, draft):
    """Both tabs change one field; the second answer and what is stored."""
    first, second = clerk.get(url(draft, 2)), clerk.get(url(draft, 2))
    assert send(clerk, draft, 2, first, women="3").status_code == 302
    answer = send(clerk, draft, 2, second, women="5")
    draft.staff.refresh_from_db()
    return answer.status_code, draft.staff.women


def test_the_second_tab_is_told(draft, cast, sign_in):
    assert two_tabs(sign_in(cast.clerk), draft) == (409, 3)


def test_without_the_lock_number_the_second_tab_overwrites(draft, cast, sign_in, monkeypatch):
    """Negative control."""
    real = editing.open_section
    monkeypatch.setattr(
        editing, "open_section", lambda ledger, code, version, by: real(ledger, code, None, by)
    )
    assert two_tabs(sign_in(cast.clerk), draft) == (302, 5)
