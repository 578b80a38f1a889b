"""A federation that counts coverage and rates by the lines of ledgers and services."""

from pathlib import Path

import pytest

from tests.factories import make_edition, make_standard

EDITIONS = Path(__file__).parent / "editions"


@pytest.fixture
def standard():
    """Eight stars, under one federation with a coverage edition."""
    return make_standard(make_edition().federation, "eight", EDITIONS)


@pytest.fixture
def federation(standard):
    return standard.federation
