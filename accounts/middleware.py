"""Session limits (rules §11.2.1, 11.2.3): idle, absolute, password due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control

from accounts.models import User
from accounts.redirects import ELSEWHERE, go, to_sign_in
from common import clock

BEGUN, SEEN = "begun", "seen"
# Activity is noted once in this time, so that most requests write no session row.
GRAIN = timedelta(seconds=30)

IDLE, ABSOLUTE, SIGNED_OUT = "idle", "absolute", "signed_out"
ENDED = {
    IDLE: "长时间没有操作，登录已自动结束，请重新登录。",
    ABSOLUTE: "连续登录已满 12 小时，请重新登录。",
    ELSEWHERE: "登录已失效：账号在别处登录，或密码、任职有变动。非本人操作的，请联系安全管理员。",
    SIGNED_OUT: "已退出登录，服务器上的会话已结束。",
}
LOST = "刚才提交的最后一项内容没有保存，登录后请核对并重新填写。"


def begin(session: Any, now: datetime) -> None:
    """Start the clocks of a session at sign-in."""
    session[BEGUN] = session[SEEN] = now.timestamp()


def ended(session: Any, privileged: bool, now: datetime) -> str:
    """Why the session is over at `now`, a key of ENDED; empty while it holds.

    A session without clocks (begun past the sign-in page) starts them now.
    """
    if BEGUN not in session:
        begin(session, now)
    idle = settings.SESSION_IDLE_PRIVILEGED if privileged else settings.SESSION_IDLE
    moment = now.timestamp()
    if moment - session[BEGUN] >= settings.SESSION_ABSOLUTE.total_seconds():
        return ABSOLUTE
    if moment - session[SEEN] >= idle.total_seconds():
        return IDLE
    if moment - session[SEEN] >= GRAIN.total_seconds():
        session[SEEN] = moment
    return ""


def password_due(user: User, privileged: bool, now: datetime) -> bool:
    """Whether the password must be changed before anything else.

    At the first sign-in, and when the holder's own choice has become too old (rules §11.2.1).
    """
    if user.must_change_password:
        return True
    age = settings.PASSWORD_AGE_PRIVILEGED if privileged else settings.PASSWORD_AGE
    return user.password_changed_at is not None and now - user.password_changed_at >= age


class SessionLimits:
    """Ends sessions that are over and holds back those whose password is due.

    Runs after `ActingAppointment`: a user with any privileged appointment has the shorter limits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        response = self.held_back(request, clock.now()) or self.get_response(request)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    def held_back(self, request: Any, now: datetime) -> HttpResponse | None:
        """The answer instead of the page; None lets the request through."""
        privileged = any(actor.spec.privileged for actor in request.actors)
        if reason := ended(request.session, privileged, now):
            logout(request)
            return to_sign_in(request, reason)
        password = reverse("accounts:password_change")
        free = (password, reverse("accounts:sign_out"))
        if request.path not in free and password_due(request.user, privileged, now):
            return go(request, password)
        return None
