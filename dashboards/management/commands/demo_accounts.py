"""`./portal manage demo_accounts [--json]`: the demonstration's accounts."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dashboards.demo.accounts import ACCOUNTS

HEADS = {"role": "角色", "username": "账号", "password": "密码", "scope": "范围"}


def width(text: str) -> int:
    """Columns the text takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Command(BaseCommand):
    """Prints what stands in the code; needs no database."""

    help = "列出演示账户（角色、账号、密码、范围）"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 列出")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [account.row for account in ACCOUNTS]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        lines = [HEADS, *rows]
        widest = {name: max(width(line[name]) for line in lines) for name in HEADS}
        for line in lines:
            cells = (line[name] + " " * (widest[name] - width(line[name])) for name in HEADS)
            self.stdout.write("  ".join(cells).rstrip())
