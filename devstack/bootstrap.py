"""The virtual environment: made from the hashed lock, checked in milliseconds, healed by itself.

Standard library only: this runs before anything is installed. A stamp beside the packages names
the lock and the Python they were installed for; a mark left over tells of a killed installation.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from devstack.console import Refusal, say
from devstack.processes import spawn

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.txt"
# Each lock, and the locks it contains.
CONTAINS = {RUNTIME: (RUNTIME,), "requirements-dev.txt": ("requirements-dev.txt", RUNTIME)}
DEVELOPMENT = "requirements-dev.txt"


class VirtualEnvironment:
    """The folder with the interpreter and the packages everything runs on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.log = folder / "setup.log"
        self._mark = folder / ".installing"

    def ensure(self, lock: str) -> None:
        """Have every package of `lock` installed. Raises Refusal with one line if that fails."""
        if self._has(lock):
            return
        try:
            with self._alone():
                if not self._has(lock):  # another command may have installed it while we waited
                    self._install(lock)
        except OSError as error:
            raise Refusal(
                f"无法写入 {self.folder}:{error.strerror};"
                "请检查目录权限，或用 PORTAL_VENV 指定别处。"
            ) from error

    def _has(self, lock: str) -> bool:
        if self._mark.exists() or not self.python.exists():
            return False
        stamp = self._stamp(lock)
        return stamp.exists() and stamp.read_text() == wanted_stamp(lock)

    def _stamp(self, lock: str) -> Path:
        return self.folder / f".stamp-{lock}"

    @contextmanager
    def _alone(self) -> Generator[None, None, None]:
        """One installation at a time. `venv --clear` empties the folder but keeps it, locked."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("另一个命令正在准备运行环境，等待其完成……")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _install(self, lock: str) -> None:
        interrupted = self._mark.exists()
        self._mark.touch()
        if interrupted or not self._same_python():
            self._create()
        say(f"正在下载并安装依赖（{lock}），需要联网，通常不超过一分钟……")
        code = self._pip(
            "install", "--quiet", "--require-hashes", "--only-binary=:all:", "-r", ROOT / lock
        )
        if code > 0:
            self._mark.unlink()  # pip ended by itself and has rolled back
        if code:
            raise Refusal(
                f"依赖下载或安装失败：{self._complaint()}。"
                f"请检查网络或 pip 镜像设置后重试（详情见 {self.log}）。"
            )
        for contained in CONTAINS[lock]:
            self._stamp(contained).write_text(wanted_stamp(contained))
        self._mark.unlink()

    def _same_python(self) -> bool:
        """Whether the folder holds a working interpreter of our version, with pip."""
        code = "import sys, pip; print(sys.version_info[:2])"
        try:
            done = subprocess.run([self.python, "-c", code], capture_output=True, text=True)
        except OSError:
            return False
        return done.stdout.strip() == str(sys.version_info[:2])

    def _create(self) -> None:
        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            raise Refusal(
                "当前 Python 缺少 venv 模块；"
                "Debian/Ubuntu 上请先运行 apt-get install python3-venv。"
            )
        say(f"正在建立运行环境 {self.folder} ……")
        python = getattr(sys, "_base_executable", sys.executable)  # never the one being cleared
        if self._logged([python, "-m", "venv", "--clear", self.folder]):
            raise Refusal(f"无法建立运行环境：{self._complaint()}（详情见 {self.log}）。")
        self._mark.touch()

    def _pip(self, *arguments: str | Path) -> int:
        options = ("--disable-pip-version-check", "--no-input")
        return self._logged([self.python, "-m", "pip", *options, *arguments])

    def _logged(self, command: list[str | Path]) -> int:
        """Run a step that ends when we do; what it prints replaces the set-up log."""
        process = spawn(command, log=subprocess.PIPE, cwd=ROOT, own_session=False)
        output = process.communicate()
        self.log.write_bytes(b"".join(output))
        return process.returncode

    def _complaint(self) -> str:
        """The line of the log that says what went wrong."""
        lines = [line.strip() for line in self.log.read_text("utf-8", "replace").splitlines()]
        errors = [line for line in lines if line.startswith("ERROR:")]
        return next(iter(errors or [line for line in reversed(lines) if line]), "没有输出")


def wanted_stamp(lock: str) -> str:
    """What is installed depends on the lock and on the Python it was installed for."""
    return hashlib.sha256((ROOT / lock).read_bytes() + sys.version.encode()).hexdigest()


def virtual_environment() -> VirtualEnvironment:
    """The one `PORTAL_VENV` names, else `.venv` in the project."""
    return VirtualEnvironment(Path(os.environ.get("PORTAL_VENV", ROOT / ".venv")).absolute())
