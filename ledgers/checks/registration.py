"""O-20 … O-24: 挂靠与登记 in 5.1."""

from __future__ import annotations

from collections.abc import Iterator

from ledgers.checks.base import Check, E, Hit, W
from ledgers.snapshot import Snapshot
from societies import credit_code

SECTION = "operations"


def supporter_missing(s: Snapshot) -> Iterator[Hit]:
    """O-20."""
    supported = s.operations.get("support_type") not in ("", "none")
    if supported and not s.operations.get("supporting_unit"):
        yield Hit()


def _code(s: Snapshot) -> str:
    """The credit code if one is asked and given."""
    registered = s.operations.get("legal_person_registered") == "yes"
    return s.operations.get("uscc") or "" if registered else ""


def code_malformed(s: Snapshot) -> Iterator[Hit]:
    """O-21 (R-STD-01)."""
    if credit_code.error_in(_code(s)):
        yield Hit()


def code_check_digit(s: Snapshot) -> Iterator[Hit]:
    """O-22: some lawful early codes fail it (trap 14)."""
    code = _code(s)
    if code and not credit_code.error_in(code) and not credit_code.check_digit_holds(code):
        yield Hit()


def code_of_another_kind(s: Snapshot) -> Iterator[Hit]:
    """O-23."""
    code = _code(s)
    if code and not credit_code.error_in(code) and not code.startswith(credit_code.SOCIAL_GROUP):
        yield Hit()


def website_without_scheme(s: Snapshot) -> Iterator[Hit]:
    """O-24."""
    address = s.operations.get("website") or ""
    if address and not address.startswith(("http://", "https://")):
        yield Hit()


CHECKS: tuple[Check, ...] = (
    Check(
        "O-20",
        E,
        SECTION,
        ("supporting_unit",),
        "已选择挂靠类型，请填写支撑单位全称",
        supporter_missing,
    ),
    Check(
        "O-21",
        E,
        SECTION,
        ("uscc",),
        "统一社会信用代码应为 18 位，且不含 I、O、S、V、Z，请对照证书重填",
        code_malformed,
    ),
    Check(
        "O-22",
        W,
        SECTION,
        ("uscc",),
        "代码校验位与国家标准不符。少数早期代码确属有效，请对照证书确认",
        code_check_digit,
    ),
    Check(
        "O-23",
        W,
        SECTION,
        ("uscc",),
        "代码不以 51 开头，不是民政部门登记的社会团体代码，请确认",
        code_of_another_kind,
    ),
    Check(
        "O-24",
        E,
        SECTION,
        ("website",),
        "网址应以 http:// 或 https:// 开头，请补全",
        website_without_scheme,
    ),
)
