"""`manage complete_grants`: give appointments the rights their role gained by an upgrade."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from societies.grants import complete_grants


class Command(BaseCommand):
    """Writes the missing rows of grants; a second run writes none."""

    help = "升级后补全任职的授权"

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many rows were written."""
        self.stdout.write(f"补全授权 {complete_grants()} 项")
