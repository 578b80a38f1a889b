"""The obligation matrix as data: one TOML file for each edition of a federation.

A file is loaded once under its key; to change what is owed, ship a new file with `supersedes` and
a later `valid_from` (architecture, decision 7). Every refusal names file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from branches.models import (
    ExpectedLife,
    LifeKind,
    ObligationCondition,
    ObligationEdition,
    ObligationPeriod,
    ObligationRule,
    ObligationSeverity,
    OrganisationType,
)
from common.errors import ActionRefused
from common.toml_lines import TomlFile
from societies.models import Federation

FOLDER = Path(__file__).parent
TEXTS = ("federation", "key", "label", "source")
SETTINGS = (
    "on_time_days",
    "grace_days",
    "return_workdays",
    "term_due_soon_days",
    "term_due_days",
)
_CHOICES: Mapping[str, Any] = {
    "kind": LifeKind,
    "period": ObligationPeriod,
    "severity": ObligationSeverity,
    "condition": ObligationCondition,
}


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
    """Load one file."""
    file = TomlFile(path)
    if errors := list(_errors(file)):
        raise ActionRefused("；".join(errors))
    data = file.data
    federation = Federation.objects.filter(code=data["federation"]).first()
    if federation is None:
        return Loaded(data["key"], f"没有代码为 {data['federation']} 的科协，略过")
    standing = ObligationEdition.objects.filter(key=data["key"]).first()
    if standing is not None:
        if standing.digest != file.digest:
            message = f"版本 {data['key']} 已载入，不能修改；请用新的 key 另立一版"
            raise ActionRefused(file.at(message, key="key"))
        return Loaded(data["key"], "未变")
    _supersede(federation, file)
    create_edition(federation, file)
    return Loaded(data["key"], "已载入")


def _errors(file: TomlFile) -> Iterator[str]:
    data = file.data
    for name in TEXTS:
        if not isinstance(data.get(name), str) or not data[name]:
            yield file.at(f"缺少文字 {name}", key=name)
    settings = data.get("settings", {})
    for name in SETTINGS:
        if not _is_count(settings.get(name)):
            yield file.at(f"settings 中 {name} 须为不小于 0 的整数", "settings", key=name)
    for pair in settings.get("together", []):
        if len(set(pair) & set(LifeKind.values)) != 2:
            yield file.at("together 的每一项须是两个不同的种类", "settings", key="together")
    if not data.get("rules"):
        yield file.at("没有任何 [[rules]]")
    seen: dict[tuple[str, str], set[str]] = {}
    for number, rule in enumerate(data.get("rules", [])):
        yield from _errors_of_rule(file, number, rule, seen)


def _errors_of_rule(
    file: TomlFile, number: int, rule: Mapping[str, Any], seen: dict[tuple[str, str], set[str]]
) -> Iterator[str]:
    def at(message: str, key: str) -> str:
        return file.at(message, "rules", number, key)

    for name, choices in _CHOICES.items():
        value = rule.get(name, "" if name == "condition" else None)
        if value not in choices.values:
            yield at(f"{name} 中有未知的值 {value!r}", name)
    if not _is_count(rule.get("required", 1)) or not rule.get("required", 1):
        yield at("required 须为大于 0 的整数", "required")
    if not _is_count(rule.get("grace_days", 0)):
        yield at("grace_days 须为不小于 0 的整数", "grace_days")
    if not isinstance(rule.get("clause"), str) or not rule["clause"]:
        yield at("缺少依据 clause", "clause")
    for message in _errors_of_types(rule, seen):
        yield at(message, "types")


def _errors_of_types(
    rule: Mapping[str, Any], seen: dict[tuple[str, str], set[str]]
) -> Iterator[str]:
    """Unknown types, and duties that one organisation would have twice."""
    kind, condition = str(rule.get("kind")), rule.get("condition", "")
    for each in rule.get("types") or [None]:
        if each not in OrganisationType.values:
            yield f"types 中有未知的类型 {each!r}"
            continue
        given = seen.setdefault((kind, each), set())
        if given and not _apart({*given, condition}, len(given) + 1):
            yield f"{kind} 对 {each} 已有要求，条件须互不相容"
        given.add(condition)


def _apart(conditions: set[str], count: int) -> bool:
    """Whether no organisation meets two of these conditions at once."""
    committees = {ObligationCondition.BRANCH_COMMITTEE, ObligationCondition.NO_BRANCH_COMMITTEE}
    return len(conditions) == count and conditions <= committees


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000


def _supersede(federation: Federation, file: TomlFile) -> None:
    """End the edition that this one follows; sets already frozen keep theirs (D-5)."""
    if "supersedes" not in file.data:
        return
    begins = file.data.get("valid_from")
    if not isinstance(begins, date):
        raise ActionRefused(file.at("接替旧版须写明 valid_from", key="supersedes"))
    frozen = ExpectedLife.objects.filter(
        rule__edition__federation=federation, first_day__gte=begins, frozen_at__isnull=False
    )
    if frozen.exists():
        message = f"{begins} 起的应开集合已定格，不能改用新版"
        raise ActionRefused(file.at(message, key="valid_from"))
    old = ObligationEdition.objects.filter(federation=federation, key=file.data["supersedes"])
    if not old.update(valid_to=begins):
        message = f"没有可接替的版本 {file.data['supersedes']}"
        raise ActionRefused(file.at(message, key="supersedes"))


def create_edition(federation: Federation, file: TomlFile, **fields: Any) -> ObligationEdition:
    """Write the edition of a checked file for a federation; `fields` go before the file's."""
    data, settings = file.data, file.data["settings"]
    edition = ObligationEdition(
        **{
            "federation": federation,
            "key": data["key"],
            "label": data["label"],
            "source": data["source"],
            "valid_from": data.get("valid_from"),
            "digest": file.digest,
            "together": settings.get("together", []),
            **{name: settings[name] for name in SETTINGS},
            **fields,
        }
    )
    try:
        edition.full_clean()
    except ValidationError as error:
        raise ActionRefused(file.at("；".join(error.messages))) from error
    edition.save()
    ObligationRule.objects.bulk_create(
        ObligationRule(
            edition=edition,
            organisation_type=each,
            **{name: value for name, value in rule.items() if name != "types"},
        )
        for rule in data["rules"]
        for each in rule["types"]
    )
    return edition
