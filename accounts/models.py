"""Accounts: who signs in. What somebody may do hangs on appointments (`societies`), never here."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q

from common.history import tracked


class UserManager(BaseUserManager["User"]):
    """Accounts are made by `accounts.actions.create_account`; this only finds them."""

    def any_of_demonstration(self) -> bool:
        """Whether this installation holds demonstration data that somebody signs in to see."""
        # By the relation's name: the register lies above this room.
        return self.filter(appointments__federation__is_demo=True).exists()

    def get_by_natural_key(self, username: str | None) -> User:
        """The account with this user name, letter case ignored."""
        return self.get(username__iexact=username)


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    """A natural person's account; one person never has two (roles.md §2.1)."""

    username = models.CharField("用户名", max_length=40, unique=True)
    full_name = models.CharField("姓名", max_length=50)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    notice_version = models.CharField("已阅读的个人信息告知", max_length=20, blank=True)
    notice_read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    created_at = models.DateTimeField("开通时间", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                name="user_never_superuser",
                condition=Q(is_superuser=False),
                violation_error_message="平台不设超级用户",
            ),
            models.UniqueConstraint(
                models.functions.Lower("username"), name="user_username_ignoring_case"
            ),
            models.CheckConstraint(
                name="user_notice_read_with_version",
                condition=Q(notice_version="", notice_read_at__isnull=True)
                | (~Q(notice_version="") & Q(notice_read_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class PasswordRecord(models.Model):
    """Hashes of former passwords: the last five may not come back (rules §11.2.1)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="password_records"
    )
    password = models.CharField(max_length=128)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "历史密码"
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.changed_at:%Y-%m-%d}"


class PortalSession(AbstractBaseSession):
    """A server-side session that knows its user, so that an account's sessions can be ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    objects: ClassVar[BaseSessionManager] = BaseSessionManager()

    class Meta:
        verbose_name = "会话"

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that writes these rows (Django's session protocol)."""
        from accounts.sessions import SessionStore

        return SessionStore
