"""Addresses of this room."""

from django.urls import URLPattern

app_name = "branches"
urlpatterns: list[URLPattern] = []
