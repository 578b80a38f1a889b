"""The whole portal as a person starts and stops it."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stack.helpers import ROOT, get, gone_within, wait_for

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.slow]


def test_starts_again_with_its_data_and_leaves_nothing_however_it_ends(portal):
    """Four ends in a row, SIGKILL among them; the signing key and the rows stay."""
    count = "from django.contrib.contenttypes.models import ContentType as C; "
    portal.serve("--empty")
    added = count + "C.objects.create(app_label='kept', model='kept')"
    assert portal.run("manage", "shell", "-v0", "-c", added).returncode == 0
    key = (portal.var / "secret_key").read_text()
    for number, status in (
        (signal.SIGINT, 0),
        (signal.SIGTERM, 0),
        (signal.SIGKILL, -signal.SIGKILL),
        (signal.SIGHUP, 0),
    ):
        if portal.process.poll() is not None:
            portal.serve()
        assert get(portal) == (200, b"ok")
        assert len(portal.processes()) > 10
        assert portal.end(number) == status, portal.output.read_text()
        assert gone_within(15, portal.var, portal.cluster), signal.Signals(number)
    assert (portal.var / "secret_key").read_text() == key
    kept = count + "print(C.objects.filter(app_label='kept').count())"
    assert portal.run("manage", "shell", "-v0", "-c", kept).stdout == "1\n"
    assert gone_within(15, portal.var, portal.cluster)


@pytest.mark.parametrize(
    "words", [("devstack.worker",), ("gunicorn",), ("beat",), ("postgres",), ("valkey-server",)]
)
def test_killed_child_comes_back(running, words):
    first = running.process_running(*words)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: running.process_running(*words) not in (None, first), 40)
    assert wait_for(lambda: get(running) == (200, b"ok"), 40)


def test_manage_uses_the_running_services(running):
    code = "from django.conf import settings; print(settings.DATABASES['default']['HOST'])"
    published = (running.var / "env").read_text()
    done = running.run("manage", "shell", "-v0", "-c", code)
    assert done.stdout.strip() in published
    assert done.stdout.strip().startswith("/")


def test_second_copy_leaves_the_first_alone(running):
    done = running.run("serve")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert get(running) == (200, b"ok")


def test_reset_asks(portal):
    """Anything but yes keeps the data."""
    portal.run("manage", "migrate", "-v0")
    assert (portal.cluster / "data" / "PG_VERSION").exists()
    for answer in ("", "no\n", "y\n"):
        assert portal.run("reset", stdin=answer).returncode == 1
    assert (portal.cluster / "data" / "PG_VERSION").exists()
    assert portal.run("reset", stdin="yes\n").returncode == 0
    assert not portal.cluster.exists()
    assert list(portal.var.iterdir()) == []


def test_manage_hands_back_the_exit_status(portal):
    assert portal.run("manage", "no_such_command").returncode == 1
    assert portal.processes() == []


def test_two_commands_share_one_set_of_servers(portal):
    """The first command's servers stay until the second is done with them."""
    portal.run("manage", "migrate", "-v0")
    marks = [portal.var / "first", portal.var / "second"]
    wait = "import pathlib, time\npathlib.Path({!r}).touch(); time.sleep({})\n"
    query = (
        "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.count())"
    )
    with ThreadPoolExecutor() as both:
        code = wait.format(str(marks[0]), 3) + query
        first = both.submit(portal.run, "manage", "shell", "-v0", "-c", code)
        assert wait_for(marks[0].exists, 20)
        code = wait.format(str(marks[1]), 6) + query
        second = both.submit(portal.run, "manage", "shell", "-v0", "-c", code)
        assert int(first.result().stdout) == int(second.result().stdout) > 0
    assert marks[1].exists()
    assert portal.processes() == []


def test_sigterm_of_a_command_stops_its_servers(portal):
    mark = portal.var / "running"
    code = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(60)"
    command = [*portal.command, "manage", "shell", "-v0", "-c", code]
    portal.process = subprocess.Popen(command, env=portal.env, stderr=subprocess.DEVNULL)
    assert wait_for(mark.exists, 30)
    assert portal.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert portal.processes() == []


@pytest.mark.skipif(
    not list(ROOT.glob("*/management/commands/demo_accounts.py")),
    reason="this tree has no demonstration",
)
def test_demonstration_is_prepared_once_and_goes_on_after_a_kill(portal):
    portal.serve()
    assert portal.said("首次启动")
    assert wait_for(lambda: portal.said("演示账户"), 20)
    assert wait_for(lambda: portal.process_running("demo", "--fill"), 30)
    portal.end(signal.SIGKILL)
    assert gone_within(15, portal.var, portal.cluster)

    portal.serve()
    assert not portal.said("首次启动")
    assert wait_for(
        lambda: portal.process_running("demo", "--fill") or portal.said("演示数据已全部生成"), 30
    )
    assert portal.end(signal.SIGTERM) == 0
    assert gone_within(15, portal.var, portal.cluster)
