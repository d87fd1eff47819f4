"""Websites on which an organisation may show views of the list."""

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import Membership, Organisation


class EmbedHostQuerySet(models.QuerySet["EmbedHost"]):
    """Reads of hosts."""

    def allowed(self, organisation: Organisation) -> list[str]:
        """The hosts that may frame this organisation's views now, in order. One query.

        None where nobody acts for it: nobody would answer for what is done with its name.
        """
        acted_for = Membership.objects.filter(organisation=OuterRef("organisation"))
        rows = self.filter(Exists(acted_for), organisation=organisation, switched_off_at=None)
        return list(rows.order_by("host").values_list("host", flat=True))


class EmbedHost(models.Model):
    """One host, registered by an owner of the organisation."""

    AUDIT_NAME = "host"
    MOST = 10

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="embed_hosts"
    )
    # In lower case and letters of ASCII, with a port unless it is that of https:
    # providers.embed_hosts.
    host = models.CharField(max_length=259)
    created = models.DateTimeField(auto_now_add=True)
    # By a curator; its owners can neither register it anew nor switch it on.
    switched_off_at = models.DateTimeField(null=True, blank=True)

    objects = EmbedHostQuerySet.as_manager()

    class Meta:
        verbose_name = "website"
        ordering = ["host"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "host"],
                name="embed_host_once",
                violation_error_message="This website is registered already.",
            ),
        ]

    def __str__(self) -> str:
        return self.host
