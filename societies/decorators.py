"""Who may open a page at all. Which rows it shows is `visible_to`'s business.

Anonymous goes to the sign-in page; signed in without the right is 403 (roles.md §2.10).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.permissions import Permission
from accounts.redirects import to_sign_in
from societies.access import Actor

NO_APPOINTMENT = "当前没有有效任职，由平台安全管理员开通"
NO_RIGHT = "该事项由其他角色办理"

View = Callable[..., HttpResponseBase]


class ActorRequest(HttpRequest):
    """The request as a view behind `require_permission` or `require_actor` gets it."""

    user: User
    actor: Actor
    actors: list[Actor]
    htmx: HtmxDetails


def turned_away(request: Any, permissions: tuple[Permission, ...]) -> HttpResponse | None:
    """The redirect for an anonymous request, None for one that may pass.

    permissions: one of them must be held somewhere. Raises PermissionDenied.
    """
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if request.actor is None:
        raise PermissionDenied(NO_APPOINTMENT)
    if not any(request.actor.may_any(permission) for permission in permissions):
        raise PermissionDenied(NO_RIGHT)
    return None


def require_permission(*permissions: Permission) -> Callable[[View], View]:
    """Decorator of function views: the acting appointment holds one of these rights somewhere."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return turned_away(request, permissions) or view(request, *args, **kwargs)

        return guarded

    return decorate


def require_actor(view: View) -> View:
    """Decorator of views open to every acting appointment, such as the desk.

    Without a valid appointment the request goes to the page that says so.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if request.actor is None:
            return redirect("accounts:no_appointment")
        return view(request, *args, **kwargs)

    return guarded


class PermissionRequired:
    """Mixin of class views, put first: one of the rights named by `permission`."""

    permission: Permission | tuple[Permission, ...]
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As `require_permission`."""
        asked = self.permission if isinstance(self.permission, tuple) else (self.permission,)
        return turned_away(request, asked) or super().dispatch(  # type: ignore[misc]
            request, *args, **kwargs
        )
