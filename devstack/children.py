"""Supervised children: Django's processes, and the patience with which anything is restarted."""

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

from devstack.bootstrap import ROOT
from devstack.console import Refusal, say
from devstack.processes import Command, kill_group, spawn, tail

STABLE_SECONDS = 60  # whoever ran this long starts with a clean slate
LONGEST_PAUSE = 30
LOG_LIMIT = 5_000_000  # bytes; a longer log is set aside at the next start


class Child:
    """A process of ours in its own session, with a log of its own."""

    def __init__(
        self,
        label: str,
        command: Command,
        env: Mapping[str, str],
        log: Path,
        *,
        death_signal: int = signal.SIGTERM,
    ) -> None:
        self.label, self.log = label, log
        self.process: subprocess.Popen[bytes] | None = None
        self._command, self._env, self._death_signal = command, env, death_signal

    def start(self) -> None:
        with open_log(self.log) as log:
            self.process = spawn(
                self._command, log=log, env=self._env, cwd=ROOT, death_signal=self._death_signal
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait(self) -> int:
        """Its exit status; 0 if it was never started."""
        return self.process.wait() if self.process is not None else 0

    def ask_to_stop(self) -> None:
        if self.process is not None and self.running:
            self.process.terminate()

    def stop(self, seconds: float) -> None:
        """Wait so long for it to end, then end its whole session."""
        if self.process is None:
            return
        try:
            self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            say(f"{self.label}没有按时停止，强制结束")
        kill_group(self.process)


class Restartable(Protocol):
    """What can be kept running: a Child, or an embedded server."""

    label: str
    log: Path
    process: "subprocess.Popen[bytes] | None"

    def start(self) -> None: ...


class Keeper:
    """Starts one thing again whenever it ends, after 1, 2, 4 … up to 30 seconds."""

    def __init__(self, kept: Restartable) -> None:
        self.kept = kept
        self._failures = 0
        self._started = time.monotonic()
        self._due: float | None = None

    def check(self) -> None:
        """Look once; never waits long, so that the others are looked after too."""
        now = time.monotonic()
        if self._due is not None:
            if now >= self._due:
                self._restart()
        elif self.kept.process is None or self.kept.process.poll() is not None:
            self._note_end(now)

    def _note_end(self, now: float) -> None:
        if now - self._started > STABLE_SECONDS:
            self._failures = 0
        pause = min(2**self._failures, LONGEST_PAUSE)
        self._failures += 1
        self._due = now + pause
        say(f"{self.kept.label}意外结束，{pause} 秒后重新启动（日志 {self.kept.log}）")

    def _restart(self) -> None:
        if self.kept.process is not None:
            kill_group(self.kept.process)  # a killed master may leave its children
        self._due = None
        self._started = time.monotonic()
        try:
            self.kept.start()
        except Refusal as refusal:
            say(str(refusal))


def run_step(label: str, command: Command, env: Mapping[str, str], log: Path) -> None:
    """Run one command to its end. Raises Refusal with its last line if it fails."""
    step = Child(label, command, env, log)
    step.start()
    try:
        code = step.wait()
    finally:
        step.stop(0)
    if code:
        raise Refusal(f"{label}失败：{tail(log)}（日志 {log}）")


def open_log(path: Path) -> IO[bytes]:
    """Append to a log, after setting a long one aside."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
