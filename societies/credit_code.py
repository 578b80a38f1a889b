"""统一社会信用代码, GB 32100-2015 (R-STD-01)."""

from __future__ import annotations

import re

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as StdnumError

ALPHABET = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
SOCIAL_GROUP = "51"


def tidy(code: str) -> str:
    """The code as it is stored: no blanks, upper case."""
    return re.sub(r"\s", "", code).upper()


def error_in(code: str) -> str:
    """Why the code cannot be one, "" if it may be (O-21)."""
    if not code or ALPHABET.fullmatch(code):
        return ""
    return "统一社会信用代码应为 18 位，且不含 I、O、S、V、Z，请对照证书重填"


def check_digit_holds(code: str) -> bool:
    """Whether both check digits fit; a few lawful early codes fail (trap 14)."""
    try:
        uscc.validate(code)
    except StdnumError:
        return False
    return True


def warning_about(code: str) -> str:
    """What to confirm against the certificate, "" if nothing.

    A few lawful early codes fail the check digit (trap 14), so it never refuses.
    """
    if not code:
        return ""
    if not check_digit_holds(code):
        return "统一社会信用代码的校验位不符，请对照证书核对；确与证书一致的，请勾选确认"
    if not code.startswith(SOCIAL_GROUP):
        return (
            "社会团体的统一社会信用代码一般以 51 开头，请对照证书核对；确与证书一致的，请勾选确认"
        )
    return ""
