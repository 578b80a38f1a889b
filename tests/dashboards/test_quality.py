"""Data-quality issues (roles.md §3): on the 360° page of the society and of the committee."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from dashboards import quality
from societies.models import DataQualityIssue
from tests.factories import make_actor, make_ledger, make_society
from tests.factories.ledgers import AS_OF, make_cast

pytestmark = pytest.mark.django_db
BUDGET = 15
FOUND = date(2026, 6, 30)
EMPTY = "没有未关闭的数据质量问题"


@pytest.fixture
def society():
    return make_society(name="示例化学会")


def issue(society, code="Q-01", **more):
    said = {"severity": "warning", "message": f"{code}不一致", "opened_on": FOUND} | more
    return DataQualityIssue.objects.create(society=society, code=code, **said)


def page(client, society, actor, **params):
    client.force_login(actor.user)
    return client.get(reverse("society", args=[society.pk]), params).content.decode()


def test_an_empty_list_says_so(client, society):
    assert EMPTY in page(client, society, make_actor(Role.SOCIETY_CLERK, society))


def test_each_issue_names_what_since_when_and_where_it_is_mended(client, society):
    cast = make_cast(society)
    ledger = make_ledger(society, cast=cast)
    issue(society)
    issue(society, "Q-02", section="staff", severity="error", message="人数为 0，办事机构仍在")
    issue(society, "Q-03", closed_on=date(2026, 7, 1))
    issue(make_society(society.federation), "Q-04")
    text = page(client, society, cast.clerk)
    assert "未关闭 2 项" in text
    assert "2026-06-30" in text
    assert text.index("人数为 0，办事机构仍在") < text.index("Q-01不一致"), "errors first"
    assert f'href="{reverse("ledgers:section", args=[ledger.pk, 2])}"' in text
    assert f'href="{reverse("branches:society", args=[society.pk])}">三层组织' in text
    assert "Q-03" not in text
    assert "Q-04" not in text
    past = page(client, society, cast.clerk, on="2026-06-30")
    assert "未关闭 3 项" in past, "as known of that day"


def test_without_a_ledger_the_list_of_ledgers_is_the_place(client, society):
    issue(society, section="members")
    text = page(client, society, make_actor(Role.SOCIETY_CLERK, society))
    assert f'href="{reverse("ledgers:list")}">党员队伍情况清' in text


INSIDE = [Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.DISCIPLINE_MEMBER]


@pytest.mark.parametrize("role", [*INSIDE, Role.COMMITTEE_REVIEWER, Role.COMMITTEE_LEADER])
def test_society_and_committee_read_them(client, society, role):
    issue(society)
    scope = society if role in INSIDE else society.federation
    assert "Q-01不一致" in page(client, society, make_actor(role, scope))


def test_the_inspector_gets_no_such_list(client, society):
    """roles.md §3: seen besides the actors by the own society alone."""
    issue(society)
    inspector = make_actor(Role.INSPECTOR, society)
    text = page(client, society, inspector)
    assert "Q-01不一致" not in text
    assert "数据质量问题" not in text
    assert not DataQualityIssue.objects.visible_to(inspector).exists()


def test_rows_lie_in_scope(society):
    issue(society)
    near, far = make_society(society.federation), make_society()
    for actor in (
        None,
        make_actor(Role.SOCIETY_CLERK, near),
        make_actor(Role.COMMITTEE_REVIEWER, far.federation),
        make_actor(Role.LEADERSHIP_VIEWER, society.federation),
    ):
        assert not DataQualityIssue.objects.visible_to(actor).exists()


def test_the_clerks_desk_counts_them(client, society):
    clerk, secretary = (
        make_actor(Role.SOCIETY_CLERK, society),
        make_actor(Role.SOCIETY_SECRETARY, society),
    )
    assert quality.tasks(clerk, AS_OF) == []
    issue(society)
    issue(society, "Q-02", severity="error", opened_on=date(2026, 5, 1))
    issue(make_society(society.federation), "Q-03")
    (task,) = quality.tasks(clerk, AS_OF)
    assert (task.count, task.status_kind) == (2, "bad")
    assert "2026-05-01" in task.why
    assert "错误 1 项" in task.why
    assert quality.tasks(secretary, AS_OF) == []
    client.force_login(clerk.user)
    desk = client.get("/").content.decode()
    assert f'href="{reverse("society", args=[society.pk])}#quality"' in desk


def test_the_page_asks_few_queries_whatever_the_number(client, society):
    cast = make_cast(society)
    make_ledger(society, cast=cast)
    issue(society, section="staff")
    counts = []
    for more in (0, 30):
        for n in range(more):
            issue(society, f"Q-{n + 10}", section="members")
        page(client, society, cast.reviewer)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("society", args=[society.pk]))
        counts.append(len(captured))
    # Of 15, one is left to the frame of a demonstration.
    assert counts[0] == counts[1] <= BUDGET - 1


def test_own_crumbs_lead_to_no_register(client, society):
    inspector = make_actor(Role.INSPECTOR, society, make_society(society.federation))
    crumb = f'<a href="{reverse("societies:list")}">学会名录</a>'
    for view in ("society", "branches:society"):
        shown = {}
        for actor in (make_actor(Role.SOCIETY_CLERK, society), inspector):
            client.force_login(actor.user)
            text = client.get(reverse(view, args=[society.pk])).content.decode()
            shown[actor.role] = crumb in text.split("pp-crumb")[1].split("</ol>")[0]
        assert shown == {Role.SOCIETY_CLERK: False, Role.INSPECTOR: True}
