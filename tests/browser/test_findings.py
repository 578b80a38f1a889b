"""A rectification on a phone, from the finding to its closing (R-SUP-06)."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from supervision import actions
from supervision.models import Finding
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import make_actor, make_checklist, make_federation, make_society, make_user
from tests.factories.accounts import PASSWORD
from tests.factories.coverage import at
from tests.factories.findings import DRAFT, PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ISSUED, LATER = at(date(2026, 12, 1)), at(date(2026, 12, 8))


def person(role, name, scope, username=""):
    user = make_user(name, PASSWORD, username=username or str(role.value))
    return make_actor(role, scope, user=user)


@pytest.fixture
def finding():
    """Registered by one reviewer; two more, a leader and the society's two stand by."""
    federation = make_federation(name="示例科协", is_demo=True, committee_name="科技社团党委")
    make_checklist(federation)
    society = make_society(federation, name="示例力学学会")
    person(Role.SOCIETY_CLERK, "林某某", society)
    person(Role.SOCIETY_SECRETARY, "张某某", society)
    author = person(Role.COMMITTEE_REVIEWER, "李某某", federation)
    person(Role.COMMITTEE_REVIEWER, "王某某", federation, "verifier")
    person(Role.COMMITTEE_REVIEWER, "赵某某", federation, "closer")
    given = {"source": "self", "severity": "general", "by": author, "now": ISSUED}
    other = make_society(federation, name="示例声学学会")
    actions.register_finding(society=other, **(DRAFT | given | {"severity": "serious"}))
    return actions.register_finding(society=society, **(DRAFT | given))


def state_of(finding):
    return in_database(Finding.objects.values_list("state", flat=True).filter(pk=finding.pk).get)


def test_a_rectification_from_finding_to_closed(finding, visitor):
    page, board = reverse("supervision:finding", args=[finding.pk]), reverse("supervision:findings")

    def press(one, name, then):
        one.page.get_by_role("button", name=name, exact=True).click()
        one.page.locator("#messages", has_text=then).wait_for()

    def on_the_phone(username, address=page):
        one = visitor(PHONE)
        one.sign_in(username, address)
        return one

    with time_machine.travel(ISSUED, tick=True) as clock:
        secretary = on_the_phone("society_secretary", board)
        secretary.shot("board-society")
        secretary.page.get_by_role("link", name=DRAFT["title"]).click()
        press(secretary, "确认收到", "已确认")

        clerk = on_the_phone("society_clerk")
        clerk.page.get_by_label("责任岗位").fill("学会办公室主任")
        clerk.page.get_by_label("计划完成日期").fill("2027-03-01")
        clerk.page.get_by_role("button", name="送审签", exact=True).click()
        clerk.page.get_by_role("link", name="请填写整改方案").wait_for()
        clerk.shot("plan")
        clerk.page.get_by_role("textbox", name="整改方案").fill("按季召开支部党员大会")
        clerk.page.get_by_label("计划完成日期").fill("2026-12-20")
        press(clerk, "送审签", "方案已送审签")
        secretary.page.goto(page)
        press(secretary, "审签并报送方案", "方案已审签报送")

        clock.move_to(LATER)
        clerk = on_the_phone("society_clerk")
        upload = {"name": "会议记录.pdf", "mimeType": "application/pdf", "buffer": PDF}
        clerk.page.get_by_label("文件", exact=False).first.set_input_files(upload)
        press(clerk, "添加", "整改依据已添加")
        clerk.page.get_by_role("textbox", name="整改情况").fill(
            "12 月 5 日已召开，议题和决议已记录"
        )
        clerk.shot("evidence")
        press(clerk, "整改情况送审签", "整改情况已送审签")
        secretary = on_the_phone("society_secretary")
        press(secretary, "审签并报送整改情况", "待复查")

        verifier = on_the_phone("verifier")
        verifier.page.get_by_label("复查意见").fill("缺会议决议")
        press(verifier, "退回：依据不足，继续整改", "已退回")
        clerk = on_the_phone("society_clerk")
        clerk.page.get_by_text("退回原因：缺会议决议").wait_for()
        clerk.page.get_by_label("名称").fill("会议决议")
        clerk.page.get_by_role("textbox", name="文字说明").fill("决议：每季度末月召开")
        press(clerk, "添加", "整改依据已添加")
        press(clerk, "整改情况送审签", "整改情况已送审签")
        secretary = on_the_phone("society_secretary")
        press(secretary, "审签并报送整改情况", "待复查")

        beside = visitor(DESKTOP)
        beside.sign_in("verifier", board)
        beside.shot("board")
        ticket = beside.page.get_by_role("link", name=DRAFT["title"])
        ticket.filter(has_text="示例力学学会").click()
        beside.page.get_by_label("复查意见").fill("决议齐全，抽核属实")
        beside.shot("panel")
        press(beside, "复查通过，报销号", "复查通过")
        beside.shot("finding")
        closer = on_the_phone("closer")
        closer.shot("to-close")
        press(closer, "销号：问题已解决", "已销号")
        closer.page.goto(board)
        closer.page.get_by_role("heading", name="已销号 1").wait_for()
        closer.shot("board")
    assert state_of(finding) == "closed"


def test_asked_for_and_listed_at_the_desk(finding, visitor):
    """The list, its filters and 登记问题 at 1440 and on the phone; the leader's panel."""
    with time_machine.travel(LATER, tick=True):
        for width in (DESKTOP, PHONE):
            one = visitor(width)
            one.sign_in("closer", reverse("supervision:finding_list"))
            one.shot("list")
            one.page.goto(reverse("supervision:finding_register"))
            one.page.get_by_role("button", name="下发问题").click()
            one.page.get_by_role("link", name="请选择学会").wait_for()
            one.shot("register")
    assert in_database(Finding.objects.count) == 2
