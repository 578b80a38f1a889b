"""From what was typed to typed values. Refused input is kept as it was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from common.numbers import row_id
from ledgers.catalogue import Field, Kind
from ledgers.fields import ValueState, YesNo

MAX_REFUSED = 600
MAX_COUNT = 2_147_483_647
LONGEST_COUNT = 20
MAX_MONEY = Decimal("999999999999.99")
NOT_APPLICABLE_SUFFIX = "_na"

_BAD_COUNT = "{label}应为不小于 0 的整数，请去掉小数或负号"
_TRUE = {"1", "on", "true", "yes", "是"}


@dataclass
class Parsed:
    """columns: values to write; refused: field → {"text", "message"}; touched: fields named."""

    columns: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, dict[str, str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)


class BadInput(ValueError):
    """Carries the Chinese message for the field."""


def parse(fields: tuple[Field, ...], values: Mapping[str, str]) -> Parsed:
    """Parse the fields named in `values`; the others stay untouched (autosave sends one field).

    A count is given by `<name>` and the tick `<name>_na`; either key touches it. `CODES` take
    comma-separated codes.
    """
    parsed = Parsed()
    for spec in fields:
        keys = {spec.name, f"{spec.name}{NOT_APPLICABLE_SUFFIX}"} if spec.is_count else {spec.name}
        if not keys & values.keys():
            continue
        parsed.touched.add(spec.name)
        typed = values.get(spec.name) or ""
        try:
            parsed.columns |= _columns(spec, clean_text(typed), values)
        except BadInput as error:
            parsed.columns |= empty_columns(spec)
            # PostgreSQL stores no NUL; the mark shows where it stood.
            shown = typed.replace("\x00", "\ufffd")[:MAX_REFUSED]
            parsed.refused[spec.name] = {"text": shown, "message": str(error)}
    return parsed


def clean_text(text: str) -> str:
    """Full-width digits and letters become plain ones; outer blanks go."""
    return unicodedata.normalize("NFC", text).translate(_NARROW).strip()


_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), 0xFF0D)}


def empty_columns(spec: Field) -> dict[str, Any]:
    """What an unfilled field stores."""
    if spec.is_count:
        return {spec.name: None, f"{spec.name}_state": ValueState.MISSING}
    if spec.kind in (Kind.YES_NO, Kind.YES_NO_NA):
        return {spec.name: YesNo.MISSING}
    if spec.kind in (Kind.MONEY, Kind.DATE, Kind.MONTH, Kind.YEAR):
        return {spec.name: None}
    if spec.kind == Kind.POSTING:
        return {f"{spec.name}_id": None}
    if spec.kind == Kind.FLAG:
        return {spec.name: False}
    return {spec.name: [] if spec.kind == Kind.CODES else ""}


def _columns(spec: Field, text: str, values: Mapping[str, str]) -> dict[str, Any]:
    if spec.is_count:
        return _count(spec, text, values.get(f"{spec.name}{NOT_APPLICABLE_SUFFIX}") or "")
    if spec.kind == Kind.FLAG:
        return {spec.name: text.lower() in _TRUE}
    if not text:
        return empty_columns(spec)
    if spec.kind == Kind.POSTING:
        posting = row_id(text)
        if posting is None:
            raise BadInput(f"请从列表中选择{spec.label}")
        return {f"{spec.name}_id": posting}
    return {spec.name: _PARSERS[spec.kind](spec, text)}


def _count(spec: Field, text: str, not_applicable: str) -> dict[str, Any]:
    state = f"{spec.name}_state"
    if not_applicable.lower() in _TRUE:
        if text:
            raise BadInput(f"{spec.label}已填数值，又勾选了“不适用”，请二选一")
        return {spec.name: None, state: ValueState.NOT_APPLICABLE}
    if not text:
        return empty_columns(spec)
    digits = re.sub(r"[,，\s]", "", text)
    if not re.fullmatch(r"[0-9]+", digits):
        raise BadInput(_BAD_COUNT.format(label=spec.label))
    if len(digits) > LONGEST_COUNT or int(digits) > MAX_COUNT:
        raise BadInput(f"{spec.label}数值过大，请核对")
    return {spec.name: int(digits), state: ValueState.REPORTED}


def _money(spec: Field, text: str) -> Decimal:
    try:
        amount = Decimal(re.sub(r"[,，\s]", "", text))
    except InvalidOperation:
        raise BadInput(f"{spec.label}应为金额，如 18640200 或 18640200.50") from None
    if not amount.is_finite() or abs(amount) > MAX_MONEY:
        raise BadInput(f"{spec.label}超出可填范围，请以元为单位核对")
    if amount != amount.quantize(Decimal("0.01")):
        raise BadInput(f"{spec.label}最多两位小数（精确到分）")
    return amount.quantize(Decimal("0.01"))


def _day(spec: Field, text: str) -> date:
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    if match:
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            raise BadInput(f"{spec.label}没有这一天，请检查日期") from None
    raise BadInput(f"{spec.label}应为日期，如 2026-12-31")


def _month(spec: Field, text: str) -> date:
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})月?", text)
    if match and 1 <= int(match[2]) <= 12 and int(match[1]) >= 1:
        return date(int(match[1]), int(match[2]), 1)
    raise BadInput(f"{spec.label}应为年月，如 2026-12")


def _year(spec: Field, text: str) -> int:
    if not re.fullmatch(r"\d{4}年?", text):
        raise BadInput(f"{spec.label}应为四位年份，如 1968")
    return int(text[:4])


def _code(spec: Field, text: str) -> str:
    if spec.open_choices:
        return _text(spec, text)
    if text not in dict(spec.answers):
        raise BadInput(f"请从列表中选择{spec.label}")
    return text


def _codes(spec: Field, text: str) -> list[str]:
    codes = [code for code in re.split(r"[,，\s]+", text) if code]
    for code in codes:
        _code(spec, code)
    return list(dict.fromkeys(codes))


def _text(spec: Field, text: str) -> str:
    if spec.name == "uscc":
        text = text.upper()
    if "\x00" in text:
        raise BadInput(f"{spec.label}含有不能保存的字符，请重新输入")
    if len(text) > spec.max_length:
        raise BadInput(f"{spec.label}最多 {spec.max_length} 个字，现为 {len(text)} 个")
    return text


_PARSERS: dict[Kind, Any] = {
    Kind.MONEY: _money,
    Kind.DATE: _day,
    Kind.MONTH: _month,
    Kind.YEAR: _year,
    Kind.YES_NO: _code,
    Kind.YES_NO_NA: _code,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.TEXT: _text,
    Kind.URL: _text,
}


def as_typed(spec: Field, values: Mapping[str, Any]) -> str:
    """A stored value as the form shows it (the text `parse` would take); "" when unfilled."""
    value = values.get(f"{spec.name}_id" if spec.kind == Kind.POSTING else spec.name)
    if value is None or value == YesNo.MISSING:
        return ""
    if spec.kind == Kind.MONTH:
        return f"{value:%Y-%m}"
    if spec.kind == Kind.FLAG:
        return "1" if value else ""
    if spec.kind == Kind.CODES:
        return ",".join(value)
    return str(value)
