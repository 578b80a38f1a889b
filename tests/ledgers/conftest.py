"""A society whose upper tiers have an organisation, and the people of its ledger."""

import pytest

from societies.models import Society
from tests.factories import make_cast, make_organisation, make_period, make_society


@pytest.fixture
def society() -> Society:
    """Council and secretariat are served by one branch: 5.5 asks nothing."""
    society = make_society(uscc="511000005000100025", business_supervisor="中国科协")
    make_organisation(society, *society.units.all())
    return society


@pytest.fixture
def cast(society):
    """Clerk, secretary, reviewer, leader of the society."""
    return make_cast(society)


@pytest.fixture
def period(society):
    """2026H1, opened."""
    return make_period(society.federation)
