"""A real Chromium before the live server: collects console errors and violations of the policy."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories.accounts import PASSWORD

DESKTOP, PHONE = 1440, 390
# What a page may answer without anything being wrong: forms refused with their messages (422), two
# values to choose from (409), a favicon nobody made. Chromium logs each such answer as an error.
EXPECTED = re.compile(
    r"Failed to load resource: the server responded with a status of (404|409|422)"
)

# Elements that make the page scroll sideways; a table may scroll inside its own box.
WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
    .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`)
    .slice(0, 8);
}"""


class Visitor:
    """One person at one browser window."""

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self.shots = page, shots
        self.trouble: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"page error: {error}"))
        page.on("response", self._answer)

    def _console(self, said: object) -> None:
        kind, text = said.type, said.text  # type: ignore[attr-defined]
        if kind in ("error", "warning") and not EXPECTED.search(text):
            self.trouble.append(f"{kind}: {text}")

    def _answer(self, answer: object) -> None:
        status, url = answer.status, answer.url  # type: ignore[attr-defined]
        if status >= 500 or (status == 404 and "favicon" not in url):
            self.trouble.append(f"{status} {url}")

    def sign_in(self, username: str, then: str) -> None:
        """Through the real sign-in page, and on to a page of the portal."""
        self.page.goto(f"{reverse('accounts:sign_in')}?next={then}")
        self.page.get_by_label("账号").fill(username)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(f"**{then}")

    def shot(self, name: str) -> None:
        """A picture of the whole page, and the check that nothing sticks out sideways."""
        width = self.page.viewport_size["width"]
        self.page.wait_for_load_state("load")
        assert self.page.evaluate(WIDER_THAN_THE_WINDOW) == [], name
        # Hiding the caret would put a style sheet into the page, which the policy forbids.
        path = self.shots / f"{name}-{width}.png"
        self.page.screenshot(path=path, full_page=True, caret="initial")


def in_database(read: Callable[[], Any]) -> Any:
    """What `read` finds in the database while a browser is open.

    In a thread of its own: Playwright's event loop lives in this one, where Django would refuse, or
    leave a connection open behind.
    """

    def closing() -> Any:
        try:
            return read()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(closing).result()


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Browser]:
    """A fresh Chromium; the test is skipped with a reason where there is none."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def visitor(
    browser: Browser, live_server: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[int], Visitor]]:
    """`visitor(width)` → a window of its own cookies; trouble of any of them fails the test."""
    shots, opened = tmp_path_factory.mktemp("shots", numbered=True), []

    def open_window(width: int = DESKTOP, **options: Any) -> Visitor:
        size = {"width": width, "height": 900}
        base = live_server.url  # type: ignore[attr-defined]
        context = browser.new_context(base_url=base, viewport=size, **options)
        opened.append(Visitor(context.new_page(), shots))
        return opened[-1]

    yield open_window
    assert [said for each in opened for said in each.trouble] == []
