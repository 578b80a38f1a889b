"""Addresses to go to: the sign-in page and back, only within the portal."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

ELSEWHERE = "elsewhere"


def safe_local(request: HttpRequest, url: str) -> str:
    """The path and query of an address of this portal; empty for any other."""
    host = {request.get_host()}
    if not url or not url_has_allowed_host_and_scheme(url, host, request.is_secure()):
        return ""
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if url_has_allowed_host_and_scheme(path, None) else ""


def came_from(request: HttpRequest) -> str:
    """The page of ours that led here, for “back”; empty when it was another site or none."""
    return safe_local(request, request.headers.get("Referer", ""))


def page_of(request: HttpRequest) -> str:
    """The page the person was looking at: where to come back to after signing in.

    A fragment or a POST has no page of its own, the page that sent it does.
    """
    if request.headers.get("HX-Request"):
        return safe_local(request, request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return came_from(request)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also when only a fragment was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def to_sign_in(request: HttpRequest, ended: str = "") -> HttpResponse:
    """To the sign-in page, and back here afterwards.

    ended: why the session is over, a key of accounts.middleware.ENDED; a browser that still holds
    the cookie of a session that is gone was signed out from elsewhere. What a POST carried is lost
    and the page says so.
    """
    if not ended and settings.SESSION_COOKIE_NAME in request.COOKIES:
        ended = ELSEWHERE
    said = {"next": page_of(request), "ended": ended}
    if ended and request.method not in ("GET", "HEAD"):
        said["lost"] = "1"
    if said["next"] == "/" or said["next"].split("?")[0] in _own_pages():
        said["next"] = ""
    url, query = resolve_url(settings.LOGIN_URL), {k: v for k, v in said.items() if v}
    return go(request, f"{url}?{urlencode(query)}" if query else url)


def _own_pages() -> set[str]:
    return {reverse("accounts:sign_in"), reverse("accounts:sign_out"), reverse("accounts:act_as")}
