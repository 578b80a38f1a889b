"""Every address of the portal."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the web process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("account/", include("accounts.urls")),
    path("societies/", include("societies.urls")),
    path("organisations/", include("branches.urls")),
    path("ledgers/", include("ledgers.urls")),
    path("supervision/", include("supervision.urls")),
    path("training/", include("training.urls")),
    path("coverage/", include("coverage.urls")),
    path("stars/", include("starrating.urls")),
    path("", include("dashboards.urls")),
]

handler400 = "dashboards.errors.bad_request"
handler403 = "dashboards.errors.forbidden"
handler404 = "dashboards.errors.not_found"
handler500 = "dashboards.errors.server_error"
