"""Addresses under /buying/."""

from django.urls import URLPattern

app_name = "buying"

urlpatterns: list[URLPattern] = []
