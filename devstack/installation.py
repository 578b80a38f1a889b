"""Where one installation keeps what it writes, and who may use it at the moment.

Standard library only: `reset` works without the virtual environment.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from devstack.bootstrap import ROOT
from devstack.console import Refusal

ROOT_CLUSTERS = Path("/var/lib")  # not a temporary folder, which the system sweeps
WAIT_FOR_STATE = 120
DEMONSTRATION, EMPTY = "demonstration", "empty"


class Installation:
    """The folder `VAR_DIR` (default ./var) and, for root, a cluster folder under /var/lib."""

    # What the portal itself puts into VAR_DIR; `reset` removes these and nothing else.
    # The lock comes last: until then no other command can start.
    OWN = (
        "postgres",
        "valkey",
        "static",
        "log",
        "beat*",
        "env",
        "secret_key",
        "kind",
        "users",
        "lock",
    )

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.var = Path(environment.get("VAR_DIR") or ROOT / "var").absolute()
        self.production = environment.get("PORTAL_ENV") == "production"
        self.given = {
            name: environment[name]
            for name in ("DATABASE_URL", "REDIS_URL")
            if environment.get(name)
        }
        self.log = self.var / "log"
        self.state = self.var / "env"
        self.unclean = False  # whether the last owner was killed; known after take()
        self._lock: IO[str] | None = None
        self._users: IO[str] | None = None

    @property
    def cluster(self) -> Path:
        """PostgreSQL refuses root, so root's cluster lies where another account can reach it."""
        if os.geteuid() != 0:
            return self.var / "postgres"
        name = hashlib.sha256(str(self.var.resolve()).encode()).hexdigest()[:10]
        return ROOT_CLUSTERS / f"portal-{name}"

    def prepare(self) -> None:
        """Make the folders. Raises Refusal if they cannot be written."""
        try:
            self.log.mkdir(parents=True, exist_ok=True)
            (self.log / ".writable").touch()
            (self.log / ".writable").unlink()
        except OSError as error:
            raise Refusal(
                f"无法写入 {self.var}：{error.strerror}；请检查目录权限，或用 VAR_DIR 指定别处。"
            ) from error

    def prepare_cluster(self) -> None:
        """Make the cluster's folder; root's must be passable for PostgreSQL's account."""
        try:
            self.cluster.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                if self.cluster.is_symlink() or self.cluster.stat().st_uid != 0:
                    raise Refusal(f"{self.cluster} 不属于 root，出于安全考虑不予使用。")
                self.cluster.chmod(0o755)
        except OSError as error:
            raise Refusal(f"无法写入 {self.cluster}:{error.strerror}。") from error

    def refuse_embedded_in_production(self) -> None:
        if self.production and len(self.given) < 2:
            raise Refusal(
                "PORTAL_ENV=production 不使用内置的 PostgreSQL 和 Valkey;"
                "请设置 DATABASE_URL 和 REDIS_URL。"
            )

    def take(self) -> bool:
        """Become the one process that runs servers here; False if another one is."""
        lock = (self.var / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        self.unclean = self.state.exists()
        self.state.unlink(missing_ok=True)
        return True

    def publish(self, urls: Mapping[str, str]) -> None:
        """Tell other commands where the servers are. The file is ours alone (0600)."""
        fresh = self.state.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("".join(f"{name}={url}\n" for name, url in urls.items()))
        fresh.replace(self.state)

    def join(self) -> dict[str, str]:
        """The URLs published by the running process, which will not stop before we are done.

        Raises Refusal if it publishes none within two minutes.
        """
        self._users = (self.var / "users").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        deadline = time.monotonic() + WAIT_FOR_STATE
        while not self.state.exists():
            if time.monotonic() > deadline:
                raise Refusal(f"另一个命令正在使用 {self.var}，但没有启动完成，请稍后再试。")
            time.sleep(0.2)
        lines = self.state.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def wait_for_users(self) -> None:
        """Return when no other command uses our servers any more."""
        with (self.var / "users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)

    def release(self) -> None:
        if self._lock is not None:
            self.state.unlink(missing_ok=True)
        for handle in (self._lock, self._users):
            if handle is not None:
                handle.close()
        self._lock = self._users = None

    def secret_key(self) -> str:
        """The key this installation signs its sessions with; made once, readable by us only."""
        path = self.var / "secret_key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            fresh.replace(path)
        return path.read_text()

    def kind(self) -> str | None:
        """What the first start made of this installation; None before its end."""
        path = self.var / "kind"
        return path.read_text() if path.exists() else None

    def remember_kind(self, kind: str) -> None:
        """An installation started empty stays so: invented people never enter it later."""
        (self.var / "kind").write_text(kind)

    def erase(self) -> None:
        """Remove everything the portal keeps here."""
        if os.geteuid() == 0:
            shutil.rmtree(self.cluster, ignore_errors=True)
        for pattern in self.OWN:
            for path in self.var.glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
