"""What people do with a batch: upload, answer, confirm, take back, give up.

Each is one transaction under the batch's row lock. Rights are the room's business: its actions
check them and call these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from common.errors import ActionRefused, Conflict
from common.imports.batches import (
    WRITES,
    Answer,
    BatchState,
    ImportRow,
    RowKind,
)
from common.imports.checking import CHUNK, Superseded, check, claim, finish, judge_again
from common.imports.columns import complete
from common.imports.door import base_name, check_inside, check_outside, unpacked_size
from common.imports.importers import Importer, Judged
from common.imports.refusal import FileRefused
from common.models import StoredFile
from common.tasks import enqueue_on_commit

# Files up to this size, packed and unpacked, are checked in the request; a larger one gets a
# progress bar. What says the same thing millions of times packs into nothing.
AT_ONCE = 48 * 1024
AT_ONCE_UNPACKED = 2 * 1024 * 1024
WRITE_AT_ONCE = 2_000
STALE = "核对以后名册有变化，已按最新情况重新核对，请再看一遍"
MOVED = "这次导入的状态已变化，请刷新后查看"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def start(
    importer: Importer, *, name: str, data: bytes, by: Any, now: datetime, **owner: Any
) -> Any:
    """Take a workbook in; a small one is checked at once. owner: columns of the concrete batch.

    Raises ActionRefused at `file`.
    """
    try:
        check_outside(name, data)
        at_once = len(data) <= AT_ONCE and unpacked_size(data) <= AT_ONCE_UNPACKED
        if at_once:
            check_inside(data)
    except FileRefused as refused:
        raise ActionRefused({"file": [str(refused)]}) from refused
    with transaction.atomic():
        batch: Any = importer.batch(
            file=StoredFile.keep(data, XLSX, now),
            file_name=base_name(name),
            uploaded_at=now,
            uploaded_by=by.user,
            **owner,
        )
        batch.save()
        if not at_once:
            enqueue_on_commit(importer.task, batch_id=batch.pk)
    if at_once:
        check(importer, batch.pk)
        batch.refresh_from_db()
        if batch.state == BatchState.FAILED:
            problem = batch.problem
            batch.delete()
            raise ActionRefused({"file": [problem]})
    return batch


def locked(importer: Importer, batch: Any, *states: str) -> Any:
    """The batch's row, locked and read afresh. Raises ActionRefused if it has moved on."""
    rows: Any = importer.batch._default_manager.select_for_update(of=("self",))
    row = rows.get(pk=batch.pk)
    if row.state not in states:
        raise ActionRefused(MOVED)
    return row


@transaction.atomic
def place_columns(importer: Importer, batch: Any, places: Mapping[str, int]) -> None:
    """Say which column of the sheet is which, and have it checked again.

    Raises ActionRefused at the keys of columns.
    """
    row = locked(importer, batch, BatchState.CHECKED)
    errors: dict[str, list[str]] = {}
    for column in importer.columns:
        if column.required and column.key not in places:
            errors[column.key] = [f"请选择“{column.label}”是哪一列"]
        twice = [k for k, at in places.items() if at == places.get(column.key)]
        if len(twice) > 1 and column.key in places:
            errors[column.key] = ["同一列不能对应两项，请重新选择"]
    if errors or not complete(places, importer.columns):
        raise ActionRefused(errors or "列的对应关系不完整")
    if row.file_id is None:
        raise ActionRefused("上传的文件已清除，请重新上传")
    row.places, row.state, row.mark = dict(places), BatchState.WAITING, row.mark + 1
    row.save()
    enqueue_on_commit(importer.task, batch_id=row.pk)


@transaction.atomic
def answer(importer: Importer, batch: Any, line: int, said: str, now: datetime) -> ImportRow:
    """Answer “同一人？” for a line. Raises ActionRefused if nothing was asked there."""
    row = _row(importer, locked(importer, batch, BatchState.CHECKED), line)
    if row.kind != RowKind.ASK or said not in (Answer.SAME, Answer.OTHER):
        raise ActionRefused(MOVED)
    row.answer = said
    return _judged_again(importer, row, now)


@transaction.atomic
def adopt(importer: Importer, batch: Any, line: int, column: str, now: datetime) -> ImportRow:
    """Put what was offered for a cell into it. Raises ActionRefused if nothing was offered."""
    row = _row(importer, locked(importer, batch, BatchState.CHECKED), line)
    offers = [p["offer"] for p in row.problems if p["column"] == column and p.get("offer")]
    if not offers:
        raise ActionRefused(MOVED)
    row.cells[importer.at(column)] = offers[0]
    return _judged_again(importer, row, now)


def _row(importer: Importer, batch: Any, line: int) -> Any:
    found = importer.row._default_manager.filter(batch=batch, line=line).first()
    if found is None:
        raise ActionRefused("没有这一行，请刷新后查看")
    return found


def _judged_again(importer: Importer, row: Any, now: datetime) -> ImportRow:
    if not row.key:
        _find_place(importer, row)
    judge_again(importer, row.batch, [row], now)
    row.save()
    row.batch.mark += 1
    row.batch.save(update_fields=["mark"])
    return row


def _find_place(importer: Importer, row: Any) -> None:
    """A row that could not be read before joins those with the same key, as the last of them."""
    row.problems = []
    judged = importer.parsed(row)
    if row.problems:
        return
    row.key = importer.key(judged.values)
    like = importer.row._default_manager.filter(batch=row.batch, key=row.key).exclude(pk=row.pk)
    found = like.aggregate(last=Max("occurrence"), first=Min("line"))
    row.occurrence = 0 if found["last"] is None else found["last"] + 1
    row.first_line = row.line if found["first"] is None else found["first"]


@transaction.atomic
def confirm(importer: Importer, batch: Any, *, by: Any, now: datetime) -> Any:
    """Write every row that is new or changed; rows with errors stay out. All or none.

    A large batch is handed to a worker, which writes it in one transaction. Raises ActionRefused if
    there is nothing to write; Conflict if the register changed since (the rows are judged again).
    """
    row = locked(importer, batch, BatchState.CHECKED)
    count = importer.row._default_manager.filter(batch=row, kind__in=WRITES).count()
    if not count:
        raise ActionRefused("没有要新增或更新的行")
    row.confirmed_at, row.confirmed_by, row.problem = now, by.user, ""
    row.mark += 1
    if count > WRITE_AT_ONCE:
        row.state, row.worked_on, row.settled = BatchState.WRITING, None, row.attempt
        row.save()
        enqueue_on_commit(importer.task, batch_id=row.pk)
        return row
    write_all(importer, row, by=by, now=now)
    row.state = BatchState.DONE
    row.save()
    return row


def write_all(importer: Importer, batch: Any, *, by: Any, now: datetime) -> None:
    """Write a confirmed batch within the present transaction. Raises Conflict if it is stale."""
    importer.lock(batch)
    for rows in _chunks(importer, batch, kind__in=WRITES):
        before = [(row.kind, row.op, row.target, row.was) for row in rows]
        judge_again(importer, batch, rows, now)
        if before != [(row.kind, row.op, row.target, row.was) for row in rows]:
            raise Conflict(STALE)
        judged = [importer.parsed(row) for row in rows]
        importer.write(batch, judged, by=by, now=now)
        _keep_undo(importer, judged)


def _keep_undo(importer: Importer, judged: list[Judged]) -> None:
    kept = [each.row for each in judged if each.row.undo is not None]
    if kept:
        importer.row._default_manager.bulk_update(kept, ["undo"], batch_size=500)


def _chunks(importer: Importer, batch: Any, **only: Any) -> Iterator[list[Any]]:
    """Staged rows by chunks in the order of their lines."""
    rows: Any = importer.row._default_manager.filter(batch=batch, **only).order_by("line")
    after = 0
    while chunk := list(rows.filter(line__gt=after)[:CHUNK]):
        yield chunk
        after = chunk[-1].line


def judge_anew(importer: Importer, batch_id: int, now: datetime) -> None:
    """Judge all staged rows against what is registered now; called after a Conflict."""
    with transaction.atomic():
        batch = importer.batch._default_manager.select_for_update(of=("self",)).get(pk=batch_id)
        if batch.state != BatchState.CHECKED:
            return
        for rows in _chunks(importer, batch):
            judge_again(importer, batch, rows, now)
            names = ["kind", "problems", "op", "target", "was"]
            importer.row._default_manager.bulk_update(rows, names, batch_size=500)
        batch.mark += 1
        batch.save(update_fields=["mark"])


def work(importer: Importer, batch_id: int, *, actor_of: Any, now: datetime) -> None:
    """What a worker does with a batch: check it, or write it. Safe to run twice or be killed.

    actor_of: the batch → who confirmed it, as the writer takes it.
    """
    check(importer, batch_id)
    attempt = claim(importer, batch_id, (BatchState.WRITING,))
    if not attempt:
        return
    try:
        with transaction.atomic():
            rows: Any = importer.batch._default_manager.select_for_update(of=("self",))
            batch = rows.get(pk=batch_id)
            write_all(importer, batch, by=actor_of(batch), now=batch.confirmed_at)
            finish(importer, batch_id, attempt, state=BatchState.DONE)
    except Superseded:
        return
    except (Conflict, ActionRefused) as said:
        back = {"state": BatchState.CHECKED, "confirmed_at": None, "confirmed_by": None}
        finish(importer, batch_id, attempt, problem=str(said)[:300], **back)
        judge_anew(importer, batch_id, now)


@transaction.atomic
def roll_back(importer: Importer, batch: Any, *, by: Any, now: datetime) -> Any:
    """Take everything back that a batch wrote, within 24 hours. All or none.

    Raises ActionRefused if the time is over or something it wrote has moved on since.
    """
    row = locked(importer, batch, BatchState.DONE)
    if not row.may_roll_back(now):
        raise ActionRefused("导入已超过 24 小时，不能再整批撤回；请逐条更正")
    importer.lock(row)
    for rows in _chunks(importer, row, kind__in=WRITES):
        importer.undo(row, rows, by=by, now=now)
    row.state, row.rolled_back_at, row.rolled_back_by = BatchState.ROLLED_BACK, now, by.user
    row.mark += 1
    row.save()
    return row


@transaction.atomic
def abandon(importer: Importer, batch: Any) -> None:
    """Give up a batch before it is confirmed; its staged rows go."""
    states = (BatchState.WAITING, BatchState.CHECKING, BatchState.CHECKED, BatchState.FAILED)
    row = locked(importer, batch, *states)
    importer.row._default_manager.filter(batch=row).delete()
    row.state, row.mark, row.worked_on = BatchState.ABANDONED, row.mark + 1, None
    row.save()
