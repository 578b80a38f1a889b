"""A ledger walks from draft to accepted in a real browser, on desk and phone (D-14, R-LED-08)."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from ledgers import actions
from ledgers.models import Ledger, LedgerOperations, LedgerState
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import make_actor, make_federation, make_organisation, make_society, make_user
from tests.factories.accounts import PASSWORD
from tests.factories.ledgers import Cast, make_ledger, make_period, moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BEFORE, AS_OF, TODAY = date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 3)


def person(role: Role, name: str, scope: object) -> object:
    """Somebody who can sign in by the name of their role."""
    user = make_user(name, PASSWORD, username=str(role.value))
    return make_actor(role, scope, user=user)


@pytest.fixture
def world():
    """An accepted ledger of the period before; the new one's draft, prefilled from it."""
    with time_machine.travel(moment(TODAY), tick=True):
        federation = make_federation(name="示例科协", is_demo=True)
        society = make_society(federation, name="示例力学学会")
        make_organisation(society, *society.units.all(), name="示例力学学会党支部")
        cast = Cast(
            clerk=person(Role.SOCIETY_CLERK, "林某某", society),
            secretary=person(Role.SOCIETY_SECRETARY, "张某某", society),
            reviewer=person(Role.COMMITTEE_REVIEWER, "李某某", federation),
            leader=person(Role.COMMITTEE_LEADER, "周某某", federation),
        )
        before = make_period(federation, BEFORE)
        make_ledger(society, before, cast=cast, state=LedgerState.ACCEPTED)
        period = make_period(federation, AS_OF)
        yield actions.ensure_draft(society=society, period=period, by=cast.clerk, now=moment(TODAY))


def state_of(ledger: Ledger) -> str:
    return in_database(lambda: Ledger.objects.values_list("state", flat=True).get(pk=ledger.pk))


def meetings(ledger: Ledger) -> tuple[int, int]:
    """Council and standing council meetings as stored."""
    names = ("council_meetings_count", "standing_council_meetings_count")
    rows = LedgerOperations.objects.filter(ledger=ledger).values_list(*names)
    return in_database(rows.get)


def fill_what_is_missing(clerk, ledger):
    """What no earlier ledger knows: this half-year's meetings. Saved by itself."""
    page = clerk.page
    page.locator("#council_meetings_count").fill("1.5")
    page.keyboard.press("Enter")
    page.get_by_text("本期理事会会议次数应为不小于 0 的整数，请去掉小数或负号").first.wait_for()
    assert page.locator("#council_meetings_count").input_value() == "1.5"
    page.locator("#council_meetings_count").fill("１")
    page.locator("#standing_council_meetings_count").fill("2")
    page.locator("#council_held_on_time").select_option("yes")
    page.locator("#standing_council_held_on_time").select_option("yes")
    page.get_by_text("已自动保存").first.wait_for()
    page.locator("#ledger-checks", has_text="各项均已填报").wait_for()
    assert meetings(ledger) == (1, 2)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_fill_send_return_mend_sign_accept(world, visitor, width):
    clerk, secretary, reviewer = (visitor(width) for _ in range(3))
    first = reverse("ledgers:section", args=[world.pk, 1])
    sign = reverse("ledgers:sign", args=[world.pk])
    clerk.sign_in("society_clerk", reverse("ledgers:list"))
    clerk.shot("list")
    clerk.page.goto(first)
    clerk.page.get_by_role("button", name="送审签").click()
    clerk.page.get_by_role("alert").wait_for()
    clerk.shot("refused")
    fill_what_is_missing(clerk, world)
    clerk.shot("filled")
    clerk.page.get_by_role("button", name="送审签").click()
    clerk.page.get_by_text("已送审签，待党组织书记审签并报送").wait_for()
    clerk.shot("sent")
    assert state_of(world) == LedgerState.TO_SIGN

    secretary.sign_in("society_secretary", sign)
    secretary.shot("sign")
    secretary.page.get_by_role("button", name="退回修改").click()
    secretary.page.get_by_role("link", name="请填写退回原因").wait_for()
    secretary.page.get_by_label("退回原因").fill("请核对理事会会议次数")
    secretary.page.get_by_role("button", name="退回修改").click()
    secretary.page.get_by_text("已退回填报人修改").wait_for()
    assert state_of(world) == LedgerState.RETURNED

    clerk.page.goto(first)
    assert "请核对理事会会议次数" in clerk.page.locator(".pp-note--warn").first.inner_text()
    clerk.shot("returned")
    clerk.page.locator("#council_meetings_count").fill("2")
    # Pressed at once: the button carries along what autosave has not sent yet.
    clerk.page.get_by_role("button", name="送审签").click()
    clerk.page.get_by_text("已送审签").first.wait_for()
    assert meetings(world) == (2, 2)

    secretary.page.goto(sign)
    secretary.page.get_by_role("button", name="审签并报送").click()
    secretary.page.get_by_role("link", name="请审阅后勾选声明，再报送").wait_for()
    secretary.page.get_by_label("本台账反映").check()
    for box in secretary.page.locator("[name=tick]").all():
        box.check()
    secretary.shot("ticked")
    secretary.page.get_by_role("button", name="审签并报送").click()
    secretary.page.get_by_text("已审签并报送，待科技社团党委审核").wait_for()
    assert state_of(world) == LedgerState.FILED

    reviewer.sign_in("committee_reviewer", reverse("ledgers:review_queue"))
    reviewer.shot("queue")
    reviewer.page.get_by_role("link", name="从第一份开始审核").click()
    reviewer.page.get_by_role("heading", name="与上次通过版本的差异").wait_for()
    reviewer.shot("review")
    reviewer.page.get_by_role("link", name="四 负责人").click()
    reviewer.shot("review-leaders")
    reviewer.page.get_by_role("button", name="通过").click()
    reviewer.page.locator("#messages", has_text="台账已通过").wait_for()
    reviewer.shot("accepted")
    assert state_of(world) == LedgerState.ACCEPTED
    reviewer.page.goto(reverse("ledgers:periods"))
    reviewer.shot("periods")
    reviewer.page.get_by_role("link", name="2026 年上半年").first.click()
    reviewer.shot("period")
