"""民办非企业单位 of 重庆市科协 owe a ledger too, unless a set was frozen without them (R-LED-05)."""

from typing import Any

from django.db import migrations

KINDS = ["society", "association", "research_association", "private_non_enterprise"]


def widen(apps: Any, schema_editor: Any) -> None:
    frozen = apps.get_model("ledgers", "ExpectedFiling").objects
    editions = apps.get_model("ledgers", "LedgerEdition").objects
    for edition in editions.filter(federation__code="chongqing", code="ledger-default"):
        if frozen.filter(period__edition=edition).exists():
            continue
        edition.code = "ledger-chongqing"
        edition.content["expected"]["body_kinds"] = KINDS
        edition.save(update_fields=["code", "content"])


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0008_review_drafts")]
    operations = [migrations.RunPython(widen, migrations.RunPython.noop)]
