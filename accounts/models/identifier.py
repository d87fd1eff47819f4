"""The numbers an organisation is known by in registers."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from accounts.identifiers import SCHEMES, clean_identifier
from accounts.models.organisation import Organisation


class Identifier(models.Model):
    """``(scheme, value)``: a charity, company, mutual, NHS or VAT number, held by one organisation.

    A right format never proves that the number exists: ``checked_on`` and ``checked_by`` say who
    looked it up, and when.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="identifiers"
    )
    scheme = models.CharField(max_length=8, choices=[(s.code, s.label) for s in SCHEMES])
    value = models.CharField(max_length=20)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="identifier_unique",
                violation_error_message="Another organisation already has this number.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"

    def clean(self) -> None:
        super().clean()
        try:
            self.value = clean_identifier(self.scheme, self.value)
        except ValueError as error:
            raise ValidationError({"value": str(error)}) from error
