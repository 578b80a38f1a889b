"""`./portal manage night`: freeze past days by hand; the same code as the nightly task."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from coverage.models import CoverageEdition, NightState
from coverage.night import run_night
from societies.models import Federation


class Command(BaseCommand):
    help = "夜间计算：定格某一天（--date）或一段日子（--from、--to），可重复运行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="如 2026-11-21，默认为昨日")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="起日")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="止日，默认为昨日")
        parser.add_argument("--federation", help="科协代码，默认全部有口径的科协")

    def handle(self, *args: Any, **options: Any) -> None:
        last = options["last"] or options["date"] or clock.yesterday(clock.now())
        first = options["first"] or options["date"] or last
        if first > last:
            raise CommandError("起日不能晚于止日")
        federations = self._federations(options["federation"])
        day = first
        while day <= last:
            for federation in federations:
                self._run(federation, day)
            day += timedelta(days=1)

    def _federations(self, code: str | None) -> list[Federation]:
        found = Federation.objects.filter(coverage_editions__isnull=False).distinct()
        chosen = list(found.filter(code=code) if code else found)
        if not chosen:
            raise CommandError(f"没有{'代码为 ' + code if code else ''}载入了口径的科协")
        return chosen

    def _run(self, federation: Federation, day: date) -> None:
        if not CoverageEdition.objects.valid_on(day).filter(federation=federation).exists():
            self.stderr.write(f"{federation} {day}: 没有适用的覆盖口径")
            return
        try:
            run = run_night(federation, day, now=clock.now(), again=True)
        except ValueError as error:
            raise CommandError(str(error)) from error
        differences = "" if run.differences is None else f"，与即时数差异 {run.differences} 处"
        note = f"（{run.note}）" if run.state == NightState.SKIPPED else differences
        self.stdout.write(
            f"{federation} {day}: {run.get_state_display()}，写入 {run.rows_written} 行{note}"
        )
