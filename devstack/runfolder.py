"""Short-lived folders for sockets and throw-away clusters, which heal after a SIGKILL.

A socket's path may have 107 bytes at most, so these lie directly under /tmp. The owner holds a lock
on the folder itself: systemd-tmpfiles leaves locked folders alone, and a folder without a lock is
known to be a leftover.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path


class RunFolder:
    """A folder of this process that others may pass through; what is private is 0700 inside."""

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=_parent()))
        self.path.chmod(0o755)
        self._lock = _lock(self.path)

    def private(self, name: str) -> Path:
        """A folder inside, closed to everyone else."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep(prefix: str) -> None:
    """Remove our leftover folders: those of this user which no process holds."""
    for path in _parent().glob(f"{prefix}*"):
        try:
            if path.is_symlink() or path.stat().st_uid != os.geteuid():
                continue
            lock = _lock(path)
        except OSError:
            continue  # removed by its owner meanwhile
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _parent() -> Path:
    return Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())  # noqa: S108


def _lock(path: Path) -> int | None:
    """An open descriptor that holds the folder's lock, or None if another process does."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
