"""Addresses under /my/<organisation>/brokerage/."""

from django.urls import URLPattern

app_name = "my_brokerage"

urlpatterns: list[URLPattern] = []
