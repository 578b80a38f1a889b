"""Lock-out (rules §11.2.2): five failures in fifteen minutes lock for thirty. S10."""

from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessFailureLog

from accounts import lockout
from tests.accounts.conftest import SIGN_IN
from tests.factories import make_user
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "wrong-Password-1"
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def attempt(client):
    """One try; the answer's status: 302 in, 422 wrong, 429 locked."""

    def post(name: str, password: str = WRONG, **extra) -> int:
        attempt_answer = client.post(SIGN_IN, {"username": name, "password": password}, **extra)
        post.text = attempt_answer.content.decode()
        return attempt_answer.status_code

    return post


def test_fifth_failure_locks_even_for_the_right_password(clerk, attempt, clock):
    assert [attempt(clerk.username) for _ in range(5)] == [422] * 4 + [429]
    assert attempt(clerk.username, PASSWORD) == 429
    assert "请在 12:30 以后再试" in attempt.text


def test_lock_ends_after_thirty_minutes_to_the_second(clerk, attempt, clock):
    for _ in range(5):
        attempt(clerk.username)
    clock.shift(30 * MINUTE - SECOND)
    assert attempt(clerk.username, PASSWORD) == 429
    clock.shift(SECOND)
    assert attempt(clerk.username, PASSWORD) == 302


def test_tries_during_the_lock_do_not_prolong_it(clerk, attempt, clock):
    for _ in range(5):
        attempt(clerk.username)
    for _ in range(29):
        clock.shift(MINUTE)
        assert attempt(clerk.username) == 429
    clock.shift(MINUTE)
    assert attempt(clerk.username) == 422
    assert "还可尝试 4 次" in attempt.text


@pytest.mark.parametrize(("span", "status"), [(15 * MINUTE, 429), (15 * MINUTE + SECOND, 422)])
def test_window_is_fifteen_minutes_with_both_ends(clerk, attempt, clock, span, status):
    attempt(clerk.username)
    clock.shift(span)
    assert [attempt(clerk.username) for _ in range(4)][-1] == status


def test_slow_failures_never_lock(clerk, attempt, clock):
    """Four in any fifteen minutes, for three hours."""
    for _ in range(36):
        assert attempt(clerk.username) == 422
        clock.shift(5 * MINUTE)
    assert attempt(clerk.username, PASSWORD) == 302


def test_success_starts_anew(clerk, attempt, client, clock):
    for _ in range(4):
        attempt(clerk.username)
    clock.shift(SECOND)
    assert attempt(clerk.username, PASSWORD) == 302
    client.post("/account/sign-out/")
    clock.shift(SECOND)
    assert [attempt(clerk.username) for _ in range(4)] == [422] * 4


def test_other_accounts_and_the_same_address_are_unaffected(clerk, attempt, clock):
    other = make_user(password=PASSWORD)
    for _ in range(5):
        attempt(clerk.username)
    assert attempt(other.username, PASSWORD) == 302


def test_lock_is_no_oracle_for_accounts(clerk, attempt, clock):
    """Same status and words, token aside, for an account and for a name without one."""

    def words() -> str:
        from re import sub

        text = sub(r'csrfmiddlewaretoken" value="\w+"', "", attempt.text)
        return text.replace(clerk.username, "NAME").replace("nobody-here", "NAME")

    seen = []
    for name in (clerk.username, "nobody-here"):
        seen.append([(attempt(name), words()) for _ in range(7)])
    assert seen[0] == seen[1]
    assert [status for status, _ in seen[0]] == [422] * 4 + [429] * 3


def test_spelling_does_not_multiply_the_tries(db, attempt, clock):
    """The database ignores case, so must the counter: ı and ſ are I and S in capitals."""
    user = make_user(username="admin-shi", password=PASSWORD)
    for name in ("admin-shi", "ADMIN-SHI", " Admin-Shi ", "adm\u0131n-shi", "admin-\u017fhi"):
        status = attempt(name)
    assert status == 429
    assert attempt(user.username, PASSWORD) == 429


def test_other_browsers_and_addresses_count_together(clerk, attempt, clock):
    for n in range(5):
        status = attempt(clerk.username, REMOTE_ADDR=f"10.0.0.{n}", HTTP_USER_AGENT=f"agent {n}")
    assert status == 429


def test_address_is_refused_after_many_more(clerk, attempt, clock, settings):
    settings.LOCKOUT_ADDRESS_LIMIT = 12
    assert [attempt(f"name-{n}") for n in range(12)] == [422] * 12
    assert attempt(clerk.username, PASSWORD) == 429
    assert "所在网络登录失败次数过多" in attempt.text
    assert attempt(clerk.username, PASSWORD, REMOTE_ADDR="10.0.0.9") == 302
    clock.shift(30 * MINUTE)
    assert attempt(clerk.username, PASSWORD) == 302


def test_log_keeps_who_when_where_but_no_password(clerk, attempt, clock):
    attempt(clerk.username, REMOTE_ADDR="10.0.0.7")
    (row,) = AccessFailureLog.objects.values()
    assert (row["username"], row["ip_address"]) == (clerk.username, "10.0.0.7")
    assert WRONG not in str(row)


def test_without_the_standing_guessing_goes_on(clerk, attempt, clock, monkeypatch):
    """Negative control: the protection is the standing read from the log."""
    monkeypatch.setattr(lockout, "standing_of", lambda *_: lockout.Standing(5))
    assert [attempt(clerk.username) for _ in range(7)] == [422] * 7
    assert attempt(clerk.username, PASSWORD) == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 20.0.0.2", "20.0.0.2"),
        (2, "6.6.6.6, 20.0.0.2, 30.0.0.3", "20.0.0.2"),
        (2, "20.0.0.2", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_address_is_what_our_proxy_wrote_never_the_clients_claim(
    rf, settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert lockout.client_address(request) == address


def test_no_address_at_all_is_none(rf):
    assert lockout.client_address(rf.get("/", REMOTE_ADDR="")) is None


NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "success", "left"),
    [
        ([], None, 5),
        ([(NOW - 16 * MINUTE, False)], None, 5),
        ([(NOW - 15 * MINUTE, False)], None, 4),
        ([(NOW - MINUTE, False)], NOW - MINUTE, 5),
        ([(NOW - 31 * MINUTE, True), (NOW - MINUTE, False)], None, 4),
        ([(NOW - 29 * MINUTE, True)], None, 0),
    ],
)
def test_standing_follows_from_the_log(failures, success, left):
    assert lockout.standing(failures, success, NOW).left == left
