"""The import of members: what a row means, and writing what was confirmed (R-MEM-07).

Only the branch secretary imports, for the own organisation: the member record has one filer
(roles.md §3), names are not the clerk's business (§2.9), and a secretary who imported would have
nobody to confirm it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from accounts.permissions import Permission
from branches.actions.checks import served_societies
from branches.actions.member_checks import lock_living
from branches.actions.members import rejoin
from branches.members import writing
from branches.members.columns import COLUMNS, SHEET
from branches.members.deciding import Decision, Facts, Key, Known, decide, problems_of
from branches.members.known import known_members
from branches.members.undoing import kept_columns, take_back
from branches.models import MemberImport, MemberImportRow, PartyMember, PartyOrganisation, Place
from common import clock
from common.imports.batches import RowKind
from common.imports.columns import plain
from common.imports.importers import Importer, Judged, Values
from societies.actions import mark_dirty

NOT_FOUND = "找不到该党组织"


def key_of(values: Values) -> str:
    """姓名 + 出生年月 + 入党年月 as one text."""
    return f"{values['name']}|{values['birth_month']}|{values['joined_month']}"


def _facts(judged: Judged) -> Facts:
    names = ("name", "birth_month", "joined_month", "full_since", "place")
    return Facts(**{name: judged.values[name] for name in names})


def judge(batch: MemberImport, rows: Sequence[Judged], now: datetime) -> None:
    """Say for each row what confirming would do; three statements for any number of rows."""
    today = clock.day_of(now)
    facts = [_facts(each) for each in rows]
    found = known_members(batch.society_id, batch.organisation_id, {f.key for f in facts})
    for each, said in zip(rows, facts, strict=True):
        _judge_one(batch, each, said, found, today)


def _judge_one(
    batch: MemberImport, judged: Judged, facts: Facts, found: dict[Key, list[Known]], today: Any
) -> None:
    row = judged.row
    for column, (wrong, mend) in problems_of(facts, today).items():
        row.problem(column, wrong, mend)
    _check_organisation(batch.organisation, judged)
    if row.problems:
        row.kind = RowKind.REFUSED
        return
    decision = decide(
        facts,
        found.get(facts.key, []),
        batch.organisation_id,
        occurrence=row.occurrence,
        first_line=row.first_line,
        answer=row.answer,
    )
    _note(row, decision)


def _note(row: Any, decision: Decision) -> None:
    row.kind, row.op, row.target = decision.kind, decision.op, decision.target
    row.was = decision.was
    if decision.wrong:
        row.problem(decision.column, decision.wrong, decision.mend)


def _check_organisation(organisation: PartyOrganisation, judged: Judged) -> None:
    typed = judged.values.get("organisation")
    if not typed:
        return
    name, society = organisation.name, organisation.society.name
    if plain(str(typed)) in (plain(name), plain(name.removeprefix(society))):
        return
    alike = SequenceMatcher(None, plain(str(typed)), plain(name)).ratio() > 0.5
    mend = f"是否为“{name}”？" if alike else f"本次只导入“{name}”的党员，可留空"
    judged.row.problem("organisation", NOT_FOUND, mend, offer=name)


def write(batch: MemberImport, rows: Sequence[Judged], *, by: Any, now: datetime) -> None:
    """Write a chunk: what is done alike is done by one statement.

    Raises ActionRefused if the organisation has been dissolved since the check.
    """
    today = clock.day_of(now)
    organisation = lock_living(batch.organisation, today)
    by_op: dict[str, list[Judged]] = defaultdict(list)
    for each in rows:
        by_op[each.row.op].append(each)
    people = [_facts(each) for each in by_op["create"]]
    writing.create(organisation, people, since=today, user=by.user, now=now, source=batch)
    others = [each for op in ("join", "rejoin", "change") for each in by_op[op]]
    if others:
        _remember(others)
        _join(organisation, by_op["join"], by, now)
        _rejoin(organisation, by_op["rejoin"], by, now)
        _change(organisation, by_op["change"], by, now)
    mark_dirty(served_societies(organisation), since=today, today=today)


def _targets(rows: Sequence[Judged]) -> dict[int, Judged]:
    return {each.row.target: each for each in rows if each.row.target is not None}


def _remember(rows: Sequence[Judged]) -> None:
    """What undoing restores, read before anything is changed."""
    targets = _targets(rows)
    for member in PartyMember.objects.filter(pk__in=targets).order_by("pk").select_for_update():
        targets[member.pk].row.undo = {
            "member": member.pk,
            "version": member.row_version + 1,
            "before": kept_columns(member),
        }


def _join(organisation: PartyOrganisation, rows: Sequence[Judged], by: Any, now: datetime) -> None:
    targets = _targets(rows)
    for part in writing.join(organisation, list(targets), since=clock.day_of(now)):
        _undo(targets[part.member_id], {"new_participation": part.pk})
    writing.note_parts(organisation, list(targets), user=by.user, now=now)


def _rejoin(
    organisation: PartyOrganisation, rows: Sequence[Judged], by: Any, now: datetime
) -> None:
    targets = _targets(rows)
    places = {pk: each.values["place"] or Place.HERE for pk, each in targets.items()}
    if not places:
        return
    affiliations, parts = rejoin(organisation, places, clock.day_of(now), by.user, now)
    for row in affiliations:
        _undo(targets[row.member_id], {"new_affiliation": row.pk})
    for part in parts:
        _undo(targets[part.member_id], {"new_participation": part.pk})


def _change(
    organisation: PartyOrganisation, rows: Sequence[Judged], by: Any, now: datetime
) -> None:
    targets = _targets(rows)
    moved = {pk: each.values["place"] for pk, each in targets.items() if "place" in each.row.was}
    if moved:
        for pk, undo in writing.move(organisation, moved, on=clock.day_of(now)).items():
            _undo(targets[pk], undo)
    fuller = [pk for pk, each in targets.items() if "full_since" in each.row.was]
    members = list(PartyMember.objects.filter(pk__in=fuller))
    for member in members:
        member.full_since = targets[member.pk].values["full_since"]
    PartyMember.objects.bulk_update(members, ["full_since"], batch_size=500)
    writing.refile(list(targets), user=by.user, now=now)


def _undo(judged: Judged, more: dict[str, Any]) -> None:
    judged.row.undo = (judged.row.undo or {}) | more


MEMBERS = Importer(
    title="党员名册",
    sheet=SHEET,
    batch=MemberImport,
    row=MemberImportRow,
    columns=COLUMNS,
    task="branches.tasks.work_on_member_import",
    key=key_of,
    judge=judge,
    write=write,
    undo=take_back,
    lock=lambda batch: writing.lock_register(batch.society_id),
    notes=(
        "按 姓名 + 出生年月 + 入党年月 识别同一人，不收集身份证号。",
        "空白单元格不会清除已有内容；转正年月空白的新党员登记为预备党员。",
        "导入的党员须经学会党组织书记确认后计入。",
        "严禁上传涉密信息。",
    ),
)
MAY = Permission.MEMBER_FILE
