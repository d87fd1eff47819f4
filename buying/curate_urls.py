"""Addresses under /curate/enquiries/."""

from django.urls import URLPattern

app_name = "curate_enquiries"

urlpatterns: list[URLPattern] = []
