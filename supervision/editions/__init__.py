"""Checklists as data, loaded by `./portal manage load_editions` (see `societies.editions`).

The items stand in a file of their own under `trees/`, so that editions may share them, or in the
edition itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common.errors import ActionRefused
from common.toml_lines import TomlFile
from societies.editions import EditionLoader, save_checked
from societies.models import Federation
from supervision.editions.checks import ITEM, NUMBERS, check_edition, check_items
from supervision.models import ChecklistEdition, ChecklistItem, InspectionBatch, SeverityRule

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ChecklistFile:
    """An edition with the file of its items, which several editions may share."""

    file: TomlFile
    items: TomlFile

    @property
    def data(self) -> dict[str, Any]:
        """What the edition says."""
        return self.file.data

    @property
    def digest(self) -> str:
        """Changes with the edition and with its items."""
        return hashlib.sha256((self.file.digest + self.items.digest).encode()).hexdigest()

    def at(self, message: str, table: str = "", index: int = 0, key: str = "") -> str:
        """The message with its place in the edition."""
        return self.file.at(message, table, index, key)


def read(path: Path) -> ChecklistFile:
    """A checked edition. Raises ActionRefused naming file and line of everything wrong."""
    file = TomlFile(path)
    items = file
    if isinstance(name := file.data.get("items"), str):
        source = path.parent / "trees" / f"{name}.toml"
        if not source.exists():
            raise ActionRefused(file.at(f"没有检查项文件 trees/{name}.toml", key="items"))
        items = TomlFile(source)
    if errors := [*check_items(items), *check_edition(file)]:
        raise ActionRefused("；".join(errors))
    return ChecklistFile(file, items)


def create_edition(federation: Federation, file: ChecklistFile, **fields: Any) -> ChecklistEdition:
    """Write a checked edition for a federation; `fields` go before the file's."""
    data, settings = file.data, file.data["settings"]
    edition = ChecklistEdition(
        **{
            "federation": federation,
            "valid_from": data.get("valid_from"),
            "valid_to": data.get("valid_to"),
            "digest": file.digest,
            **{name: data[name] for name in ("key", "label", "source")},
            **{name: settings[name] for name in (*NUMBERS, "body_kinds", "relations")},
            **fields,
        }
    )
    save_checked(edition, file)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            edition=edition,
            position=position,
            **{name: row.get(name, "") for name in ITEM},
        )
        for position, row in enumerate(file.items.data["items"])
    )
    SeverityRule.objects.bulk_create(
        SeverityRule(edition=edition, **row) for row in data["severities"]
    )
    return edition


def _used_since(federation: Federation, begins: date) -> bool:
    rows = InspectionBatch.objects.filter(federation=federation, decided_at__isnull=False)
    return rows.filter(on_site_from__gte=begins).exists()


EDITIONS = EditionLoader(
    model=ChecklistEdition,
    noun="检查清单",
    folder=FOLDER,
    read=read,
    create=create_edition,
    frozen_since=_used_since,
    frozen="抽样框",
)
