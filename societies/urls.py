"""Addresses of this room."""

from django.urls import path

from societies import views
from societies.interests import views as interests

app_name = "societies"
urlpatterns = [
    path("", views.SocietyList.as_view(), name="list"),
    path("export/", views.SocietyExport.as_view(), name="export"),
    path("<int:pk>/edit/", views.society_edit, name="edit"),
    path("interests/", interests.InterestList.as_view(), name="interests"),
    path("interests/declare/", interests.interest_declare, name="interest_declare"),
    path("interests/enter/", interests.interest_enter, name="interest_enter"),
    path("interests/<int:pk>/end/", interests.interest_end, name="interest_end"),
]
