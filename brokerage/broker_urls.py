"""Addresses under /broker/."""

from django.urls import URLPattern

app_name = "broker"

urlpatterns: list[URLPattern] = []
