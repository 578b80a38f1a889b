"""The addresses the shell names, each answered by a bare page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def bare(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """base.html with nothing in it."""
    return render(request, "base.html")


accounts = [
    path("sign-in", bare, name="sign_in"),
    path("sign-out", bare, name="sign_out"),
    path("password", bare, name="password_change"),
    path("act-as", bare, name="act_as"),
]
societies = [path("", bare, name="list"), path("<int:pk>/edit", bare, name="edit")]
branches = [
    path("", bare, name="list"),
    path("own", bare, name="own"),
    *(path(name, bare, name=name) for name in ("life_own", "life_matrix", "visit_list")),
]
ledgers = [
    path("", bare, name="list"),
    path("review", bare, name="review_queue"),
    path("review/<int:pk>", bare, name="review"),
    path("periods", bare, name="periods"),
]
coverage = [path("runs", bare, name="runs")]

urlpatterns = [
    path("", bare, name="home"),
    path("society/<int:pk>", bare, name="society"),
    path("search", bare, name="search"),
    path("dashboard", bare, name="dashboard"),
    path("accounts/", include((accounts, "accounts"))),
    path("societies/", include((societies, "societies"))),
    path("branches/", include((branches, "branches"))),
    path("ledgers/", include((ledgers, "ledgers"))),
    path("coverage/", include((coverage, "coverage"))),
]
