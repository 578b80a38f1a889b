"""From a number of the dashboard to its list, to a reminder, to the society's desk and page."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from supervision import actions
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import make_actor, make_batch_finding, make_class, make_training, make_user
from tests.factories.accounts import PASSWORD
from tests.factories.coverage import at
from tests.factories.findings import DRAFT
from training.models import ClassQuota

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ISSUED, TODAY = at(date(2026, 12, 1)), at(date(2027, 1, 20))
WIDTHS = (DESKTOP, PHONE)


@pytest.fixture
def society():
    """一般 of a batch and 较重, both overdue, and 严重 of yesterday; a class with four places."""
    world = make_batch_finding(now=ISSUED)
    society = world.finding.society
    for severity, title, day in (
        ("serious", "重大事项未见前置审议记录", ISSUED + timedelta(days=3)),
        ("grave", "学会党委任期届满，未报换届或延期", TODAY - timedelta(days=1)),
    ):
        said = DRAFT | {"title": title, "source": "self", "severity": severity}
        actions.register_finding(society=society, by=world.cast.author, now=day, **said)
    make_training(society.federation)
    chosen = make_class(society.federation, title="党务干部培训班", starts_on=date(2027, 3, 1))
    ClassQuota.objects.create(training_class=chosen, society=society, places=4)
    for role, name, scope in (
        (Role.COMMITTEE_REVIEWER, "李某某", society.federation),
        (Role.SOCIETY_CLERK, "林某某", society),
        (Role.SUPERVISOR_READER, "秦某某", society),
    ):
        user = make_user(name, PASSWORD, username=str(role.value))
        make_actor(role, scope, user=user)
    return society


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_dashboard_to_the_societys_desk(society, visitor, width):
    home, own = reverse("home"), reverse("society", args=[society.pk])
    with time_machine.travel(TODAY, tick=True):
        reviewer = visitor(width)
        reviewer.sign_in("committee_reviewer", reverse("dashboard"))
        card = reviewer.page.locator("section[aria-labelledby=rect]")
        card.get_by_role("link", name="合计，未销号 3 个").wait_for()
        assert card.get_by_text("1 / 1 家").count() == 2
        assert card.get_by_role("link", name="已有结论 0 家，共 1 家").is_visible()
        reviewer.shot("dashboard-rectification")
        card.get_by_role("link", name="合计，逾期 2 个").click()
        reviewer.page.wait_for_url("**/findings/list/**")
        assert reviewer.page.locator("#list tbody tr").count() == 2
        reviewer.shot("list-overdue")
        reviewer.page.goto(reverse("supervision:findings"))
        reviewer.shot("board-remind")
        reviewer.page.get_by_role("link", name="批量提醒 1 家").click()
        reviewer.page.get_by_label("重大事项未见前置审议记录").uncheck()
        reviewer.page.get_by_role("textbox", name="提醒内容").fill("请于 1 月底前报送整改情况")
        reviewer.shot("remind")
        reviewer.page.get_by_role("button", name="发出提醒").click()
        reviewer.page.locator("#messages", has_text="已提醒").wait_for()
        reviewer.page.goto(own)
        reviewer.shot("society-panels")
        clerk = visitor(width)
        clerk.sign_in("society_clerk", own)
        clerk.page.get_by_role("link", name="一般逾期 1 个").click()
        clerk.page.wait_for_url("**/findings/list/**")
        assert clerk.page.locator("#list tbody tr").count() == 1
        clerk.page.goto(home)
        clerk.shot("desk-clerk")
        reader = visitor(width)
        reader.sign_in("supervisor_reader", home)
        reader.page.get_by_role("heading", name="未销号的问题").wait_for()
        reader.shot("desk-supervisor")
