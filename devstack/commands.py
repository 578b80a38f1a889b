"""What `./portal …` can do. Starts on the system's Python, goes on in the environment's."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from devstack.bootstrap import DEVELOPMENT, ROOT, RUNTIME, virtual_environment
from devstack.console import Refusal

USAGE = """学会党建工作平台

  ./portal serve [--empty]      启动平台（首次启动会自动安装；--empty 不载入演示数据）
  ./portal test [--all] [...]   运行测试（--all 包括耗时的测试；其余参数交给 pytest）
  ./portal manage ...           在同一套服务上运行 Django 管理命令
  ./portal bench night [--societies 210,2100]
                                在临时数据库上测量夜间计算，结果以 JSON 输出
  ./portal reset [--yes]        清空内置数据库和运行数据，重新开始
  ./portal setup                只安装依赖（包括测试和检查所需的）

环境变量：PORT（默认 8000）、HOST（默认 127.0.0.1）、VAR_DIR（默认 ./var）、
          PORTAL_VENV（默认 ./.venv）、DATABASE_URL、REDIS_URL、PORTAL_ENV"""


def main(argv: list[str]) -> NoReturn:
    """Run one command; its exit status becomes ours."""
    command, arguments = (argv[0], argv[1:]) if argv else ("help", [])
    try:
        sys.exit(run(command, arguments))
    except KeyboardInterrupt:
        sys.exit("已中断。")


def run(command: str, arguments: list[str]) -> int:
    if command in ("help", "-h", "--help"):
        print(USAGE)
        return 0
    if command == "reset":
        from devstack.reset import reset

        return reset(arguments)
    if command == "setup":
        virtual_environment().ensure(DEVELOPMENT)
        return 0
    if command == "test":
        test(arguments)
    if command not in ("serve", "manage", "bench"):
        raise Refusal(f"没有 {command} 这个命令；运行 ./portal help 查看用法。")
    enter_virtual_environment()
    if command == "manage":
        from devstack.manage import manage

        return manage(arguments)
    if command == "bench":
        from devstack.bench import bench

        return bench(arguments)
    from devstack.stack import serve

    return serve(arguments)


def enter_virtual_environment() -> None:
    """Go on as the same command on the environment's Python, unless we are there already."""
    environment = virtual_environment()
    environment.ensure(RUNTIME)
    if Path(sys.prefix).resolve() != environment.folder.resolve():
        python = str(environment.python)
        os.execv(python, [python, str(ROOT / "portal"), *sys.argv[1:]])  # noqa: S606


def test(arguments: list[str]) -> NoReturn:
    environment = virtual_environment()
    environment.ensure(DEVELOPMENT)
    os.chdir(ROOT)
    python = str(environment.python)
    # Tests that start whole stacks are one group: they stay on one worker, one after the other.
    parallel = ("-n", "2", "--dist", "loadgroup")
    os.execv(python, [python, "-m", "pytest", *parallel, *arguments])  # noqa: S606
