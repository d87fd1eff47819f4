"""Addresses under /api/."""

from django.urls import path

from toms.views import api

app_name = "toms_api"

urlpatterns = [
    path("openapi.json", api.openapi_json, name="openapi_json"),
    path("toms/measures", api.measures, name="measures"),
    path("toms/measures/<str:code>", api.measure, name="measure"),
]
