"""What cannot work ends with one clear line and no traceback."""

import ast
import fcntl
import os
import socket
import subprocess
import sys

import pytest

from devstack import bootstrap
from devstack.bootstrap import RUNTIME, VirtualEnvironment
from devstack.console import Refusal
from tests.stack.helpers import ROOT

pytestmark = pytest.mark.xdist_group("stack")


def refusal(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a refused command."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_port_in_use(portal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", portal.port))
        taken.listen()
        assert f"端口 {portal.port} 已被占用" in refusal(portal.run("serve"))
    assert portal.processes() == []


def test_second_copy(portal):
    portal.var.mkdir()
    with (portal.var / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "平台已在运行" in refusal(portal.run("serve"))


def test_reset_of_a_running_portal(portal):
    portal.var.mkdir()
    with (portal.var / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "请先停止" in refusal(portal.run("reset", "--yes"))


def test_read_only_folder(portal, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    # Nothing is closed to root but what the kernel itself keeps.
    folder = "/sys/portal" if os.geteuid() == 0 else str(closed / "var")
    for command in (("serve",), ("manage", "check")):
        assert f"无法写入 {folder}" in refusal(portal.run(*command, VAR_DIR=folder))


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1"])
def test_impossible_port(portal, port):
    assert f"PORT={port}" in refusal(portal.run("serve", PORT=port))


def test_foreign_host(portal):
    assert "HOST=192.0.2.1" in refusal(portal.run("serve", HOST="192.0.2.1"))


@pytest.mark.parametrize("command", ["serve", "manage"])
def test_production_takes_no_embedded_servers(portal, command):
    line = refusal(portal.run(command, PORTAL_ENV="production"))
    assert "DATABASE_URL" in line
    assert "REDIS_URL" in line


def test_unknown_command(portal):
    assert "没有 start 这个命令" in refusal(portal.run("start"))
    assert "--empty" in refusal(portal.run("serve", "--emtpy"))


def test_demonstration_is_not_turned_into_an_empty_portal(portal):
    portal.var.mkdir()
    (portal.var / "kind").write_text("demonstration")
    assert "./portal reset" in refusal(portal.run("serve", "--empty"))


def test_old_python():
    """The entry file parses on the oldest grammar that `ast` knows and then says what is needed."""
    ast.parse((ROOT / "portal").read_text(), feature_version=(3, 4))
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 12); sys.version = '3.10.12 (main)';"
        "runpy.run_path('portal', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "需要 Python 3.11 或更高版本，当前是 3.10.12" in refusal(done)


def test_failed_download(portal, tmp_path):
    unreachable = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "PORTAL_VENV": str(tmp_path / "venv"),
    }
    line = refusal(portal.run("serve", **unreachable))
    assert "依赖下载或安装失败：ERROR" in line
    assert str(tmp_path / "venv" / "setup.log") in line


def test_environment_in_a_read_only_folder(portal):
    assert "PORTAL_VENV" in refusal(portal.run("manage", "check", PORTAL_VENV="/sys/venv"))


def test_python_without_venv(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="apt-get install python3-venv"):
        VirtualEnvironment(tmp_path).ensure(RUNTIME)
