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

SIGN_IN = "/account/sign-in"


@dataclass(frozen=True)
class Case:
    """One line for one role at one place."""

    line: Line
    role: str
    place: str

    def __str__(self) -> str:
        return f"{self.line} {self.role} {self.place}"


def cases(lines: list[Line] = LINES) -> list[Case]:
    """Every line for every role at every place, the lines of one stage together."""
    return [
        Case(line, role, place)
        for line in sorted(lines, key=lambda each: each.stage)
        for role in ROLES
        for place in KINDS[line.kind]
    ]


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


def problems(world: World, case: Case, before: Content) -> list[str]:
    """What differs from the table; everything the request did is taken back.

    before: the content the request meets.
    """
    wanted = expected(case.line.cell(case.role), case.role, case.line.kind, case.place)
    with transaction.atomic():
        response = ask(world, case)
        found = said(response)
        after = content()
        if wanted == "go" and found == "go":
            connection.check_constraints()
        transaction.set_rollback(True)
    wrong = [] if found == wanted else [f"{case}: {wanted} expected, {found} answered"]
    moved = changed(before, after)
    writes = case.line.writes if succeeds(case.role, wanted) else "-"
    if writes == "-" and moved:
        wrong.append(f"{case}: nothing may change, yet {sorted(moved)} did")
    if writes != "-" and writes not in moved:
        wrong.append(f"{case}: {writes} is unchanged, so the body proves nothing")
    return wrong
