"""The obligation matrix as data: one TOML file for each edition of a federation.

How a file is loaded, superseded and refused: `societies.editions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

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
from societies.editions import EditionLoader, save_checked
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


def read(path: Path) -> TomlFile:
    """A checked file. Raises ActionRefused naming file and line of everything that is wrong."""
    file = TomlFile(path)
    if errors := list(_errors(file)):
        raise ActionRefused("；".join(errors))
    return file


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


def _frozen_since(federation: Federation, begins: date) -> bool:
    rows = ExpectedLife.objects.filter(rule__edition__federation=federation)
    return rows.filter(first_day__gte=begins, frozen_at__isnull=False).exists()


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
    save_checked(edition, file)
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


EDITIONS = EditionLoader(
    model=ObligationEdition,
    noun="版本",
    folder=FOLDER,
    read=read,
    create=create_edition,
    frozen_since=_frozen_since,
    frozen="应开集合",
)
