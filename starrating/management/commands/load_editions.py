"""`./portal manage load_editions`: load the shipped editions; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from branches import editions as obligations
from common.errors import ActionRefused
from coverage import editions as coverage
from ledgers.editions import load_editions
from societies.models import Federation
from starrating import editions as starrating


class Command(BaseCommand):
    help = "载入组织生活要求、覆盖口径与目标、台账版本、星级标准（可重复运行；已载入的不会被修改）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for matrix in obligations.load_all():
                self.stdout.write(f"{matrix.key}: {matrix.outcome}")
            for loaded in coverage.load_all():
                self.stdout.write(f"{loaded.key}: {loaded.outcome}")
            for federation in Federation.objects.all():
                for edition in load_editions(federation):
                    self.stdout.write(f"{federation.code} {edition.code}: 已在库中")
            for standard in starrating.load_all():
                self.stdout.write(f"{standard.key}: {standard.outcome}")
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
