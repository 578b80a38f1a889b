"""What every template must keep: it compiles, needs no inline code, and names icons that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

from common.status import BY_WORD, KINDS
from dashboards.menu import NAVIGATION
from dashboards.shell import ROLE_ICONS
from tools import vendor

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
JS_BUDGET = 800

FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "outside address": re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.I),
    "safe filter": re.compile(r"\|\s*safe(?:seq)?\b"),
    "autoescape off": re.compile(r"autoescape\s+off"),
}


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    assert engines["django"].get_template(name).template.name == name


@pytest.mark.parametrize("name", NAMES)
def test_template_has_nothing_the_csp_forbids(name):
    text = (TEMPLATES / name).read_text("utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("style attribute", '<p class="a" style="x">'),
        ("inline handler", '<a href="#" onclick="x()">'),
        ("inline script", "<script>x()</script>"),
        ("outside address", '<link href="https://cdn.example/x.css">'),
        ("safe filter", "{{ x|safe }}"),
    ],
)
def test_the_patterns_find_what_they_are_for(what, text):
    """Negative control of the test above."""
    assert FORBIDDEN[what].search(text)


def test_icons_named_are_in_the_sprite():
    sprite = (STATIC / "vendor" / vendor.SPRITE).read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', sprite))
    named = {icon for _, entries in NAVIGATION for icon in (entry.icon for entry in entries)}
    named |= set(ROLE_ICONS.values())
    for name in NAMES:
        text = (TEMPLATES / name).read_text("utf-8")
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', text))
        named |= set(re.findall(r'icon_name="([a-z0-9-]+)"', text))
    assert named and named <= drawn


def test_own_javascript_stays_small():
    lines = sum(len(p.read_text("utf-8").splitlines()) for p in (STATIC / "js").glob("*.js"))
    assert 0 < lines <= JS_BUDGET


def test_own_javascript_writes_no_markup():
    """Nothing is built from strings, so nothing typed can become markup; eval has no place."""
    text = "".join(p.read_text("utf-8") for p in (STATIC / "js").glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_a_title_that_names_the_portal(name):
    """A page fills base.html's title, or writes one of its own; parts have none."""
    text = (TEMPLATES / name).read_text("utf-8")
    if "<title>" in text:
        assert re.search(r"<title>.* - 学会党建工作平台</title>", text)
    elif '{% extends "base.html" %}' in text and not Path(name).name.startswith("_"):
        assert "{% block title %}" in text
    else:
        assert "<head" not in text


def test_a_status_word_has_one_colour():
    assert set(BY_WORD.values()) == set(KINDS)
    assert BY_WORD["已通过"] == "ok" and BY_WORD["已退回"] == "bad" and BY_WORD["不适用"] == "idle"
