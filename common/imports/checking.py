"""The check of an uploaded workbook: read, parse, judge, stage. Writes no fact.

A worker claims a batch by raising its `attempt`; every chunk renews the claim, so that a second
worker or a sweep after a crash takes over cleanly and the first one stops at its next chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from common import clock
from common.copying import copy_rows
from common.imports.batches import MOST_ATTEMPTS, RUNNING, BatchState, ImportRow, RowKind
from common.imports.columns import complete
from common.imports.door import check_inside
from common.imports.importers import Importer, Judged
from common.imports.reading import Sheet, read
from common.imports.refusal import FileRefused

CHUNK = 1_000
# A claim without a sign of life for so long is over.
SILENT = timedelta(minutes=3)
STAGED = (
    *("batch", "line", "kind", "cells", "problems", "key", "occurrence", "first_line"),
    *("answer", "op", "target", "was"),
)
INTERRUPTED = "处理多次中断，没有写入任何数据。请重试；仍不成功时联系技术支持"


class Superseded(Exception):
    """Another worker has taken this batch over."""


def check(importer: Importer, batch_id: int) -> None:
    """Check a waiting batch to the end; a batch that waits for nobody is left alone."""
    attempt = claim(importer, batch_id, (BatchState.WAITING, BatchState.CHECKING))
    if not attempt:
        return
    batch: Any = importer.batch.objects.select_related("file").get(pk=batch_id)
    try:
        data = bytes(batch.file.content)
        check_inside(data)
        sheet = read(data, importer.columns, importer.sheet)
        _stage(importer, batch, sheet, attempt)
    except FileRefused as refused:
        finish(importer, batch_id, attempt, state=BatchState.FAILED, problem=str(refused))
    except Superseded:
        return


def claim(importer: Importer, batch_id: int, states: Sequence[str]) -> int:
    """Take a batch: the number of this attempt, 0 if somebody works on it or it waits for nobody.

    After the third attempt that came to nothing the batch is given up.
    """
    now = clock.now()
    rows: Any = importer.batch._default_manager.filter(pk=batch_id, state__in=states)
    free = rows.filter(Q(worked_on__isnull=True) | Q(worked_on__lt=now - SILENT))
    with transaction.atomic():
        found = free.select_for_update(skip_locked=True, of=("self",)).first()
        if found is None:
            return 0
        if found.attempt - found.settled >= MOST_ATTEMPTS:
            _give_up(found)
            return 0
        found.attempt += 1
        found.worked_on = now
        if found.state == BatchState.WAITING:
            found.state = BatchState.CHECKING
        found.save(update_fields=["attempt", "worked_on", "state"])
        return int(found.attempt)


def _give_up(batch: Any) -> None:
    """A batch whose workers died thrice: unread, or back before the decision to write it."""
    batch.problem, batch.worked_on, batch.settled = INTERRUPTED, None, batch.attempt
    batch.mark += 1
    if batch.state == BatchState.WRITING:
        batch.state, batch.confirmed_at, batch.confirmed_by = BatchState.CHECKED, None, None
    else:
        batch.state = BatchState.FAILED
    batch.save()


def finish(importer: Importer, batch_id: int, attempt: int, **values: Any) -> None:
    """End an attempt with these values. Raises Superseded if it is no longer the present one."""
    rows: Any = importer.batch._default_manager.filter(
        pk=batch_id, attempt=attempt, state__in=RUNNING
    )
    if not rows.update(mark=F("mark") + 1, worked_on=None, settled=attempt, **values):
        raise Superseded


def _stage(importer: Importer, batch: Any, sheet: Sheet, attempt: int) -> None:
    """Stage every line by chunks, each its own transaction, so that progress shows."""
    places = batch.places or sheet.places
    importer.row._default_manager.filter(batch=batch).delete()
    values = {
        "sheet_name": sheet.name[:100],
        "heads": [text[:60] for text in sheet.heads[:26]],
        "places": places,
        "total": sheet.total,
    }
    if not complete(places, importer.columns):
        finish(importer, batch.pk, attempt, state=BatchState.CHECKED, done=0, **values)
        return
    beat(importer, batch.pk, attempt, done=0, **values)
    seen: dict[str, tuple[int, int]] = {}
    lines, done = sheet.lines(importer.columns, places), 0
    while chunk := list(islice(lines, CHUNK)):
        rows = [importer.row(batch=batch, line=line, cells=cells) for line, cells in chunk]
        with transaction.atomic():
            judge(importer, batch, rows, seen, clock.now())
            copy_rows(importer.row, STAGED, staged(rows))
            done += len(rows)
            beat(importer, batch.pk, attempt, done=done)
    finish(importer, batch.pk, attempt, state=BatchState.CHECKED, total=done)


def beat(importer: Importer, batch_id: int, attempt: int, **values: Any) -> None:
    """A sign of life. Raises Superseded if another attempt has begun."""
    rows: Any = importer.batch._default_manager.filter(
        pk=batch_id, attempt=attempt, state__in=RUNNING
    )
    if not rows.update(worked_on=clock.now(), **values):
        raise Superseded


def judge(
    importer: Importer,
    batch: Any,
    rows: Iterable[ImportRow],
    seen: dict[str, tuple[int, int]],
    now: datetime,
) -> None:
    """Parse and judge a chunk of lines in their order. seen: key → (first line, rows so far)."""
    sound = []
    for row in rows:
        judged = importer.parsed(row)
        if row.problems:
            row.kind = RowKind.REFUSED
            continue
        row.key = importer.key(judged.values)
        first, count = seen.get(row.key, (row.line, 0))
        row.first_line, row.occurrence = first, count
        seen[row.key] = first, count + 1
        sound.append(judged)
    if sound:
        importer.judge(batch, sound, now)


def judge_again(importer: Importer, batch: Any, rows: Sequence[ImportRow], now: datetime) -> None:
    """Judge staged rows anew: after an answer, or against what is registered by now."""
    sound: list[Judged] = []
    for row in rows:
        row.problems, row.was, row.op, row.target = [], {}, "", None
        judged = importer.parsed(row)
        if row.problems:
            row.kind = RowKind.REFUSED
        else:
            sound.append(judged)
    if sound:
        importer.judge(batch, sound, now)


def staged(rows: Iterable[ImportRow]) -> Iterator[list[Any]]:
    """Rows as COPY takes them."""
    attributes = ["batch_id", *STAGED[1:]]
    for row in rows:
        yield [getattr(row, name) for name in attributes]
