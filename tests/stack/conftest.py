from collections.abc import Iterator

import pytest

from devstack.runfolder import RunFolder
from tests.stack.helpers import Portal


@pytest.fixture
def folder() -> Iterator[RunFolder]:
    folder = RunFolder("portal-test-")
    yield folder
    folder.remove()


@pytest.fixture
def portal(folder: RunFolder) -> Iterator[Portal]:
    portal = Portal(folder.path)
    yield portal
    portal.clean_up()


@pytest.fixture(scope="module")
def running() -> Iterator[Portal]:
    """One portal, running and empty, for all tests of a module."""
    folder = RunFolder("portal-test-")
    portal = Portal(folder.path)
    try:
        portal.serve("--empty")
        yield portal
    finally:
        portal.clean_up()
        folder.remove()
