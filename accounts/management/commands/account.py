"""`manage account create|password|deactivate|list`: accounts of an installation without pages."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.models import User
from common import clock
from common.errors import ActionRefused


class Command(BaseCommand):
    """Each verb is one action; a generated password is printed once and never again."""

    help = "开通、重设、停用、列出账号"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="开通账号")
        create.add_argument("username", metavar="账号")
        create.add_argument("full_name", metavar="姓名")
        password = verbs.add_parser("password", help="重设为一次性密码")
        password.add_argument("username", metavar="账号")
        for verb in (create, password):
            verb.add_argument(
                "--ask", action="store_true", help="手工输入密码（不显示），不自动生成"
            )
        deactivate = verbs.add_parser("deactivate", help="停用账号，立即结束其登录")
        deactivate.add_argument("username", metavar="账号")
        verbs.add_parser("list", help="列出账号")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb; refusals become one line each."""
        try:
            with pghistory.context(command="account"):
                getattr(self, options["verb"])(options)
        except ActionRefused as refused:
            raise CommandError(str(refused)) from refused

    def create(self, options: dict[str, Any]) -> None:
        """Open an account."""
        typed = self.typed(options)
        user, plain = actions.create_account(
            username=options["username"],
            full_name=options["full_name"],
            password=typed,
            by=None,
            now=clock.now(),
        )
        self.stdout.write(f"已开通账号 {user.username}（{user.full_name}）")
        self.say(plain, typed)

    def password(self, options: dict[str, Any]) -> None:
        """Give an account a new one-time password."""
        user, typed = self.account(options), self.typed(options)
        plain = actions.set_password(user=user, password=typed, by=None, now=clock.now())
        self.stdout.write(f"已重设账号 {user.username} 的密码，原有登录已结束")
        self.say(plain, typed)

    def deactivate(self, options: dict[str, Any]) -> None:
        """Close an account."""
        user = self.account(options)
        actions.deactivate(user=user, by=None)
        self.stdout.write(f"已停用账号 {user.username}（{user.full_name}）")

    def list(self, options: dict[str, Any]) -> None:
        """One line per account."""
        users = User.objects.order_by("username")
        for user in users:
            state = "启用" if user.is_active else "停用"
            first = "，待首次修改密码" if user.must_change_password and user.is_active else ""
            self.stdout.write(f"{user.username}\t{user.full_name}\t{state}{first}")
        if not users:
            self.stdout.write("还没有账号；开通：account create 账号 姓名")

    def account(self, options: dict[str, Any]) -> User:
        """The account named. Raises CommandError."""
        try:
            return User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist as error:
            raise CommandError(f"没有账号“{options['username']}”") from error

    def typed(self, options: dict[str, Any]) -> str | None:
        """The password typed twice without echo, None to have one generated."""
        if not options["ask"]:
            return None
        first = getpass.getpass("一次性密码：")
        if first != getpass.getpass("再输入一次："):
            raise CommandError("两次输入的密码不一致")
        return first

    def say(self, plain: str, typed: str | None) -> None:
        """A generated password is shown this once; a typed one never."""
        if typed is None:
            self.stdout.write(f"一次性密码：{plain}（只显示这一次）")
        self.stdout.write("首次登录时须修改密码")
