"""A whole spot check on a telephone, the connection dropped twice (R-SUP-03, R-SUP-04)."""

import re

import pytest
import time_machine
from django.urls import reverse

from supervision.models import Answer, AnswerSend, CheckState, SpotCheck
from tests.browser.conftest import PHONE, in_database
from tests.factories.accounts import PASSWORD
from tests.factories.checks import ON_SITE, make_check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What Chromium says of a request that found no network.
DROPPED = re.compile(r"ERR_(INTERNET_DISCONNECTED|FAILED)")
SAVE = re.compile(r"/answers/\d+/save/")


@pytest.fixture
def world():
    with time_machine.travel(ON_SITE, tick=True):
        made = make_check()
        for actor in (made.first, made.second, made.secretary):
            actor.user.set_password(PASSWORD)
            actor.user.save()
        yield made


def item(page, code):
    """The box of an item, opened."""
    box = page.locator("[data-item]").filter(has=page.get_by_text(re.compile(rf"^{code} ")))
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    return box


def answer(page, code, value, note=""):
    """Choose and write as a finger does."""
    box = item(page, code)
    box.get_by_role("radio", name=value, exact=True).check()
    if note:
        box.get_by_label("事实和依据").fill(note)
    return box


def saved(box):
    box.get_by_text(re.compile(r"^已保存 \d+:\d\d")).wait_for()


def kept(world, code):
    return in_database(lambda: world.answer(code))


def drop_and_return(visitor, world):
    """No network while the inspector goes on writing; back again, everything arrives."""
    page = visitor.page
    page.context.set_offline(True)
    box = answer(page, "2.6", "不符合", "第三季度支部党员大会无记录")
    box.get_by_text("未保存，联网后自动重发").wait_for()
    page.get_by_text("连接中断").wait_for()
    visitor.shot("offline")
    assert kept(world, "2.6").value == ""
    page.context.set_offline(False)
    saved(box)
    page.get_by_text("连接中断").wait_for(state="hidden")
    assert kept(world, "2.6").note == "第三季度支部党员大会无记录"


def lose_the_answer(visitor, world):
    """The server commits, its answer never arrives: the same send again counts once."""
    page, lost = visitor.page, []

    def swallow(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route(SAVE, swallow)
    box = answer(page, "2.3", "符合")
    saved(box)
    page.unroute(SAVE)
    assert lost == [200]
    sends = in_database(lambda: list(AnswerSend.objects.filter(answer=world.answer("2.3"))))
    assert [send.applied for send in sends] == [True]


def sign(visitor, world, button):
    visitor.page.goto(reverse("supervision:check", args=[world.check.pk]))
    visitor.page.get_by_role("button", name=button).click()
    visitor.page.get_by_text("已签字").first.wait_for()


def test_a_whole_check_on_the_phone(world, visitor):
    phone = reverse("supervision:check_answers", args=[world.check.pk])
    first, second, society = (visitor(PHONE) for _ in range(3))
    for each, actor in ((first, world.first), (second, world.second)):
        each.sign_in(actor.user.username, "/")
        each.page.goto(phone)
        each.page.get_by_role("button", name="声明无回避情形，开始检查").click()
        each.page.get_by_text("已答").first.wait_for()
    drop_and_return(first, world)
    lose_the_answer(first, world)
    first.shot("answering")
    codes = in_database(
        lambda: list(
            Answer.objects.filter(spot_check=world.check, value="")
            .order_by("item__position")
            .values_list("item__code", flat=True)
        )
    )
    second.page.goto(phone)
    for code in codes:
        saved(answer(second.page, code, "符合"))
    # The first page still shows its own; what the second answered is not overwritten by it.
    sign(first, world, "签字确认")
    sign(second, world, "签字确认")
    society.sign_in(world.secretary.user.username, "/")
    society.page.goto(reverse("supervision:check", args=[world.check.pk]))
    society.page.get_by_text("第三季度支部党员大会无记录").wait_for()
    society.page.get_by_label("不同意见").fill("会议已开，记录后补")
    society.page.get_by_role("button", name="学会签字确认").click()
    society.page.get_by_text("会议已开，记录后补").first.wait_for()
    society.shot("signed")
    check = in_database(lambda: SpotCheck.objects.get(pk=world.check.pk))
    assert check.state == CheckState.CONFIRMED
    noise = [said for said in first.trouble if DROPPED.search(said)]
    assert noise
    first.trouble[:] = [said for said in first.trouble if said not in noise]
