"""Addresses of the desks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
