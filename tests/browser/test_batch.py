"""A batch in a real browser: the seed written down, the draw, the pairs, the notice (R-SUP-02)."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from supervision import actions
from supervision.models import InspectionBatch
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import make_batch
from tests.factories.accounts import PASSWORD
from tests.factories.supervision import NOTIFIED, step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEED = re.compile(r"DC2026B1(?:-[0-9A-Z]{4}){3}")


@pytest.fixture
def world():
    """A batch before the leader; its people can sign in."""
    world = make_batch((8, 9, 5), sample_size=7, name="2026 下半年第一批随机抽取")
    step(world, actions.send_batch, world.cast.lead)
    step(world, actions.review_batch, world.cast.reviewer)
    for username, actor in (("lead", world.cast.lead), ("leader", world.cast.leader)):
        user = User.objects.get(pk=actor.user.pk)
        user.username = username
        user.set_password(PASSWORD)
        user.save()
    return world


def test_from_the_approval_to_the_notice(world, visitor):
    url = reverse("supervision:batch", args=[world.batch.pk])
    with time_machine.travel(NOTIFIED, tick=True):
        leader = visitor(DESKTOP)
        leader.sign_in("leader", url)
        page = leader.page
        leader.shot("batch-to-decide")
        page.get_by_role("button", name="批准并冻结抽样框").click()
        page.get_by_text("已批准，抽样框已冻结").wait_for()
        page.get_by_role("button", name="生成种子并公布摘要").click()
        page.get_by_role("heading", name="请抄录种子").wait_for()
        leader.shot("batch-seed")
        seed = SEED.search(page.content())[0]
        page.get_by_role("link", name="已抄录，返回批次").click()
        page.get_by_label("种子", exact=True).fill("DC2026B1-0000-0000-0000")
        page.get_by_role("button", name="公开种子并抽取").click()
        page.get_by_text("与公布的摘要不一致").first.wait_for()
        leader.shot("batch-wrong-seed")
        page.get_by_label("种子", exact=True).fill(seed.lower())
        page.get_by_role("button", name="公开种子并抽取").click()
        page.get_by_role("heading", name="抽取结果 7 家").wait_for()
        lead = visitor(PHONE)
        lead.sign_in("lead", url)
        lead.page.get_by_role("link", name="督导组配对").first.click()
        for name in "甲乙丙":
            lead.page.get_by_label(f"督导{name}", exact=True).check()
        lead.page.get_by_role("button", name="建议配对").click()
        lead.page.get_by_text("已建议配对，可逐家调整").wait_for()
        lead.shot("batch-pairs")
        lead.page.goto(url)
        lead.shot("batch-paired")
        page.goto(url)
        leader.shot("batch-paired")
        page.get_by_role("button", name="通知被抽学会").click()
        page.get_by_text("已通知被抽学会").wait_for()
        for name in ("batch_frame", "batch_print"):
            page.goto(reverse(f"supervision:{name}", args=[world.batch.pk]))
            leader.shot(name)
            lead.page.goto(reverse(f"supervision:{name}", args=[world.batch.pk]))
            lead.shot(name)
        lead.page.goto(reverse("supervision:batches"))
        lead.shot("batches")
        page.goto(reverse("supervision:batches"))
        leader.shot("batches")
        lead.page.goto(reverse("supervision:batch_new"))
        lead.shot("batch-new")
    found = in_database(lambda: InspectionBatch.objects.get(pk=world.batch.pk))
    assert (found.state, found.seed) == ("notified", seed)
