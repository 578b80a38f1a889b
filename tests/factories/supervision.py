"""Checklists."""

from itertools import count
from typing import Any

from societies.models import Federation
from supervision import editions
from supervision.models import ChecklistEdition

_numbers = count(1)


def make_checklist(
    federation: Federation, file: str = "checklist-cast-2026", **fields: Any
) -> ChecklistEdition:
    """A shipped checklist as this federation's own."""
    fields = {"key": f"checklist-test-{next(_numbers)}"} | fields
    return editions.create_edition(
        federation, editions.read(editions.FOLDER / f"{file}.toml"), **fields
    )
