"""Addresses of this room."""

from django.urls import path

from coverage import views

app_name = "coverage"
urlpatterns = [
    path("runs/", views.Runs.as_view(), name="runs"),
    path("runs/again/", views.run_night_again, name="run_again"),
]
