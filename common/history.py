"""The change log: one event row per inserted, updated or deleted row, written by the database.

Statement-level triggers only: row level costs a hundred times more on bulk writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

import pghistory
from django.db import models

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(exclude: Collection[str] = ()) -> Callable[[ModelT], ModelT]:
    """Class decorator: log inserts, updates and deletes of a model.

    exclude: columns kept out of the log (secrets, generated columns). Every model gets trackers of
    its own, since pghistory writes the model's columns into them.
    """
    return pghistory.track(
        pghistory.InsertEvent(level=pghistory.Statement),
        pghistory.UpdateEvent(level=pghistory.Statement),
        pghistory.DeleteEvent(level=pghistory.Statement),
        exclude=list(exclude) or None,
        append_only=True,
    )
