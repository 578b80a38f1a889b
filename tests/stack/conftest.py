from collections.abc import Iterator

import pytest

from devstack.runfolder import RunFolder


@pytest.fixture
def folder() -> Iterator[RunFolder]:
    folder = RunFolder("portal-test-")
    yield folder
    folder.remove()
