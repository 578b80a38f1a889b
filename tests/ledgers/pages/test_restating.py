"""Giving up a restatement at the keyboard (R-LED-10)."""

import pytest
from django.urls import reverse

from common.once import new_token
from ledgers import actions
from ledgers.models import LedgerState
from tests.factories.ledgers import moment
from tests.ledgers.pages.conftest import TODAY
from tests.ledgers.pages.helpers import text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(before, cast):
    """A restatement in draft."""
    return actions.restate(ledger=before, reason="误点更正", by=cast.clerk, now=moment(TODAY))


def path(version):
    return reverse("ledgers:abandon", args=[version.pk])


def test_the_clerk_gives_it_up_and_may_ask_again(before, version, cast, sign_in):
    client = sign_in(cast.clerk)
    home = reverse("home")
    assert path(version) in text(client.get(url(version, 1)))
    assert f"填报 {before.period.title}" in text(client.get(home))
    assert "原版本继续有效" in text(client.get(path(version)))
    answer = client.post(path(version), {"form_token": new_token(), "reason": "看错了一栏"})
    assert answer.status_code == 302
    version.refresh_from_db()
    assert version.state == LedgerState.ABANDONED
    page = text(client.get(answer.url))
    assert "本次更正已放弃，原版本继续有效" in page and path(version) not in page
    assert "<select" not in page.split('id="section"')[1], "nothing is filled in any more"
    assert f"填报 {before.period.title}" not in text(client.get(home))
    assert "已放弃" in text(client.get(reverse("ledgers:list")))
    assert reverse("ledgers:restate", args=[before.pk]) in text(client.get(url(before, 1)))
    assert "放弃更正：看错了一栏" in text(
        sign_in(cast.reviewer).get(reverse("ledgers:review", args=[version.pk]))
    )


def test_a_second_click_is_the_first(version, cast, sign_in):
    client, sent = sign_in(cast.clerk), {"form_token": new_token(), "reason": ""}
    first, second = (client.post(path(version), sent) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first.url == second.url
    assert version.steps.filter(verb="abandon_restatement").count() == 1


def test_a_stale_page_is_told_why(version, cast, sign_in):
    client = sign_in(cast.clerk)
    version = actions.abandon_restatement(ledger=version, by=cast.clerk, now=moment(TODAY))
    answer = client.post(path(version), {"form_token": new_token(), "reason": "再点一次"})
    assert answer.status_code == 422
    assert "本次更正已放弃" in text(answer) and "再点一次" in text(answer)


def test_the_button_stands_only_where_it_works(before, draft, version, cast, sign_in):
    clerk, secretary = sign_in(cast.clerk), sign_in(cast.secretary)
    for ledger in (before, draft):
        assert reverse("ledgers:abandon", args=[ledger.pk]) not in text(clerk.get(url(ledger, 1)))
    assert path(version) not in text(secretary.get(url(version, 1)))
    assert secretary.get(path(version)).status_code == 403


def test_desks_go_on_with_the_accepted_version(before, version, cast, sign_in):
    actions.abandon_restatement(ledger=version, by=cast.clerk, now=moment(TODAY))
    for actor in (cast.clerk, cast.secretary):
        page = text(sign_in(actor).get(reverse("home")))
        assert url(version, 1) not in page and before.full_number in page or url(before, 1) in page
