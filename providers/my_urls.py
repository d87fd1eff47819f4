"""Addresses under /my/<organisation>/offers/."""

from django.urls import URLPattern, path

from providers.views import merged_away

app_name = "offers"

urlpatterns: list[URLPattern] = [
    path("new/", merged_away.nothing, name="new_offer"),  # merged away
    path("<int:listing_id>/", merged_away.nothing, name="offer"),  # merged away
]
