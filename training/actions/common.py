"""What the actions of this room check and lock alike."""

from __future__ import annotations

from typing import Any

from branches.actions.checks import check_version
from common.errors import ActionRefused
from common.states import Transition, check_step
from societies.access import Actor
from training.models import TrainingClass, TrainingEdition

NO_EDITION = "本科协尚未载入 {year} 年的学时规定，暂不能登记学时，请联系科技社团党委"


def edition_of(federation_id: int, year: int) -> TrainingEdition:
    """The settings of a year. Raises ActionRefused without any."""
    edition: TrainingEdition | None = TrainingEdition.objects.of(federation_id, year)
    if edition is None:
        raise ActionRefused(NO_EDITION.format(year=year))
    return edition


def begin_class_step(
    step: Transition,
    chosen: TrainingClass,
    by: Actor,
    row_version: int | None = None,
    **inputs: Any,
) -> TrainingClass:
    """The class, locked and read afresh, where this step may be taken on the version shown."""
    rows = TrainingClass.objects.select_for_update(of=("self",), no_key=True)
    row: TrainingClass = rows.get(pk=chosen.pk)
    may = by.may(step.permission, row)  # type: ignore[arg-type]
    check_step(step, state=row.state, row=row, may=may, user_id=by.user.pk, **inputs)
    check_version(row, row_version)
    return row


def save(row: Any) -> None:
    """Save with a new version, so that older pages notice."""
    row.row_version += 1
    row.save()
