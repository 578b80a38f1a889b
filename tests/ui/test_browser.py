"""The small scripts in a real browser, under the portal's own content security policy.

The page is answered by the test itself, so neither a server nor a database is needed.
"""

import mimetypes
from pathlib import Path

import pytest
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.template import engines
from playwright.sync_api import Page, sync_playwright

from accounts.permissions import Role
from common.forms import PortalForm
from tests.ui.conftest import make_actor

pytestmark = pytest.mark.browser

ORIGIN = "http://portal.test"
PHONE, DESKTOP = 390, 1440
BODY = "示例生物医学工程学会"


class RowForm(PortalForm):
    """One row of a formset."""

    name = forms.CharField(label="姓名")


ROW = """<div data-row><div data-row-body>{{ f.name.as_field_group }}
<button type="button" data-row-remove>移除</button></div>{{ f.DELETE }}
<div class="pp-undo" hidden>已移除<button type="button" data-row-undo>撤销</button></div></div>"""
PAGE = (
    """{% extends "base.html" %}{% block title %}样页{% endblock %}
{% block content %}<h1>样页</h1>{% errsum form %}
<form method="post" novalidate>{{ form.name.as_field_group }}</form>
<table class="pp-grid"><tr><td class="in"><input id="a"><label class="na"><input type="checkbox"
id="na"> 不适用</label></td></tr><tr><td class="in"><input id="b"></td></tr></table>
<div data-formset="p">{{ rows.management_form }}<div data-rows>{% for f in rows.forms %}"""
    + ROW
    + """{% endfor %}</div><template data-empty>{% with f=rows.empty_form %}"""
    + ROW
    + """{% endwith %}</template><button type="button" data-row-add>增加一行</button></div>
<button type="button" data-swap="c" aria-pressed="false">看表</button>
<div class="pp-chart-m" id="c" data-chart="trend" data-src="d" role="img" aria-label="样图"></div>
<table id="c-table" hidden><tr><td>90</td></tr></table>{{ trend|json_script:"d" }}{% endblock %}
{% block scripts %}{% include "components/chart_scripts.html" %}{% endblock %}"""
)
TREND = {
    "x": ["2025-12-31", "2026-12-31"],
    "min": 0,
    "ticks": [0, 1],
    "series": [{"name": "组织", "y": [90, 98.05]}],
    "target": [80, 100],
    "marks": [{"x": "2025-12-31", "name": "期末"}],
}


@pytest.fixture
def html(visit):
    """The sample page for a clerk who holds a second appointment."""
    request = visit(
        "/", make_actor(Role.SOCIETY_CLERK, BODY), make_actor(Role.INSPECTOR, BODY, pk=2)
    )
    rows = forms.formset_factory(RowForm, extra=1, can_delete=True)(prefix="p")
    context = {"form": RowForm({"name": ""}), "rows": rows, "trend": TREND}
    return engines["django"].from_string(PAGE).render(context, request)


@pytest.fixture(params=[DESKTOP, PHONE])
def page(request, html, chromium_path):
    """The sample page open in Chromium; the test fails on any console error or CSP violation."""
    trouble: list[str] = []
    headers = {"Content-Security-Policy": build_policy()}

    def answer(route):
        path = route.request.url.removeprefix(ORIGIN)
        if not path.startswith("/static/"):
            return route.fulfill(body=html, content_type="text/html", headers=headers)
        file = Path(settings.BASE_DIR) / path.lstrip("/")
        return route.fulfill(
            body=file.read_bytes(), content_type=mimetypes.guess_type(file)[0] or "text/plain"
        )

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": request.param, "height": 900})
        opened.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
        opened.on("pageerror", lambda error: trouble.append(str(error)))
        opened.route("**/*", answer)
        opened.goto(f"{ORIGIN}/")
        yield opened
        assert trouble == []
        browser.close()


def focused(page: Page) -> str:
    """The id of what has the focus."""
    return page.evaluate("document.activeElement.id || document.activeElement.className")


def test_the_page_behaves(page):
    """One visit for all behaviours: a browser start is dear."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert focused(page) == "pp-errsum"
    page.click(".pp-errsum a")
    assert focused(page) == "id_name"

    page.click(".pp-scope")
    assert page.is_visible("[name=appointment]")
    page.keyboard.press("Escape")
    assert not page.is_visible("[name=appointment]")

    page.focus("#a")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    assert focused(page) == "b"
    page.check("#na")
    assert page.input_value("#a") == "" and page.get_attribute("#a", "readonly") is not None
    page.uncheck("#na")
    assert page.input_value("#a") == "12"

    page.click("[data-row-add]")
    assert focused(page) == "id_p-1-name" and page.input_value("[name=p-TOTAL_FORMS]") == "2"
    page.click("[data-row]:nth-child(2) [data-row-remove]")
    assert page.is_checked("[name=p-1-DELETE]") and not page.is_visible("#id_p-1-name")
    page.click("[data-row]:nth-child(2) [data-row-undo]")
    assert not page.is_checked("[name=p-1-DELETE]") and page.is_visible("#id_p-1-name")

    assert page.locator("#c svg").count() == 1
    page.click("[data-swap=c]")
    assert page.is_visible("#c-table") and not page.is_visible("#c")


def test_icons_are_drawn(page):
    """An external sprite is allowed by the policy and really painted."""
    drawn = "document.querySelector('.pp-user .icon use').getBBox().width > 0"
    assert page.wait_for_function(drawn).json_value() is True


def test_drawer_on_the_phone(page):
    if page.viewport_size["width"] == DESKTOP:
        assert page.is_visible("#nav") and not page.is_visible("[data-toggle-nav]")
        return
    assert not page.is_visible("#nav")
    page.click("[data-toggle-nav]")
    assert page.is_visible("#nav")
    page.keyboard.press("Escape")
    assert not page.is_visible("#nav")
