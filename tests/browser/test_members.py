"""Members in a real browser: filed on a phone; imported with errors, corrected, taken back."""

import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from branches.models import PartyMember
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import make_actor, make_federation, make_organisation, make_society, make_user
from tests.factories.accounts import PASSWORD
from tests.factories.ledgers import moment
from tests.factories.members import workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = date(2026, 7, 3)
GOOD = ("周某某", "1971.9", "1999年12月", "2000-12", "本学会")
BAD = ("陈某某", "1978-03", "2031-07", "", "支撑单位")
ODD = ("吴某某", "1990-01", "2015-11", "2016-11", "本学会", "力学学会支部")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def person(role: Role, name: str, scope: object) -> object:
    """Somebody who can sign in by the name of their role."""
    return make_actor(role, scope, user=make_user(name, PASSWORD, username=str(role.value)))


@pytest.fixture
def world():
    with time_machine.travel(moment(TODAY), tick=True):
        society = make_society(make_federation(name="示例科协", is_demo=True), name="示例力学学会")
        branch = make_organisation(society, name="示例力学学会党支部")
        person(Role.BRANCH_SECRETARY, "郑某某", branch)
        person(Role.SOCIETY_SECRETARY, "张某某", society)
        yield branch


def names() -> list[str]:
    return in_database(lambda: sorted(PartyMember.objects.values_list("name", flat=True)))


def send(page, name: str, data: bytes) -> None:
    page.goto(reverse("branches:import_start"))
    page.get_by_label("工作簿").set_input_files({"name": name, "mimeType": XLSX, "buffer": data})
    page.get_by_role("button", name="上传并核对").click()


def corrected(page) -> bytes:
    """The error workbook, downloaded and mended as it asks."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误工作簿").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.active
    assert "晚于今天" in sheet["G2"].value
    sheet["C2"] = "2011-07"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_import_with_errors_corrected_confirmed_rolled_back(world, visitor):
    filer, secretary = visitor(DESKTOP), visitor(DESKTOP)
    filer.sign_in("branch_secretary", reverse("branches:members"))
    page = filer.page
    page.get_by_role("link", name="批量导入").click()
    filer.shot("import-start")
    send(page, "名册.xlsx", workbook([GOOD, BAD, ODD]))
    page.get_by_text("C3 入党年月晚于今天").wait_for()
    filer.shot("import-preview")
    page.get_by_role("button", name="采用").click()
    page.get_by_role("button", name="导入其余 2 行（新增 2、更新 0）").wait_for()
    assert names() == []
    mended = corrected(page)
    page.get_by_role("button", name="导入其余 2 行").click()
    page.get_by_text("已导入 2 行").wait_for()
    filer.shot("import-done")
    assert names() == ["吴某某", "周某某"]
    send(page, "名册-错误.xlsx", mended)
    page.get_by_role("button", name="导入 1 行（新增 1、更新 0）").click()
    page.get_by_role("button", name="整批撤回").click()
    page.get_by_text("已整批撤回").first.wait_for()
    assert names() == ["吴某某", "周某某"]

    secretary.sign_in("society_secretary", "/")
    secretary.page.get_by_role("link", name="确认党员记录 2 条").first.click()
    secretary.page.get_by_label("全选本页").check()
    secretary.shot("queue")
    secretary.page.get_by_role("button", name="确认所选").click()
    secretary.page.get_by_text("已确认 2 名党员").wait_for()
    assert in_database(lambda: PartyMember.objects.counted().count()) == 2


def test_filed_on_a_phone_with_the_month_typed_badly_first(world, visitor):
    filer = visitor(PHONE)
    filer.sign_in("branch_secretary", reverse("branches:member_enter"))
    page = filer.page
    page.get_by_label("姓名").fill("冯某某")
    page.get_by_label("出生年月").fill("78.3")
    page.get_by_label("入党年月").fill("2008年6月")
    page.get_by_role("button", name="登记").click()
    page.get_by_text("出生年月年份只有两位").first.wait_for()
    assert page.get_by_label("入党年月").input_value() == "2008年6月"
    filer.shot("enter-refused")
    page.get_by_label("出生年月").fill("1978.3")
    page.get_by_role("button", name="登记").click()
    page.get_by_role("heading", name="冯某某").wait_for()
    filer.shot("member")
    page.goto(reverse("branches:members"))
    filer.shot("members")
    assert names() == ["冯某某"]
