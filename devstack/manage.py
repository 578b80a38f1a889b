"""`./portal manage …`: any Django command, against the services `serve` uses."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from devstack.bootstrap import ROOT
from devstack.embedded import child_environment, services
from devstack.installation import Installation
from devstack.processes import spawn


def manage(arguments: list[str]) -> int:
    """Run manage.py in the caller's folder and on their terminal; its exit status is returned."""
    installation = Installation(os.environ)
    installation.refuse_embedded_in_production()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with services(installation) as urls:
        child = spawn(
            [sys.executable, ROOT / "manage.py", *arguments],
            env=child_environment(installation, urls),
            cwd=Path.cwd(),
            own_session=False,
            stdin=None,
        )
        # A Ctrl-C at the terminal reaches the command by itself; the others we hand on.
        signal.signal(signal.SIGINT, lambda number, frame: None)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, frame: child.send_signal(number))
        status = child.wait()
    return status if status >= 0 else 128 - status


def leave(number: int, frame: FrameType | None) -> NoReturn:
    """End through the `finally` clauses, so that the servers are stopped."""
    raise SystemExit(128 + number)
