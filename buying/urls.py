"""Addresses under /buying/."""

from django.urls import path

from buying.views.city import city, city_csv

app_name = "buying"

urlpatterns = [
    path("leeds/", city, name="city"),
    path("leeds.csv", city_csv, name="city_csv"),
]
