"""What a reader says is wrong with a listing or an organisation's page."""

from django.db import models

from accounts.models import Organisation
from providers.models.listing import Listing


class ProblemReport(models.Model):
    """A report from the public; curators read it in the admin."""

    class Kind(models.TextChoices):
        WRONG = "wrong", "Something on the page is wrong"
        CLOSED = "closed", "They have closed or no longer offer this"
        CLAIM = "claim", "A claim looks untrue"
        REMOVE = "remove", "This is us, and we want to be removed"
        OTHER = "other", "Something else"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="problem_reports"
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.SET_NULL, null=True, blank=True, related_name="problem_reports"
    )
    kind = models.CharField(max_length=6, choices=Kind)
    text = models.TextField("what is wrong?", max_length=2000)
    email = models.EmailField("your email address", blank=True)
    created = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.organisation}"
