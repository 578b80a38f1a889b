"""`./portal bench …`: measuring on a PostgreSQL of its own; no installation's data are touched."""

import os
import sys

from devstack.bootstrap import ROOT
from devstack.manage import end_cleanly_on_signals
from devstack.postgres import Postgres
from devstack.processes import spawn
from devstack.runfolder import RunFolder, sweep

PREFIX = "portal-bench-"


def bench(arguments: list[str]) -> int:
    """Run the bench with a server that ends with it; its exit status is returned."""
    end_cleanly_on_signals()
    sweep(PREFIX)
    folder = RunFolder(PREFIX)
    server = Postgres(
        folder.path, folder.private("pg"), folder.path / "postgres.log", throw_away=True
    )
    try:
        server.start()
        environment = os.environ | {
            "DATABASE_URL": server.url("postgres"),
            "PORTAL_ENV": "trial",
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tools.bench", *arguments]
        return spawn(command, env=environment, own_session=False).wait()
    finally:
        server.stop()
        folder.remove()
