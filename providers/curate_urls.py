"""Addresses under /curate/."""

from django.urls import URLPattern

app_name = "curate"

urlpatterns: list[URLPattern] = []
