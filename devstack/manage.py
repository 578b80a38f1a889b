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

HANDED_ON = (signal.SIGTERM, signal.SIGHUP)


def manage(arguments: list[str]) -> int:
    """Run manage.py in the caller's folder and on their terminal; its exit status is returned."""
    installation = Installation(os.environ)
    installation.refuse_embedded_in_production()
    end_cleanly_on_signals()
    with services(installation) as urls:
        return run_command(arguments, child_environment(installation, urls))


def run_command(arguments: list[str], env: dict[str, str]) -> int:
    """A Ctrl-C at the terminal reaches the command by itself; other signals are handed on."""
    command = [sys.executable, ROOT / "manage.py", *arguments]
    child = spawn(command, env=env, cwd=Path.cwd(), own_session=False, stdin=None)
    try:
        signal.signal(signal.SIGINT, lambda number, frame: None)
        for number in HANDED_ON:
            signal.signal(number, lambda number, frame: child.send_signal(number))
        status = child.wait()
    finally:
        end_cleanly_on_signals()
    return status if status >= 0 else 128 - status


def end_cleanly_on_signals() -> None:
    """End through the `finally` clauses, so that the servers are stopped."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in HANDED_ON:
        signal.signal(number, leave)
