"""Where an imported organisation came from, so that importing again changes only what changed."""

from django.db import models

from accounts.models import Organisation
from providers.models.listing import Listing


class RegisterEntry(models.Model):
    """One row of a public register, by (source, external id).

    It stays when its listing is removed at the organisation's request (``removed_at``) or claimed
    (``claimed_at``): an import then leaves the organisation alone for ever.
    """

    source = models.SlugField(max_length=40)
    source_name = models.CharField(max_length=120)
    source_url = models.URLField(max_length=300, blank=True)
    source_date = models.DateField(help_text="The day the register was published.")
    licence = models.CharField(max_length=120, blank=True)
    external_id = models.CharField(max_length=60)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="register_entries"
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.SET_NULL, null=True, blank=True, related_name="register_entries"
    )
    # What the last import made of the row: a row that gives the same facts is unchanged.
    facts = models.JSONField(default=dict)
    imported_at = models.DateTimeField(auto_now=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "register entries"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="register_entry_unique",
                violation_error_message="This row of the register is already imported.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
