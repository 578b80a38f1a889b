"""The servers of an installation that no URL names, as one thing to start and stop."""

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from devstack.console import say
from devstack.installation import Installation
from devstack.postgres import Postgres
from devstack.runfolder import RunFolder, sweep
from devstack.valkey import Valkey

PREFIX = "portal-run-"
DATABASE = "portal"
Server = Postgres | Valkey


class Embedded:
    """PostgreSQL unless `DATABASE_URL` is given, Valkey unless `REDIS_URL` is."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.servers: list[Server] = []
        self.folder: RunFolder | None = None

    def start(self, announce: Callable[[Server], None]) -> dict[str, str]:
        """Start in order and return the URLs. Raises Refusal; what runs by then is stopped."""
        urls = dict(self.installation.given)
        try:
            if len(urls) < 2:
                sweep(PREFIX)
                self.folder = RunFolder(PREFIX)
            if self.folder and "DATABASE_URL" not in urls:
                urls["DATABASE_URL"] = self._start_postgres(self.folder, announce)
            if self.folder and "REDIS_URL" not in urls:
                urls["REDIS_URL"] = self._start_valkey(self.folder, announce)
        except BaseException:
            self.stop()
            raise
        return urls

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()
        self.servers = []
        if self.folder is not None:
            self.folder.remove()
            self.folder = None

    def _start_postgres(self, folder: RunFolder, announce: Callable[[Server], None]) -> str:
        self.installation.prepare_cluster()
        log = self.installation.log / "postgres.log"
        server = Postgres(self.installation.cluster, folder.private("pg"), log)
        self.servers.append(server)
        server.start()
        server.create_database(DATABASE)
        announce(server)
        return server.url(DATABASE)

    def _start_valkey(self, folder: RunFolder, announce: Callable[[Server], None]) -> str:
        log = self.installation.log / "valkey.log"
        server = Valkey(self.installation.var / "valkey", folder.private("valkey"), log)
        self.servers.append(server)
        server.start()
        announce(server)
        return server.url


@contextmanager
def services(installation: Installation) -> Generator[dict[str, str], None, None]:
    """The URLs for the duration of one command: of the running portal, else of our own servers."""
    if len(installation.given) == 2:
        yield dict(installation.given)
        return
    installation.prepare()
    if not installation.take():
        try:
            yield installation.join() | installation.given
        finally:
            installation.release()
        return
    embedded = Embedded(installation)
    try:
        urls = embedded.start(announce=_silently)
        installation.publish(urls)
        yield urls
        installation.wait_for_users()
    finally:
        embedded.stop()
        installation.release()


def child_environment(installation: Installation, urls: Mapping[str, str]) -> dict[str, str]:
    """What children inherit: our environment, the servers, absolute folders, the signing key."""
    environment = dict(os.environ) | dict(urls) | {"VAR_DIR": str(installation.var)}
    environment["PYTHONUNBUFFERED"] = "1"
    if not environment.get("SECRET_KEY") and not installation.production:
        environment["SECRET_KEY"] = installation.secret_key()
    return environment


def announce_ready(server: Server) -> None:
    say(f"{server.label} 已就绪")


def _silently(server: Server) -> None:
    """A single command's output is its own."""
