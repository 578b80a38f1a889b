"""Chains of frozen intervals: one value a day for each key, at the cost of one b-tree.

An exclusion constraint would say the same, but its GiST index took most of the first night. Here a
unique index lets one interval of a key be open and makes writers of a key wait for each other; a
trigger refuses an interval that reaches into another, and one that changes but for its end.
"""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger
from django.db.models import UniqueConstraint

_REACHES_IN = """
IF EXISTS (SELECT FROM begun n JOIN {meta.db_table} o ON <same> AND o.id <> n.id
           AND o.valid_to > n.valid_from AND (n.valid_to IS NULL OR o.valid_from < n.valid_to))
OR EXISTS (SELECT FROM begun n JOIN {meta.db_table} o ON <same> AND o.id <> n.id
           AND o.valid_to IS NULL AND o.valid_from < n.valid_to
           WHERE n.valid_to IS NOT NULL)
THEN RAISE EXCEPTION '定格数的有效期与已有记录重叠' USING ERRCODE = 'exclusion_violation'; END IF;
RETURN NULL;
"""
_CHANGED = "RAISE EXCEPTION '定格数只能截止，不能修改' USING ERRCODE = 'check_violation';"


def one_open(name: str, same: Sequence[str]) -> UniqueConstraint:
    """At most one interval of a key is open, and at most one ends on a day."""
    return UniqueConstraint(name=name, fields=[*same, "valid_to"], nulls_distinct=False)


def never_overlapping(same: Sequence[str]) -> list[pgtrigger.Trigger]:
    """Intervals of a key (columns) begin where no other holds, and then only ever end, once."""
    alike = " AND ".join(f"o.{column} = n.{column}" for column in same)
    return [
        pgtrigger.Trigger(
            name="begins_apart",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="begun"),
            func=pgtrigger.Func(_REACHES_IN.replace("<same>", alike)),
        ),
        pgtrigger.Trigger(
            name="only_ends",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(exclude=["valid_to"]),
            func=_CHANGED,
        ),
        pgtrigger.Trigger(
            name="ends_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__valid_to__isnull=False),
            func=_CHANGED,
        ),
    ]
