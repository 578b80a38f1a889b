"""What becomes of batches by themselves: picked up after a crash, counted, forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count

from common.imports.batches import KEPT, RUNNING, STOPS, WRITES, BatchState, RowKind
from common.imports.importers import Importer
from common.models import StoredFile


def sweep(importer: Importer) -> list[int]:
    """Batches that a worker should be on: what the broker lost and what a crash left behind."""
    rows: Any = importer.batch._default_manager.filter(state__in=RUNNING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def forget_old(importer: Importer, now: datetime) -> None:
    """After a week staged rows and uploaded bytes go (rules §11.2.11); the batch itself stays."""
    old: Any = importer.batch._default_manager.filter(uploaded_at__lt=now - KEPT)
    old = old.exclude(state__in=RUNNING)
    importer.row._default_manager.filter(batch__in=old).delete()
    old.filter(state__in=[BatchState.CHECKED, BatchState.FAILED]).update(state=BatchState.ABANDONED)
    old.exclude(file=None).update(file=None)
    # Everything unused, not what this night let go of: what a night that broke off left goes too.
    StoredFile.forget_unused()


def counts(importer: Importer, batch: Any) -> dict[str, int]:
    """How many rows of each kind a batch has, `stops` of them with errors or questions."""
    rows: Any = importer.row._default_manager.filter(batch=batch).order_by()
    found = dict(rows.values_list("kind").annotate(n=Count("pk")))
    numbers = {kind.value: found.get(kind.value, 0) for kind in RowKind}
    numbers["stops"] = sum(numbers[kind] for kind in STOPS)
    numbers["writes"] = sum(numbers[kind] for kind in WRITES)
    numbers["all"] = sum(numbers[kind.value] for kind in RowKind)
    return numbers
