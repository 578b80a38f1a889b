"""Child processes that cannot outlive this one, even when it is killed by SIGKILL (Linux)."""

# ctypes is loaded before any fork: a child that dropped root may be unable to read it.
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from devstack.console import Refusal

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Account:
    """The ordinary account PostgreSQL runs under when we are root: its binaries refuse root."""

    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account | None:
    """The account for PostgreSQL, or None when we are an ordinary user already.

    Raises Refusal if we are root and no suitable account exists.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Refusal(
        "PostgreSQL 不能以 root 身份运行，而系统里没有 postgres 或 nobody 账户；"
        "请新建其中一个，或改用普通账户运行。"
    )


def die_with_parent(number: int, parent: int | None = None) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `number` to the child when its parent (we) is gone.

    The tie is to the thread that forks, so children are started from the main thread only.
    """
    parent = parent or os.getpid()

    def tie() -> None:
        if LIBC is None:
            return
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # we died between the fork and the call above
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def spawn(
    command: Command,
    *,
    log: IO[bytes] | int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
    death_signal: int = signal.SIGTERM,
    account: Account | None = None,
    own_session: bool = True,
    stdin: int | None = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    """Start a child that dies with us. In its own session a Ctrl-C reaches only us."""
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; `tie` calls nothing that could wait.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=log,
            stderr=log,
            env=env,
            cwd=cwd,
            start_new_session=own_session,
            preexec_fn=die_with_parent(death_signal),
            **(account.popen_options() if account else {}),
        )


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL whatever is left of the session a child was given, the child included."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # PermissionError: macOS answers so for a group of zombies.
        pass
    process.wait()


def tail(path: Path) -> str:
    """The last line of a log that says something, for a message to the person at the terminal."""
    lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")
