"""`./portal manage demo --prepare | --fill | --reset`: the demonstration's data."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from dashboards.demo import chosen_seed
from dashboards.demo.filings import FIRST_AS_OF
from dashboards.demo.fill import AnotherSeed, Filler, moment_of
from dashboards.demo.reset import remove

QUESTION = "将删除示例科协的全部演示数据并重新生成，确定吗？输入 yes 继续："


class Command(BaseCommand):
    """Facts and filings through the ordinary actions, figures by the ordinary night."""

    help = (
        "演示数据：准备首页所需（--prepare）、生成全部（--fill，可中断续做）、重新生成（--reset）"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--prepare", action="store_true", help="只准备首页所需的部分")
        what.add_argument("--fill", action="store_true", help="生成全部；已有的不动（默认）")
        what.add_argument("--reset", action="store_true", help="删除演示数据后重新生成")
        parser.add_argument("--yes", action="store_true", help="重新生成前不询问")
        parser.add_argument("--seed", type=int, default=chosen_seed(), help="随机种子")
        parser.add_argument("--until", type=date.fromisoformat, help="生成到哪一天，默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse(options)
        if options["reset"] and not self._confirmed(options):
            self.stdout.write("未作任何改动。")
            return
        with pghistory.context(command="demo"):
            if options["reset"]:
                self._say(f"已删除 {remove()} 行演示数据")
            filler = Filler(options["seed"], moment_of(options["until"]), self._say)
            try:
                filler.prepare() if options["prepare"] else filler.fill()
            except AnotherSeed as error:
                raise CommandError(
                    f"现有演示数据不是由种子 {error} 生成的；请用原来的种子，或以 --reset 重新生成"
                ) from error

    def _refuse(self, options: dict[str, Any]) -> None:
        if os.environ.get("PORTAL_ENV") == "production":
            raise CommandError("生产环境不载入演示数据")
        if options["until"] and not FIRST_AS_OF <= options["until"] <= clock.today():
            raise CommandError(f"--until 应在 {FIRST_AS_OF} 至今天之间")

    def _confirmed(self, options: dict[str, Any]) -> bool:
        return options["yes"] or input(QUESTION).strip().lower() == "yes"

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
