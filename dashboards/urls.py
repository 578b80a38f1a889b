"""Addresses of the desks."""

from django.urls import path

from dashboards import society

urlpatterns = [
    path("society/<int:pk>/", society.society, name="society"),
]
