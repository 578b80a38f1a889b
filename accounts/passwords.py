"""Password rules (rules §11.2.1)."""

from __future__ import annotations

import string

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from accounts.models import User
from common.pinyin import toneless

MIN_LENGTH = 10
MIN_CLASSES = 3
REMEMBERED = 5


class PortalPasswordValidator:
    """At least ten characters of three classes, no own name, none of the last five."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError with every reason at once."""
        reasons = [*weaknesses(password)]
        if user is not None:
            reasons += _personal(password, user)
            reasons += _former(password, user)
        if reasons:
            raise ValidationError(reasons)

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return (
            "至少 10 个字符，包含大写字母、小写字母、数字、符号中的三类；"
            "不含账号、姓名和学会名称，不与最近 5 次相同"
        )


def weaknesses(password: str) -> list[str]:
    """What is wrong with a password whoever uses it, as messages."""
    reasons = []
    if len(password) < MIN_LENGTH:
        reasons.append(f"密码至少 {MIN_LENGTH} 个字符，现为 {len(password)} 个")
    classes = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    found = sum(any(c in kind for c in password) for kind in classes)
    found += any(c not in "".join(classes) for c in password)
    if found < MIN_CLASSES:
        reasons.append("密码须包含大写字母、小写字母、数字、符号中的三类")
    return reasons


def _personal(password: str, user: User) -> list[str]:
    parts = (user.username, user.full_name, toneless(user.full_name))
    if any(len(part) > 1 and part.lower() in password.lower() for part in parts):
        return ["密码不能包含账号、姓名或姓名的拼音"]
    return []


def _former(password: str, user: User) -> list[str]:
    if not user.pk:
        return []
    # The present password is the latest record too, unless it was never recorded.
    records = user.password_records.values_list("password", flat=True)[:REMEMBERED]
    hashes = dict.fromkeys([user.password, *records])
    if any(h and check_password(password, h) for h in hashes):
        return ["不能与最近 5 次使用过的密码相同"]
    return []
