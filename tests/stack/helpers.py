"""What several tests of the stack need."""

import os
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What this test run put into the environment for itself and a fresh shell would not have.
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "PORT", "HOST")


def fresh_environment(**changes: str) -> dict[str, str]:
    """The environment of a shell in which no test runs."""
    foreign = ("PYTEST_", "PORTAL_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign) and k not in OURS}
    return kept | changes


def processes_naming(path: Path) -> list[int]:
    """Processes whose command line or working folder names `path`; PostgreSQL works in its data."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "cmdline").read_bytes() + os.fsencode(os.readlink(entry / "cwd"))
        except OSError:
            continue
        if os.fsencode(path) in text and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def gone_within(seconds: float, path: Path) -> bool:
    deadline = time.monotonic() + seconds
    while processes_naming(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
