"""Addresses of the desks."""

from django.urls import path

from dashboards import rectification, society, views
from dashboards.coverage import revisions
from dashboards.coverage import views as coverage
from dashboards.demo import views as demo
from dashboards.stars import views as stars

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("society/<int:pk>/", society.society, name="society"),
    path("dashboard/", coverage.dashboard, name="dashboard"),
    path("dashboard/progress/", coverage.progress, name="dashboard_progress"),
    path("dashboard/changes/", coverage.changes, name="dashboard_changes"),
    path(
        "dashboard/rectification/",
        rectification.rectification,
        name="dashboard_rectification",
    ),
    path("dashboard/export/", coverage.export, name="dashboard_export"),
    path("dashboard/gap/export/", coverage.gap_export, name="dashboard_gap_export"),
    path("dashboard/revisions/", revisions.revisions, name="revisions"),
    path(
        "dashboard/revisions/<int:pk>/publish/",
        revisions.revision_publish,
        name="revision_publish",
    ),
    path("dashboard/scores/", stars.ScoreList.as_view(), name="scores"),
    path("dashboard/scores/export/", stars.ScoreExport.as_view(), name="scores_export"),
    path("dashboard/scores/spread/", stars.score_spread, name="score_spread"),
    path("demo/progress/", demo.demo_progress, name="demo_progress"),
]
