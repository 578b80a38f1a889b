"""`manage appoint ROLE USERNAME …`: appointments of an installation without pages."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.permissions import Role, ScopeKind
from accounts.roles import ROLES, SPECS
from common import clock
from common.errors import ActionRefused
from societies import actions
from societies.grants import grant_models
from societies.models import Federation, Society

OPTIONS = {
    ScopeKind.FEDERATION: "--federation 科协代码",
    ScopeKind.SOCIETY: "--society 学会编码（可多个，用空格隔开）",
    ScopeKind.UNIT: "--unit 分支机构编号",
    ScopeKind.ORGANISATION: "--organisation 党组织编号",
}


def iso_date(text: str | None) -> date | None:
    """A date written 2026-11-22; None for none. Raises CommandError."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"日期“{text}”有误，应如 2026-11-22") from error


class Command(BaseCommand):
    """Appoints one user to one role on objects of the role's kind (roles.md §1)."""

    help = "任命：给账号一个角色及其范围；不写参数时列出可任命的角色"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Role, account, objects, dates."""
        parser.add_argument("role", metavar="角色", nargs="?", help="英文名或中文名")
        parser.add_argument("username", metavar="账号", nargs="?")
        parser.add_argument("--federation", metavar="代码", help="科协代码")
        parser.add_argument("--society", metavar="编码", nargs="+", default=[], help="学会编码")
        parser.add_argument("--unit", metavar="编号", nargs="+", type=int, default=[])
        parser.add_argument("--organisation", metavar="编号", nargs="+", type=int, default=[])
        parser.add_argument("--from", metavar="日期", dest="valid_from", help="起任日期，默认今天")
        parser.add_argument("--to", metavar="日期", dest="valid_to", help="止任日期，当日起无效")
        parser.add_argument("--deputy", action="store_true", help="副职")

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint, or list the roles; a refusal is one line."""
        if not options["role"]:
            self.list_roles()
            return
        role, user = self.role(options["role"]), self.user(options["username"])
        try:
            with pghistory.context(command="appoint"):
                appointment = actions.appoint(
                    user=user,
                    role=role,
                    objects=self.objects(SPECS[role].kind, options),
                    valid_from=iso_date(options["valid_from"]) or clock.today(),
                    valid_to=iso_date(options["valid_to"]),
                    is_deputy=options["deputy"],
                    by=None,
                )
        except ActionRefused as refused:
            raise CommandError(str(refused)) from refused
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        until = f"，{appointment.valid_to} 起无效" if appointment.valid_to else ""
        self.stdout.write(
            f"已任命 {user.full_name}（{user.username}）为{appointment.role_label}，"
            f"自 {appointment.valid_from}{until}"
        )

    def list_roles(self) -> None:
        """The roles of this release and the option that names their scope."""
        for spec in ROLES:
            if spec.granted:
                scope = OPTIONS.get(spec.kind, "不绑定单位")
                self.stdout.write(f"{spec.role.value}\t{spec.role.label}\t{scope}")

    def role(self, text: str) -> Role:
        """The role by identifier or Chinese name. Raises CommandError."""
        for role in Role:
            if text in (role.value, role.label):
                return role
        raise CommandError(f"没有角色“{text}”；不写参数运行 appoint 可列出全部角色")

    def user(self, username: str | None) -> User:
        """The account to appoint. Raises CommandError."""
        if not username:
            raise CommandError("请写明账号：appoint 角色 账号 …")
        try:
            return User.objects.get_by_natural_key(username)
        except User.DoesNotExist as error:
            raise CommandError(f"没有账号“{username}”；先用 account create 开通") from error

    def objects(self, kind: ScopeKind, options: dict[str, Any]) -> list[Any]:
        """The scope objects named, of the role's kind. Raises CommandError for a wrong name."""
        wrong = [k for k in OPTIONS if k != kind and k != ScopeKind.FEDERATION and options[k]]
        if wrong:
            raise CommandError(f"该角色的范围是{kind.label}，不能用 --{wrong[0].value}")
        federation = self.federation(options["federation"])
        if kind not in OPTIONS:
            return []
        found: list[Any]
        if kind == ScopeKind.FEDERATION:
            found = [federation] if federation else []
        elif kind == ScopeKind.SOCIETY:
            found = [self.society(code, federation) for code in options["society"]]
        else:
            found = [self.by_number(kind, pk) for pk in options[kind.value]]
        if not found:
            raise CommandError(f"该角色须写明范围：{OPTIONS[kind]}")
        return found

    def federation(self, code: str | None) -> Federation | None:
        """The federation with that code, None without one. Raises CommandError."""
        if not code:
            return None
        try:
            return Federation.objects.get(code=code)
        except Federation.DoesNotExist as error:
            raise CommandError(f"没有代码为“{code}”的科协；先用 federation create 建立") from error

    def society(self, code: str, federation: Federation | None) -> Society:
        """The society with that code, within the federation if one is named."""
        found = Society.objects.filter(code=code)
        if federation:
            found = found.filter(federation=federation)
        if not found:
            raise CommandError(f"没有编码为“{code}”的学会")
        if len(found) > 1:
            raise CommandError(f"编码“{code}”在多个科协都有，请加 --federation 代码")
        return found[0]

    def by_number(self, kind: ScopeKind, pk: int) -> Any:
        """The unit or organisation with that number: its model is the grant's, found by kind."""
        grant: Any = next(model for model in grant_models() if model.scope_kind == kind)
        target = grant._meta.get_field("content_object").related_model
        found = target.objects.filter(pk=pk).first()
        if found is None:
            raise CommandError(f"没有编号为 {pk} 的{kind.label}")
        return found
