"""Editions with the national definitions, and nights."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from common import clock
from coverage.models import CoverageEdition, CoverageTarget, Indicator, NightRun
from coverage.night import run_night
from societies.models import Federation
from tests.factories.societies import make_federation

_numbers = count(1)


def make_edition(federation: Federation | None = None, **fields: Any) -> CoverageEdition:
    """The national definitions without targets, for all time."""
    fields = {
        "key": f"test-{next(_numbers)}",
        "label": "口径测试版",
        "source": "测试",
        "body_kinds": ["society", "association", "research_association"],
        "relations": ["member", "entrusted"],
        "work_measures": ["GM03"],
        "digest": "-",
    } | fields
    federation = federation or make_federation()
    return CoverageEdition.objects.create(federation=federation, **fields)


def make_target(edition: CoverageEdition, **fields: Any) -> CoverageTarget:
    """80 % organisation coverage on 2016-12-31 (003§5)."""
    fields = {
        "indicator": Indicator.ORG,
        "due_on": date(2016, 12, 31),
        "numerator": 4,
        "denominator": 5,
        "source": "003§5(1)",
    } | fields
    return CoverageTarget.objects.create(edition=edition, **fields)


def two_o_clock(on: date) -> datetime:
    """When the night that freezes a day runs: 02:00 the day after."""
    return clock.start_of(on + timedelta(days=1)) + timedelta(hours=2)


def at(day: date, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    """A moment of a Shanghai day."""
    return clock.start_of(day) + (
        datetime.combine(day, time(hour, minute, second)) - datetime.combine(day, time())
    )


def freeze(federation: Federation, on: date, **options: Any) -> NightRun:
    """Run the night of a day at its usual hour."""
    return run_night(federation, on, **({"now": two_o_clock(on)} | options))
