"""Addresses under /buying/."""

from django.urls import path

from buying.views import how_partners_choose
from buying.views.city import city, city_csv

app_name = "buying"

urlpatterns = [
    path(
        "how-partners-choose/",
        how_partners_choose.how_partners_choose,
        name="how_partners_choose",
    ),
    path("leeds/", city, name="city"),
    path("leeds.csv", city_csv, name="city_csv"),
]
