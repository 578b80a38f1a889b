"""A rating round in a real browser: from 创建申报 to the number, with an objection (R-STAR-06)."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from starrating import actions
from starrating.models import RatingEntry
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import make_actor, make_edition, make_federation, make_standard, make_user
from tests.factories.accounts import PASSWORD
from tests.factories.coverage import at
from tests.factories.rounds import (
    APPLIED,
    ASSESSED,
    COMPUTED,
    DELIBERATED,
    EDITIONS,
    OPENED,
    POSTED,
    SELF,
    VALUES,
    YEAR,
    make_rated_society,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OBJECTED, RE_EXAMINED = at(date(2026, 3, 18)), at(date(2026, 3, 23))
AGAIN, FINAL = at(date(2026, 3, 24)), at(date(2026, 4, 1))


def person(role, name, *objects, username=""):
    user = make_user(name, PASSWORD, username=username or str(role.value))
    return make_actor(role, *objects, user=user)


@pytest.fixture
def entry():
    """A round with one society whose scores are taken, and all its people."""
    federation = make_federation(name="示例科协", is_demo=True, committee_name="科技社团党委")
    make_edition(federation)
    make_standard(federation, "round", EDITIONS)
    society = make_rated_society(federation, name="示例光学学会")
    person(Role.SOCIETY_CLERK, "林某某", society)
    person(Role.SOCIETY_SECRETARY, "张某某", society)
    reviewer = person(Role.COMMITTEE_REVIEWER, "李某某", federation)
    person(Role.COMMITTEE_LEADER, "周某某", federation)
    for n, name in enumerate(("赵某某", "钱某某", "孙某某", "吴某某"), 1):
        person(Role.COMMITTEE_MEMBER, name, federation, username=f"member{n}")
    organisation = society.party_organisations.order_by("-pk").first()
    person(Role.ASSESSOR, "陈某某", organisation)
    chosen = actions.open_round(
        federation=federation, year=YEAR, values=VALUES, by=reviewer, now=OPENED
    )
    actions.compute_round(chosen=chosen, now=COMPUTED)
    return RatingEntry.objects.get(round=chosen)


def state_of(entry):
    return in_database(RatingEntry.objects.values_list("state", flat=True).filter(pk=entry.pk).get)


def test_from_application_to_the_number_with_an_objection(entry, visitor):
    page = reverse("starrating:entry", args=[entry.pk])
    chosen = entry.round_id
    places = reverse("starrating:places", args=[chosen])

    def at_the_page(username, moment, address=page, width=DESKTOP):
        """Somebody signs in on a day and opens a page."""
        clock.move_to(moment)
        one = visitor(width)
        one.sign_in(username, address)
        return one

    def press(one, name, then):
        one.page.get_by_role("button", name=name, exact=True).click()
        one.page.locator("#messages", has_text=then).wait_for()

    with time_machine.travel(APPLIED, tick=True) as clock:
        clerk = at_the_page("society_clerk", APPLIED)
        clerk.page.get_by_role("button", name="创建申报，送审签").click()
        clerk.page.get_by_role("link", name="请填写创建措施").wait_for()
        clerk.page.get_by_label("创建目标").select_option("5")
        clerk.page.get_by_label("创建措施").fill("落实第一议题，办好党建强会项目")
        clerk.shot("apply")
        press(clerk, "创建申报，送审签", "已送审签")
        secretary = at_the_page("society_secretary", APPLIED)
        press(secretary, "审签并申报", "已申报")

        clerk = at_the_page("society_clerk", SELF)
        clerk.page.get_by_label("E1 自评").select_option("disputed")
        clerk.page.get_by_role("button", name="自评，送审签").click()
        clerk.page.get_by_text("E1 有异议的，请在说明里写明理由").first.wait_for()
        clerk.page.get_by_label("E1 说明").fill("章程已于 2024 年修订")
        clerk.shot("self")
        press(clerk, "自评，送审签", "自评已送审签")
        secretary = at_the_page("society_secretary", SELF)
        press(secretary, "审签并报送自评", "自评已报送")

        assign = reverse("starrating:assign", args=[chosen])
        reviewer = at_the_page("committee_reviewer", ASSESSED, assign)
        reviewer.page.get_by_label("初评人").select_option(label="陈某某")
        reviewer.page.get_by_label("示例光学学会").check()
        reviewer.shot("assign")
        press(reviewer, "分派", "已分派")

        assessor = at_the_page("assessor", ASSESSED)
        assessor.page.get_by_label("C1 评定分").fill("25")
        assessor.page.get_by_label("F1 评定分").select_option("10.00")
        assessor.page.get_by_label("初评说明").fill("情况属实")
        assessor.page.get_by_role("button", name="提交审议").click()
        assessor.page.get_by_text("C1 评定分与系统测算分不同，请写明理由").first.wait_for()
        assessor.shot("refused")
        assessor.page.get_by_label("C1 理由").fill("一次会议记录不全")
        assessor.page.get_by_label("F1 理由").fill("项目已结项")
        assessor.page.get_by_text("有结项").check()
        press(assessor, "保存", "初评已保存")
        assessor.shot("assess")
        press(assessor, "提交审议", "初评已提交审议")

        for name in ("member1", "member2"):
            member = at_the_page(name, DELIBERATED)
            member.shot(name)
            press(member, "同意", "已同意")
        assert state_of(entry) == "deliberated"

        reviewer = at_the_page("committee_reviewer", POSTED, places)
        reviewer.shot("places")
        press(reviewer, "公示", "已公示")

        secretary = at_the_page("society_secretary", OBJECTED, width=PHONE)
        secretary.shot("posted")
        secretary.page.locator("summary", has_text="提出异议").click()
        secretary.page.get_by_label("异议", exact=True).fill("E1 应按修订后的章程计分")
        press(secretary, "提出异议", "异议已提出")

        reviewer = at_the_page("committee_reviewer", RE_EXAMINED)
        reviewer.page.locator("tr", has_text="E1").locator("summary").click()
        reviewer.page.get_by_label("E1 评定分").fill("20")
        reviewer.page.get_by_label("E1 理由").fill("章程已核")
        reviewer.page.get_by_label("复核说明").fill("异议成立")
        reviewer.shot("re-examine")
        press(reviewer, "提交复核结果", "复核结果已提交审议")

        for name in ("member3", "member4"):
            press(at_the_page(name, AGAIN), "同意", "已同意")
        press(at_the_page("committee_reviewer", AGAIN, places), "重新公示有变化的", "已公示")

        leader = at_the_page("committee_leader", FINAL, places)
        leader.page.get_by_label("评定文号").fill("科社党〔2026〕8号")
        press(leader, "评定", "已评定，星级名单生效")
        leader.shot("final-places")
        leader.page.goto(page)
        leader.shot("final")
        leader.page.goto(reverse("starrating:round", args=[chosen]))
        leader.shot("queue")
        clerk = at_the_page("society_clerk", FINAL, reverse("starrating:public", args=[chosen]))
        clerk.page.get_by_text("五星").wait_for()
        clerk.shot("list")
        clerk.page.goto(reverse("starrating:print", args=[entry.pk]))
        clerk.shot("print")
        clerk.page.goto(reverse("starrating:rounds"))
        clerk.shot("rounds")
        phone = at_the_page("society_clerk", FINAL, width=PHONE)
        phone.shot("final")
    assert state_of(entry) == "final"
