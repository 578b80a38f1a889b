"""What several tests of the stack need."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devstack.installation import Installation
from devstack.processes import Account

ROOT = Path(__file__).resolve().parent.parent.parent
# What this test run put into the environment for itself and a fresh shell would not have.
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "PORT", "HOST")


def fresh_environment(**changes: str) -> dict[str, str]:
    """The environment of a shell in which no test runs."""
    foreign = ("PYTEST_", "PORTAL_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign) and k not in OURS}
    return kept | changes


def processes_naming(*paths: Path) -> list[int]:
    """Processes that name a path in their command line, their folder or their environment.

    PostgreSQL's own processes overwrite their environment but work in their data folder.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            text += os.fsencode(os.readlink(entry / "cwd"))
        except OSError:
            continue
        if int(entry.name) != os.getpid() and any(os.fsencode(path) in text for path in paths):
            found.append(int(entry.name))
    return found


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def gone_within(seconds: float, *paths: Path) -> bool:
    return wait_for(lambda: not processes_naming(*paths), seconds)


# What a script's `… &` does to its job: Ctrl-C is ignored, and stays so unless the job asks.
AS_A_JOB = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")


class Portal:
    """`./portal` as a person runs it, with a VAR_DIR and a port of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.command = [sys._base_executable, str(ROOT / "portal")]
        self.account: Account | None = None
        self.var = folder / "var"
        self.port = free_port()
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None
        self.env = fresh_environment(
            VAR_DIR=str(self.var),
            PORT=str(self.port),
            PORTAL_VENV=sys.prefix,
            **environment,
        )
        self.cluster = Installation(self.env).cluster

    def run(
        self, *arguments: str, stdin: str = "", **changes: str
    ) -> "subprocess.CompletedProcess[str]":
        """One command to its end."""
        return subprocess.run(
            [*self.command, *arguments],
            env=self.env | changes,
            cwd=self.var.parent,
            input=stdin,
            capture_output=True,
            text=True,
            **self.as_account(),
        )

    def as_account(self) -> dict[str, Any]:
        return self.account.popen_options() if self.account else {}

    def serve(self, *arguments: str) -> None:
        """Start, and return when the portal says that it is up."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*AS_A_JOB, *self.command, "serve", *arguments],
                env=self.env,
                cwd=self.var.parent,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                **self.as_account(),
            )
        assert wait_for(lambda: self.said("平台已启动") or self.process.poll() is not None, 240)
        assert self.process.poll() is None, self.output.read_text()

    def said(self, text: str) -> bool:
        return text in self.output.read_text()

    def end(self, number: int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(40)

    def processes(self) -> list[int]:
        return processes_naming(self.var, self.cluster)

    def process_running(self, *words: str) -> int | None:
        """A direct child of the supervisor whose command line holds all the words."""
        for number in self.processes():
            try:
                stat = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
                command = Path(f"/proc/{number}/cmdline").read_text()
            except OSError:
                continue  # it ended meanwhile
            if int(stat[1]) == self.process.pid and all(word in command for word in words):
                return number
        return None

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)
        assert gone_within(20, self.var, self.cluster)
        Installation(self.env).erase()


def get(portal: Portal, path: str = "/healthz") -> tuple[int, bytes] | None:
    """Status and body, or None while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]
