"""`./portal serve`: the supervisor of the whole portal on one machine.

PostgreSQL → Valkey → migrations and static files → demonstration data (first start) → web, worker
and beat → first page → the rest of the demonstration data in the background. It stops in the
reverse order. Children live in sessions of their own, so a Ctrl-C reaches only the supervisor, and
are tied to it by the kernel, so even its SIGKILL ends them.
"""

import os
import signal
import sys
import time
from types import FrameType
from typing import NoReturn

from devstack.address import Address
from devstack.bootstrap import ROOT
from devstack.children import Child, Keeper, run_step
from devstack.console import Refusal, say
from devstack.embedded import Embedded, announce_ready, child_environment
from devstack.installation import DEMONSTRATION, EMPTY, Installation
from devstack.processes import spawn, tail

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_PAGE_SECONDS = 120
STOP_SECONDS = 15


class Stop(BaseException):
    """A signal asked us to end."""


def serve(arguments: list[str]) -> int:
    """Run the portal until a signal ends it. Raises Refusal if it cannot start."""
    if arguments not in ([], ["--empty"]):
        raise Refusal("用法：./portal serve [--empty]")
    installation = Installation(os.environ)
    installation.refuse_embedded_in_production()
    address = Address.from_environment(os.environ)
    installation.prepare()
    if not installation.take():
        raise Refusal(f"平台已在运行：另一个 portal 正在使用 {installation.var}。")
    if arguments and installation.kind() == DEMONSTRATION:
        raise Refusal(
            "此安装已载入演示数据；要空库请先运行 ./portal reset，再运行 ./portal serve --empty。"
        )
    address.check_free(patience=15 if installation.unclean else 0)
    catch_signals()
    supervisor = Supervisor(installation, address, with_data=not arguments)
    try:
        supervisor.run()
    except Stop:
        say("正在停止……")
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
    say("已停止。数据已保留，再次运行 ./portal serve 即可继续。")
    return 0


def catch_signals() -> None:
    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise Stop

    for number in STOP_SIGNALS:
        # Under nohup SIGHUP stays ignored; SIGINT is caught although a script's `&` ignores it.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)


class Supervisor:
    """Everything `serve` has started."""

    def __init__(self, installation: Installation, address: Address, *, with_data: bool) -> None:
        self.installation, self.address = installation, address
        self.with_data = with_data and not installation.production
        self.embedded = Embedded(installation)
        self.children: list[Child] = []
        self.env: dict[str, str] = {}

    def run(self) -> NoReturn:
        say("正在启动学会党建工作平台……")
        urls = self.embedded.start(announce_ready)
        self.env = child_environment(self.installation, urls)
        given = self.env.get("ALLOWED_HOSTS", "")
        self.env["ALLOWED_HOSTS"] = self.address.allowed_hosts(given)
        self.prepare_data()
        self.installation.publish(urls)
        keepers = [Keeper(server) for server in self.embedded.servers]
        keepers += [Keeper(self.launch(child)) for child in self.permanent_children()]
        self.wait_for_first_page()
        self.welcome()
        filling = self.launch(self.filling()) if self.with_data else None
        while True:
            time.sleep(0.5)
            for keeper in keepers:
                keeper.check()
            if filling is not None and not filling.running:
                self.children.remove(filling)
                report_filling(filling)
                filling = None

    def stop(self) -> None:
        """The children first, all at once and for at most 15 s, then the servers they use."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            child.stop(deadline - time.monotonic())
        self.embedded.stop()
        self.installation.release()

    def launch(self, child: Child) -> Child:
        self.children.append(child)
        child.start()
        return child

    def prepare_data(self) -> None:
        """Bring tables and static files up to date; fill a new database so far that pages show."""
        say("正在更新数据表和静态文件……")
        self.step("数据库升级", "migrate", "--noinput", "-v", "0")
        self.step("授权补全", "complete_grants")
        self.step("静态文件整理", "collectstatic", "--noinput", "-v", "0")
        kind = self.installation.kind()
        if kind is None:
            if self.with_data:
                say("首次启动，正在准备演示数据……")
                self.step("演示数据准备", "demo", "--prepare")
            self.installation.remember_kind(DEMONSTRATION if self.with_data else EMPTY)
        elif kind == EMPTY:
            self.with_data = False

    def step(self, label: str, *command: str) -> None:
        log = self.installation.log / "prepare.log"
        run_step(label, self.manage(*command), self.env, log)

    def manage(self, *command: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *command]

    def permanent_children(self) -> list[Child]:
        python, var, log = sys.executable, self.installation.var, self.installation.log
        web = [
            python, "-m", "gunicorn", "config.wsgi", "-b", self.address.bind, "-k", "gthread",
            "-w", "2", "--threads", "4", "--graceful-timeout", "10", "--no-control-socket",
        ]  # fmt: skip
        worker = [
            python, "-m", "devstack.worker", "-A", "config", "worker", "-l", "INFO", "-c", "2",
            "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        schedule = str(var / "beat")
        beat = [
            python, "-m", "celery", "-A", "config", "beat", "-l", "INFO",
            "--pidfile=", "-s", schedule,
        ]  # fmt: skip
        return [
            Child("网页服务", web, self.env, log / "web.log"),
            Child("后台任务", worker, self.env, log / "worker.log", death_signal=signal.SIGKILL),
            Child("定时任务", beat, self.env, log / "beat.log"),
        ]

    def wait_for_first_page(self) -> None:
        """Raises Refusal if the web server ends or does not answer within two minutes."""
        web = self.children[0]
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while not self.address.answers():
            if not web.running or time.monotonic() > deadline:
                raise Refusal(f"网页服务未能启动：{tail(web.log)}（日志 {web.log}）")
            time.sleep(0.1)

    def welcome(self) -> None:
        say(f"\n平台已启动：{self.address.url}（按 Ctrl-C 停止）")
        if self.with_data:
            say("\n演示账户：")
            spawn(self.manage("demo_accounts"), env=self.env, cwd=ROOT).wait()
        else:
            say("没有演示数据；建立机构、账户和任职：./portal manage federation、account、appoint")

    def filling(self) -> Child:
        """The demonstration's history: goes on where it was, ends at once when all is there."""
        log = self.installation.log / "demo.log"
        return Child("演示数据", self.manage("demo", "--fill"), self.env, log)


def report_filling(filling: Child) -> None:
    if filling.wait() == 0:
        say("演示数据已全部生成。")
    else:
        say(f"演示数据未能全部生成，下次启动时继续（日志 {filling.log}）")
