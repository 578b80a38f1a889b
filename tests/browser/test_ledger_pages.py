"""The ledger's other pages in a real browser: conflicts, rows, pages without scripts, widths."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from ledgers.models import LedgerLeader, LedgerMeasure, LedgerStaff, LockException
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.browser.test_ledger_chain import AS_OF, TODAY, person
from tests.factories import make_federation, make_society, make_society_branch
from tests.factories.ledgers import Cast, make_ledger, make_period, moment, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MISTAKES = {"secretariat_staff": "9", "women": "12"}


@pytest.fixture
def draft():
    """A society nothing covers, with contradictions in 5.2 and warnings in 5.1."""
    with time_machine.travel(moment(TODAY), tick=True):
        federation = make_federation(name="示例科协", is_demo=True)
        society = make_society(federation, name="示例农学会")
        for n in "三七九":
            make_society_branch(society, name=f"第{n}专业委员会")
        cast = Cast(
            clerk=person(Role.SOCIETY_CLERK, "林某某", society),
            secretary=person(Role.SOCIETY_SECRETARY, "张某某", society),
            reviewer=person(Role.COMMITTEE_REVIEWER, "李某某", federation),
            leader=person(Role.COMMITTEE_LEADER, "周某某", federation),
        )
        counts = {"society_branch_count": "3"}
        ledger = make_ledger(society, make_period(federation, AS_OF), cast=cast, operations=counts)
        save(ledger, "staff", MISTAKES, cast.clerk, moment(TODAY))
        save(ledger, "operations", {"business_normal": "no"}, cast.clerk, moment(TODAY))
        yield ledger


def page_of(ledger, number):
    return reverse("ledgers:section", args=[ledger.pk, number])


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_table_fits_and_two_windows_are_told_of_each_other(draft, visitor, width):
    first, second = visitor(width), visitor(width)
    first.sign_in("society_clerk", page_of(draft, 1))
    for number in range(1, 6):
        first.page.goto(page_of(draft, number))
        first.shot(f"table{number}")
    second.sign_in("society_secretary", page_of(draft, 2))
    first.page.goto(page_of(draft, 2))
    with second.page.expect_response(lambda answer: answer.request.method == "POST"):
        second.page.locator("#retired").fill("5")
        second.page.keyboard.press("Enter")
    first.page.locator("#retired").fill("6")
    first.page.keyboard.press("Enter")
    first.page.get_by_role("heading", name="请选择保留哪个值").wait_for()
    first.shot("conflict")
    first.page.get_by_role("button", name="按所选保存").click()
    first.page.get_by_text("已按所选保存").wait_for()
    assert in_database(lambda: LedgerStaff.objects.get(ledger=draft).retired) == 6


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_rows_open_one_at_a_time_and_keep_what_was_typed(draft, visitor, width):
    clerk = visitor(width)
    clerk.sign_in("society_clerk", page_of(draft, 4))
    clerk.page.get_by_role("button", name="增加一人").click()
    clerk.page.wait_for_url("**row=**")
    row = clerk.page.locator("details[open]")
    # The post decides which fields there are: the table comes back with the same row open.
    with clerk.page.expect_response(lambda answer: answer.request.method == "POST"):
        row.get_by_label("职务", exact=True).select_option("party_secretary")
    row.get_by_label("书记产生方式").wait_for()
    row.get_by_label("姓名", exact=True).fill("孙某某")
    row.get_by_role("button", name="上移").click()
    clerk.page.locator("details[open] .k", has_text="党委书记").wait_for()
    clerk.shot("rows")
    clerk.page.get_by_role("button", name="移除此人").click()
    clerk.page.get_by_text("已移除 孙某某").wait_for()
    clerk.page.get_by_role("button", name="撤销").click()
    clerk.page.locator(".pp-undo").wait_for(state="detached")
    assert in_database(lambda: LedgerLeader.living.filter(name="孙某某").count()) == 1
    clerk.page.goto(page_of(draft, 5))
    clerk.page.get_by_role("button", name="增加一项措施").first.click()
    clerk.page.get_by_text("推进措施 2 项").wait_for()
    clerk.page.get_by_label("第七专业委员会").check()
    clerk.page.get_by_label("所选分支机构的原因").select_option("NE08")
    clerk.page.get_by_role("button", name="用于所选分支机构").click()
    clerk.page.locator("label small", has_text="无合适书记人选").wait_for()
    clerk.shot("reasons")
    assert in_database(LedgerMeasure.objects.count) == 3


def test_the_pages_work_without_scripts(draft, visitor):
    clerk = visitor(DESKTOP, java_script_enabled=False)
    clerk.sign_in("society_clerk", page_of(draft, 2))
    clerk.page.locator("#retired").fill("二")
    clerk.page.get_by_role("button", name="下一节").click()
    assert clerk.page.locator("#retired").input_value() == "二"
    assert "应为不小于 0 的整数" in clerk.page.locator("#retired-e").inner_text()
    clerk.page.locator("#retired").fill("8")
    clerk.page.get_by_role("button", name="下一节").click()
    assert "第三节" in clerk.page.locator("#table-title").inner_text()
    assert in_database(lambda: LedgerStaff.objects.get(ledger=draft).retired) == 8


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_lock_exception_and_closing_pages(draft, visitor, width):
    with time_machine.travel(moment(date(2026, 9, 1)), tick=True):
        clerk, leader = visitor(width), visitor(width)
        clerk.sign_in("society_clerk", reverse("ledgers:lock_request"))
        clerk.page.get_by_label("补报原因").fill("秘书处搬迁")
        clerk.page.get_by_label("补报截止日").fill("2026-09-20")
        clerk.page.get_by_role("button", name="提交申请").click()
        clerk.page.get_by_text("已提交补报申请").wait_for()
        clerk.shot("lock")
        leader.sign_in("committee_leader", reverse("ledgers:periods"))
        leader.shot("periods")
        leader.page.get_by_role("link", name="2026 年上半年", exact=True).click()
        leader.page.get_by_role("heading", name="2026 年上半年").wait_for()
        leader.shot("period")
        assert "秘书处搬迁" in in_database(lambda: LockException.objects.get().reason)
