"""Error pages: what happened, what it means, where to go on. Tone and layout of the kit.

`config.urls` names them: handler400 … handler500; CSRF_FAILURE_VIEW is `csrf_failure`.
"""

from __future__ import annotations

import logging
import secrets
import sys

from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.redirects import came_from

logger = logging.getLogger(__name__)

# Without templates, static files or a database this still says the necessary.
LAST_RESORT = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>系统出错</title>'
    "<h1>系统出错，这次操作没有完成</h1><p>请稍后再试。报错误编号 {} 即可查找原因。</p></html>"
)


def back(request: HttpRequest) -> str:
    """The page of ours that led here; empty when there is none or the host itself is refused."""
    try:
        return came_from(request)
    except DisallowedHost:
        return ""


def page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """One of templates/errors, inside the shell."""
    context.setdefault("back_url", back(request))
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where the request was too large."""
    if isinstance(exception, RequestDataTooBig):
        return page(request, 413)
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: in scope without the right. A PermissionDenied may say who handles the matter."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return page(request, 403, reason=reason)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such address, or out of scope; the page does not say which."""
    return page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that lost its token: usually another sign-in or a page open for long."""
    return page(request, 403, stale=True)


def error_number() -> str:
    """A number to quote on the telephone: date, time (Shanghai) and four random digits."""
    return f"E-{timezone.localtime():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def server_error(request: HttpRequest) -> HttpResponse:
    """500: asks nothing of the database, the session or the context processors."""
    number = error_number()
    logger.error("%s %s %s", number, request.method, request.path, exc_info=sys.exc_info()[1])
    context = {
        "number": number,
        "at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "back_url": back(request),
    }
    try:
        body = str(render_to_string("errors/500.html", context))
    except Exception:  # the page for errors may itself be what is broken
        logger.exception("%s: the error page failed", number)
        body = LAST_RESORT.format(number)
    return HttpResponse(body, status=500)
