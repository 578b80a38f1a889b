"""The virtual environment: quick when all is there, one installation at a time, self-healing."""

import fcntl
import os
import subprocess
import sys

import pytest

from devstack.bootstrap import DEVELOPMENT, RUNTIME, VirtualEnvironment, wanted_stamp
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
