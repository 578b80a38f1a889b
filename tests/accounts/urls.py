"""The real account pages and two plain pages of other rooms."""

from django.http import HttpResponse
from django.urls import include, path

from accounts.permissions import Permission
from societies.decorators import ActorRequest, require_actor, require_permission


@require_actor
def desk(request: ActorRequest) -> HttpResponse:
    return HttpResponse(str(request.actor.appointment.pk))


@require_permission(Permission.LEDGER_EDIT)
def edit(request: ActorRequest) -> HttpResponse:
    return HttpResponse("saved" if request.method == "POST" else "form")


urlpatterns = [
    path("", desk, name="home"),
    path("edit", edit),
    path("account/", include("accounts.urls")),
]
