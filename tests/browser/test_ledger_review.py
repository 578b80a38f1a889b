"""The reviewer's words at fields outlive the tables read in between (R-LED-08)."""

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from ledgers.models import LedgerReturnRemark, LedgerState, ReviewDraft
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.browser.test_ledger_chain import AS_OF, TODAY, person, state_of
from tests.factories import make_federation, make_organisation, make_society
from tests.factories.ledgers import Cast, make_ledger, make_period, moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
JOURNALS = "operations.journals_count.0"


@pytest.fixture
def filed():
    """A ledger before a reviewer who can sign in."""
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
        period = make_period(federation, AS_OF)
        yield make_ledger(society, period, cast=cast, state=LedgerState.FILED)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_words_at_fields_stay_while_other_tables_are_read(filed, visitor, width):
    reviewer = visitor(width)
    page, review = reviewer.page, reverse("ledgers:review", args=[filed.pk])
    reviewer.sign_in("committee_reviewer", review)
    words, field = page.locator("#remark-0-text"), page.locator("#remark-0")
    field.select_option(JOURNALS)
    words.fill("应为 2 种")
    # Pressed at once, with the cursor still in the line.
    page.get_by_role("link", name="二 职工队伍").click()
    page.wait_for_url("**tab=staff")
    assert (field.input_value(), words.input_value()) == (JOURNALS, "应为 2 种")
    reviewer.shot("review-kept")
    page.get_by_label("退回说明").fill("请按意见修改")
    with page.expect_response(lambda answer: answer.url.endswith("/review/keep/")):
        words.focus()
    page.get_by_text("已自动保存").wait_for()
    page.goto(reverse("ledgers:review_queue"))
    page.goto(review)
    assert page.get_by_label("退回说明").input_value() == "请按意见修改"
    assert words.input_value() == "应为 2 种"
    page.get_by_role("button", name="退回修改").click()
    page.locator("#messages", has_text="台账已退回修改").wait_for()
    assert state_of(filed) == LedgerState.RETURNED
    assert in_database(lambda: LedgerReturnRemark.objects.get().text) == "应为 2 种"
    assert in_database(ReviewDraft.objects.count) == 0


def test_without_scripts_the_button_for_more_lines_keeps_them(filed, visitor):
    reviewer = visitor(DESKTOP, java_script_enabled=False)
    page, review = reviewer.page, reverse("ledgers:review", args=[filed.pk])
    reviewer.sign_in("committee_reviewer", review)
    page.locator("#remark-0").select_option(JOURNALS)
    page.locator("#remark-0-text").fill("应为 2 种")
    page.get_by_role("button", name="再写几条").click()
    page.get_by_role("link", name="二 职工队伍").click()
    page.wait_for_url("**tab=staff")
    assert page.locator("#remark-0-text").input_value() == "应为 2 种"
