"""`./portal reset`: back to the state before the first start, after asking."""

import os

from devstack.console import Refusal, say
from devstack.installation import Installation


def reset(arguments: list[str]) -> int:
    """Remove the embedded data and everything else the portal wrote.

    Raises Refusal if a portal runs here or the arguments are unknown.
    """
    if arguments not in ([], ["--yes"]):
        raise Refusal("用法：./portal reset [--yes]")
    installation = Installation(os.environ)
    if not installation.var.exists() and not installation.cluster.exists():
        say("没有需要清除的数据。")
        return 0
    installation.prepare()
    if not installation.take():
        raise Refusal(f"另一个 portal 正在使用 {installation.var}，请先停止它。")
    try:
        if not arguments and not confirmed(installation):
            say("已取消，数据保持不变。")
            return 1
        installation.erase()
    finally:
        installation.release()
    say("已清除。下次 ./portal serve 将重新开始。")
    return 0


def confirmed(installation: Installation) -> bool:
    say(f"将删除内置数据库和全部运行数据（{installation.var}），不能恢复。")
    if installation.given:
        say(f"{'、'.join(installation.given)} 指定的外部服务不受影响。")
    try:
        answer = input("确定删除请输入 yes:")
    except EOFError:
        return False
    return answer.strip() == "yes"
