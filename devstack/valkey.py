"""The embedded Valkey (a Redis server): a private socket, no port."""

import signal
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from devstack.binaries import valkey_server
from devstack.console import Refusal
from devstack.processes import spawn, tail

START_SECONDS = 30
KEEP = ("--save", "60 1")
FORGET = ("--save", "")


class Valkey:
    """One server: its dump in `base`, its socket in `sockets`, its messages in `log`."""

    label = "Valkey"

    def __init__(self, base: Path, sockets: Path, log: Path, *, throw_away: bool = False) -> None:
        self.base, self.socket, self.log = base, sockets / "valkey.sock", log
        self.persistence = FORGET if throw_away else KEEP
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Return when commands are answered. Raises Refusal with the reason if they are not."""
        self.base.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = spawn(
                [
                    valkey_server(), "--port", "0", "--unixsocket", self.socket,
                    "--unixsocketperm", "700", "--dir", self.base, *self.persistence,
                    "--appendonly", "no", "--daemonize", "no", "--maxmemory", "256mb",
                ],
                log=log,
            )  # fmt: skip
        self._wait_until_ready(self.process)

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Refusal(f"Valkey 未能启动：{tail(self.log)}（日志 {self.log}）")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the server takes commands now (it does not while it loads its dump)."""
        # The client's own retries would make every "no" last for seconds.
        once = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self.socket), retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
