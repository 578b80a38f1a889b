"""One world for each module, taken back after every case."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.access.content import Content, content, prepare
from tests.access.stages import STAGES
from tests.access.world import World, standing_world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The world of the access tests, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), standing_world() as built:
        prepare()
        yield built


@pytest.fixture(scope="module")
def stage(world: World, request: pytest.FixtureRequest) -> Iterator[Content]:
    """The world with its procedures at one stage; gives the content that requests meet.

    pytest runs the cases of one stage together.
    """
    with transaction.atomic():
        STAGES[request.param](world)
        yield content()
        transaction.set_rollback(True)
