"""A portal with one page."""

from django.urls import path

from tests.ui.urls import bare

urlpatterns = [path("", bare, name="home")]
