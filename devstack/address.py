"""Where the web server listens: HOST and PORT, and the names a browser may use for it."""

import errno
import http.client
import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

from devstack.console import Refusal

LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]


@dataclass(frozen=True)
class Address:
    """A checked pair of host and port."""

    host: str
    port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Address":
        """Raises Refusal if PORT is no port number."""
        port = environment.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Refusal(f"PORT={port} 不是有效的端口号（1–65535）。")
        return cls(environment.get("HOST") or "127.0.0.1", int(port))

    @property
    def everywhere(self) -> bool:
        return self.host in ("0.0.0.0", "::")  # noqa: S104

    @property
    def bind(self) -> str:
        return f"{bracketed(self.host)}:{self.port}"

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        return f"http://{bracketed(self._near())}:{self.port}/"

    def check_free(self, patience: float) -> None:
        """Raises Refusal if the port is taken (for `patience` seconds) or the host is not ours."""
        deadline = time.monotonic() + patience
        while reason := self._why_not():
            if reason.errno != errno.EADDRINUSE:
                raise Refusal(f"不能在 HOST={self.host} 上监听：{reason.strerror}。")
            if time.monotonic() > deadline:
                raise Refusal(f"端口 {self.port} 已被占用；请用 PORT 指定另一个，例如 PORT=8001。")
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether the portal's health page answers."""
        connection = http.client.HTTPConnection(self._near(), self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def allowed_hosts(self, given: str) -> str:
        """Django's ALLOWED_HOSTS: what is configured and the name we listen on."""
        names = given.split(",") if given else list(LOOPBACK_NAMES)
        if self.everywhere and not given:
            names += own_names()
        elif not self.everywhere and bracketed(self.host) not in names:
            names.append(bracketed(self.host))
        return ",".join(names)

    def _near(self) -> str:
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    def _why_not(self) -> OSError | None:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            family, kind, protocol, _, place = found[0]
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(place)
        except OSError as error:
            return error
        return None


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def own_names() -> list[str]:
    """This machine's name and its addresses, as far as it knows them."""
    name = socket.gethostname()
    names = {name, socket.getfqdn()}
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        names.add(bracketed(str(address)))
    return sorted(names)
