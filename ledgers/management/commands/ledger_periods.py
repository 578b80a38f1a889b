"""`./portal manage ledger_periods`: open the half-year periods that are due."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import clock
from ledgers.actions import open_due_periods
from societies.models import Federation


class Command(BaseCommand):
    """Does by hand what beat does daily; running it again changes nothing."""

    help = "开启到期的台账期次，写下应报名单（可重复执行）"

    def add_arguments(self, parser: CommandParser) -> None:
        """--date: the logical day."""
        parser.add_argument("--date", type=date.fromisoformat, default=None, help="默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open, and say what was opened."""
        now = clock.now()
        on = options["date"] or clock.day_of(now)
        for federation in Federation.objects.all():
            for period in open_due_periods(federation=federation, on=on, now=now):
                owing = period.expected.count()
                self.stdout.write(f"{federation.name}：{period.title}开期，应报 {owing} 家")
