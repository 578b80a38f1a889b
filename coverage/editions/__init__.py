"""What coverage counts, as data; how a file is loaded and superseded: `societies.editions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from branches.models import PostingKind
from common.errors import ActionRefused
from common.toml_lines import TomlFile
from coverage.models import CoverageEdition, CoverageTarget, Indicator, NightRun, NightStep
from societies.editions import EditionLoader, save_checked
from societies.models import BodyKind, Federation, FederationRelation

FOLDER = Path(__file__).parent
_CHOICES: Mapping[str, Any] = {
    "body_kinds": BodyKind,
    "relations": FederationRelation,
    "work_measures": PostingKind,
}
_TEXTS = ("key", "label", "source")


def read(path: Path) -> TomlFile:
    """A checked file. Raises ActionRefused naming file and line of everything that is wrong."""
    file = TomlFile(path)
    if errors := list(_errors(file)):
        raise ActionRefused("；".join(errors))
    return file


def _errors(file: TomlFile) -> Iterator[str]:
    data = file.data
    for name in ("federation", *_TEXTS):
        if not isinstance(data.get(name), str) or not data[name]:
            yield file.at(f"缺少文字 {name}", key=name)
    for name, choices in _CHOICES.items():
        wrong = set(data.get(name, [None])) - set(choices.values)
        if wrong:
            yield file.at(f"{name} 中有未知的值 {sorted(map(str, wrong))}", key=name)
    for name, kind in (("valid_from", date), ("supersedes", str)):
        if not isinstance(data.get(name), kind | None):
            yield file.at(f"{name} 的类型不对", key=name)
    for number, target in enumerate(data.get("targets", [])):
        if not _is_target(target):
            message = "目标须有 indicator、ratio（两个整数，不超过 1）、source"
            yield file.at(message, "targets", number)


def _is_target(target: Mapping[str, Any]) -> bool:
    ratio = target.get("ratio", [])
    return (
        target.get("indicator") in Indicator.values
        and bool(target.get("source"))
        and isinstance(target.get("due_on"), date | None)
        and len(ratio) == 2
        and all(isinstance(n, int) for n in ratio)
        and 0 < ratio[0] <= ratio[1]
    )


def _frozen_since(federation: Federation, begins: date) -> bool:
    runs = NightRun.objects.frozen(NightStep.COVERAGE)
    return runs.filter(federation=federation, on__gte=begins).exists()


def _create(federation: Federation, file: TomlFile) -> None:
    data = file.data
    edition = CoverageEdition(
        federation=federation,
        digest=file.digest,
        valid_from=data.get("valid_from"),
        work_evidence_days=data.get("work_evidence_days", 0),
        **{field: data[field] for field in (*_TEXTS, *_CHOICES)},
    )
    save_checked(edition, file)
    CoverageTarget.objects.bulk_create(
        CoverageTarget(
            edition=edition,
            indicator=target["indicator"],
            due_on=target.get("due_on"),
            numerator=target["ratio"][0],
            denominator=target["ratio"][1],
            source=target["source"],
        )
        for target in data.get("targets", [])
    )


EDITIONS = EditionLoader(
    model=CoverageEdition,
    noun="口径",
    folder=FOLDER,
    read=read,
    create=_create,
    frozen_since=_frozen_since,
    frozen="覆盖数",
)
