"""Addresses that a listing's page once had, where its organisation's do not say enough."""

from django.db import models

from providers.models.listing import Listing


class FormerListingAddress(models.Model):
    """``/providers/<organisation_slug>/<slug>/`` redirects to the listing for ever.

    A renamed organisation needs none: its former slug leads to the listing of the same slug. Two
    merged ones may have had listings of the same slug, and then only this tells them apart.
    """

    organisation_slug = models.SlugField(max_length=80)
    slug = models.SlugField(max_length=80)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="former_addresses")

    class Meta:
        verbose_name_plural = "former listing addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_slug", "slug"],
                name="former_listing_address_unique",
                violation_error_message="This address leads to another listing.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_slug}/{self.slug}"
