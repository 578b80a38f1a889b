"""The virtual environment: quick when all is there, one installation at a time, self-healing."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from devstack.bootstrap import DEVELOPMENT, RUNTIME, VirtualEnvironment, wanted_stamp
from devstack.console import Refusal
from tests.stack.helpers import ROOT, fresh_environment

pytestmark = pytest.mark.xdist_group("stack")

SMALL_LOCK = "small.txt"


class Recorded(VirtualEnvironment):
    """Runs the real steps, and remembers which."""

    def __init__(self, folder):
        super().__init__(folder)
        self.steps = []

    def _logged(self, command):
        self.steps.append("venv" if "venv" in command else "pip")
        return super()._logged(command)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A project whose lock asks for nothing."""
    (tmp_path / RUNTIME).write_text("")
    monkeypatch.setattr("devstack.bootstrap.ROOT", tmp_path)
    return Recorded(tmp_path / "venv")


def test_made_once_and_then_left_alone(small):
    small.ensure(RUNTIME)
    small.ensure(RUNTIME)
    assert small.steps == ["venv", "pip"]


def test_changed_lock_installs_into_the_same_environment(small, tmp_path):
    small.ensure(RUNTIME)
    (tmp_path / RUNTIME).write_text("# another lock\n")
    small.ensure(RUNTIME)
    assert small.steps == ["venv", "pip", "pip"]


@pytest.mark.slow
def test_killed_installation_is_made_anew(small):
    small.ensure(RUNTIME)
    (small.folder / "half-unpacked").touch()
    small._mark.touch()
    small.ensure(RUNTIME)
    assert small.steps == ["venv", "pip", "venv", "pip"]
    assert not (small.folder / "half-unpacked").exists()


@pytest.mark.slow
def test_broken_interpreter_is_made_anew(small):
    small.ensure(RUNTIME)
    small.python.unlink()
    small.ensure(RUNTIME)
    assert small.steps == ["venv", "pip", "venv", "pip"]


def test_development_lock_contains_the_runtime_lock():
    runtime, development = ((ROOT / lock).read_text() for lock in (RUNTIME, DEVELOPMENT))
    pins = {line.split(" ")[0] for line in runtime.splitlines() if "==" in line}
    assert pins
    assert pins <= {line.split(" ")[0] for line in development.splitlines() if "==" in line}


def test_second_command_waits_and_finds_the_work_done(tmp_path):
    """The lock is on the folder; without it two pips would write the same files."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    code = (
        "from devstack.bootstrap import *;"
        f"VirtualEnvironment(Path({str(folder)!r})).ensure(RUNTIME); print('ready')"
    )
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    second = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=fresh_environment(),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert "等待" in second.stdout.readline()
    (folder / f".stamp-{RUNTIME}").write_text(wanted_stamp(RUNTIME))
    os.close(descriptor)
    assert second.communicate()[0] == "ready\n"
    assert sorted(path.name for path in folder.iterdir()) == [f".stamp-{RUNTIME}", "bin"]


class Watched(VirtualEnvironment):
    """Steps that take a moment and install nothing; how many ran, and how many at once."""

    ran, running, at_once = 0, 0, 0

    def _logged(self, command):
        kind = type(self)
        kind.ran += 1
        kind.running += 1
        kind.at_once = max(kind.at_once, kind.running)
        time.sleep(0.5)
        kind.running -= 1
        self.python.parent.mkdir(exist_ok=True)
        if not self.python.exists():
            self.python.symlink_to(sys.executable)
        return 0


def set_up_twice(folder):
    """Two commands meet a missing environment; the steps that ran, and how many at once."""

    class Counted(Watched):
        pass

    def ensure():
        # Without the lock the two also stumble over each other's files.
        with suppress(OSError, Refusal):
            Counted(folder).ensure(RUNTIME)

    threads = [threading.Thread(target=ensure) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return Counted.ran, Counted.at_once


def test_two_set_ups_at_once_do_the_work_once(tmp_path, capsys):
    assert set_up_twice(tmp_path / "venv") == (2, 1), "venv, then pip"
    assert "等待其完成" in capsys.readouterr().out


def test_without_the_lock_two_set_ups_write_the_same_files(tmp_path, monkeypatch):
    """Negative control."""
    monkeypatch.setattr("devstack.bootstrap.fcntl.flock", lambda *_: None)
    _, at_once = set_up_twice(tmp_path / "venv")
    assert at_once == 2
