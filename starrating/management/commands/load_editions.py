"""`./portal manage load_editions`: load the shipped editions; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from branches.editions import EDITIONS as OBLIGATIONS
from common.errors import ActionRefused
from coverage.editions import EDITIONS as COVERAGE
from ledgers.editions import load_editions
from societies.models import Federation
from starrating.editions import EDITIONS as STANDARDS
from supervision.editions import EDITIONS as CHECKLISTS
from training.editions import EDITIONS as TRAINING

# In an order in which each finds what it rests on; the demonstration loads the same.
LOADERS = (OBLIGATIONS, TRAINING, CHECKLISTS, COVERAGE, STANDARDS)


class Command(BaseCommand):
    help = "载入组织生活要求、学时规定、检查清单、覆盖口径、台账版本、星级标准（已载入的不改）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for loader in LOADERS:
                for loaded in loader.load_all():
                    self.stdout.write(f"{loaded.key}: {loaded.outcome}")
            for federation in Federation.objects.all():
                for edition in load_editions(federation):
                    self.stdout.write(f"{federation.code} {edition.code}: 已在库中")
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
