"""Editions loaded before the reviewer's clock was a value of theirs get the one they ran under."""

from typing import Any

from django.db import migrations

REVIEW = {"workdays": 5, "clause": "002§14"}


def add_clock(apps: Any, schema_editor: Any) -> None:
    for edition in apps.get_model("ledgers", "LedgerEdition").objects.all():
        if "review" not in edition.content:
            edition.content["review"] = dict(REVIEW)
            edition.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0001_initial")]
    operations = [migrations.RunPython(add_clock, migrations.RunPython.noop)]
