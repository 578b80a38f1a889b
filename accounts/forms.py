"""Forms of signing in and of the own password."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.lockout import account_key
from accounts.models import User
from accounts.passwords import weaknesses
from common.forms import PortalForm

LONGEST_PASSWORD = 128


def password_field(label: str, autocomplete: str) -> forms.CharField:
    """A password as typed: blanks count, and it is never sent back to the page."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget)


class SignInForm(PortalForm):
    """Account and password; whether they fit is found by the view."""

    username = forms.CharField(
        label="账号",
        max_length=User._meta.get_field("username").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = password_field("密码", "current-password")
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_username(self) -> str:
        """One spelling, so that the lock-out counts what the database will find."""
        return account_key(self.cleaned_data["username"])


class PasswordForm(PortalForm):
    """The old password, the new one twice, and at the first sign-in the notice."""

    old = password_field("原密码", "current-password")
    password = password_field("新密码", "new-password")
    again = password_field("再输入一次新密码", "new-password")
    notice = forms.BooleanField(label="我已阅读《个人信息处理告知》")

    def __init__(self, *args: Any, first: bool, ask_notice: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            self.fields["old"].label = "一次性密码"
            self.fields["old"].error_messages["required"] = "请填写一次性密码"
        if not ask_notice:
            del self.fields["notice"]

    def clean_password(self) -> str:
        """Length and classes at once with the other fields.

        Not whether it is an old one: before the old password is proved that would let the holder of
        an open session guess it.
        """
        password: str = self.cleaned_data["password"]
        if found := weaknesses(password):
            raise forms.ValidationError(found)
        return password

    def clean(self) -> dict[str, Any]:
        """Both entries of the new password are the same."""
        data = super().clean() or self.cleaned_data
        # As typed: a weak password is no longer among the cleaned ones.
        if data.get("again") and self.data.get("password") != data["again"]:
            self.add_error("again", "两次输入的新密码不一致，请重新输入")
        return data
