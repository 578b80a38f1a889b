"""Transactions that must be alone, or see one moment only.

Locks belong to the transaction: session locks break behind a connection pooler.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def try_lock(name: str) -> bool:
    """Take the named lock until the transaction ends; False if another transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def wait_lock(name: str) -> None:
    """Take the named lock until the transaction ends, waiting for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction whose every statement sees the same moment (REPEATABLE READ).

    Inside a surrounding transaction, that one's isolation holds: it cannot be changed any more.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
