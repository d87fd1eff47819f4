"""What was done, by whom and when: append-only."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.organisation import Organisation

MERGED_IN = "merged in"
"""The verb of two organisations becoming one: the object is the one that went."""


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads of the audit."""

    def about(self, organisation: Organisation) -> Self:
        """What was done to it and to those that were merged into it, newest first.

        This runs a query for each step back through mergers.
        """
        ids, fresh = {organisation.pk}, {organisation.pk}
        while fresh:
            merged = AuditEvent.objects.filter(organisation__in=fresh, verb=MERGED_IN)
            fresh = {int(pk) for pk in merged.values_list("object_id", flat=True)} - ids
            ids |= fresh
        itself = models.Q(
            object_type=Organisation._meta.label_lower, object_id__in=[str(pk) for pk in ids]
        )
        return self.filter(models.Q(organisation__in=ids) | itself).order_by("-at", "-id")


class AuditEvent(models.Model):
    """One act. It holds ids and names of fields, never personal or EDI values.

    A database trigger refuses UPDATE and DELETE (migration ``audit_append_only``). ``actor_key``
    is the ``audit_key`` of the person: erasing the person leaves the event, without a name.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor_key = models.UUIDField(null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        # History outlives what it is about, so the database holds no foreign key here.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="audit_events",
    )
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    fields = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["organisation", "at"], name="audit_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"

    @classmethod
    def record(
        cls,
        *,
        verb: str,
        target: models.Model,
        organisation: Organisation | None = None,
        actor_key: uuid.UUID | None = None,
        fields: list[str] | None = None,
    ) -> "AuditEvent":
        """Write one event about ``target``, in the caller's transaction."""
        return cls.objects.create(
            verb=verb,
            object_type=target._meta.label_lower,
            object_id=str(target.pk),
            organisation=organisation,
            actor_key=actor_key,
            fields=fields or [],
        )
