"""Rating editions as data, loaded by `./portal manage load_editions` (see `societies.editions`).

An edition for years before one that is shipped already names its own end (`valid_to`).
The trees stand in a file of their own under `trees/`, so that editions may share them, or in the
edition itself. `[[supplied]]` names lines that the trees leave without a source and for which the
portal has the facts by now, `[[amended]]` lines that an edition reads with other parameters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common.errors import ActionRefused
from common.toml_lines import TomlFile
from coverage.models import NightRun, NightStep
from societies.editions import EditionLoader, save_checked
from societies.models import Federation
from starrating.editions.checks import check_edition, check_trees
from starrating.editions.overrides import check_overrides
from starrating.models import (
    Criterion,
    RatingCategory,
    RatingEdition,
    ScoreAdjustment,
    StarFloor,
    StarQuota,
    StarThreshold,
    Tree,
    VetoRule,
)

FOLDER = Path(__file__).parent
SETTINGS = ("max_stars", "min_applicable", "bonus_cap", "rise_limit", "multi_types")


@dataclass(frozen=True)
class StandardFile:
    """A standard with the file of its trees, which several standards may share."""

    file: TomlFile
    trees: TomlFile

    @property
    def data(self) -> dict[str, Any]:
        """What the standard says."""
        return self.file.data

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """The lines of both trees, with what the standard supplies and amends."""
        given = {row["code"]: {**row, "supplied": True} for row in self.data.get("supplied", ())}
        given |= {row["code"]: row for row in self.data.get("amended", ())}
        rows: list[dict[str, Any]] = self.trees.data["criteria"]
        return [{**row, **given.get(row["code"], {})} for row in rows]

    @property
    def digest(self) -> str:
        """Changes with the standard and with its trees."""
        return hashlib.sha256((self.file.digest + self.trees.digest).encode()).hexdigest()

    def at(self, message: str, table: str = "", index: int = 0, key: str = "") -> str:
        """The message with its place in the standard."""
        return self.file.at(message, table, index, key)


def read(path: Path) -> StandardFile:
    """A checked standard. Raises ActionRefused."""
    file = TomlFile(path)
    trees = file
    if name := file.data.get("trees"):
        source = path.parent / "trees" / f"{name}.toml"
        if not source.exists():
            raise ActionRefused(file.at(f"没有指标树文件 trees/{name}.toml", key="trees"))
        trees = TomlFile(source)
    errors = [*check_trees(trees), *check_edition(file, trees.data)]
    if errors := [*errors, *check_overrides(file, trees.data)]:
        raise ActionRefused("；".join(errors))
    return StandardFile(file, trees)


def _frozen_since(federation: Federation, begins: date) -> bool:
    runs = NightRun.objects.frozen(NightStep.STARS)
    return runs.filter(federation=federation, on__gte=begins).exists()


def create_edition(federation: Federation, file: StandardFile, **fields: Any) -> RatingEdition:
    """Write a checked edition for a federation; `fields` go before the file's."""
    data, trees = file.data, file.trees.data
    edition = RatingEdition(
        **{
            "federation": federation,
            "valid_from": data.get("valid_from"),
            "valid_to": data.get("valid_to"),
            "digest": file.digest,
            **{name: data[name] for name in ("key", "label", "source", *SETTINGS)},
            **fields,
        }
    )
    save_checked(edition, file)
    RatingCategory.objects.bulk_create(
        RatingCategory(edition=edition, **row) for row in trees["categories"]
    )
    Criterion.objects.bulk_create(
        _criterion(edition, tree, position, row)
        for tree in Tree.values
        for position, row in enumerate(file.criteria)
        if tree in row
    )
    _create_scale(edition, data)
    return edition


def _criterion(
    edition: RatingEdition, tree: str, position: int, row: Mapping[str, Any]
) -> Criterion:
    facts = {name: value for name, value in row.items() if name not in Tree.values}
    return Criterion(edition=edition, tree=tree, position=position, points=row[tree], **facts)


def _create_scale(edition: RatingEdition, data: Mapping[str, Any]) -> None:
    StarThreshold.objects.bulk_create(
        StarThreshold(edition=edition, **row) for row in data["thresholds"]
    )
    StarFloor.objects.bulk_create(
        StarFloor(edition=edition, **row) for row in data.get("floors", ())
    )
    StarQuota.objects.bulk_create(
        StarQuota(
            edition=edition,
            stars=row["stars"],
            numerator=row["ratio"][0],
            denominator=row["ratio"][1],
        )
        for row in data.get("quotas", ())
    )
    VetoRule.objects.bulk_create(VetoRule(edition=edition, **row) for row in data.get("vetoes", ()))
    ScoreAdjustment.objects.bulk_create(
        ScoreAdjustment(edition=edition, **row) for row in data.get("adjustments", ())
    )


EDITIONS = EditionLoader(
    model=RatingEdition,
    noun="标准",
    folder=FOLDER,
    read=read,
    create=create_edition,
    frozen_since=_frozen_since,
    frozen="测算分",
)
