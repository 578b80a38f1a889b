"""Planner statistics of what the loader has just filled; autovacuum comes too late for that.

Without them one night's statement over freshly filled tables takes a second instead of
milliseconds. ANALYZE works in a transaction too.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

# The rooms whose facts the loader writes, not their change logs: no figure reads those.
FACTS = ("societies", "branches", "ledgers", "training", "supervision")
FIGURES = ("coverage", "starrating")


def analyze(rooms: tuple[str, ...] = FACTS) -> None:
    """Bring the planner's statistics of the rooms' tables up to what is in them."""
    models: list[Any] = [m for room in rooms for m in apps.get_app_config(room).get_models()]
    tables = [m._meta.db_table for m in models if not hasattr(m, "pgh_tracked_model")]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")
