"""Attendance by workbook: what a line means, writing what was confirmed, taking it back.

A line names somebody enrolled by society and name, with the month of birth where two share a name.
Nobody is enrolled by a workbook.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from branches.actions.members import clean_name
from common import clock
from common.errors import ActionRefused
from common.imports.batches import RowKind
from common.imports.columns import BadCell, Column, plain
from common.imports.importers import Importer, Judged, Values
from common.months import BadMonth, parse_month
from training.actions.attending import Marks, check_begun, write_marks
from training.models import (
    AttendanceImport,
    AttendanceImportRow,
    ClassState,
    CourseResult,
    Enrolment,
    TrainingClass,
    TrainingSession,
)

SHEET = "到课登记"
ALL, NONE = ("全部", "全勤", "到课", "是"), ("缺席", "未到", "无", "否", "0")
_RESULTS = {"合格": CourseResult.PASSED, "不合格": CourseResult.FAILED}
_RANGE = re.compile(r"(\d{1,2})\s*[-—–~至]\s*(\d{1,2})")
EVERY = -1
MOVED = "培训班已结业或取消，不能再导入或撤回"


def _sessions(text: str) -> frozenset[int]:
    """Numbers of sessions; EVERY alone for all of them."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed in ALL:
        return frozenset((EVERY,))
    if typed in NONE:
        return frozenset()
    found: set[int] = set()
    for part in re.split(r"[、,;\s]+", typed):
        if match := _RANGE.fullmatch(part):
            first, last = int(match[1]), int(match[2])
            if first > last:
                raise BadCell(f"到课“{text}”前后颠倒", f"请写成 {last}-{first}")
            found.update(range(first, last + 1))
        elif part.isdecimal() and len(part) <= 2:
            found.add(int(part))
        else:
            raise BadCell(f"到课“{text}”看不懂", "请填“全部”“缺席”，或节次如 1、3、5-7")
    return frozenset(found)


def _result(text: str) -> str:
    found = _RESULTS.get(text.strip())
    if found is None:
        raise BadCell("考核结果只能填“合格”或“不合格”", "")
    return found.value


def _month(text: str) -> date:
    try:
        return parse_month(text)
    except BadMonth as bad:
        raise BadCell(bad.wrong, bad.mend) from bad


COLUMNS = (
    Column("society", "学会", str, names=("所属学会", "单位"), example="示例力学学会", width=30),
    Column("name", "姓名", clean_name, example="张某某"),
    Column(
        "birth_month",
        "出生年月",
        _month,
        required=False,
        example="",
        note="同一学会有同名学员时填写",
    ),
    Column(
        "sessions",
        "到课",
        _sessions,
        names=("到课情况", "出勤"),
        example="全部",
        note="填“全部”“缺席”，或到课的节次，如 1、3 或 1-3",
    ),
    Column(
        "result",
        "考核结果",
        _result,
        required=False,
        names=("结果",),
        example="合格",
        note="合格、不合格；未考核的留空",
        choices=("合格", "不合格"),
    ),
)


@dataclass(frozen=True)
class Roster:
    """Who is enrolled in a class, what is said of them, and its sessions by number."""

    people: dict[tuple[str, str], list[Enrolment]]
    marks: dict[int, Marks]
    sessions: dict[int, TrainingSession]

    def said(self, pk: int) -> tuple[str, str]:
        """Sessions and result in the words of the workbook."""
        marks = self.marks[pk]
        numbers = sorted(n for n, each in self.sessions.items() if each.pk in marks.sessions)
        return sessions_said(numbers, len(self.sessions)), str(CourseResult(marks.result).label)


def sessions_said(numbers: Sequence[int], most: int) -> str:
    """全部, 缺席 or the numbers."""
    if len(numbers) == most:
        return "全部"
    return "、".join(map(str, numbers)) or "缺席"


def roster(chosen: TrainingClass) -> Roster:
    """A class's people; three statements."""
    people: dict[tuple[str, str], list[Enrolment]] = {}
    marks: dict[int, Marks] = {}
    rows = chosen.enrolments.standing().select_related("society", "member")
    for each in rows.prefetch_related("attendances").order_by("pk"):
        for society in {plain(each.society.name), plain(each.society.code)}:
            people.setdefault((society, each.person_name), []).append(each)
        attended = frozenset(a.session_id for a in each.attendances.all())
        marks[each.pk] = Marks(attended, each.result)
    return Roster(people, marks, {each.number: each for each in chosen.sessions.all()})


def key_of(values: Values) -> str:
    """Society, name and month as one text."""
    return f"{plain(values['society'])}|{values['name']}|{values['birth_month'] or ''}"


def judge(batch: AttendanceImport, rows: Sequence[Judged], now: datetime) -> None:
    """Say for each line what confirming would do."""
    known, today = roster(batch.training_class), clock.day_of(now)
    for each in rows:
        _judge_one(known, each, today)
    _refuse_second_lines(batch, rows)


def _refuse_second_lines(batch: AttendanceImport, rows: Sequence[Judged]) -> None:
    """One line a person, however the society or the month is written; the first one stands."""
    found = [each.row for each in rows if each.row.target is not None]
    others = AttendanceImportRow.objects.filter(batch=batch, target__in={r.target for r in found})
    others = others.exclude(line__in=[each.row.line for each in rows])
    standing = dict(others.order_by("-line").values_list("target", "line"))
    for row in sorted(found, key=lambda row: row.line):
        if row.target in standing:
            row.problem("name", f"与第 {standing[row.target]} 行是同一人", "请只保留一行")
            row.kind, row.op, row.target, row.was = RowKind.REFUSED, "", None, {}
        else:
            standing[row.target] = row.line


def _judge_one(known: Roster, judged: Judged, today: date) -> None:
    row, values = judged.row, judged.values
    enrolment = _person(known, judged)
    marks = _marks(known, judged, today)
    if row.occurrence:
        row.problem("name", f"与第 {row.first_line} 行是同一人", "请只保留一行")
    if row.problems or enrolment is None:
        row.kind = RowKind.REFUSED
        return
    if values["result"] is None:
        marks = Marks(marks.sessions, known.marks[enrolment.pk].result)
    judged.values["marks"] = marks
    row.op, row.target = "mark", enrolment.pk
    before = known.marks[enrolment.pk]
    sessions, result = known.said(enrolment.pk)
    row.was = {"sessions": sessions} if before.sessions != marks.sessions else {}
    row.was |= {"result": result} if before.result != marks.result else {}
    row.kind = RowKind.CHANGED if row.was else RowKind.SAME


def _person(known: Roster, judged: Judged) -> Enrolment | None:
    """The enrolment meant by a line; what is wrong is noted on it."""
    row, values = judged.row, judged.values
    found = known.people.get((plain(values["society"]), values["name"]), [])
    if values["birth_month"] is not None:
        found = [each for each in found if each.member.birth_month == values["birth_month"]]
    if len(found) == 1:
        return found[0]
    if found:
        row.problem("birth_month", "同一学会有同名学员", "请填写出生年月")
        return None
    elsewhere = {
        each.society.name
        for (_, name), people in known.people.items()
        if name == values["name"]
        for each in people
    }
    if len(elsewhere) == 1:
        (name,) = elsewhere
        row.problem("society", "该学会没有这位学员", f"是否为“{name}”？", offer=name)
    else:
        row.problem("name", "没有报名", "请核对学会和姓名；没有报名的不能登记到课")
    return None


def _marks(known: Roster, judged: Judged, today: date) -> Marks:
    row, asked = judged.row, judged.values["sessions"]
    numbers = set(known.sessions) if asked == {EVERY} else set(asked)
    unknown = sorted(numbers - set(known.sessions))
    if unknown:
        row.problem("sessions", f"没有第 {unknown[0]} 节", f"本班共 {len(known.sessions)} 节")
    found = [known.sessions[n] for n in sorted(numbers) if n in known.sessions]
    coming = [each for each in found if each.held_on > today]
    if coming:
        row.problem("sessions", f"{coming[0]} 尚未开课", "请只填已上的节次")
    return Marks(frozenset(each.pk for each in found), judged.values["result"] or "")


def write(batch: AttendanceImport, rows: Sequence[Judged], *, by: Any, now: datetime) -> None:
    """Write a chunk of judged lines, and remember what was before."""
    chosen, today = batch.training_class, clock.day_of(now)
    _check_running(chosen)
    check_begun(chosen, today)
    known, said = roster(chosen), {}
    for each in rows:
        pk = each.row.target
        if pk is None:
            continue
        _judge_one(known, each, today)
        said[pk] = each.values["marks"]
        each.row.undo = {
            "enrolment": pk,
            "before": _plain(known.marks[pk]),
            "after": _plain(said[pk]),
        }
    write_marks(chosen, said, today)


def _plain(marks: Marks) -> list[Any]:
    return [sorted(marks.sessions), marks.result]


def take_back(batch: AttendanceImport, rows: Sequence[Any], *, by: Any, now: datetime) -> None:
    """Undo a chunk. Raises ActionRefused naming the first line that moved on since."""
    chosen = batch.training_class
    _check_running(chosen)
    known, said = roster(chosen), {}
    for row in rows:
        if not row.undo:
            continue
        pk = row.undo["enrolment"]
        if pk not in known.marks or _plain(known.marks[pk]) != row.undo["after"]:
            raise ActionRefused(f"第 {row.line} 行“{row.cells[1]}”导入后又有改动，不能整批撤回")
        sessions, result = row.undo["before"]
        said[pk] = Marks(frozenset(sessions), result)
    write_marks(chosen, said, clock.day_of(now))


def _check_running(chosen: TrainingClass) -> None:
    if chosen.state not in (ClassState.OPEN, ClassState.HELD):
        raise ActionRefused(MOVED)


def lock(batch: AttendanceImport) -> None:
    """Lock the class, so that nobody settles it meanwhile; read afresh for the writer."""
    rows = TrainingClass.objects.select_for_update(of=("self",), no_key=True)
    batch.training_class = rows.get(pk=batch.training_class_id)


ATTENDANCE = Importer(
    title="到课",
    sheet=SHEET,
    batch=AttendanceImport,
    row=AttendanceImportRow,
    columns=COLUMNS,
    task="training.tasks.work_on_attendance_import",
    key=key_of,
    judge=judge,
    write=write,
    undo=take_back,
    lock=lock,
    notes=(
        "按 学会 + 姓名 识别学员，同名的加填出生年月；没有报名的不能登记。",
        "考核结果留空的不改变已登记的结果。",
        "严禁上传涉密信息。",
    ),
)
