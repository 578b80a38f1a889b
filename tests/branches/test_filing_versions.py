"""A step is taken on the version its page showed: nobody accepts the unseen (D-14, R8)."""

import re
import uuid
from datetime import date

import pytest

from accounts.permissions import Role
from branches.actions import (
    accept_filing,
    filing_steps,
    hand_back_filing,
    return_filing,
    save_filing,
    send_filing,
    sign_filing,
    withdraw_filing,
)
from branches.models import FilingKind, Post, PostFiling, PostFilingState
from common.errors import Conflict
from tests.branches.test_filing_pages import url
from tests.branches.test_filings import NOW, SMALL, cast_of, draft, filed, person, sent
from tests.factories import make_actor, make_organisation, make_society, make_term

pytestmark = pytest.mark.django_db
S = PostFilingState
OTHERS = [person(0, "secretary", "吴某", 6)]


@pytest.fixture
def cast(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    return cast_of(make_organisation(make_society()))


def shown(client, actor, filing):
    """What a form of the filing's page would send, shown to this actor now."""
    client.force_login(actor.user)
    page = client.get(url("filing", filing.pk)).content.decode()
    version = re.search(r'name="row_version" value="(\d+)"', page)
    assert version, page
    return {"form_token": str(uuid.uuid4()), "row_version": version[1]}


def returned_and_changed(cast, filing):
    """Another reviewer returns it, the clerk changes the person, it is signed again."""
    other = make_actor(Role.COMMITTEE_REVIEWER, cast.organisation.society.federation)
    back = return_filing(filing=filing, reason="人选不符", by=other, now=NOW)
    saved = save_filing(
        filing=back, row_version=back.row_version, values=SMALL, rows=OTHERS, by=cast.clerk, now=NOW
    )
    again = send_filing(filing=saved, by=cast.clerk, now=NOW)
    return sign_filing(filing=again, by=cast.secretary, now=NOW)


def pressed_too_late(client, cast):
    filing = filed(cast)
    old = shown(client, cast.reviewer, filing)
    returned_and_changed(cast, filing)
    return filing, client.post(url("filing_accept", filing.pk), old)


def test_an_old_page_accepts_nobody_it_did_not_show(client, cast):
    filing, response = pressed_too_late(client, cast)
    assert response.status_code == 409
    page = response.content.decode()
    assert "已被他人更改，本次没有办理" in page and "吴某" in page
    filing.refresh_from_db()
    assert filing.state == S.FILED and not Post.objects.exists()
    version = re.search(r'name="row_version" value="(\d+)"', page)
    assert version and int(version[1]) == filing.row_version, "what stands now may be accepted"
    client.post(url("filing_accept", filing.pk), shown(client, cast.reviewer, filing))
    assert Post.objects.get().person_name == "吴某"


def test_without_the_version_it_would(client, cast, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(filing_steps, "check_version", lambda *_: None)
    _, response = pressed_too_late(client, cast)
    assert response.status_code == 302
    assert Post.objects.get().person_name == "吴某", "whom that page never showed"


@pytest.mark.parametrize("version", [None, "", "x", "1e3"])
def test_a_step_names_its_version(client, cast, version):
    filing = filed(cast)
    sent_along = shown(client, cast.reviewer, filing)
    del sent_along["row_version"]
    sent_along |= {} if version is None else {"row_version": version}
    response = client.post(url("filing_accept", filing.pk), sent_along)
    assert (
        response.status_code == 422 and "页面已失效，请刷新后重新提交" in response.content.decode()
    )
    assert PostFiling.objects.get().state == S.FILED


def test_a_reason_typed_on_an_old_page_is_kept(client, cast):
    """R8: nothing typed is lost."""
    filing = filed(cast)
    old = shown(client, cast.reviewer, filing)
    returned_and_changed(cast, filing)
    response = client.post(url("filing_return", filing.pk), old | {"reason": "请核对票数"})
    assert response.status_code == 409 and "请核对票数" in response.content.decode()
    assert PostFiling.objects.get().return_reason == "人选不符"


def extension(cast):
    make_term(cast.organisation, date(2024, 7, 1))
    values = {"extended_to": date(2027, 12, 31), "reason": "学会换届推迟"}
    kind = FilingKind.EXTENSION
    return filed(cast, kind=kind, values=values, rows=[])


def reviewed(cast):
    return filing_steps.forward_filing(filing=extension(cast), by=cast.reviewer, now=NOW)


STEPS = [
    (draft, send_filing, "branch", {}),
    (draft, withdraw_filing, "branch", {}),
    (sent, sign_filing, "secretary", {}),
    (sent, hand_back_filing, "secretary", {"reason": "x"}),
    (filed, accept_filing, "reviewer", {}),
    (filed, return_filing, "reviewer", {"reason": "x"}),
    (extension, filing_steps.forward_filing, "reviewer", {}),
    (reviewed, filing_steps.agree_extension, "leader", {"number": "1号"}),
    (reviewed, filing_steps.disagree_extension, "leader", {"reason": "x"}),
]


@pytest.mark.parametrize(("made", "step", "who", "more"), STEPS)
def test_every_step_is_taken_on_its_version(cast, made, step, who, more):
    filing = made(cast)
    state, version = filing.state, filing.row_version
    said = {"filing": filing, "by": getattr(cast, who), "now": NOW} | more
    for stale in (version - 1, version + 1):
        with pytest.raises(Conflict):
            step(row_version=stale, **said)
    assert PostFiling.objects.get().state == state
    assert step(row_version=version, **said).row_version == version + 1
