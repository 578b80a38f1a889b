"""Accounts."""

from itertools import count
from typing import Any

from accounts.models import User

PASSWORD = "Chengzhang-2026"
_numbers = count(1)


def make_user(full_name: str = "", password: str | None = None, **fields: Any) -> User:
    """An account past its first sign-in."""
    n = next(_numbers)
    fields = {"username": f"user{n}", "must_change_password": False} | fields
    user = User(full_name=full_name or f"张某{n}", **fields)
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    return user
