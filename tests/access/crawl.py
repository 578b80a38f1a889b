"""Opens everything a role can reach: every address on every object, every link found there."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import openpyxl
from django.db import transaction
from django.urls import Resolver404, resolve, reverse

from ledgers.models import Ledger
from tests.access.bodies import body
from tests.access.canaries import MARK
from tests.access.cases import SIGN_IN, whole
from tests.access.places import FAR, KINDS, MISSING, NEAR, OWN
from tests.access.table import LINES, Line
from tests.access.world import World

CANARY = re.compile(rf"{MARK}(OWN|NEAR|FAR|JOINT|HOME|AWAY)([A-Z1-9])", re.IGNORECASE)
# CSRF tokens and session keys: random letters that once in a hundred crawls spell a canary.
TOKEN = re.compile(r"\b(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{64})\b")
LINK = re.compile(r"""(?:href|hx-get|action|data-url)=["']([^"'#]+)""")
MOST = 900
# So many selections of one page are followed from links; sorting alone would give dozens.
VARIANTS = 4
# Selections beside the plain address; {near} and {far} become ids of foreign societies.
QUERIES: dict[str, tuple[str, ...]] = {
    "societies:list": ("q=zq", "sort=-name", "discipline_class=science&size=100"),
    "societies:export": ("q=zq",),
    "branches:list": ("q=zq", "q=外", "state=existing"),
    "branches:export": ("q=zq",),
    "branches:enter": ("join={near}&join={far}",),
    "branches:serve": ("join={near}&join={far}",),
    "search": ("q=zq", "q=外", "q=本二"),
    "training:classes": ("q=zq", "state=open"),
    "training:hours": ("q=zq", "year=2025"),
    "training:totals": ("q=zq",),
    "training:events": ("q=zq",),
    "training:event_file": ("record={near}",),
    "society": ("on=2026-06-01", "on=2030-01-01"),
    "dashboard": ("tab=t3", "tab=work", "view=live", "disc=science", "sort=-days"),
    "dashboard_gap_export": ("tab=t1", "tab=t3", "view=live"),
    "ledgers:section": ("row={near}", "check"),
    "ledgers:review": ("tab=leaders", "tab=not_established", "tab=staff", "tab=members"),
    "ledgers:review_queue": ("q=zq", "state=accepted", "period=2026H1", "state=all"),
    "ledgers:period": ("show=not_filed", "show=exempt"),
    "ledgers:lock_request": ("period={far}",),
    "coverage:runs": ("state=succeeded",),
    "coverage:run_again": ("federation={far}",),
}


@dataclass
class Found:
    """What a crawl saw. words: canary (owner, letter) → the names of the pages it stood on."""

    words: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    variants: Counter[str] = field(default_factory=Counter)

    def note(self, where: str, text: str) -> None:
        """Keep the canaries of one answer."""
        for owner, letter in set(CANARY.findall(TOKEN.sub("", text))):
            self.words.setdefault((owner.upper(), letter.upper()), set()).add(where)

    def is_new(self, url: str) -> bool:
        """Whether a link leads somewhere new; of one page's selections only a few are."""
        if url in self.opened:
            return False
        if "?" in url:
            self.variants[page_name(url)] += 1
            return self.variants[page_name(url)] <= VARIANTS
        return True

    def pages(self, owner: str, letters: str) -> set[str]:
        """The names of the pages on which an owner's texts of these kinds stood."""
        found = [at for (o, letter), at in self.words.items() if o == owner and letter in letters]
        return set().union(*found)


def text_of(response: Any) -> str:
    """Everything an answer tells: headers, cookies, body; a workbook cell by cell."""
    data = whole(response)
    said = [str(dict(response.headers)), response.cookies.output()]
    if data.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        cells = (c for sheet in book for row in sheet.iter_rows(values_only=True) for c in row)
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            properties = [parts.read(n).decode() for n in parts.namelist() if "docProps" in n]
        return " ".join([*said, *properties, *(str(c) for c in cells if c is not None)])
    return " ".join([*said, unescape(data.decode("utf-8", "replace"))])


def addresses(world: World, line: Line) -> Iterator[str]:
    """A line's address on every object, plain and with its selections."""
    ids = {place: world.holdings[place].society.pk for place in (NEAR, FAR)}
    for place in KINDS[line.kind]:
        url = reverse(line.name, kwargs=world.target(line.kind, place))
        yield url
        for query in QUERIES.get(line.name, ()) if place != MISSING else ():
            yield f"{url}?{query.format(**ids)}"


def versions() -> Iterator[str]:
    """Every page of every version of every ledger."""
    for pk in Ledger.objects.order_by("pk").values_list("pk", flat=True):
        yield from (reverse("ledgers:section", args=[pk, number]) for number in range(1, 6))
        yield from (reverse(f"ledgers:{name}", args=[pk]) for name in ("sign", "review", "restate"))


def links(base: str, text: str) -> Iterator[str]:
    """The addresses of our own that a page names."""
    for target in LINK.findall(text):
        parts = urlsplit(urljoin(base, unescape(target)))
        if parts.netloc in ("", "testserver") and not parts.path.startswith("/static/"):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def page_name(url: str) -> str:
    """The name of an address; itself where the resolver knows none."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return url


def crawl(world: World, role: str, lines: list[Line] = LINES) -> Found:
    """Everything the role's GET requests show, plain and as fragments, and what POSTs answer."""
    found = Found()
    waiting = [url for line in lines if line.method == "GET" for url in addresses(world, line)]
    waiting += [*versions(), "/no/such/page"]
    while waiting and len(found.opened) < MOST:
        url = waiting.pop(0)
        if url in found.opened:
            continue
        found.opened.add(url)
        text = _open(world, role, url, found)
        waiting += [each for each in links(url, text) if found.is_new(each)]
    for line in lines:
        if line.method == "POST":
            _post(world, role, line, found)
    return found


def _open(world: World, role: str, url: str, found: Found) -> str:
    """One GET, and the same for htmx; rolled back, since some pages catch up when opened."""
    said = ""
    for headers in ({},) if "?" in url else ({}, {"HX-Request": "true"}):
        with transaction.atomic():
            response = world.browser(role).get(url, headers=headers)
            text = text_of(response)
            transaction.set_rollback(True)
        if response.status_code >= 500:
            found.failed.add(url)
        found.note(page_name(url), text)
        turned = response.headers.get("Location", "").startswith(SIGN_IN)
        if turned or response.status_code in (403, 404):
            break
        said += text
    return said


def _post(world: World, role: str, line: Line, found: Found) -> None:
    """The answers to a POST on every object, with the body of the access table and without."""
    for place in KINDS[line.kind]:
        if line.kind == "appointment" and place != OWN:
            continue
        url = reverse(line.name, kwargs=world.target(line.kind, place))
        full = body(world, line.name, place, role)
        for data in ({}, full) if place == OWN else (full,):
            with transaction.atomic():
                response = world.browser(role).post(url, data)
                found.note(line.name, text_of(response))
                transaction.set_rollback(True)
            if response.status_code >= 500:
                found.failed.add(url)
