"""An election filed on a phone, without scripts, signed and accepted at the desk (R-ORG-06…08)."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from branches.models import Post, PostFiling, Term
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import make_actor, make_federation, make_organisation, make_society, make_user
from tests.factories.accounts import PASSWORD
from tests.factories.ledgers import moment
from tests.factories.members import make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = date(2026, 11, 20)


@pytest.fixture
def organisation():
    """A branch with a person for each step, each signing in by the name of the role."""
    with time_machine.travel(moment(TODAY), tick=True):
        federation = make_federation(name="示例科协", is_demo=True)
        society = make_society(federation, name="示例力学学会")
        found = make_organisation(society, name="示例力学学会办事机构党支部")
        for role, scope in (
            (Role.BRANCH_SECRETARY, found),
            (Role.SOCIETY_SECRETARY, society),
            (Role.COMMITTEE_REVIEWER, federation),
        ):
            user = make_user(f"{role.label}某", PASSWORD, username=str(role.value))
            make_actor(role, scope, user=user)
        make_member(found, name="赵某某", since=date(2020, 1, 1))
        yield found


PERSONS = (("书记", "赵某某", "9"), ("组织委员", "钱某某", "8"), ("纪检委员", "孙某某", "7"))


def fill_in(page) -> None:
    """The whole page, top to bottom."""
    page.get_by_label("换届（选举、任命）日期").fill("2026-11-06")
    page.get_by_label("应到会有选举权人数").fill("10")
    page.get_by_label("实到会有选举权人数").fill("9")
    page.get_by_label("委员会职数").fill("3")
    for number, (kind, name, votes) in enumerate(PERSONS):
        page.locator(f"#id_seats-{number}-kind").select_option(label=kind)
        page.locator(f"#id_seats-{number}-person_name").fill(name)
        page.locator(f"#id_seats-{number}-votes").fill(votes)
    page.locator("#id_seats-1-also_kind").select_option(label="宣传委员")


def test_filed_on_a_phone_without_scripts_and_accepted(organisation, visitor):
    address = reverse("branches:detail", args=[organisation.pk])
    phone = visitor(PHONE, java_script_enabled=False)
    phone.sign_in("branch_secretary", address)
    phone.page.get_by_role("link", name="报送换届").click()
    fill_in(phone.page)
    phone.page.locator("#id_present").fill("7")
    phone.page.get_by_role("button", name="保存并送审签").click()
    assert phone.page.get_by_text("不足应到 10 人的五分之四").count()
    phone.page.locator("#id_present").fill("9")
    phone.page.get_by_role("button", name="保存并送审签").click()
    assert phone.page.get_by_text("待审签").count()
    filing = in_database(lambda: PostFiling.objects.get())
    page_of_filing = reverse("branches:filing", args=[filing.pk])
    for username, button in (
        ("society_secretary", "审签并报送"),
        ("committee_reviewer", "通过"),
    ):
        desk = visitor(DESKTOP)
        desk.sign_in(username, page_of_filing)
        desk.shot(f"filing-{username}")
        desk.page.get_by_role("button", name=button, exact=True).click()
        desk.page.wait_for_load_state("load")
    term = in_database(lambda: Term.objects.get())
    assert (term.seats, term.ends_on) == (3, date(2029, 11, 5))
    assert in_database(lambda: Post.objects.filter(term=term).count()) == 4
    desk.page.goto(address)
    desk.shot("organisation")
    assert desk.page.get_by_text("2026-11-06 至 2029-11-05").count()


def test_rows_are_added_and_taken_back_with_scripts(organisation, visitor):
    """At 390 px nothing sticks out, and a removed row can be taken back."""
    address = reverse("branches:re_elect", args=[organisation.pk])
    phone = visitor(PHONE)
    phone.sign_in("branch_secretary", address)
    phone.shot("re-election")
    phone.page.get_by_role("button", name="增加一人").click()
    assert phone.page.locator("[data-row]:visible").count() == 4
    phone.page.get_by_role("button", name="移除此人").first.click()
    phone.page.get_by_role("button", name="撤销").first.click()
    fill_in(phone.page)
    # Of the register: the name comes along.
    phone.page.locator("#id_seats-0-member").select_option(label="赵某某")
    phone.page.locator("#id_seats-0-person_name").fill("")
    phone.page.get_by_role("button", name="移除此人").nth(1).click()
    phone.shot("re-election-removed")
    phone.page.get_by_role("button", name="保存草稿").click()
    phone.page.wait_for_load_state("load")
    names = in_database(lambda: sorted(Post.objects.values_list("person_name", flat=True)))
    rows = in_database(
        lambda: list(PostFiling.objects.get().seat_rows.values_list("person_name", flat=True))
    )
    assert (names, rows) == ([], ["赵某某", "孙某某"])
    phone.page.goto("/")
    phone.shot("desk")
