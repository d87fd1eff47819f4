"""Addresses under /curate/."""

from providers.views.offers.urls import pages
from providers.views.offers.writing import curator_door

app_name = "curate"

urlpatterns = [
    # What a curator takes down for somebody on the telephone: the pages of its provider.
    *pages(curator_door, "offers/<int:pk>/", "write_"),
]
