"""Addresses of this room."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.password_change, name="password_change"),
    path("roles/", views.roles, name="roles"),
    path("act-as/", views.act_as, name="act_as"),
    path("no-appointment/", views.no_appointment, name="no_appointment"),
]
