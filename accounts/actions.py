"""Writes of accounts. Only a person who holds the account knows its lasting password."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

import pghistory
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import PasswordRecord, PortalSession, User
from accounts.passwords import REMEMBERED
from common.errors import ActionRefused

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
LONGEST_NAME = 50
GENERATED_LENGTH = 14
# Without the letters and digits that look alike on paper.
_ALPHABETS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")


def generate_password() -> str:
    """A one-time password that meets the rules, made to be read out or copied from paper."""
    letters = [secrets.choice(alphabet) for alphabet in _ALPHABETS]
    letters += [secrets.choice("".join(_ALPHABETS)) for _ in range(GENERATED_LENGTH - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


@transaction.atomic
def create_account(
    *,
    username: str,
    full_name: str,
    password: str | None = None,
    must_change: bool = True,
    by: User | None,
    now: datetime,
) -> tuple[User, str]:
    """Open an account; returns it with its password, generated unless given.

    by: None only for the installation's own commands. must_change: whether the first sign-in asks
    for a new password (rules §11.2.1; the demonstration's accounts keep theirs). Raises
    ActionRefused for a bad or taken user name and a weak password.
    """
    username, full_name = username.strip().lower(), full_name.strip()
    user = User(username=username, full_name=full_name, must_change_password=must_change)
    errors: dict[str, list[str]] = {}
    if not USERNAME.fullmatch(username):
        errors["username"] = ["账号为 3 至 40 个小写字母、数字、点、横线，以字母或数字开头"]
    elif User.objects.filter(username__iexact=username).exists():
        errors["username"] = [f"账号“{username}”已被使用"]
    if not 0 < len(full_name) <= LONGEST_NAME:
        errors["full_name"] = [f"请填写姓名，不超过 {LONGEST_NAME} 个字"]
    if password is not None:
        errors |= _weak(password, user)
    if errors:
        raise ActionRefused(errors)
    plain = password or generate_password()
    with pghistory.context(granted_by=by.pk if by else None):
        _store(user, plain, now)
    return user, plain


@transaction.atomic
def set_password(*, user: User, password: str | None = None, by: User | None, now: datetime) -> str:
    """Give an account a one-time password, generated unless given; its sessions end.

    Raises ActionRefused for a weak password or the own account (that changes it on its page).
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and by.pk == user.pk:
        raise ActionRefused("自己的密码请在“修改密码”页修改")
    if password is not None and (errors := _weak(password, user)):
        raise ActionRefused(errors)
    plain = password or generate_password()
    user.must_change_password = True
    with pghistory.context(granted_by=by.pk if by else None):
        _store(user, plain, now)
    user.sessions.all().delete()
    return plain


@transaction.atomic
def change_own_password(
    *, user: User, password: str, now: datetime, notice_version: str = ""
) -> User:
    """Store the password its holder chose; every session of the account ends.

    The caller has checked the old password and starts a fresh session. notice_version: the notice
    on personal information that was accepted with it. Raises ActionRefused, field "password".
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if errors := _weak(password, user):
        raise ActionRefused(errors)
    user.must_change_password = False
    user.password_changed_at = now
    if notice_version:
        user.notice_version, user.notice_read_at = notice_version, now
    _store(user, password, now)
    user.sessions.all().delete()
    return user


@transaction.atomic
def deactivate(*, user: User, by: User | None) -> None:
    """Close an account at once; what it did stays under its name. Raises ActionRefused."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and by.pk == user.pk:
        raise ActionRefused("不能停用自己的账号")
    if not user.is_active:
        raise ActionRefused(f"账号“{user.username}”已经停用")
    user.is_active = False
    with pghistory.context(granted_by=by.pk if by else None):
        user.save(update_fields=["is_active"])
    user.sessions.all().delete()


@transaction.atomic
def keep_only_session(*, user: User, session_key: str) -> None:
    """End all sessions of an account but one: one active session each (rules §11.2.3)."""
    # The row lock makes two sign-ins of the same moment end one another in some order.
    User.objects.select_for_update().get(pk=user.pk)
    PortalSession.objects.filter(user=user).exclude(session_key=session_key).delete()


def _weak(password: str, user: User) -> dict[str, list[str]]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {"password": list(error.messages)}
    return {}


def _store(user: User, password: str, now: datetime) -> None:
    user.set_password(password)
    user.save()
    PasswordRecord.objects.create(user=user, password=user.password, changed_at=now)
    kept = user.password_records.values_list("pk", flat=True)[:REMEMBERED]
    user.password_records.exclude(pk__in=list(kept)).delete()
