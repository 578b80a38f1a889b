"""A meeting is filed on one page, on desk and phone, with and without scripts (R-LIFE-06, D-1)."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from branches.models import ExpectedLife, LifeDraft, LifeRecord
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.browser.test_ledger_chain import person
from tests.factories import (
    file_life,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    turn_life,
)
from tests.factories.ledgers import moment
from tests.factories.members import make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = date(2026, 11, 20)


@pytest.fixture
def branch():
    with time_machine.travel(moment(TODAY), tick=True):
        federation = make_federation(name="示例科协", is_demo=True)
        make_obligations(federation)
        society = make_society(federation, name="示例生物医学工程学会")
        branch = make_organisation(society, name="办事机构党支部")
        turn_life(federation, TODAY, since=date(2026, 1, 1))
        person(Role.BRANCH_SECRETARY, "赵某某", branch)
        person(Role.COMMITTEE_REVIEWER, "李某某", federation)
        last = {"place": "学会会议室", "expected": 4, "present": 4}
        file_life(branch, held_on=date(2026, 10, 16), on=date(2026, 10, 18), **last)
        yield branch


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_meeting_is_filed_on_one_page(branch, visitor, width):
    page, secretary = reverse("branches:life_file", args=[branch.pk]), visitor(width)
    secretary.sign_in("branch_secretary", "/")
    secretary.page.get_by_text("11 月主题党日").first.wait_for()
    secretary.shot("desk")
    secretary.page.goto(f"{page}?kind=theme_day")
    secretary.page.get_by_role("link", name="按上次填入（10 月 16 日主题党日）").click()
    secretary.page.wait_for_url("**?last")
    assert secretary.page.get_by_label("地点").input_value() == "学会会议室"
    assert secretary.page.get_by_label("应到人数").input_value() == "4"
    # 谈心谈话 asks for pairs instead of minutes.
    secretary.page.get_by_role("radio", name="谈心谈话").check()
    assert not secretary.page.get_by_role("textbox", name="议程").is_visible()
    assert secretary.page.get_by_label("委员和党员之间").is_visible()
    secretary.page.get_by_role("radio", name="主题党日").check()
    assert not secretary.page.get_by_label("委员和党员之间").is_visible()
    with secretary.page.expect_response(lambda answer: answer.url.endswith("/life/draft/")):
        secretary.page.get_by_label("实到人数").fill("5")
        secretary.page.get_by_label("学习事项").fill("学习党章第五章，交流党支部在学会服务中的作用")
        secretary.page.get_by_label("学习事项").press("Tab")
    secretary.page.get_by_text("草稿已保存").wait_for()
    secretary.shot("filling")
    secretary.page.get_by_role("button", name="登记", exact=True).click()
    secretary.page.locator(".pp-errsum").wait_for()
    assert "多于应到" in secretary.page.locator(".pp-errsum").inner_text()
    assert "请填写议程" in secretary.page.locator(".pp-errsum").inner_text()
    assert secretary.page.get_by_label("实到人数").input_value() == "5"
    secretary.shot("refused")
    secretary.page.get_by_label("实到人数").fill("3")
    secretary.page.get_by_role("textbox", name="议程").fill("学习党章第五章")
    secretary.page.get_by_role("button", name="登记", exact=True).click()
    secretary.page.get_by_role("heading", name="主题党日", exact=True).wait_for()
    secretary.shot("record")
    record = in_database(lambda: LifeRecord.objects.latest("pk"))
    assert (record.held_on, record.present, record.expected) == (TODAY, 3, 4)
    assert in_database(LifeDraft.objects.count) == 0
    held = ExpectedLife.objects.filter(kind="theme_day", period="2026-11", held=1)
    assert in_database(held.exists)
    secretary.page.goto(reverse("branches:life_own"))
    secretary.page.get_by_role("heading", name="2026 年组织生活").wait_for()
    secretary.shot("calendar")
    reviewer = visitor(width)
    reviewer.sign_in("committee_reviewer", reverse("branches:life_matrix"))
    reviewer.page.get_by_role("link", name="示例生物医学工程学会").wait_for()
    reviewer.shot("matrix")
    reviewer.page.goto(reverse("society", args=[branch.society_id]))
    reviewer.page.get_by_role("heading", name="组织生活").wait_for()
    reviewer.shot("society")


def test_the_page_works_without_scripts(branch, visitor):
    secretary = visitor(PHONE, java_script_enabled=False)
    secretary.sign_in("branch_secretary", reverse("branches:life_file", args=[branch.pk]))
    secretary.page.get_by_role("radio", name="主题党日").check()
    secretary.page.get_by_label("应到人数").fill("4")
    secretary.page.get_by_label("实到人数").fill("四")
    secretary.page.get_by_role("button", name="存为草稿").click()
    secretary.page.get_by_text("草稿已保存，登记后才计入").first.wait_for()
    assert secretary.page.get_by_label("实到人数").input_value() == "四"
    secretary.page.get_by_label("实到人数").fill("4")
    secretary.page.get_by_role("textbox", name="议程").fill("学习党章")
    secretary.page.get_by_label("决议事项").fill("确定 12 月组织生活会时间")
    secretary.page.get_by_role("button", name="登记", exact=True).click()
    secretary.page.get_by_role("heading", name="主题党日", exact=True).wait_for()
    assert in_database(lambda: LifeRecord.objects.latest("pk").decision).startswith("确定")


@pytest.mark.parametrize(("width", "scripts"), [(PHONE, False), (DESKTOP, True)])
def test_names_are_marked_in_a_few_taps(branch, visitor, width, scripts):
    """全部到会, then the exceptions; nothing of it needs scripts."""

    def fill():
        for name in ("赵启明", "钱学理", "孙工程", "李数学"):
            make_member(branch, name=name, since=date(2020, 1, 1))
        make_member(branch, name="欧阳客座", since=date(2020, 1, 1), place="supporting_unit")

    in_database(fill)
    secretary = visitor(width, java_script_enabled=scripts)
    secretary.sign_in("branch_secretary", reverse("branches:life_file", args=[branch.pk]))
    page = secretary.page
    page.get_by_role("radio", name="主题党日").check()
    page.get_by_text("按名单登记（选填，名册 5 人）").click()
    page.get_by_text("全部到会（名单中另有标记的除外）").click()
    page.get_by_role("radiogroup", name="钱学理").get_by_role("radio", name="请假").check()
    page.get_by_role("radiogroup", name="欧阳客座").get_by_role("radio", name="不应到").check()
    secretary.shot("list")
    page.get_by_role("textbox", name="议程").fill("学习党章")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("至少填写一项").first.wait_for()
    assert page.get_by_role("radiogroup", name="钱学理").get_by_label("请假").is_checked()
    page.get_by_label("决议事项").fill("确定 12 月组织生活会时间")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("heading", name="到会名单").wait_for()
    secretary.shot("listed")
    record = in_database(lambda: LifeRecord.objects.latest("pk"))
    assert (record.expected, record.present, record.excused) == (3, 3, 1)
