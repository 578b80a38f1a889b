"""Addresses of this room."""

from django.urls import path

from societies import views

app_name = "societies"
urlpatterns = [
    path("", views.SocietyList.as_view(), name="list"),
    path("export/", views.SocietyExport.as_view(), name="export"),
    path("<int:pk>/edit/", views.society_edit, name="edit"),
]
