"""Signing in and out, the own password, the acting appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions
from accounts.forms import PasswordForm, SignInForm
from accounts.lockout import Standing, standing_of
from accounts.middleware import ENDED, LOST, SIGNED_OUT, begin, password_due
from accounts.models import User
from accounts.redirects import safe_local, to_sign_in
from accounts.sessions import ACTING_KEY
from common import clock
from common.errors import ActionRefused

NOTICE_VERSION = "2026"
UNPROCESSABLE, TOO_MANY = 422, 429


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; goes on to `next` within the portal, else to the desk."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        return _sign_in_page(request, SignInForm(initial={"next": request.GET.get("next", "")}))
    form, now = SignInForm(request.POST), clock.now()
    if not form.is_valid():
        return _sign_in_page(request, form, UNPROCESSABLE)
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    user = authenticate(request, username=name, password=password)
    if user is None:
        return _refused(request, form, standing_of(name, now))
    login(request, user)
    begin(request.session, now)
    request.session.save()
    actions.keep_only_session(user=user, session_key=str(request.session.session_key))
    return redirect(safe_local(request, form.cleaned_data["next"]) or settings.LOGIN_REDIRECT_URL)


def _refused(request: Any, form: SignInForm, standing: Standing) -> HttpResponse:
    """The same words for wrong passwords, closed accounts and names without an account."""
    if standing.locked_until:
        form.add_error(None, _locked_words(standing.locked_until))
        return _sign_in_page(request, form, TOO_MANY)
    if getattr(request, "axes_locked_out", False):
        form.add_error(None, "所在网络登录失败次数过多，请 30 分钟以后再试")
        return _sign_in_page(request, form, TOO_MANY)
    form.add_error(None, f"账号或密码不正确，还可尝试 {standing.left} 次")
    form.add_error("password", "请重新输入密码")
    return _sign_in_page(request, form, UNPROCESSABLE)


def _locked_words(until: datetime) -> str:
    return f"连续输错次数过多，该账号暂停登录，请在 {timezone.localtime(until):%H:%M} 以后再试"


def _sign_in_page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    asked = request.GET
    context = {
        "form": form,
        "ended": ENDED.get(asked.get("ended", "")),
        "lost": LOST if asked.get("lost") else "",
        "is_demo": User.objects.any_of_demonstration(),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server, then say so."""
    logout(request)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?ended={SIGNED_OUT}")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: Any) -> HttpResponse:
    """The own password: by choice, at the first sign-in, and when it has become too old."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    user, now = request.user, clock.now()
    privileged = any(actor.spec.privileged for actor in request.actors)
    due = password_due(user, privileged, now)
    ask_notice = due and user.notice_version != NOTICE_VERSION
    form = PasswordForm(
        request.POST or None, first=user.must_change_password, ask_notice=ask_notice
    )
    if form.is_bound and form.is_valid() and _changed(request, form, now, ask_notice):
        messages.success(request, "新密码已保存，账号在其他地方的登录已结束。")
        return redirect(settings.LOGIN_REDIRECT_URL)
    context: dict[str, Any] = {"form": form, "due": due}
    if due:  # No way leads elsewhere until the password is changed.
        context |= {"nav": (), "search_url": "", "other_appointments": ()}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "accounts/password.html", context, status=status)


def _changed(request: Any, form: PasswordForm, now: datetime, notice: bool) -> bool:
    data = form.cleaned_data
    # Through the backends, so that guessing the old password counts against the lock-out.
    if not authenticate(request, username=request.user.username, password=data["old"]):
        until = standing_of(request.user.username, now).locked_until
        form.add_error("old", _locked_words(until) if until else "密码不正确，请重新输入")
        return False
    version = NOTICE_VERSION if notice else ""
    try:
        user = actions.change_own_password(
            user=request.user, password=data["password"], now=now, notice_version=version
        )
    except ActionRefused as refused:
        for reason in refused.errors["password"]:
            form.add_error("password", reason)
        return False
    update_session_auth_hash(request, user)
    return True


@require_POST
def act_as(request: Any) -> HttpResponse:
    """Act under another of the own valid appointments, in a session with a new key."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    wanted = request.POST.get("appointment", "")
    actor = next((a for a in request.actors if str(a.appointment.pk) == wanted), None)
    if actor is None:
        raise Http404
    request.session.cycle_key()
    request.session[ACTING_KEY] = actor.appointment.pk
    return redirect(settings.LOGIN_REDIRECT_URL)


@dataclass(frozen=True)
class Choice:
    """An appointment as the role page lists it. until: its last valid day."""

    pk: int
    label: str
    where: list[str]
    until: date | None
    current: bool


@require_GET
def roles(request: Any) -> HttpResponse:
    """Every valid appointment with its scope: the role menu in full."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    return render(request, "accounts/roles.html", {"choices": _choices(request)})


def _choices(request: Any) -> list[Choice]:
    rows = []
    for actor in request.actors:
        appointment = actor.appointment
        until = appointment.valid_to and appointment.valid_to - timedelta(days=1)
        where = [each.name for each in actor.objects] or [actor.spec.kind.label]
        rows.append(
            Choice(appointment.pk, appointment.role_label, where, until, actor is request.actor)
        )
    return rows


@require_GET
def no_appointment(request: Any) -> HttpResponse:
    """Where the desk sends a user without any valid appointment."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if request.actor is not None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/no_appointment.html")
