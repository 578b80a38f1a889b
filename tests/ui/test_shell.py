"""The frame of every page: what an appointment sees of it (roles.md §2.5; issue: only what exists).

None of these tests may touch the database, so they also hold that the shell adds no query.
"""

import pytest
from django.shortcuts import render

from accounts.permissions import Role
from dashboards import navigation, shell
from tests.ui.conftest import make_actor

BODY = "示例生物医学工程学会"


SOCIETY_SIDE = ["工作台", "五个清台账", "组织生活", "走访报告", "三层组织", "学会档案"]
OVERVIEW = ["工作台", "覆盖看板", "组织生活", "走访报告"]


def labels(actor, here=""):
    """The entries an actor gets, in order."""
    return [link.label for group in navigation.navigation(actor, here) for link in group.links]


def page(request):
    """base.html for a request."""
    return render(request, "base.html").content.decode()


@pytest.mark.parametrize(
    ("role", "objects", "expected"),
    [
        (Role.SOCIETY_CLERK, (BODY,), SOCIETY_SIDE),
        (Role.SOCIETY_SECRETARY, (BODY,), SOCIETY_SIDE),
        (Role.BRANCH_SECRETARY, ("示例党支部",), ["工作台", "组织生活"]),
        (
            Role.COMMITTEE_REVIEWER,
            ("示例科协",),
            [*OVERVIEW, "台账审核", "期次", "学会名录", "党组织"],
        ),
        (
            Role.COMMITTEE_LEADER,
            ("示例科协",),
            [*OVERVIEW, "台账审核", "期次", "学会名录", "党组织"],
        ),
        (Role.LEADERSHIP_VIEWER, ("示例科协",), ["工作台", "覆盖看板"]),
        (Role.INSPECTOR, (BODY, "示例化学学会"), ["工作台"]),
        (Role.SECADMIN, (), ["工作台"]),
        (Role.AUDITOR, (), ["工作台"]),
    ],
)
def test_navigation_by_role(role, objects, expected):
    assert labels(make_actor(role, *objects)) == expected


def test_system_administrator_gets_the_night(monkeypatch):
    actor = make_actor(Role.SYSADMIN)
    everywhere = shell.ScopeKind.PLATFORM
    rights = dict.fromkeys(actor.spec.permissions, type(actor.scope("x"))(everywhere))
    assert labels(type(actor)(actor.user, actor.appointment, rights)) == ["工作台", "夜间计算"]


def test_an_entry_without_its_right_is_absent():
    """Negative control: the same role without its grants keeps only what asks for none."""
    actor = make_actor(Role.SOCIETY_CLERK, BODY)
    bare = type(actor)(actor.user, actor.appointment, {}, actor.objects)
    assert labels(bare) == ["工作台"]


@pytest.mark.parametrize(
    ("role", "here", "expected"),
    [
        (Role.COMMITTEE_REVIEWER, "ledgers:review", "台账审核"),
        (Role.COMMITTEE_REVIEWER, "ledgers:periods", "期次"),
        (Role.COMMITTEE_REVIEWER, "societies:edit", "学会名录"),
        (Role.COMMITTEE_REVIEWER, "society", "学会名录"),
        (Role.SOCIETY_CLERK, "society", "学会档案"),
        (Role.COMMITTEE_REVIEWER, "search", None),
        (Role.SOCIETY_CLERK, "ledgers:section", "五个清台账"),
        (Role.SOCIETY_CLERK, "home", "工作台"),
    ],
)
def test_current_entry(role, here, expected):
    groups = navigation.navigation(make_actor(role, BODY), here)
    current = [link.label for group in groups for link in group.links if link.current]
    assert current == ([expected] if expected else [])


def test_a_missing_page_hides_its_entry(settings):
    """No entry without a page: with an address gone the menu stays and the entry goes."""
    settings.ROOT_URLCONF = "tests.ui.few_urls"
    assert labels(make_actor(Role.SOCIETY_CLERK, BODY)) == ["工作台"]


def test_own_society_is_in_the_address():
    groups = navigation.navigation(make_actor(Role.SOCIETY_CLERK, BODY), "")
    urls = {link.label: link.url for group in groups for link in group.links}
    assert urls["学会档案"] == "/society/7"


def test_identity_and_other_appointments(visit):
    clerk = make_actor(Role.SOCIETY_CLERK, BODY)
    inspector = make_actor(Role.INSPECTOR, BODY, "示例化学学会", pk=2)
    html = page(visit("/", clerk, inspector))
    assert f"{BODY} · 填报人" in html and "2 家学会 · 督导组成员" in html
    assert '<button type="submit" name="appointment" value="2">' in html
    assert 'action="/accounts/act-as"' in html and "csrfmiddlewaretoken" in html
    assert "有效至 2027-12-31" in html  # valid_to is the first day without effect


def test_one_appointment_has_no_menu(visit):
    html = page(visit("/", make_actor(Role.SOCIETY_CLERK, BODY)))
    assert "act-as" not in html and f"{BODY} · 填报人" in html


def test_names_are_escaped(visit):
    html = page(visit("/", make_actor(Role.SOCIETY_CLERK, "<b>x</b>")))
    assert "<b>x</b>" not in html and "&lt;b&gt;x&lt;/b&gt;" in html


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_mark(visit, demo):
    html = page(visit("/", make_actor(Role.SOCIETY_CLERK, BODY, demo=demo)))
    assert ('<span class="pp-demo">演示数据</span>' in html) is demo
    assert ("演示数据：学会、人员与数据均为虚构" in html) is demo


@pytest.mark.parametrize(
    ("role", "found"),
    [
        (Role.COMMITTEE_REVIEWER, True),
        (Role.SOCIETY_CLERK, True),
        (Role.LEADERSHIP_VIEWER, False),
        (Role.AUDITOR, False),
    ],
)
def test_search_only_where_something_may_be_found(visit, role, found):
    html = page(visit("/", make_actor(role, BODY)))
    assert ('role="search"' in html) is found


def test_nobody_gets_a_bare_frame(visit):
    html = page(visit("/"))
    assert "pp-nav" not in html and "pp-scope" not in html and "sign-out" not in html
    assert "本平台为非涉密系统，禁止录入、传输涉密信息" in html


def test_sign_out_is_a_post_and_page_is_reachable_by_keyboard(visit):
    html = page(visit("/", make_actor(Role.SOCIETY_CLERK, BODY)))
    assert '<form class="pp-menu" method="post" action="/accounts/sign-out">' in html
    assert '<a class="pp-skip" href="#main">' in html and '<main class="pp-main" id="main"' in html
    assert '<html lang="zh-Hans">' in html


def test_a_request_that_failed_early_still_gets_a_frame(rf):
    assert shell.shell(rf.get("/"))["nav"] == ()
