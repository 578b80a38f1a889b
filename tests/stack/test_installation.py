"""Folders, addresses and restarts, without a running portal."""

import stat

import pytest

from devstack import children
from devstack.address import Address, own_names
from devstack.children import Child, Keeper, run_step
from devstack.console import Refusal
from devstack.embedded import child_environment
from devstack.installation import Installation
from tests.stack.helpers import free_port, wait_for


@pytest.fixture
def installation(tmp_path):
    installation = Installation({"VAR_DIR": str(tmp_path / "var")})
    installation.prepare()
    yield installation
    installation.release()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_signing_key_is_made_once_and_private(installation):
    key = installation.secret_key()
    assert len(key) >= 50
    assert installation.secret_key() == key
    assert mode(installation.var / "secret_key") == 0o600


def test_children_get_servers_key_and_absolute_folder(installation, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    env = child_environment(installation, {"DATABASE_URL": "postgres://x"})
    assert env["DATABASE_URL"] == "postgres://x"
    assert env["SECRET_KEY"] == installation.secret_key()
    assert env["VAR_DIR"] == str(installation.var)


def test_given_key_is_kept(installation, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    assert child_environment(installation, {})["SECRET_KEY"] == "given"


def test_one_owner_and_private_state(installation):
    second = Installation({"VAR_DIR": str(installation.var)})
    assert installation.take()
    assert not second.take()
    installation.publish({"DATABASE_URL": "postgres://portal@//a/b", "REDIS_URL": "unix:///c"})
    assert mode(installation.state) == 0o600
    assert second.join() == {"DATABASE_URL": "postgres://portal@//a/b", "REDIS_URL": "unix:///c"}
    second.release()
    assert installation.state.exists()
    installation.release()
    assert not installation.state.exists()
    assert second.take()
    assert not second.unclean
    second.release()


def test_killed_owner_is_noticed(installation):
    installation.state.write_text("DATABASE_URL=postgres://gone\n")
    assert installation.take()
    assert installation.unclean
    assert not installation.state.exists()


def test_erase_spares_what_is_not_ours(installation):
    installation.secret_key()
    (installation.var / "beat-schedule").touch()
    (installation.var / "letter.docx").touch()
    installation.erase()
    assert [path.name for path in installation.var.iterdir()] == ["letter.docx"]


@pytest.mark.parametrize(
    ("host", "url", "hosts"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/", "127.0.0.1,localhost,[::1]"),
        ("::1", "http://[::1]:8000/", "127.0.0.1,localhost,[::1]"),
        ("10.0.0.5", "http://10.0.0.5:8000/", "127.0.0.1,localhost,[::1],10.0.0.5"),
    ],
)
def test_address(host, url, hosts):
    address = Address.from_environment({"HOST": host})
    assert (address.url, address.allowed_hosts("")) == (url, hosts)


def test_configured_hosts_are_kept():
    assert Address("10.0.0.5", 80).allowed_hosts("portal.example") == "portal.example,10.0.0.5"
    assert Address("::", 80).allowed_hosts("portal.example") == "portal.example"


def test_listening_everywhere_allows_the_machines_names():
    allowed = Address("::", 8000).allowed_hosts("").split(",")
    assert set(own_names()) <= set(allowed)
    assert "*" not in allowed


def test_nobody_answers_on_a_free_port():
    assert not Address("127.0.0.1", free_port()).answers()


def test_failed_step_quotes_its_last_line(tmp_path):
    log = tmp_path / "step.log"
    with pytest.raises(Refusal, match="数据库升级失败：no such table"):
        run_step("数据库升级", ["sh", "-c", "echo no such table; exit 3"], {}, log)
    assert log.read_text() == "no such table\n"


def test_long_log_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "LOG_LIMIT", 3)
    log = tmp_path / "step.log"
    log.write_text("long")
    run_step("x", ["echo", "new"], {"PATH": "/usr/bin:/bin"}, log)
    assert (log.read_text(), (tmp_path / "step.log.1").read_text()) == ("new\n", "long")


def test_keeper_restarts_ever_more_patiently(tmp_path, monkeypatch, capsys):
    clock = [1000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: clock[0])
    log = tmp_path / "log"
    child = Child("网页服务", ["sh", "-c", "echo started"], {"PATH": "/usr/bin:/bin"}, log)
    child.start()
    keeper = Keeper(child)
    for _ in range(4):
        child.wait()
        keeper.check()  # notes the end
        keeper.check()  # too early
        clock[0] += 30
        keeper.check()  # starts again
    child.wait()
    assert log.read_text() == "started\n" * 5
    pauses = [line.split("，")[1] for line in capsys.readouterr().out.splitlines()]
    assert pauses == [f"{n} 秒后重新启动（日志 {log}）" for n in (1, 2, 4, 8)]
    child.stop(0)


def test_keeper_forgives_after_a_stable_minute(tmp_path, monkeypatch, capsys):
    clock = [1000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: clock[0])
    child = Child("x", ["true"], {"PATH": "/usr/bin:/bin"}, tmp_path / "log")
    child.start()
    keeper = Keeper(child)
    for _ in range(3):
        child.wait()
        clock[0] += 61
        keeper.check()
        clock[0] += 30
        keeper.check()
    assert capsys.readouterr().out.count("，1 秒后") == 3
    child.stop(0)


def test_keeper_outlives_a_refused_start(tmp_path, capsys):
    class Stubborn(Child):
        def start(self):
            raise Refusal("PostgreSQL 未能启动")

    keeper = Keeper(Stubborn("PostgreSQL", ["true"], {}, tmp_path / "log"))
    keeper.check()
    assert wait_for(lambda: keeper.check() or "未能启动" in capsys.readouterr().out, 5)


def test_without_the_lock_a_second_copy_takes_over(installation, monkeypatch):
    """Negative control: it would start its servers beside ours and forget where ours are."""
    assert installation.take()
    installation.publish({"DATABASE_URL": "postgres://portal@//a/b"})
    second = Installation({"VAR_DIR": str(installation.var)})
    assert not second.take()
    assert installation.state.exists()
    monkeypatch.setattr("devstack.installation.fcntl.flock", lambda *_: None)
    assert second.take()
    assert not installation.state.exists()
    second.release()
