"""What is wrong with the lines that an edition supplies or amends beside its trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from common.toml_lines import TomlFile
from starrating.editions.checks import check_formula, is_text, repeated
from starrating.formulas import FORMULAS


def check_overrides(file: TomlFile, trees: Mapping[str, Any]) -> Iterator[str]:
    """Faults of `[[supplied]]` and `[[amended]]` against the trees."""
    yield from _check_supplied(file, trees)
    yield from _check_amended(file, trees)


def _check_supplied(file: TomlFile, trees: Mapping[str, Any]) -> Iterator[str]:
    """Lines that the trees leave without a source and the edition supplies."""
    rows = file.data.get("supplied", [])
    waiting = {
        row.get("code") for row in trees.get("criteria", []) if row.get("supplied", True) is False
    }
    for number, row in enumerate(rows):

        def at(message: str, key: str, number: int = number) -> str:
            return file.at(message, "supplied", number, key)

        if row.get("code") not in waiting:
            yield at(f"指标树中没有尚无数据来源的指标 {row.get('code')!r}", "code")
        yield from _check_words(row, at)
        yield from check_formula(row, FORMULAS, at)
    yield from repeated(file, "supplied", rows, "code")


def _check_amended(file: TomlFile, trees: Mapping[str, Any]) -> Iterator[str]:
    """Lines with a formula, which the edition gives other parameters."""
    rows = file.data.get("amended", [])
    computed = {row.get("code"): row for row in trees.get("criteria", []) if row.get("formula")}
    for number, row in enumerate(rows):

        def at(message: str, key: str, number: int = number) -> str:
            return file.at(message, "amended", number, key)

        yield from _check_words(row, at)
        if row.get("code") in computed:
            yield from check_formula({**computed[row["code"]], **row}, FORMULAS, at)
        else:
            yield at(f"指标树中没有已有数据来源的指标 {row.get('code')!r}", "code")
    yield from repeated(file, "amended", rows, "code")


def _check_words(row: Mapping[str, Any], at: Callable[[str, str], str]) -> Iterator[str]:
    for name in ("na_rule", "advice"):
        if name in row and not is_text(row[name]):
            yield at(f"{name} 须为文字", name)
