"""One case of the access table: ask, compare the answer, compare the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse

from tests.access.bodies import body
from tests.access.content import Content, changed, content
from tests.access.places import KINDS, MISSING, expected
from tests.access.table import LINES, ROLES, Line, succeeds
from tests.access.world import World

SIGN_IN = "/account/sign-in/"


@dataclass(frozen=True)
class Case:
    """One line for one role at one place."""

    line: Line
    role: str
    place: str

    def __str__(self) -> str:
        return f"{self.line} {self.role} {self.place}"


def cases(line: Line, role: str) -> list[Case]:
    """The line for one role at every place."""
    return [Case(line, role, place) for place in KINDS[line.kind]]


def rows(lines: list[Line] = LINES) -> list[tuple[Line, str]]:
    """Every line with every role, the lines of one stage together."""
    return [(line, role) for line in sorted(lines, key=lambda each: each.stage) for role in ROLES]


def ask(world: World, case: Case, method: str = "") -> HttpResponse:
    """Send the request of a case; a download is read."""
    line = case.line
    url = reverse(line.name, kwargs=world.target(line.kind, case.place))
    client = world.browser(case.role)
    if (method or line.method) == "GET":
        response = client.get(url)
        whole(response)
        return response
    data = body(world, line.name, case.place, case.role) if line.method == "POST" else {}
    if line.kind == "appointment" and case.place == MISSING:
        data["appointment"] = 0
    return client.post(url, data)


def whole(response: Any) -> bytes:
    """The body; a download is read to its end, which closes its file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def said(response: HttpResponse) -> str:
    """An answer in the words of the table."""
    if response.status_code == 302:
        return "in" if response.headers["Location"].startswith(SIGN_IN) else "go"
    return {200: "ok"}.get(response.status_code, str(response.status_code))


def wanted(case: Case) -> str:
    """What the table says."""
    return expected(case.line.cell(case.role), case.role, case.line.kind, case.place)


def problems(world: World, asked: list[Case], before: Content) -> list[str]:
    """What differs from the table; everything the requests did is taken back.

    before: the content each request meets. Requests that must not change anything share one look
    at the tables; those that must are asked one by one.
    """
    acting = [case for case in asked if succeeds(case.role, wanted(case))]
    idle = [case for case in asked if case not in acting]
    wrong = _problems(world, idle, before)
    if any("yet" in words for words in wrong) and len(idle) > 1:
        wrong = [words for case in idle for words in _problems(world, [case], before)]
    return wrong + [words for case in acting for words in _problems(world, [case], before)]


def _problems(world: World, together: list[Case], before: Content) -> list[str]:
    if not together:
        return []
    wrong = []
    with transaction.atomic():
        for case in together:
            found = said(ask(world, case))
            if found != wanted(case):
                wrong.append(f"{case}: {wanted(case)} expected, {found} answered")
        moved = changed(before, content())
        if wanted(case) == "go" and not wrong:
            connection.check_constraints()
        transaction.set_rollback(True)
    writes = case.line.writes if succeeds(case.role, wanted(case)) else "-"
    if writes == "-" and moved:
        wrong.append(f"{case}: nothing may change, yet {sorted(moved)} did")
    if writes != "-" and writes not in moved:
        wrong.append(f"{case}: {writes} is unchanged, so the body proves nothing")
    return wrong
