"""Settings of training by years as data: one TOML file for each edition of a federation.

How a file is loaded, superseded and refused: `societies.editions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from common.errors import ActionRefused
from common.toml_lines import TomlFile
from societies.editions import EditionLoader, save_checked
from societies.models import Federation
from training.models import HourEvent, HourEventState, TrainingEdition

FOLDER = Path(__file__).parent
TEXTS = ("federation", "key", "label", "source")
HOURS = (
    *("member_hours", "officer_hours", "day_hours", "half_day_hours", "daily_most"),
    *("lecturer_factor", "lecturer_most"),
)
COUNTS = ("officer_concentrated", "secretary_months", "online_percent")
SETTINGS = (*HOURS, *COUNTS)
MOST = 1000


def read(path: Path) -> TomlFile:
    """A checked file. Raises ActionRefused naming file and line of everything that is wrong."""
    file = TomlFile(path)
    if errors := list(_errors(file)):
        raise ActionRefused("；".join(errors))
    return file


def _errors(file: TomlFile) -> Iterator[str]:
    for name in TEXTS:
        if not isinstance(file.data.get(name), str) or not file.data[name]:
            yield file.at(f"缺少文字 {name}", key=name)
    settings, clauses = file.data.get("settings", {}), file.data.get("clauses", {})
    for name in SETTINGS:
        fits, wanted = (_is_hours, "0.5 的倍数") if name in HOURS else (_is_count, "整数")
        if not fits(settings.get(name)):
            yield file.at(f"settings 中 {name} 须为{wanted}", "settings", key=name)
        if not isinstance(clauses.get(name), str) or not clauses[name]:
            yield file.at(f"clauses 中缺少 {name} 的依据", "clauses", key=name)
    for table, known in (("settings", settings), ("clauses", clauses)):
        for name in sorted(set(known) - set(SETTINGS)):
            yield file.at(f"{table} 中有未知的 {name}", table, key=name)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST


def _is_hours(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 < value < MOST and float(value * 2).is_integer()


def _frozen_since(federation: Federation, begins: date) -> bool:
    rows = HourEvent.objects.filter(society__federation=federation, held_on__gte=begins)
    return rows.filter(state=HourEventState.CONFIRMED).exists()


def create_edition(federation: Federation, file: TomlFile, **fields: Any) -> TrainingEdition:
    """Write the edition of a checked file for a federation; `fields` go before the file's."""
    data, settings = file.data, file.data["settings"]
    edition = TrainingEdition(
        **{
            "federation": federation,
            "key": data["key"],
            "label": data["label"],
            "source": data["source"],
            "valid_from": data.get("valid_from"),
            "digest": file.digest,
            "clauses": data["clauses"],
            **{name: Decimal(str(settings[name])) for name in HOURS},
            **{name: settings[name] for name in COUNTS},
            **fields,
        }
    )
    save_checked(edition, file)
    return edition


EDITIONS = EditionLoader(
    model=TrainingEdition,
    noun="学时规定",
    folder=FOLDER,
    read=read,
    create=create_edition,
    frozen_since=_frozen_since,
    frozen="学时",
)
