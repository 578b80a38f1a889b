"""Load the federations and the register shipped with the portal; safe to run again."""

from __future__ import annotations

from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandParser

from common import clock
from societies.register import SHIPPED, Report, load_register


class Command(BaseCommand):
    help = "Load the federations and the register shipped with the portal; safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--federation",
            choices=[shipped.code for shipped in SHIPPED],
            help="only this one (default: all)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with pghistory.context(command="load_register"):
            for shipped in SHIPPED:
                if options["federation"] in (None, shipped.code):
                    self._say(load_register(shipped, today=clock.today()))

    def _say(self, report: Report) -> None:
        self.stdout.write(
            f"{report.federation}：新增 {len(report.added)}，更新 {len(report.changed)}，"
            f"不变 {len(report.unchanged)}"
        )
        for line in report.differences:
            self.stdout.write(f"  {line}")
