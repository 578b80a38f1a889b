"""`./portal manage load_editions`: load the shipped coverage editions; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import ActionRefused
from coverage.editions import load_all


class Command(BaseCommand):
    help = "载入覆盖口径与目标（可重复运行；已载入的口径不会被修改）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for loaded in load_all():
                self.stdout.write(f"{loaded.key}: {loaded.outcome}")
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
