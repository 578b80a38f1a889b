"""The dashboard in Chromium: charts, their tables, the fragment of last night, nothing refused.

Pages come from the test client and are served by the test itself under the portal's own policy.
"""

import mimetypes
from pathlib import Path

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import sync_playwright

from accounts.permissions import Role

pytestmark = pytest.mark.browser
ORIGIN = "http://portal.test"
WIDTHS = (1440, 820, 390)


@pytest.fixture
def answers(world, enter):
    """address → body, as the reviewer gets them."""
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    changes = reverse("dashboard_changes")
    return {
        reverse("dashboard"): client.get(reverse("dashboard")).content,
        reverse("home"): client.get(reverse("home")).content,
        changes: client.get(changes, headers={"HX-Request": "true"}).content,
        reverse("dashboard_rectification"): client.get(
            reverse("dashboard_rectification"), headers={"HX-Request": "true"}
        ).content,
        reverse("score_spread"): client.get(reverse("score_spread")).content,
    }


@pytest.fixture
def visit(answers, chromium_path):
    """Open a page at a width, with or without scripts; any console error fails the test."""
    trouble: list[str] = []

    def answer(route):
        path = route.request.url.removeprefix(ORIGIN)
        if not path.startswith("/static/"):
            return route.fulfill(
                body=answers[path],
                content_type="text/html",
                headers={"Content-Security-Policy": build_policy()},
            )
        file = Path(settings.BASE_DIR) / path.lstrip("/")
        kind = mimetypes.guess_type(file)[0] or "text/plain"
        return route.fulfill(body=file.read_bytes(), content_type=kind)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])

        def open_page(view, width, scripts=True):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, java_script_enabled=scripts
            )
            page = context.new_page()
            page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: trouble.append(str(error)))
            page.route("**/*", answer)
            page.goto(ORIGIN + reverse(view))
            return page

        yield open_page
        assert trouble == []
        browser.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_charts_tables_and_last_night(width, visit):
    page = visit("dashboard", width)
    page.wait_for_selector("[data-chart=trend] svg")
    assert page.locator("[data-chart] svg").count() == 6
    page.wait_for_selector("text=2026-11-21 定格时有 1 家学会发生变动")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not page.is_visible("#c-tr-table")
    page.click("[data-swap=c-tr]")
    assert page.is_visible("#c-tr-table") and not page.is_visible("#c-tr")
    assert "看图" in page.inner_text("[data-swap=c-tr]")


@pytest.mark.parametrize("width", WIDTHS)
def test_desk_does_not_scroll_sideways(width, visit):
    page = visit("home", width)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_scripts_the_table_stands_in_the_charts_place(visit):
    page = visit("dashboard", 1440, scripts=False)
    assert page.is_visible("#c-tr-table") and not page.is_visible("#c-tr")
    assert not page.is_visible("[data-swap=c-tr]")
    assert page.is_visible("text=查看昨夜变动的学会和事实")
