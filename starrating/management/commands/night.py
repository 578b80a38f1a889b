"""`./portal manage night`: freeze past days by hand; the same code as the nightly tasks."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from coverage.models import CoverageEdition, NightState, NightStep
from coverage.night import run_night
from coverage.steps import Step, all_steps
from societies.models import Federation


class Command(BaseCommand):
    help = "夜间计算：覆盖、星级测算依次定格某一天（--date）或一段日子（--from、--to），可重复运行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="如 2026-11-21，默认为昨日")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="起日")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="止日，默认为昨日")
        parser.add_argument("--federation", help="科协代码，默认全部有口径的科协")
        parser.add_argument("--step", choices=NightStep.values, help="只运行一个步骤，默认全部")

    def handle(self, *args: Any, **options: Any) -> None:
        last = options["last"] or options["date"] or clock.yesterday(clock.now())
        first = options["first"] or options["date"] or last
        if first > last:
            raise CommandError("起日不能晚于止日")
        federations = self._federations(options["federation"])
        steps = [step for step in all_steps() if options["step"] in (None, step.name)]
        day = first
        while day <= last:
            for federation in federations:
                for step in steps:
                    self._run(federation, day, step)
            day += timedelta(days=1)

    def _federations(self, code: str | None) -> list[Federation]:
        found = Federation.objects.filter(coverage_editions__isnull=False).distinct()
        chosen = list(found.filter(code=code) if code else found)
        if not chosen:
            raise CommandError(f"没有{'代码为 ' + code if code else ''}载入了口径的科协")
        return chosen

    def _run(self, federation: Federation, day: date, step: Step) -> None:
        if step.edition_on(federation.pk, day) is None:
            # A federation may count coverage for years before it rates.
            if step.name == NightStep.COVERAGE:
                self.stderr.write(f"{federation} {day}: 没有适用的覆盖口径")
            return
        if not CoverageEdition.objects.valid_on(day).filter(federation=federation).exists():
            return
        try:
            run = run_night(federation, day, now=clock.now(), step=step.name, again=True)
        except (ValueError, LookupError) as error:
            raise CommandError(str(error)) from error
        differences = "" if run.differences is None else f"，与即时数差异 {run.differences} 处"
        note = f"（{run.note}）" if run.state == NightState.SKIPPED else differences
        self.stdout.write(
            f"{federation} {day} {run.get_step_display()}: {run.get_state_display()}，"
            f"写入 {run.rows_written} 行{note}"
        )
