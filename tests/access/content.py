"""What the database holds, table by table, as numbers that change with any row."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

# Not of the portal's rooms.
SILENT = {"axes", "auth", "contenttypes", "guardian", "pghistory", "sessions"}

Content = dict[str, tuple[int, int]]


def tables() -> dict[str, str]:
    """Database table → model name; the change log is left out."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        logged = hasattr(model, "pgh_tracked_model")
        if model._meta.app_label not in SILENT and not logged:
            found[model._meta.db_table] = model.__name__
    return found


def prepare() -> None:
    """Prepare the statement that `content` runs; once per connection."""
    each = (
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
        f' FROM "{table}" t'
        for table, name in sorted(tables().items())
    )
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        cursor.execute(f"PREPARE content AS {' UNION ALL '.join(each)}")


def content() -> Content:
    """Model name → number of rows and the sum of their hashes."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE content")
        return {name: (count, int(digest)) for name, count, digest in cursor.fetchall()}


def changed(before: Content, after: Content) -> set[str]:
    """The models of which some row differs."""
    return {name for name in after if before[name] != after[name]}
