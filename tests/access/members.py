"""The members of the access world: on the roll, taking part, in a workbook, and at each stage."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.permissions import Role
from branches.actions.importing import confirm_import, upload_members
from branches.members import writing
from branches.models import PartyMember
from common.clock import start_of
from tests.access.places import FAR, NEAR, OWN
from tests.factories import make_actor
from tests.factories.ledgers import AS_OF
from tests.factories.members import make_member, workbook

NOW = start_of(AS_OF).replace(hour=10)
SINCE = date(2020, 1, 1)
ASKED, OFFERED = 3, 4
# The words of a workbook stand in JSON, so they are canaries from the start.
WORDS = {OWN: "ZQOWNY", NEAR: "ZQNEARY", FAR: "ZQFARY"}


def add_members(holding: Any, place: str) -> None:
    """One member on the roll, one of the group who takes part, one of the group; a workbook."""
    objects = holding.objects
    filer = make_actor(Role.BRANCH_SECRETARY, holding.organisation)
    other = make_actor(Role.BRANCH_SECRETARY, holding.group)
    objects["filer"] = filer
    objects["member"] = make_member(holding.organisation, by=filer, since=SINCE, now=NOW)
    objects["sibling_member"] = make_member(holding.group, by=other, since=SINCE, now=NOW)
    guest = make_member(holding.group, by=other, since=SINCE, now=NOW)
    objects["participation"] = writing.join(holding.organisation, [guest.pk], since=SINCE)[0]
    objects["import"] = upload_members(
        organisation=holding.organisation,
        name="名册.xlsx",
        data=_workbook(WORDS[place], holding.organisation.name[:-1]),
        by=filer,
        now=NOW,
    )
    objects["sibling_import"] = upload_members(
        organisation=holding.group,
        name="名册.xlsx",
        data=_workbook("ZQOWNZ", holding.group.name[:-1]),
        by=other,
        now=NOW,
    )


@cache
def _workbook(word: str, organisation: str) -> bytes:
    """A new member, one of the same key, one with a misspelt organisation."""
    said = ("1970-01", "1990-01", "1991-01", "本学会")
    rows = [(f"{word}A", *said), (f"{word}A", *said), (f"{word}B", *said, organisation)]
    return workbook(rows)


def member_target(holding: Any, kind: str, sibling: bool) -> dict[str, Any]:
    """What the addresses of members are filled with."""
    prefix = "sibling_" if sibling else ""
    if kind == "asked":
        return {"pk": holding.objects[f"{prefix}import"].pk, "line": ASKED}
    if kind == "offered":
        return {"pk": holding.objects[f"{prefix}import"].pk, "line": OFFERED}
    return {"pk": holding.objects[f"{prefix}{kind}"].pk}


def upload() -> SimpleUploadedFile:
    """A workbook to send."""
    return SimpleUploadedFile("新名册.xlsx", _workbook("新党员", ""))


def versions(holding: Any) -> list[str]:
    """The member as the queue's box names it."""
    pk = holding.objects["member"].pk
    return [f"{pk}:{PartyMember.objects.get(pk=pk).row_version}"]


def imported(holding: Any) -> None:
    """The workbook is written."""
    confirm_import(batch=holding.objects["import"], by=holding.objects["filer"], now=NOW)
