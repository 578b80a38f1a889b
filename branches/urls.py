"""Addresses of this room."""

from django.urls import path

from branches.views import lists, organisations, postings, services

app_name = "branches"
urlpatterns = [
    path("", lists.OrganisationList.as_view(), name="list"),
    path("export/", lists.OrganisationExport.as_view(), name="export"),
    path("own/", lists.own_tiers, name="own"),
    path("society/<int:pk>/", lists.society_tiers, name="society"),
    path("society/<int:pk>/enter/", organisations.organisation_enter, name="enter"),
    path("society/<int:pk>/post/", postings.posting_enter, name="posting_enter"),
    path("society/<int:pk>/open-unit/", postings.unit_open, name="unit_open"),
    path("<int:pk>/", organisations.organisation_detail, name="detail"),
    path("<int:pk>/change/", organisations.organisation_change, name="change"),
    path("<int:pk>/dissolve/", organisations.organisation_dissolve, name="dissolve"),
    path("<int:pk>/suspend/", services.organisation_suspend, name="suspend"),
    path("<int:pk>/resume/", services.organisation_resume, name="resume"),
    path("<int:pk>/serve/", services.organisation_serve, name="serve"),
    path("services/<int:pk>/stop/", services.service_stop, name="service_stop"),
    path("postings/<int:pk>/change/", postings.posting_change, name="posting_change"),
    path("postings/<int:pk>/end/", postings.posting_end, name="posting_end"),
    path("units/<int:pk>/close/", postings.unit_close, name="unit_close"),
]
