"""Rating editions as data: one TOML file each, loaded by `./portal manage load_editions`.

The trees stand in a file of their own under `trees/`, so that editions may share them, or in the
edition itself. A file is loaded once under its key; to change what counts, ship a new file with a
later `valid_from` and `supersedes`. Every refusal names file and line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common.errors import ActionRefused
from common.toml_lines import TomlFile
from coverage.models import NightRun, NightStep
from societies.models import Federation
from starrating.editions.checks import check_edition, check_trees
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
class Loaded:
    """What became of one file: 已载入 / 未变 / no such federation here."""

    key: str
    outcome: str


def load_all(folder: Path = FOLDER) -> list[Loaded]:
    """Load every edition file of the folder, in order of name; again is harmless.

    Raises ActionRefused naming file and line of everything that is wrong.
    """
    return [load(path) for path in sorted(folder.glob("*.toml"))]


@transaction.atomic
def load(path: Path) -> Loaded:
    """Load one file with its trees."""
    file, trees = read(path)
    data = file.data
    federation = Federation.objects.filter(code=data["federation"]).first()
    if federation is None:
        return Loaded(data["key"], f"没有代码为 {data['federation']} 的科协，略过")
    standing = RatingEdition.objects.filter(key=data["key"]).first()
    if standing is not None:
        if standing.digest != _digest(file, trees):
            message = f"标准 {data['key']} 已载入，不能修改；请用新的 key 另立一版"
            raise ActionRefused(file.at(message, key="key"))
        return Loaded(data["key"], "未变")
    _supersede(federation, file)
    create_edition(federation, file, trees)
    return Loaded(data["key"], "已载入")


def read(path: Path) -> tuple[TomlFile, TomlFile]:
    """A checked edition and the file of its trees. Raises ActionRefused."""
    file = TomlFile(path)
    trees = file
    if name := file.data.get("trees"):
        source = path.parent / "trees" / f"{name}.toml"
        if not source.exists():
            raise ActionRefused(file.at(f"没有指标树文件 trees/{name}.toml", key="trees"))
        trees = TomlFile(source)
    if errors := [*check_trees(trees), *check_edition(file, trees.data)]:
        raise ActionRefused("；".join(errors))
    return file, trees


def _digest(file: TomlFile, trees: TomlFile) -> str:
    return hashlib.sha256((file.digest + trees.digest).encode()).hexdigest()


def _supersede(federation: Federation, file: TomlFile) -> None:
    """End the edition that this one follows; frozen scores keep theirs."""
    if "supersedes" not in file.data:
        return
    begins = file.data.get("valid_from")
    if not isinstance(begins, date):
        raise ActionRefused(file.at("接替旧版须写明 valid_from", key="supersedes"))
    frozen = NightRun.objects.frozen(NightStep.STARS)
    if frozen.filter(federation=federation, on__gte=begins).exists():
        message = f"{begins} 起已有定格的测算分，不能改用新版"
        raise ActionRefused(file.at(message, key="valid_from"))
    old = RatingEdition.objects.filter(federation=federation, key=file.data["supersedes"])
    if not old.update(valid_to=begins):
        message = f"没有可接替的标准 {file.data['supersedes']}"
        raise ActionRefused(file.at(message, key="supersedes"))


def create_edition(
    federation: Federation, file: TomlFile, trees: TomlFile, **fields: Any
) -> RatingEdition:
    """Write a checked edition for a federation; `fields` go before the file's."""
    data = file.data
    edition = RatingEdition(
        **{
            "federation": federation,
            "valid_from": data.get("valid_from"),
            "digest": _digest(file, trees),
            **{name: data[name] for name in ("key", "label", "source", *SETTINGS)},
            **fields,
        }
    )
    try:
        edition.full_clean()
    except ValidationError as error:
        raise ActionRefused(file.at("；".join(error.messages))) from error
    edition.save()
    RatingCategory.objects.bulk_create(
        RatingCategory(edition=edition, **row) for row in trees.data["categories"]
    )
    Criterion.objects.bulk_create(
        _criterion(edition, tree, position, row)
        for tree in Tree.values
        for position, row in enumerate(trees.data["criteria"])
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
