"""Rating editions, and nights of stars."""

from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from coverage.models import NightRun, NightStep
from societies.models import Federation
from starrating import editions
from starrating.models import RatingEdition
from tests.factories.coverage import freeze

_numbers = count(1)


def make_standard(
    federation: Federation, file: str = "star-start", folder: Path = editions.FOLDER, **fields: Any
) -> RatingEdition:
    """A shipped standard as this federation's own, for all time."""
    fields = {"key": f"star-test-{next(_numbers)}", "valid_from": None} | fields
    return editions.create_edition(federation, editions.read(folder / f"{file}.toml"), **fields)


def freeze_stars(federation: Federation, on: date, **options: Any) -> NightRun:
    """Run both steps of a day's night at their usual hour; the run of stars."""
    freeze(federation, on, **options)
    return freeze(federation, on, step=NightStep.STARS, **options)
