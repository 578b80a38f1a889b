"""Addresses of supervision. One address per action."""

app_name = "supervision"
urlpatterns: list = []
