"""Signing in, the first password and the role switch in a real browser, on desk and phone."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, sync_playwright

from accounts.permissions import Role
from tests.factories import make_actor, make_federation, make_society, make_user
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESKTOP, PHONE = 1440, 390
# Answers as wanted (a refused form is 422), and the icon asked for by the bare pages of this test.
EXPECTED = re.compile(r"[23]|422 .*/account/|404 .*/favicon\.ico|Failed to load resource")
NEW = "Xinmima-2027-ok"


@pytest.fixture
def people(settings):
    """A user of two appointments and one before the first sign-in."""
    settings.ROOT_URLCONF = "tests.accounts.urls"
    federation = make_federation()
    society, other = (make_society(federation, name=f"示例{n}学会") for n in "甲乙")
    user = make_user("林某某", PASSWORD, username="lin.mou")
    make_actor(Role.SOCIETY_CLERK, society, user=user, valid_to=date(2090, 1, 1))
    make_actor(Role.INSPECTOR, society, other, user=user)
    first = make_user("王某某", PASSWORD, username="wang.mou", must_change_password=True)
    make_actor(Role.SOCIETY_SECRETARY, society, user=first)


@pytest.fixture(params=[DESKTOP, PHONE])
def page(request, people, live_server, chromium_path):
    """A fresh browser; a violation of the policy or a missing file fails the test."""
    trouble: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        size = {"width": request.param, "height": 900}
        page = browser.new_context(base_url=live_server.url, viewport=size).new_page()
        page.on("console", lambda said: trouble.append(said.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("response", lambda got: trouble.append(f"{got.status} {got.url}"))
        yield page
        assert page.evaluate("document.documentElement.scrollWidth") <= request.param
        browser.close()
    assert [said for said in trouble if not EXPECTED.match(said)] == []


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


def test_wrong_then_right_then_another_role(page):
    page.goto("/edit")
    page.get_by_label("显示密码").check()
    assert page.get_by_label("密码", exact=True).get_attribute("type") == "text"
    sign_in(page, "lin.mou", "wrong-Password-1")
    assert page.get_by_role("alert").inner_text().startswith("登录未成功")
    assert page.get_by_label("账号").input_value() == "lin.mou"
    sign_in(page, "lin.mou")
    page.wait_for_url("**/edit")
    page.goto("/account/password/")
    page.locator("summary.pp-scope").click()
    page.get_by_role("button", name="2 家学会 · 督导组成员").click()
    page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)
    page.goto("/account/roles/")
    assert "督导组成员" in page.locator(".pp-card", has_text="当前身份").inner_text()


def test_first_sign_in_to_sign_out(page):
    page.goto("/")
    sign_in(page, "wang.mou")
    page.get_by_role("heading", name="首次登录：请设置新密码").wait_for()
    page.get_by_label("一次性密码").fill(PASSWORD)
    page.get_by_role("textbox", name="新密码", exact=True).fill(NEW)
    page.get_by_label("再输入一次新密码").fill(NEW)
    page.get_by_role("button", name="保存新密码并进入工作台").click()
    assert "请勾选“我已阅读" in page.get_by_role("alert").inner_text()
    page.get_by_label("一次性密码").fill(PASSWORD)
    page.get_by_role("textbox", name="新密码", exact=True).fill(NEW)
    page.get_by_label("再输入一次新密码").fill(NEW)
    page.get_by_label("我已阅读《个人信息处理告知》").check()
    page.get_by_role("button", name="保存新密码并进入工作台").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    page.goto("/account/roles/")
    page.locator("summary.pp-user").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_text("已退出登录，服务器上的会话已结束").wait_for()
