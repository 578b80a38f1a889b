"""Training in a real browser: a class from places to hours, attendance by an xlsx with errors."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from common.clock import start_of
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import (
    make_actor,
    make_federation,
    make_organisation,
    make_society,
    make_training,
    make_user,
)
from tests.factories.accounts import PASSWORD
from tests.factories.ledgers import moment
from tests.factories.members import make_member, workbook
from training.importing import COLUMNS
from training.models import Enrolment, TrainingClass, YearHours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY, DAY = date(2026, 7, 3), date(2026, 8, 10)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME = "示例力学学会"


def person(role: Role, name: str, scope: object) -> object:
    """Somebody who can sign in by the name of their role."""
    return make_actor(role, scope, user=make_user(name, PASSWORD, username=str(role.value)))


@pytest.fixture
def traveller():
    with time_machine.travel(moment(TODAY), tick=True) as found:
        federation = make_federation(name="示例科协", is_demo=True)
        make_training(federation)
        society = make_society(federation, name=NAME)
        branch = make_organisation(society, name=f"{NAME}党支部")
        person(Role.TRAINING_MANAGER, "陆某某", federation)
        person(Role.COMMITTEE_LEADER, "沈某某", federation)
        person(Role.SOCIETY_CLERK, "郑某某", society)
        secretary = person(Role.SOCIETY_SECRETARY, "张某某", society)
        filer = person(Role.BRANCH_SECRETARY, "何某某", branch)
        for name in ("周某某", "吴某某"):
            make_member(branch, by=filer, confirmed_by=secretary, name=name, since=date(2020, 1, 1))
        yield found


def sheet(*rows):
    return workbook(rows, tuple(c.label for c in COLUMNS), "到课登记")


def plan(manager) -> None:
    """新建培训班, places, sent."""
    manager.sign_in("training_manager", "/")
    page = manager.page
    manager.shot("desk")
    page.get_by_role("link", name="新建培训班").first.click()
    page.get_by_label("名称").fill("党务干部培训班")
    page.get_by_label("类别").select_option("officers")
    page.get_by_label("开班日期").fill(str(DAY))
    page.get_by_label("结束日期").fill(str(DAY))
    page.get_by_label("报名截止").fill("2026-08-01")
    page.get_by_label("人数").fill("20")
    page.get_by_label("课程安排").fill("8 月 10 日一天")
    page.get_by_role("button", name="保存，去分配名额").click()
    page.get_by_text("第 1 行“8 月 10 日一天”看不懂").first.wait_for()
    assert page.get_by_label("名称").input_value() == "党务干部培训班"
    manager.shot("plan-refused")
    page.get_by_label("课程安排").fill("2026-08-10 全天")
    page.get_by_role("button", name="保存，去分配名额").click()
    page.get_by_label(f"{NAME}名额").fill("2")
    manager.shot("places")
    page.get_by_role("button", name="保存名额").click()
    page.get_by_role("button", name="送批").click()
    page.get_by_text("已送批，待负责人批准").wait_for()


def approve(leader) -> None:
    leader.sign_in("committee_leader", "/")
    leader.page.get_by_role("link", name="批准培训班计划：党务干部培训班").first.click()
    leader.page.get_by_role("button", name="批准").click()
    leader.page.get_by_text("已批准，有名额的学会开始报名").wait_for()
    leader.shot("approved")


def enrol(clerk) -> None:
    """Two by name, the first misspelt."""
    clerk.sign_in("society_clerk", "/")
    page = clerk.page
    page.get_by_role("link", name="培训班报名：党务干部培训班").first.click()
    for number, name in enumerate(("周某某", "吴某某")):
        page.get_by_role("link", name="报名", exact=True).click()
        if not number:
            page.get_by_label("姓名").fill("周某")
            page.get_by_role("button", name="报名").click()
            page.get_by_text("名册中没有已确认的“周某”").first.wait_for()
            clerk.shot("enrol-refused")
        page.get_by_label("姓名").fill(name)
        page.get_by_role("button", name="报名").click()
        page.get_by_text("已报名", exact=True).wait_for()
    clerk.shot("enrolled")


def attend(manager) -> None:
    """A workbook with an error: the rest is imported, the other line mended by hand."""
    manager.sign_in("training_manager", "/")
    page = manager.page
    page.get_by_role("link", name="登记到课并结业：党务干部培训班").first.click()
    page.get_by_role("link", name="导入到课").click()
    data = sheet((NAME, "周某某", "", "全部", "合格"), (NAME, "吴某", "", "1", "合格"))
    file = {"name": "到课.xlsx", "mimeType": XLSX, "buffer": data}
    page.get_by_label("工作簿").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_text("B3 没有报名").wait_for()
    manager.shot("import-preview")
    page.get_by_role("button", name="导入其余 1 行").click()
    page.get_by_text("已导入 1 人的到课").wait_for()
    page.get_by_role("link", name="返回培训班").click()
    page.get_by_role("link", name="登记到课").click()
    page.get_by_label("吴某某第 1 节到课").check()
    page.get_by_label("吴某某考核结果").select_option("failed")
    manager.shot("attendance")
    page.get_by_role("button", name="保存到课").click()
    page.get_by_role("button", name="结业，计入学时").click()
    page.get_by_text("已结业，证书已编号，学时已计入").wait_for()
    manager.shot("settled")


def test_a_class_from_its_places_to_hours(traveller, visitor):
    plan(visitor(DESKTOP))
    approve(visitor(DESKTOP))
    enrol(visitor(DESKTOP))
    traveller.move_to(start_of(DAY).replace(hour=18))
    attend(visitor(DESKTOP))
    branch = visitor(DESKTOP)
    branch.sign_in("branch_secretary", reverse("training:hours"))
    branch.page.get_by_text("周某某").wait_for()
    branch.shot("hours")
    branch.page.get_by_role("link", name="周某某").click()
    branch.page.get_by_text("党务干部培训班 第 1 节").wait_for()
    branch.shot("statement")
    numbers = in_database(
        lambda: sorted(Enrolment.objects.values_list("certificate_no", flat=True))
    )
    assert numbers == ["", "PX-2026-001-001"]
    found = in_database(lambda: list(YearHours.objects.values_list("counted", "concentrated")))
    assert found == [(Decimal(8), 1), (Decimal(8), 1)]
    assert in_database(lambda: TrainingClass.objects.get().state) == "settled"


def test_hours_filed_on_a_phone(traveller, visitor):
    filer = visitor(PHONE)
    filer.sign_in("branch_secretary", reverse("training:events"))
    page = filer.page
    page.get_by_role("link", name="登记学时").click()
    page.get_by_label("种类").select_option("study")
    page.get_by_label("内容").fill("学习条例")
    page.get_by_label("日期").fill("2026-07-01")
    page.get_by_label("按分钟").check()
    page.get_by_role("button", name="登记").click()
    page.get_by_text("按分钟登记的，请填写分钟数").first.wait_for()
    filer.shot("event-refused")
    page.get_by_role("textbox", name="分钟").fill("90")
    page.get_by_role("checkbox", name="周某某").check()
    page.get_by_role("button", name="登记").click()
    page.get_by_text("已登记，待学会党组织书记确认后计入").wait_for()
    filer.shot("event")
    secretary = visitor(PHONE)
    secretary.sign_in("society_secretary", "/")
    secretary.page.get_by_role("link", name="确认学时：学习条例").first.click()
    secretary.page.get_by_role("button", name="确认，计入学时").click()
    secretary.page.get_by_text("已确认，学时已计入").wait_for()
    secretary.page.goto(reverse("training:hours"))
    secretary.shot("hours")
    for name in ("totals", "classes"):
        secretary.page.goto(reverse(f"training:{name}"))
        secretary.shot(name)
    found = in_database(lambda: list(YearHours.objects.values_list("counted", flat=True)))
    assert found == [Decimal("1.5")]
