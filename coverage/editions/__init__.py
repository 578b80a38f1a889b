"""Editions as data: one TOML file each, loaded by `./portal manage load_editions`.

A file is loaded once under its key. To change what counts, ship a new file with a later
`valid_from` and `supersedes`; the old one ends on that day and its figures stay (decision 7).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from branches.models import PostingKind
from common.errors import ActionRefused
from coverage.models import CoverageEdition, CoverageTarget, Indicator, NightRun
from societies.models import BodyKind, Federation, FederationRelation

FOLDER = Path(__file__).parent
_CHOICES: Mapping[str, Any] = {
    "body_kinds": BodyKind,
    "relations": FederationRelation,
    "work_measures": PostingKind,
}
_TEXTS = ("key", "label", "source")


@dataclass(frozen=True)
class Loaded:
    """What became of one file: 已载入 / 未变 / no such federation here."""

    key: str
    outcome: str


def load_all(folder: Path = FOLDER) -> list[Loaded]:
    """Load every edition file of the folder, in order of name.

    Raises ActionRefused naming the file for a malformed file or a changed one.
    """
    return [load(path) for path in sorted(folder.glob("*.toml"))]


@transaction.atomic
def load(path: Path) -> Loaded:
    """Load one file; the same file again does nothing."""
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
        errors = list(_errors(data))
    except tomllib.TOMLDecodeError as error:
        errors = [f"不是有效的 TOML：{error}"]
    if errors:
        raise ActionRefused(f"{path.name}：{'；'.join(errors)}")
    federation = Federation.objects.filter(code=data["federation"]).first()
    if federation is None:
        return Loaded(data["key"], f"没有代码为 {data['federation']} 的科协，略过")
    digest = hashlib.sha256(text.encode()).hexdigest()
    standing = CoverageEdition.objects.filter(key=data["key"]).first()
    if standing is not None:
        if standing.digest != digest:
            raise ActionRefused(
                f"{path.name}：口径 {data['key']} 已载入，不能修改；请用新的 key 另立一版"
            )
        return Loaded(data["key"], "未变")
    _supersede(federation, data)
    _create(federation, data, digest, path.name)
    return Loaded(data["key"], "已载入")


def _errors(data: Mapping[str, Any]) -> Any:
    for name in ("federation", *_TEXTS):
        if not isinstance(data.get(name), str) or not data[name]:
            yield f"缺少文字 {name}"
    for name, choices in _CHOICES.items():
        wrong = set(data.get(name, [None])) - set(choices.values)
        if wrong:
            yield f"{name} 中有未知的值 {sorted(map(str, wrong))}"
    for name in ("valid_from", "supersedes"):
        if name in data and not isinstance(data[name], date if name == "valid_from" else str):
            yield f"{name} 的类型不对"
    for number, target in enumerate(data.get("targets", []), 1):
        if not _is_target(target):
            yield f"第 {number} 个目标须有 indicator、ratio（两个整数，不超过 1）、source"


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


def _supersede(federation: Federation, data: Mapping[str, Any]) -> None:
    if "supersedes" not in data:
        return
    begins = data.get("valid_from")
    if begins is None:
        raise ActionRefused(f"{data['key']}：接替旧口径须写明 valid_from")
    if NightRun.objects.frozen().filter(federation=federation, on__gte=begins).exists():
        raise ActionRefused(f"{data['key']}：{begins} 起已有定格数，不能改用新口径")
    old = CoverageEdition.objects.filter(federation=federation, key=data["supersedes"]).first()
    if old is None:
        raise ActionRefused(f"{data['key']}：没有可接替的口径 {data['supersedes']}")
    old.valid_to = begins
    old.save(update_fields=["valid_to"])


def _create(federation: Federation, data: Mapping[str, Any], digest: str, name: str) -> None:
    edition = CoverageEdition(
        federation=federation,
        digest=digest,
        valid_from=data.get("valid_from"),
        work_evidence_days=data.get("work_evidence_days", 0),
        **{field: data[field] for field in (*_TEXTS, *_CHOICES)},
    )
    try:
        edition.full_clean()
    except ValidationError as error:
        raise ActionRefused(f"{name}：{'；'.join(error.messages)}") from error
    edition.save()
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
