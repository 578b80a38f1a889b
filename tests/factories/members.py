"""Members on a register, and workbooks of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

import xlsxwriter

from accounts.permissions import Role
from branches.actions.confirming import confirm_members
from branches.actions.members import file_member
from branches.models import MemberImport, MemberImportRow, PartyMember, PartyOrganisation, Place
from common.clock import start_of
from societies.access import Actor
from tests.factories.societies import make_actor

FILED = start_of(date(2026, 6, 1)).replace(hour=9)
HEADS = ("姓名", "出生年月", "入党年月", "转正年月", "组织关系", "所在党组织")
OPTIONS = {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
_numbers = count(1)
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


def member_name() -> str:
    """A name nobody else has."""
    return "赵" + str(next(_numbers)).translate(_DIGITS)


def make_member(
    organisation: PartyOrganisation,
    *,
    by: Actor | None = None,
    confirmed_by: Actor | None = None,
    now: datetime = FILED,
    **facts: Any,
) -> PartyMember:
    """A member filed by the organisation's secretary; confirmed where a confirmer is given."""
    by = by or make_actor(Role.BRANCH_SECRETARY, organisation)
    said = {
        "name": member_name(),
        "birth_month": date(1978, 3, 1),
        "joined_month": date(2001, 7, 1),
        "full_since": date(2002, 7, 1),
        "place": Place.HERE,
    } | facts
    member = file_member(organisation=organisation, by=by, now=now, **said)
    if confirmed_by:
        confirm_members(members={member.pk: member.row_version}, by=confirmed_by, now=now)
        member.refresh_from_db()
    return member


def workbook(
    rows: Iterable[Sequence[Any]], heads: Sequence[str] = HEADS, sheet: str = "党员信息"
) -> bytes:
    """A workbook as somebody would fill it in."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, heads)
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, row)
    return file.getvalue()


def make_import(
    organisation: PartyOrganisation,
    rows: Iterable[Sequence[Any]] = (),
    *,
    by: Actor | None = None,
    now: datetime = FILED,
) -> MemberImport:
    """A checked batch waiting for confirmation; one new member unless rows are given."""
    from branches.actions.importing import upload_members

    rows = list(rows) or [(member_name(), "1978-03", "2001-07", "2002-07", "本学会")]
    by = by or make_actor(Role.BRANCH_SECRETARY, organisation)
    return upload_members(
        organisation=organisation, name="名册.xlsx", data=workbook(rows), by=by, now=now
    )


def row_of(batch: MemberImport, line: int) -> MemberImportRow:
    """A staged line."""
    return batch.rows.get(line=line)
