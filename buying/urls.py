"""Addresses under /buying/."""

from django.urls import path

from buying.views import how_partners_choose

app_name = "buying"

urlpatterns = [
    path(
        "how-partners-choose/",
        how_partners_choose.how_partners_choose,
        name="how_partners_choose",
    ),
]
