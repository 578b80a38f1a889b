"""Passwords (rules §11.2.1): what they must be, who sets them, the first sign-in."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import change_own_password, create_account, generate_password, set_password
from accounts.models import PasswordRecord
from accounts.permissions import Role
from common.errors import ActionRefused
from tests.accounts.conftest import NOON
from tests.factories import make_actor, make_organisation, make_society, make_user
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
PAGE = "/account/password/"
NEW = "Xinmima-2027-ok"


def filled(old: str = PASSWORD, new: str = NEW, again: str | None = None, **more: str) -> dict:
    return {"old": old, "password": new, "again": new if again is None else again} | more


@pytest.fixture
def beginner(db):
    """A new account with its one-time password in `plain`."""
    user, plain = create_account(username="lin.mou", full_name="林某某", by=None, now=NOON)
    make_actor(Role.SOCIETY_CLERK, make_society(), user=user)
    user.plain = plain
    return user


def test_first_sign_in_leads_every_page_to_the_password(beginner, enter):
    client = enter(beginner, beginner.plain, next="/edit")
    assert enter.answer.url == "/edit"
    for answer in (client.get("/edit"), client.get("/"), client.post("/account/act-as/")):
        assert (answer.status_code, answer.url) == (302, PAGE)
    fragment = client.get("/edit", headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == PAGE
    assert client.post("/account/sign-out/").status_code == 302


def test_first_sign_in_asks_for_the_notice_and_opens_the_portal(beginner, enter):
    client = enter(beginner, beginner.plain)
    page = client.get(PAGE).content.decode()
    for words in ("首次登录：请设置新密码", "一次性密码", "至少 10 个字符", "个人信息告知"):
        assert words in page
    refused = client.post(PAGE, filled(beginner.plain))
    assert refused.status_code == 422
    assert "请勾选“我已阅读" in refused.content.decode()
    assert client.post(PAGE, filled(beginner.plain, notice="on")).url == "/"
    assert client.get("/").status_code == 200
    beginner.refresh_from_db()
    assert not beginner.must_change_password
    assert beginner.notice_version == "2026"
    assert beginner.notice_read_at == beginner.password_changed_at


def test_the_one_time_password_is_dead_afterwards(beginner, enter):
    enter(beginner, beginner.plain).post(PAGE, filled(beginner.plain, notice="on"))
    enter(beginner, beginner.plain)
    assert enter.answer.status_code == 422


def test_without_the_check_the_first_sign_in_would_pass(beginner, enter, monkeypatch):
    """Negative control."""
    monkeypatch.setattr("accounts.middleware.password_due", lambda *_: False)
    assert enter(beginner, beginner.plain).get("/edit").status_code == 200


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (filled(old="wrong-Old-1"), "密码不正确，请重新输入"),
        (filled(again="Xinmima-2027-no"), "两次输入的新密码不一致"),
        (filled(new="Ab1-"), "密码至少 10 个字符，现为 4 个"),
        (filled(new="onlyletters"), "三类"),
        (filled(new="Zhangmouren-26"), "不能包含账号、姓名或姓名的拼音"),
        (filled(new="a-Kdxh-2026-x"), "密码不能包含所在学会的名称"),
        (filled(new="Kongdongxuehui-1"), "密码不能包含所在学会的名称"),
        (filled(new=PASSWORD), "不能与最近 5 次使用过的密码相同"),
        (filled(new="x" * 129), "不能超过 128"),
        (filled(old=""), "请填写原密码"),
    ],
)
def test_refusals_stand_at_the_field(enter, form, words):
    society = make_society(name="空洞学会")
    user = make_user("张某人", PASSWORD)
    make_actor(Role.SOCIETY_CLERK, society, user=user)
    if "Kdxh" in form["password"]:
        society.initials = "kdxh"
        society.save()
    client = enter(user)
    answer = client.post(PAGE, form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_everything_wrong_is_said_at_once(clerk, enter):
    text = enter(clerk).post(PAGE, filled(old="", new="short", again="other")).content.decode()
    for words in ("请填写原密码", "密码至少 10 个字符", "三类", "两次输入的新密码不一致"):
        assert words in text


def test_without_the_old_password_no_word_about_former_ones(clerk, enter):
    """The refusal of a former password must not tell the present one to whoever finds a desk."""
    text = enter(clerk).post(PAGE, filled(old="wrong-Old-1", new=PASSWORD)).content.decode()
    assert "不能与最近 5 次" not in text
    assert "密码不正确，请重新输入" in text


def test_guessing_the_old_password_counts_against_the_lock(clerk, enter):
    client = enter(clerk)
    for _ in range(5):
        answer = client.post(PAGE, filled(old="wrong-Old-1"))
    assert "连续输错次数过多" in answer.content.decode()
    assert "连续输错次数过多" in client.post(PAGE, filled()).content.decode()


def test_the_last_five_may_not_come_back_the_sixth_may(db):
    user, plain = create_account(username="lin.mou", full_name="林某某", by=None, now=NOON)
    for n in range(5):
        change_own_password(user=user, password=f"Xinmima-{n}-ok", now=NOON + timedelta(days=n))
    assert PasswordRecord.objects.filter(user=user).count() == 5
    for n in range(5):
        with pytest.raises(ActionRefused, match="最近 5 次"):
            change_own_password(user=user, password=f"Xinmima-{n}-ok", now=NOON)
    change_own_password(user=user, password=plain, now=NOON + timedelta(days=9))
    assert user.__class__.objects.get(pk=user.pk).check_password(plain)


@pytest.mark.parametrize(("who", "days"), [("clerk", 180), ("reviewer", 90)])
def test_old_passwords_are_due(request, enter, clock, who, days):
    user = request.getfixturevalue(who)
    user.password_changed_at = NOON - timedelta(days=days) + timedelta(seconds=1)
    user.save()
    client = enter(user)
    assert client.get("/").status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get("/").url == PAGE
    page = client.get(PAGE).content.decode()
    assert "密码已到期" in page
    assert "退出" in page


def test_choice_of_a_new_password_needs_no_notice_again(clerk, enter):
    page = enter(clerk).get(PAGE).content.decode()
    assert "修改密码" in page
    assert "个人信息告知" not in page


def test_anonymous_has_no_password_page(client):
    assert client.get(PAGE).url == "/account/sign-in/?next=%2Faccount%2Fpassword%2F"


def test_generated_passwords_meet_the_rules_and_differ():
    made = {generate_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        assert len(password) == 14
        assert not set(password) & set("0O1lI")
        assert any(c.isupper() for c in password)
        assert any(c.islower() for c in password)
        assert any(c.isdigit() for c in password)


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "has blank"}, "username"),
        ({"username": "汉字账号"}, "username"),
        ({"username": "TAKEN"}, "username"),
        ({"full_name": " "}, "full_name"),
        ({"full_name": "某" * 51}, "full_name"),
        ({"password": "weak"}, "password"),
        ({"password": "Linmoumou-2026"}, "password"),
    ],
)
def test_accounts_are_refused_with_words_at_the_field(db, data, at):
    make_user(username="taken")
    whole = {"username": "lin.mou", "full_name": "林某某"} | data
    with pytest.raises(ActionRefused) as refused:
        create_account(**whole, by=None, now=NOON)
    assert list(refused.value.errors) == [at]


def test_nobody_resets_the_own_password(clerk):
    with pytest.raises(ActionRefused, match="修改密码"):
        set_password(user=clerk, by=clerk, now=NOON)


def test_a_branch_secretary_uses_no_word_of_the_society_either(enter):
    """Rules §11.2.1: the society of the organisation is the own one too."""
    user = make_user("张某人", PASSWORD)
    make_actor(Role.BRANCH_SECRETARY, make_organisation(make_society(name="空洞学会")), user=user)
    answer = enter(user).post(PAGE, filled(new="Kongdongxuehui-1"))
    assert "密码不能包含所在学会的名称" in answer.content.decode()


def test_reset_asks_for_a_new_one_at_the_next_sign_in(clerk, enter):
    plain = set_password(user=clerk, by=make_user(), now=NOON)
    assert enter(clerk, plain).get("/").url == PAGE


RULES = [
    ("accounts.passwords.weaknesses", lambda password: [], "weak"),
    ("accounts.passwords._personal", lambda *_: [], "Zhangmouren-26"),
    ("accounts.passwords._former", lambda *_: [], PASSWORD),
    ("societies.passwords.SocietyWordsValidator.validate", lambda *_: None, "Kongdongxuehui-1"),
]


@pytest.mark.parametrize(("rule", "nothing", "new"), RULES, ids=[rule for rule, *_ in RULES])
def test_without_its_rule_a_bad_password_would_be_taken(enter, monkeypatch, rule, nothing, new):
    """Negative control of each rule of §11.2.1."""
    user = make_user("张某人", PASSWORD)
    make_actor(Role.SOCIETY_CLERK, make_society(name="空洞学会"), user=user)
    client = enter(user)
    assert client.post(PAGE, filled(new=new)).status_code == 422
    monkeypatch.setattr(rule, nothing)
    # The form says what is weak before the action does.
    monkeypatch.setattr("accounts.forms.weaknesses", lambda password: [])
    assert client.post(PAGE, filled(new=new)).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


def test_without_the_old_password_a_found_desk_would_change_it(clerk, enter, monkeypatch):
    """Negative control."""
    monkeypatch.setattr("accounts.views.authenticate", lambda request, **_: request.user)
    client = Client()
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    assert client.post(PAGE, filled(old="wrong-Old-1")).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(NEW)


def test_without_the_age_an_old_password_would_serve(clerk, enter, settings, clock):
    """Negative control of the 180 days."""
    clerk.password_changed_at = NOON - timedelta(days=180)
    clerk.save()
    client = enter(clerk)
    assert client.get("/").url == PAGE
    settings.PASSWORD_AGE = timedelta.max
    assert client.get("/").status_code == 200
