"""`manage federation create|list`: the tenants of an installation."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from societies.models import Federation

CODE = re.compile(r"[a-z0-9-]{1,20}")


class Command(BaseCommand):
    """An empty installation needs one before anybody can be appointed."""

    help = "建立、列出科协"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="建立科协")
        create.add_argument("code", metavar="代码", help="小写字母、数字、横线，如 cast")
        create.add_argument("name", metavar="名称")
        create.add_argument("--committee", default="科技社团党委", help="科技社团党委的名称")
        verbs.add_parser("list", help="列出科协")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        if options["verb"] == "list":
            rows = [f"{each.code}\t{each.name}" for each in Federation.objects.all()]
            self.stdout.write("\n".join(rows) or "还没有科协；建立：federation create 代码 名称")
            return
        if not CODE.fullmatch(options["code"]):
            raise CommandError("代码由小写字母、数字、横线组成，不超过 20 个，如 cast")
        federation = Federation(
            code=options["code"], name=options["name"], committee_name=options["committee"]
        )
        try:
            federation.full_clean()
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        with pghistory.context(command="federation"):
            federation.save()
        self.stdout.write(f"已建立科协 {federation.code}（{federation.name}）")
