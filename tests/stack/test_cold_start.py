"""A fresh clone on a machine with nothing but Python, as an ordinary user."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.processes import Account, server_account
from devstack.runfolder import RunFolder
from tests.stack.helpers import ROOT, Portal, get, gone_within, wait_for

SIGN_IN = "/account/sign-in/"

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.slow]


def python_for(account: Account | None) -> str:
    """A Python that this account may run: root's own may lie in a closed folder."""
    code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    as_account = account.popen_options() if account else {}
    for python in (sys._base_executable, "/usr/bin/python3"):
        try:
            done = subprocess.run([python, "-c", code], cwd="/", **as_account)
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("no Python 3.11 with venv that an ordinary account may run")


def copy_tracked_files(target: Path) -> None:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout, so nobody knows which files belong to it")
    for name in listed.stdout.split("\0")[:-1]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)


def copy_pip_settings(home: Path) -> None:
    """The new account's pip asks the same mirror as ours."""
    for name in (".config/pip/pip.conf", ".pip/pip.conf"):
        if (Path.home() / name).exists():
            (home / name).parent.mkdir(parents=True)
            shutil.copy(Path.home() / name, home / name)


@pytest.fixture
def clone(folder: RunFolder):
    """A portal in a fresh copy, with an account and a home of its own, and no settings at all."""
    account = server_account()
    project, home = folder.path / "project", folder.path / "home"
    project.mkdir()
    home.mkdir()
    copy_tracked_files(project)
    copy_pip_settings(home)
    if account:
        subprocess.run(["chown", "-R", f"{account.uid}:{account.gid}", folder.path], check=True)
    portal = Portal(project, HOME=str(home), PATH="/usr/bin:/bin")
    portal.command = [python_for(account), str(project / "portal")]
    portal.account = account
    portal.output = folder.path / "output"
    portal.env = {k: v for k, v in portal.env.items() if k not in ("VAR_DIR", "PORTAL_VENV")}
    yield portal
    if portal.process is not None and portal.process.poll() is None:
        portal.end(signal.SIGKILL)
    assert gone_within(20, folder.path)


def test_first_and_second_start_of_an_ordinary_user(clone):
    clone.serve("--empty")
    assert clone.said("正在下载并安装依赖")
    assert get(clone, SIGN_IN)[0] == 200
    assert (clone.var / "postgres" / "data").stat().st_mode & 0o077 == 0
    assert clone.end(signal.SIGTERM) == 0
    assert gone_within(15, clone.var)

    clone.serve()
    assert not clone.said("正在下载并安装依赖")
    assert not clone.said("演示账户")
    assert wait_for(lambda: get(clone, SIGN_IN)[0] == 200, 10)
    assert clone.end(signal.SIGINT) == 0
    assert gone_within(15, clone.var)
