"""Addresses under /my/<organisation>/buying/."""

from django.urls import URLPattern

app_name = "my_buying"

urlpatterns: list[URLPattern] = []
