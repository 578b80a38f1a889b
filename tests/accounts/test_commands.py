"""An empty installation is opened by commands: federation, accounts, appointments."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.management.commands import account
from accounts.models import User
from accounts.permissions import Role
from common import clock
from societies.grants import actors_for
from societies.models import Federation
from tests.factories import make_organisation, make_society, make_society_branch, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manage(capsys):
    """Run a command as typed; returns what it printed."""

    def run(line: str) -> str:
        call_command(*line.split())
        return capsys.readouterr().out

    return run


def test_from_nothing_to_a_working_reviewer(manage, client):
    manage("federation create cast 中国科协")
    printed = manage("account create lin.mou 林某某")
    manage("appoint committee_reviewer lin.mou --federation cast --from 2026-01-01")
    password = printed.split("一次性密码：")[1].split("（")[0]
    assert "只显示这一次" in printed
    answer = client.post("/account/sign-in/", {"username": "lin.mou", "password": password})
    assert answer.status_code == 302
    (actor,) = actors_for(User.objects.get(), clock.today())
    assert (actor.role, actor.federation) == (Role.COMMITTEE_REVIEWER, Federation.objects.get())
    assert actor.appointment.granted_by is None


def test_typed_password_is_never_printed(manage, monkeypatch):
    monkeypatch.setattr(account.getpass, "getpass", lambda _: "Xinmima-2027-ok")
    printed = manage("account create lin.mou 林某某 --ask")
    assert "Xinmima" not in printed
    user = User.objects.get()
    assert user.check_password("Xinmima-2027-ok")
    assert user.must_change_password


def test_two_entries_must_agree(manage, monkeypatch):
    entries = iter(["Xinmima-2027-ok", "Xinmima-2027-no"])
    monkeypatch.setattr(account.getpass, "getpass", lambda _: next(entries))
    with pytest.raises(CommandError, match="不一致"):
        manage("account create lin.mou 林某某 --ask")
    assert not User.objects.exists()


def test_password_and_deactivate(manage):
    user = make_user(username="lin.mou")
    assert "一次性密码：" in manage("account password LIN.MOU")
    user.refresh_from_db()
    assert user.must_change_password
    assert "待首次修改密码" in manage("account list")
    assert "已停用" in manage("account deactivate lin.mou")
    assert "停用" in manage("account list")
    with pytest.raises(CommandError, match="已经停用"):
        manage("account deactivate lin.mou")


def test_lists_of_an_empty_installation_say_what_to_do(manage):
    assert "account create" in manage("account list")
    assert "federation create" in manage("federation list")
    assert "society_clerk\t填报人\t--society" in manage("appoint")


def test_appointment_by_society_code_dates_and_deputy(manage):
    society, user = make_society(), make_user()
    printed = manage(
        f"appoint 党组织书记 {user.username} --society {society.code} --deputy"
        " --from 2026-01-01 --to 2029-01-01"
    )
    assert "党组织书记（副）" in printed
    appointment = user.appointments.get()
    assert (appointment.valid_from, appointment.valid_to) == (date(2026, 1, 1), date(2029, 1, 1))
    assert appointment.society_grants.first().content_object == society


def test_appointment_by_organisation_and_without_scope(manage):
    organisation, user, admin = make_organisation(make_society()), make_user(), make_user()
    manage(f"appoint branch_secretary {user.username} --organisation {organisation.pk}")
    manage(f"appoint sysadmin {admin.username}")
    (actor,) = actors_for(user, clock.today())
    assert actor.objects[0].pk == organisation.pk
    (actor,) = actors_for(admin, clock.today())
    assert actor.role == Role.SYSADMIN


def test_same_code_in_two_federations_needs_the_federation(manage):
    first, second = make_society(code="T-1"), make_society(code="T-1")
    user = make_user()
    with pytest.raises(CommandError, match="请加 --federation"):
        manage(f"appoint society_clerk {user.username} --society T-1")
    manage(
        f"appoint society_clerk {user.username} --society T-1 --federation {second.federation.code}"
    )
    (actor,) = actors_for(user, clock.today())
    assert actor.society_id == second.pk != first.pk


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("appoint nonsense u", "没有角色“nonsense”"),
        ("appoint society_clerk", "请写明账号"),
        ("appoint society_clerk nobody --society T-1", "没有账号“nobody”"),
        ("appoint society_clerk u --society X-9", "没有编码为“X-9”的学会"),
        ("appoint society_clerk u", "该角色须写明范围：--society"),
        ("appoint society_clerk u --society T-1 --from 2026-02-30", "日期“2026-02-30”有误"),
        ("appoint society_clerk u --society T-1 --from 2026-02-01 --to 2026-02-01", "止任日期须晚"),
        ("appoint society_clerk u --organisation 1", "不能用 --organisation"),
        ("appoint branch_secretary u --organisation 99999", "没有编号为 99999 的党组织"),
        ("appoint committee_reviewer u --federation none", "没有代码为“none”的科协"),
        ("appoint unit_liaison u --unit {unit}", "尚不能授权"),
        ("appoint sysadmin u --society T-1", "不能用 --society"),
        ("federation create two 测试重名", "名称"),
        ("federation create 科协 另一科协", "代码由小写字母、数字、横线组成"),
        ("account create LIN.MOU 林某某", "账号“lin.mou”已被使用"),
        ("account create x 林某某", "3 至 40 个小写字母"),
        ("account password nobody", "没有账号“nobody”"),
    ],
)
def test_errors_are_one_clear_line(manage, line, words):
    society = make_society(code="T-1")
    unit = make_society_branch(society)
    Federation.objects.create(code="one", name="测试重名")
    user = make_user(username="u")
    make_user(username="lin.mou")
    with pytest.raises(CommandError) as error:
        manage(line.format(unit=unit.pk))
    assert words in str(error.value)
    assert not user.appointments.exists()
