"""R-LED-08: what a reviewer types at fields outlives other tabs, pages and days."""

import pytest
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from common.once import new_token
from ledgers import actions
from ledgers.models import LedgerReturnRemark, LedgerState, ReviewDraft
from tests.factories import make_actor, make_ledger
from tests.factories.ledgers import moment
from tests.ledgers.pages.conftest import TODAY
from tests.ledgers.pages.helpers import text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TYPED = {
    "reason": "请按意见修改",
    "remark_field": ["operations.journals_count.0", ""],
    "remark_text": ["应为 2 种", "还没有选项目"],
}


@pytest.fixture
def filed(society, period, cast):
    return make_ledger(society, period, cast=cast, state=LedgerState.FILED)


def path(name, ledger):
    return reverse(f"ledgers:{name}", args=[ledger.pk])


def keep(client, ledger, tab="", htmx=True, **changed):
    url = path("review_keep", ledger) + (f"?tab={tab}" if tab else "")
    return client.post(url, TYPED | changed, headers=HTMX if htmx else {})


def test_what_is_typed_stands_on_every_tab(filed, cast, sign_in):
    client = sign_in(cast.reviewer)
    answer = keep(client, filed)
    assert answer.status_code == 200 and "已自动保存" in text(answer)
    for tab in ("changes", "operations", "leaders", "not_established"):
        page = text(client.get(f"{path('review', filed)}?tab={tab}"))
        assert "请按意见修改" in page and "应为 2 种" in page and "还没有选项目" in page
        assert 'value="operations.journals_count.0" selected' in page
        assert "请选择意见所指的项目" not in page, "nothing is judged before it is given"


def test_a_tab_is_opened_after_keeping(filed, cast, sign_in):
    client = sign_in(cast.reviewer)
    target = f"{path('review', filed)}?tab=staff"
    page = text(client.get(path("review", filed)))
    assert f'hx-post="{path("review_keep", filed)}?tab=staff" hx-include="#return-form"' in page
    assert f'href="{target}"' in page, "without scripts it is a link"
    assert keep(client, filed, "staff").headers["HX-Redirect"] == target
    assert keep(client, filed, "staff", htmx=False).url == target
    for wrong in ("bank", "//example.org"):
        assert keep(client, filed, wrong).headers["HX-Redirect"] == path("review", filed)
    assert ReviewDraft.objects.count() == 1


def test_only_the_reviewer_reads_it(filed, cast, sign_in, federation):
    keep(sign_in(cast.reviewer), filed)
    other = make_actor(Role.COMMITTEE_REVIEWER, federation)
    for actor in (other, cast.leader, cast.clerk, cast.secretary, None):
        assert not ReviewDraft.objects.visible_to(actor).exists()
    assert "应为 2 种" not in text(sign_in(other).get(path("review", filed)))
    page = text(sign_in(cast.clerk).get(reverse("ledgers:section", args=[filed.pk, 1])))
    assert "应为 2 种" not in page and "请按意见修改" not in page
    assert ReviewDraft.objects.visible_to(cast.reviewer).count() == 1


def test_each_reviewer_has_one_of_their_own(filed, cast, sign_in, federation):
    other = make_actor(Role.COMMITTEE_REVIEWER, federation)
    keep(sign_in(cast.reviewer), filed)
    keep(sign_in(other), filed, reason="另一人的话")
    keep(sign_in(cast.reviewer), filed, reason="改过的话")
    assert ReviewDraft.objects.count() == 2
    assert "改过的话" in text(sign_in(cast.reviewer).get(path("review", filed)))


def test_the_return_gives_the_words_and_ends_the_draft(filed, cast, sign_in):
    client = sign_in(cast.reviewer)
    keep(client, filed)
    sent = TYPED | {"form_token": new_token()}
    refused = client.post(path("return", filed), sent)
    assert refused.status_code == 422 and "请选择意见所指的项目" in text(refused)
    assert f'href="{path("review", filed)}?tab=staff"' in text(refused), "tabs lead on from here"
    assert ReviewDraft.objects.count() == 1
    good = sent | {"form_token": new_token(), "remark_text": ["应为 2 种", ""]}
    assert client.post(path("return", filed), good).status_code == 302
    assert LedgerReturnRemark.objects.get().text == "应为 2 种"
    assert not ReviewDraft.objects.exists()


def test_acceptance_ends_everybodys(filed, cast, sign_in, federation):
    for actor in (cast.reviewer, make_actor(Role.COMMITTEE_REVIEWER, federation)):
        keep(sign_in(actor), filed)
    client = sign_in(cast.reviewer)
    client.post(path("accept", filed), {"form_token": new_token()})
    assert not ReviewDraft.objects.exists()
    late = keep(client, filed)
    assert "没有保存" in text(late) and not ReviewDraft.objects.exists()


def test_who_does_not_review_keeps_nothing(filed, cast, sign_in, society):
    for actor in (cast.clerk, cast.secretary, cast.leader):
        assert keep(sign_in(actor), filed).status_code == 403
    own = make_actor(Role.COMMITTEE_REVIEWER, society.federation, user=cast.secretary.user)
    with pytest.raises(NotAllowed, match="另一人"):
        actions.keep_review_draft(
            ledger=filed, reason="自审", remarks=[], by=own, now=moment(TODAY)
        )
    assert not ReviewDraft.objects.exists()


def test_a_draft_is_kept_while_the_version_waits(draft, cast):
    with pytest.raises(ActionRefused, match="状态已变化"):
        actions.keep_review_draft(
            ledger=draft, reason="早了", remarks=[], by=cast.reviewer, now=moment(TODAY)
        )
    assert not ReviewDraft.objects.exists()


def test_without_the_draft_the_words_would_be_lost(filed, cast, sign_in):
    """Negative control: what the pages show comes from the row."""
    client = sign_in(cast.reviewer)
    keep(client, filed)
    ReviewDraft.objects.all().delete()
    assert "应为 2 种" not in text(client.get(path("review", filed)))
