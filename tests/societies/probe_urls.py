"""A few views behind the decorators, beside the portal's own addresses."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View

from accounts.permissions import Permission
from common.errors import Conflict, NotAllowed
from societies.decorators import ActorRequest, PermissionRequired, require_actor, require_permission


@require_permission(Permission.LEDGER_EDIT)
def edit(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.role)


@require_permission(Permission.PERIOD_PROPOSE, Permission.PERIOD_DECIDE)
def either(request: ActorRequest) -> HttpResponse:
    return HttpResponse("open")


@require_actor
def desk(request: ActorRequest) -> HttpResponse:
    return HttpResponse("desk")


class Edit(PermissionRequired, View):
    permission = Permission.LEDGER_EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("class")


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("no guard")


def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("须由另一人办理")


def conflict(request: HttpRequest) -> HttpResponse:
    raise Conflict("另一人先保存了改动")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("not an action's refusal")


urlpatterns = [
    path("plain", plain),
    path("edit", edit),
    path("either", either),
    path("desk", desk),
    path("class", Edit.as_view()),
    path("not-allowed", not_allowed),
    path("conflict", conflict),
    path("broken", broken),
    path("account/", include("accounts.urls")),
]
