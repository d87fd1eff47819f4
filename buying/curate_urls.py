"""Addresses under /curate/enquiries/."""

from django.urls import path

from buying.views.curate import block_asker, enquiry_patterns, reported_enquiry, unblock_asker

app_name = "curate_enquiries"

urlpatterns = [
    path("", enquiry_patterns, name="enquiry_patterns"),
    path("<int:pk>/", reported_enquiry, name="reported_enquiry"),
    path("block/", block_asker, name="block_asker"),
    path("blocks/<int:pk>/unblock/", unblock_asker, name="unblock_asker"),
]
