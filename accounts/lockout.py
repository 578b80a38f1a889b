"""Lock-out after wrong passwords (rules §11.2.2): how django-axes counts and decides here.

The handlers of axes keep one row per account, address and browser and know one duration only: each
failure moves it, so window and lock cannot differ and slow guessing locks for ever. This handler
reads the log of failures instead: five within fifteen minutes lock the account for thirty minutes
from the fifth; what is tried during a lock neither counts nor prolongs it; a success starts anew.
Names without an account lock alike, so the answer tells nothing about accounts. An address is
refused after many more failures, since a whole office may share one; other accounts and addresses
never notice. Requests that are checked at the same instant may pass together: at most one for each
thread of the web server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from axes.models import AccessFailureLog, AccessLog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common import clock


def account_key(username: str | None) -> str:
    """One spelling per account: the database ignores case, so counting must ignore it likewise.

    Upper before lower: it folds the letters (ı, ſ) that only meet others in capitals.
    """
    return (username or "").strip().upper().lower()


@dataclass(frozen=True)
class Standing:
    """How an account name stands: attempts left, and until when it is locked (None: it is not)."""

    left: int
    locked_until: datetime | None = None


def standing(
    failures: Sequence[tuple[datetime, bool]], success: datetime | None, now: datetime
) -> Standing:
    """The standing that follows from the log.

    failures: (moment, whether it locked the account), oldest first. Both ends of the window count:
    the fifth failure exactly fifteen minutes after the first still locks.
    """
    limit = settings.AXES_FAILURE_LIMIT
    lock = max((at for at, locked in failures if locked), default=None)
    if lock is not None and now < lock + settings.LOCKOUT_TIME:
        return Standing(0, lock + settings.LOCKOUT_TIME)
    fresh = [
        at
        for at, _ in failures
        if at >= now - settings.LOCKOUT_WINDOW
        and (lock is None or at > lock)
        and (success is None or at > success)
    ]
    return Standing(max(limit - len(fresh), 0))


def standing_of(username: str, now: datetime) -> Standing:
    """The standing of an account name, whether or not there is such an account."""
    since = now - max(settings.LOCKOUT_TIME, settings.LOCKOUT_WINDOW)
    key = account_key(username)
    failures = AccessFailureLog.objects.filter(username=key, attempt_time__gte=since)
    success = AccessLog.objects.filter(username=key, attempt_time__gte=since)
    return standing(
        list(failures.order_by("attempt_time").values_list("attempt_time", "locked_out")),
        success.order_by("-attempt_time").values_list("attempt_time", flat=True).first(),
        now,
    )


def address_refused(address: str | None, now: datetime) -> bool:
    """Whether too many sign-ins have failed from this network address within the lock's time."""
    if not address:
        return False
    since: datetime = now - settings.LOCKOUT_TIME
    failures = AccessFailureLog.objects.filter(ip_address=address, attempt_time__gt=since)
    return failures.count() >= settings.LOCKOUT_ADDRESS_LIMIT


class LockoutHandler(AbstractAxesHandler, AxesBaseHandler):
    """What axes asks and tells; it calls these from its backend and signals."""

    def is_locked(self, request: Any, credentials: dict | None = None) -> bool:
        """Whether the request's address or the account named must not even try."""
        now, name = clock.now(), (credentials or {}).get("username")
        if address_refused(request.axes_ip_address, now):
            return True
        return standing_of(name or "", now).locked_until is not None

    def get_failures(self, request: Any, credentials: dict | None = None) -> int:
        """Failures that count against the account now."""
        left = standing_of((credentials or {}).get("username") or "", clock.now()).left
        return settings.AXES_FAILURE_LIMIT - left

    def user_login_failed(
        self, sender: Any, credentials: dict, request: Any = None, **kwargs: Any
    ) -> None:
        """Log the failure; the one that uses up the attempts locks. Refused tries stay out."""
        if request is None or request.axes_locked_out:
            return
        name, now = credentials.get("username"), clock.now()
        locks = standing_of(name or "", now).left <= 1
        AccessFailureLog.objects.create(
            username=account_key(name)[:255], locked_out=locks, **_client(request)
        )

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Log the sign-in: from here the failures count anew."""
        AccessLog.objects.create(username=account_key(user.username), **_client(request))

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Note the end in the log of sign-ins; an account has one session at a time."""
        if user is not None:
            AccessLog.objects.filter(
                username=account_key(user.username), logout_time__isnull=True
            ).update(logout_time=clock.now())


def _client(request: Any) -> dict[str, str | None]:
    return {
        "ip_address": request.axes_ip_address,
        "user_agent": request.axes_user_agent,
        "http_accept": request.axes_http_accept,
        "path_info": request.axes_path_info,
    }


def client_address(request: HttpRequest) -> str | None:
    """The address the request came from; behind proxies the one the outermost of ours wrote.

    With settings.TRUSTED_PROXIES = n the n-th entry from the right of X-Forwarded-For is taken:
    what stands further left is the client's own claim.
    """
    proxies: int = settings.TRUSTED_PROXIES
    written = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    address = written[-proxies] if proxies and len(written) >= proxies else ""
    return _valid(address) or _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(address: str) -> str | None:
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def keep_page(
    request: HttpRequest, response: HttpResponse, credentials: Any = None
) -> HttpResponse:
    """The answer to a locked attempt is the form's own: axes would replace it by a bare text."""
    return response
