"""A whole spot check on a telephone, the connection dropped twice (R-SUP-03, R-SUP-04)."""

import re
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from supervision.models import Answer, AnswerSend, CheckState, Finding, SpotCheck
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories.accounts import PASSWORD
from tests.factories.checks import ON_SITE, make_check
from tests.supervision.photo_files import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What Chromium says of a request that found no network.
DROPPED = re.compile(r"ERR_(INTERNET_DISCONNECTED|FAILED)")
SAVE = re.compile(r"/answers/\d+/save/")


@pytest.fixture
def world():
    with time_machine.travel(ON_SITE, tick=True):
        made = make_check()
        cast = made.batch.cast
        for actor in (made.first, made.second, made.secretary, cast.lead, cast.reviewer):
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


def take_photo(visitor, world, picture):
    """A photo by the button, and away again without leaving the page."""
    page = visitor.page
    box = item(page, "2.6")
    box.locator('input[type="file"]').set_input_files(
        {"name": "现场.png", "mimeType": "image/png", "buffer": picture}
    )
    box.get_by_text("2.6 照片已保存").wait_for()
    assert box.get_by_alt_text("新添加的照片").count() == 1
    here = page.evaluate("performance.timeOrigin")
    visitor.shot("photo")
    box.get_by_role("button", name="撤下").click()
    box.get_by_text("照片已撤下").wait_for()
    assert box.get_by_alt_text("新添加的照片").count() == 0
    assert page.evaluate("performance.timeOrigin") == here
    assert in_database(lambda: world.answer("2.6").photos.count()) == 0


def both_widths(visitor, name):
    """A picture on the telephone and one on a desk."""
    visitor.shot(name)
    visitor.page.set_viewport_size({"width": DESKTOP, "height": 900})
    visitor.shot(name)
    visitor.page.set_viewport_size({"width": PHONE, "height": 844})


def press(visitor, address, button, **typed):
    """Fill what a step asks and take it."""
    visitor.page.goto(address)
    for label, words in typed.items():
        visitor.page.get_by_label(label).fill(words)
    visitor.page.get_by_role("button", name=button).click()


def follow_to_the_findings(world, visitors, address):
    """The society's reply, the lead's opinion, the conclusion that softens one item."""
    society, lead, reviewer = visitors
    press(society, address, "报送反馈意见", 反馈意见="第三季度会议已于 11 月补开")
    society.page.get_by_text("学会已反馈").first.wait_for()
    lead.sign_in(world.batch.cast.lead.user.username, "/")
    lead.shot("lead-desk")
    press(lead, address, "报送结果", 组长意见="反馈属实，建议改为一般")
    lead.page.get_by_text("待作结论").first.wait_for()
    reviewer.sign_in(world.batch.cast.reviewer.user.username, "/")
    reviewer.page.goto(address)
    reviewer.page.get_by_label("2.6 的处理").select_option(label="改为“较重”")
    reviewer.page.get_by_label("2.6 的调整原因").fill("学会反馈部分属实")
    reviewer.shot("concluding")
    reviewer.page.get_by_label("结论", exact=True).fill("按反馈调整后下发")
    reviewer.page.get_by_role("button", name="作出结论并下发问题").click()
    reviewer.page.get_by_text("ZG-2026-0001").wait_for()
    reviewer.shot("concluded")


def test_a_check_from_the_desk_to_its_findings(world, visitor):
    """R-SUP-04, R-SUP-06: the desk, an answer, three signatures, reply, conclusion, finding."""
    first, second, society, lead, reviewer = (visitor(PHONE) for _ in range(5))
    address = reverse("supervision:check", args=[world.check.pk])
    for each, actor in ((first, world.first), (second, world.second)):
        each.sign_in(actor.user.username, "/")
        each.page.get_by_role("link", name=f"开始检查：{world.check.society.name}").click()
        each.page.get_by_role("button", name="声明无回避情形，开始检查").click()
        each.page.get_by_text("已答").first.wait_for()
    saved(answer(first.page, "2.6", "不符合", "第三季度支部党员大会无记录"))
    first.page.get_by_text("一般，整改期限").first.wait_for(state="attached")
    take_photo(first, world, picture("PNG"))
    in_database(lambda: fill_in(world))
    for each in (first, second):
        each.page.goto("/")
    both_widths(first, "desk")
    first.page.goto(reverse("supervision:check_answers", args=[world.check.pk]))
    item(first.page, "2.6")
    both_widths(first, "phone")
    sign(first, world, "签字确认")
    sign(second, world, "签字确认")
    society.sign_in(world.secretary.user.username, "/")
    society.page.goto(address)
    both_widths(society, "sign")
    society.page.get_by_role("button", name="学会签字确认").click()
    society.page.get_by_text("待学会反馈").first.wait_for()
    follow_to_the_findings(world, (society, lead, reviewer), address)
    found = in_database(lambda: list(Finding.objects.values_list("item_code", "severity")))
    assert found == [("2.6", "serious")]
    assert in_database(lambda: world.answer("2.6").severity) == "general"


def fill_in(world):
    """What the second inspector answers elsewhere: everything that is left, 符合."""
    rows = Answer.objects.filter(spot_check=world.check, value="").select_related("item")
    for row in rows:
        world.save(row.item.code, by=world.second, client=uuid4())
