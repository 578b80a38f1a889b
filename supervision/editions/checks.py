"""What is wrong with a checklist edition, each fault with file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from common.toml_lines import TomlFile
from societies.models import BodyKind, FederationRelation
from supervision.models import FindingSeverity, Prefill

ITEM = ("code", "head", "title", "guidance", "clause", "prefill")
NUMBERS = ("notice_workdays", "reply_workdays", "recent_months", "cycle_years")
_ITEM_TEXTS = ("code", "head", "title", "clause")
_TEXTS = ("federation", "key", "label", "source")
_DAYS = ("plan_days", "finish_days", "most_days", "measure_days", "extension_most")
_TOP = frozenset(
    (*_TEXTS, "items", "supersedes", "valid_from", "valid_to", "settings", "severities")
)
_SEVERITY = frozenset(("severity", "clause", *_DAYS))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 1000


def check_items(file: TomlFile) -> Iterator[str]:
    """Faults of the items of a checklist."""
    rows = file.data.get("items")
    if not isinstance(rows, list) or not rows:
        yield file.at("没有任何 [[items]]")
        return
    seen: set[Any] = set()
    for number, row in enumerate(rows):
        yield from _unknown(file, "items", number, row, ITEM)
        for name in _ITEM_TEXTS:
            if not _is_text(row.get(name)):
                yield file.at(f"缺少文字 {name}", "items", number, name)
        if not isinstance(row.get("guidance", ""), str):
            yield file.at("guidance 须为文字", "items", number, "guidance")
        if row.get("prefill", "") not in ("", *Prefill.values):
            yield file.at(f"没有名为 {row['prefill']!r} 的预填", "items", number, "prefill")
        if row.get("code") in seen:
            yield file.at(f"code 重复：{row['code']}", "items", number, "code")
        seen.add(row.get("code"))


def check_edition(file: TomlFile) -> Iterator[str]:
    """Faults of the edition's own data."""
    data = file.data
    yield from (file.at(f"未知的字段 {key}", key=key) for key in data if key not in _TOP)
    for name in _TEXTS:
        if not _is_text(data.get(name)):
            yield file.at(f"{name} 须为文字，不能缺少", key=name)
    for name in ("valid_from", "valid_to"):
        if name in data and type(data[name]) is not date:
            yield file.at(f"{name} 须为日期", key=name)
    yield from _check_settings(file)
    yield from _check_severities(file)


def _check_settings(file: TomlFile) -> Iterator[str]:
    settings = file.data.get("settings", {})
    for name in settings:
        if name not in (*NUMBERS, "body_kinds", "relations"):
            yield file.at(f"未知的字段 {name}", "settings", key=name)
    for name in NUMBERS:
        if not _is_count(settings.get(name)):
            yield file.at(f"{name} 须为大于 0 的整数", "settings", key=name)
    for name, choices in (("body_kinds", BodyKind), ("relations", FederationRelation)):
        found = settings.get(name)
        if not isinstance(found, list) or not found or not set(found) <= set(choices.values):
            yield file.at(f"{name} 须为已知值的列表", "settings", key=name)


def _check_severities(file: TomlFile) -> Iterator[str]:
    """Each severity once; either days to finish or the most that the leader may set."""
    rows = file.data.get("severities", [])
    if [row.get("severity") for row in rows] != FindingSeverity.values:
        words = "、".join(FindingSeverity.values)
        yield file.at(f"整改期限须依次为 {words} 各一项", "severities")
    for number, row in enumerate(rows):
        yield from _unknown(file, "severities", number, row, _SEVERITY)
        if not _is_text(row.get("clause")):
            yield file.at("缺少文字 clause", "severities", number, "clause")
        for name in _DAYS:
            if (name in row or name in ("plan_days", "extension_most")) and not _is_count(
                row.get(name)
            ):
                yield file.at(f"{name} 须为大于 0 的整数", "severities", number, name)
        if ("finish_days" in row) == ("most_days" in row):
            yield file.at("finish_days 和 most_days 须写且只写一项", "severities", number)


def _unknown(
    file: TomlFile, table: str, number: int, row: Mapping[str, Any], known: Collection[str]
) -> Iterator[str]:
    for key in row:
        if key not in known:
            yield file.at(f"未知的字段 {key}", table, number, key)
