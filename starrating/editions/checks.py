"""What is wrong with a rating edition, each fault with file and line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from branches.models import OrganisationType
from common.toml_lines import TomlFile
from starrating.formulas import ADJUSTMENTS, FORMULAS, VETOES
from starrating.formulas.base import Formula, ParamError, typed
from starrating.models import AdjustmentKind, Tree, VetoKind

FULL = Decimal(100)
_CRITERION = frozenset(
    (
        *("code", "category", "title", "clause", "formula", "params", "supplied", "reviewed"),
        *("na_rule", "advice", *Tree.values),
    )
)
_TEXTS = ("code", "title", "clause")


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_level(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 20


def _is_share_of_100(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 100


def _are_types(value: Any) -> bool:
    types = OrganisationType.values
    return isinstance(value, list) and bool(value) and all(each in types for each in value)


def _is_day(value: Any) -> bool:
    return value is None or type(value) is date


# A key of the edition's top and what it must be → the words where it is not.
_SETTINGS: Mapping[tuple[str, Callable[[Any], bool]], str] = {
    **{(name, is_text): "须为文字，不能缺少" for name in ("federation", "key", "label", "source")},
    **{(name, _is_level): "须为 1 至 20 的整数" for name in ("max_stars", "rise_limit")},
    **{(name, _is_share_of_100): "须为 0 至 100 的数" for name in ("min_applicable", "bonus_cap")},
    ("multi_types", _are_types): "须为党组织类型的列表",
    ("valid_from", _is_day): "须为日期",
    ("valid_to", _is_day): "须为日期",
}
_RULE = (*_TEXTS, "kind", "formula", "params", "supplied")
_COLUMNS: Mapping[str, Collection[str]] = {
    "thresholds": ("stars", "score"),
    "floors": ("stars", "share", "line"),
    "quotas": ("stars", "ratio"),
    "vetoes": _RULE,
    "adjustments": (*_TEXTS, "kind", "points", "most", "formula", "params", "supplied"),
    "supplied": ("code", "formula", "params", "na_rule", "advice"),
    "amended": ("code", "params", "na_rule", "advice"),
}
_TOP = frozenset(
    (
        *("trees", "supersedes", "if_frozen", "categories", "criteria"),
        *(*_COLUMNS, *(name for name, _ in _SETTINGS)),
    )
)


def check_trees(file: TomlFile) -> Iterator[str]:
    """Faults of categories and criteria; each tree sums to 100 (R-STAR-09)."""
    categories = {row.get("code") for row in file.data.get("categories", [])}
    if not categories:
        yield file.at("没有任何 [[categories]]")
    for number, row in enumerate(file.data.get("categories", [])):
        yield from _texts(file, "categories", number, row, ("code", "title"))
    rows = file.data.get("criteria", [])
    yield from _unknown(file, "categories", ("code", "title"))
    yield from _unknown(file, "criteria", _CRITERION)
    for number, row in enumerate(rows):
        yield from _check_criterion(file, number, row, categories)
    yield from repeated(file, "criteria", rows, "code")
    for tree in Tree.values:
        total = sum((number_of(row[tree]) for row in rows if _is_number(row.get(tree))), Decimal(0))
        if total != FULL:
            yield file.at(f"{tree} 各项分值之和为 {total}，应为 100", "criteria")
        elif not any(tree in row and row.get("supplied", True) for row in rows):
            yield file.at(f"{tree} 没有任何已有数据来源的指标，不能测算", "criteria")


def _check_criterion(
    file: TomlFile, number: int, row: Mapping[str, Any], categories: Collection[Any]
) -> Iterator[str]:
    def at(message: str, key: str) -> str:
        return file.at(message, "criteria", number, key)

    yield from _texts(file, "criteria", number, row, (*_TEXTS, "advice"))
    if not is_text(row.get("na_rule", "-")):
        yield at("na_rule 须为文字", "na_rule")
    if row.get("category") not in categories:
        yield at(f"没有类别 {row.get('category')!r}", "category")
    if not any(tree in row for tree in Tree.values):
        yield at("须写明 multi 或 single 的分值", "code")
    for tree in Tree.values:
        if tree in row and not (_is_number(row[tree]) and row[tree] > 0):
            yield at(f"{tree} 须为大于 0 的数", tree)
    if row.get("reviewed", False) not in (True, False):
        yield at("reviewed 须为 true 或 false", "reviewed")
    elif row.get("reviewed") and row.get("supplied", True) is not False:
        yield at("reviewed = true 的指标由评审人评分，须写 supplied = false", "reviewed")
    yield from check_formula(row, FORMULAS, at)


def check_formula(
    row: Mapping[str, Any], formulas: Mapping[str, Formula], at: Callable[[str, str], str]
) -> Iterator[str]:
    """A supplied row names a formula with its parameters; another names none."""
    name, supplied = row.get("formula", ""), row.get("supplied", True)
    if not isinstance(supplied, bool):
        yield at("supplied 须为 true 或 false", "supplied")
    elif not supplied:
        if name:
            yield at("supplied = false 的指标不写算法", "formula")
    elif name not in formulas:
        yield at(f"没有名为 {name!r} 的算法", "formula" if name else "code")
    else:
        try:
            typed(formulas[name].params, row.get("params", {}))
        except ParamError as error:
            yield at(str(error), "params")


def check_edition(file: TomlFile, trees: Mapping[str, Any]) -> Iterator[str]:
    """Faults of the edition's own data against its trees."""
    data = file.data
    yield from (file.at(f"未知的字段 {key}", key=key) for key in data if key not in _TOP)
    for (name, fits), words in _SETTINGS.items():
        if not fits(data.get(name)):
            yield file.at(f"{name} {words}", key=name)
    for table, columns in _COLUMNS.items():
        yield from _unknown(file, table, columns)
    yield from _check_thresholds(file)
    yield from _check_floors(file, {row.get("code") for row in trees.get("criteria", [])})
    yield from _check_quotas(file)
    yield from _check_vetoes(file)
    yield from _check_adjustments(file, {row.get("code") for row in trees.get("criteria", [])})


def _unknown(file: TomlFile, table: str, columns: Collection[str]) -> Iterator[str]:
    """Keys that no row of a table has."""
    for number, row in enumerate(file.data.get(table, [])):
        for key in row:
            if key not in columns:
                yield file.at(f"未知的字段 {key}", table, number, key)


def _check_thresholds(file: TomlFile) -> Iterator[str]:
    """One threshold for every star from two up to the highest, rising with the stars."""
    rows, most = file.data.get("thresholds", []), file.data.get("max_stars")
    for number, row in enumerate(rows):
        if not _is_number(row.get("score")) or not 0 < row["score"] <= 100:
            yield file.at("score 须为 0 至 100 的数", "thresholds", number, "score")
    if type(most) is not int:
        return
    stars = [row.get("stars") for row in rows]
    if stars != list(range(most, 1, -1)):
        yield file.at(f"起评分须从 {most} 星到 2 星依次各一项", "thresholds")
    for number, (upper, lower) in enumerate(zip(rows, rows[1:], strict=False), 1):
        if _is_number(upper.get("score")) and _is_number(lower.get("score")):
            if lower["score"] >= upper["score"]:
                yield file.at("星级低的起评分须更低", "thresholds", number, "score")


def _check_floors(file: TomlFile, codes: Collection[Any]) -> Iterator[str]:
    for number, row in enumerate(file.data.get("floors", [])):
        yield from _stars(file, "floors", number, row)
        if ("share" in row) == ("line" in row):
            yield file.at("share 和 line 须写且只写一项", "floors", number)
        elif "line" in row and row["line"] not in codes:
            yield file.at(f"没有指标 {row['line']!r}", "floors", number, "line")
        elif "share" in row and not (_is_number(row["share"]) and 0 < row["share"] <= 1):
            yield file.at("share 须为 0 至 1 的数", "floors", number, "share")


def _check_quotas(file: TomlFile) -> Iterator[str]:
    """Ratios that widen downwards, since a lower star's quota includes the higher ones."""
    before = Decimal(0)
    for number, row in enumerate(file.data.get("quotas", [])):
        yield from _stars(file, "quotas", number, row)
        ratio = row.get("ratio")
        whole = isinstance(ratio, list) and len(ratio) == 2 and all(type(n) is int for n in ratio)
        if not whole or not 0 < ratio[0] <= ratio[1]:
            yield file.at("ratio 须为两个整数，不超过 1", "quotas", number, "ratio")
            continue
        share = Decimal(ratio[0]) / ratio[1]
        if share < before:
            yield file.at("名额从高到低排列，比例逐级增大", "quotas", number, "ratio")
        before = share


def _check_vetoes(file: TomlFile) -> Iterator[str]:
    rows = file.data.get("vetoes", [])
    for number, row in enumerate(rows):

        def at(message: str, key: str, number: int = number) -> str:
            return file.at(message, "vetoes", number, key)

        yield from _texts(file, "vetoes", number, row, _TEXTS)
        if row.get("kind") == VetoKind.PROPOSAL:
            yield from check_formula(row, VETOES, at)
        elif row.get("kind") != VetoKind.DECISION:
            yield at(f"kind 中有未知的值 {row.get('kind')!r}", "kind")
        elif "formula" in row:
            yield at("录入的决定没有算法", "formula")
    yield from repeated(file, "vetoes", rows, "code")


def _check_adjustments(file: TomlFile, codes: Collection[Any]) -> Iterator[str]:
    rows = file.data.get("adjustments", [])
    for number, row in enumerate(rows):

        def at(message: str, key: str, number: int = number) -> str:
            return file.at(message, "adjustments", number, key)

        yield from _texts(file, "adjustments", number, row, _TEXTS)
        if row.get("kind") not in AdjustmentKind.values:
            yield at(f"kind 中有未知的值 {row.get('kind')!r}", "kind")
        for name in ("points", *(["most"] if "most" in row else [])):
            if not _is_number(row.get(name)) or row[name] <= 0:
                yield at(f"{name} 须为大于 0 的数", name)
        if row.get("code") in codes:
            yield at(f"code 与指标重复：{row['code']}", "code")
        yield from check_formula({"supplied": False, **row}, ADJUSTMENTS, at)
    yield from repeated(file, "adjustments", rows, "code")


def _texts(
    file: TomlFile, table: str, number: int, row: Mapping[str, Any], names: Collection[str]
) -> Iterator[str]:
    for name in names:
        if not is_text(row.get(name)):
            yield file.at(f"缺少文字 {name}", table, number, name)


def _stars(file: TomlFile, table: str, number: int, row: Mapping[str, Any]) -> Iterator[str]:
    most = file.data.get("max_stars")
    if type(row.get("stars")) is not int or type(most) is not int or not 1 < row["stars"] <= most:
        yield file.at("stars 须为 2 至 max_stars 的整数", table, number, "stars")


def repeated(
    file: TomlFile, table: str, rows: Collection[Mapping[str, Any]], key: str
) -> Iterator[str]:
    seen: set[Any] = set()
    for number, row in enumerate(rows):
        if row.get(key) in seen:
            yield file.at(f"{key} 重复：{row.get(key)}", table, number, key)
        seen.add(row.get(key))


def number_of(value: float) -> Decimal:
    """A number of the file, as written."""
    return Decimal(str(value))
