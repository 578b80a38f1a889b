"""`-p devstack.pytest_plugin`: throw-away servers, started before pytest-django reads the settings.

One PostgreSQL for the run (each xdist worker makes its own database in it) and one Valkey for each
process, so that a test may stop or empty the broker without touching its neighbours. With
`DATABASE_URL` set, the servers it names are used and nothing is started.
"""

import os
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from devstack.postgres import Postgres
from devstack.runfolder import RunFolder, sweep
from devstack.valkey import Valkey

PREFIX = "portal-test-"
STARTED_HERE = "PORTAL_TEST_SERVERS"  # tells xdist's workers that the servers are ours
CHROMIUM_HINT = (
    "未找到 Chromium，浏览器测试已跳过；安装办法：apt-get install chromium fonts-noto-cjk"
)


class Servers:
    """What this process has started and must stop."""

    def __init__(self) -> None:
        self.folder: RunFolder | None = None
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None

    def start(self) -> None:
        os.environ["PORTAL_ENV"] = "test"
        if os.environ.get("DATABASE_URL") and not os.environ.get(STARTED_HERE):
            return
        self.folder = RunFolder(PREFIX)
        if not os.environ.get("PYTEST_XDIST_WORKER"):
            sweep(PREFIX)
            self._start_postgres(self.folder)
        self._start_valkey(self.folder)

    def _start_postgres(self, folder: RunFolder) -> None:
        base, log = folder.path, folder.path / "postgres.log"
        self.postgres = Postgres(base, folder.private("pg"), log, throw_away=True)
        self.postgres.start()
        os.environ["DATABASE_URL"] = self.postgres.url("portal")
        os.environ[STARTED_HERE] = str(base)

    def _start_valkey(self, folder: RunFolder) -> None:
        sockets = folder.private("valkey")
        self.valkey = Valkey(sockets, sockets, folder.path / "valkey.log", throw_away=True)
        self.valkey.start()
        os.environ["REDIS_URL"] = self.valkey.url

    def stop(self) -> None:
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()
        if self.folder is not None:
            self.folder.remove()


SERVERS = Servers()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, Any, Any]:
    # A hook of conftest.py would come too late: pytest-django has read the settings by then.
    try:
        SERVERS.start()
    except BaseException:
        SERVERS.stop()
        raise
    return (yield)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the slow tests too")


def pytest_report_header(config: pytest.Config) -> str:
    return f"servers: {os.environ.get('DATABASE_URL')} {os.environ.get('REDIS_URL')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--all") and "slow" not in config.getoption("markexpr"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)
    if not chromium():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="未找到 Chromium"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    SERVERS.stop()
    if not chromium() and not hasattr(config, "workerinput"):
        print(CHROMIUM_HINT)


@pytest.fixture
def valkey() -> Generator[Valkey, None, None]:
    """This process's own broker, which the test may stop and start; it runs again afterwards.

    Skips if the servers come from outside.
    """
    if SERVERS.valkey is None:
        pytest.skip("REDIS_URL names a server that is not ours to stop")
    yield SERVERS.valkey
    if not SERVERS.valkey.answers():
        SERVERS.valkey.start()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for Playwright's `executable_path`; nothing is ever downloaded."""
    path = chromium()
    if not path:
        pytest.skip(CHROMIUM_HINT)
    return path


def chromium(names: Sequence[str] = ("chromium", "chromium-browser", "google-chrome")) -> str:
    """The path of an installed Chromium, or an empty string."""
    found = (shutil.which(name) for name in names)
    return next((str(Path(path)) for path in found if path), "")
