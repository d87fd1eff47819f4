"""Addresses under /my/<organisation>/offers/."""

from django.urls import path

from providers.views.offers.states import new_offer
from providers.views.offers.urls import pages
from providers.views.offers.writing import member_door

app_name = "offers"

urlpatterns = [
    path("new/", new_offer, name="new_offer"),
    *pages(member_door, "<int:pk>/"),
]
