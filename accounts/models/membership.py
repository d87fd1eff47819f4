"""Who may act for an organisation."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models.organisation import FormerSlug, Organisation
from accounts.models.user import User


class Role(models.TextChoices):
    """An owner may do everything an editor may, and also say who belongs."""

    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def owners(self) -> Self:
        return self.filter(role=Role.OWNER)

    def for_organisation(self, organisation: Organisation) -> Self:
        """Everybody who acts for it, with their user, the longest-standing first."""
        return (
            self.filter(organisation=organisation)
            .select_related("user", "organisation")
            .order_by("created", "pk")
        )

    def for_user(self, user: User) -> Self:
        """Everything this person acts for, with the organisation, by its name."""
        return (
            self.filter(user=user)
            .select_related("organisation")
            .order_by("organisation__name", "organisation_id")
        )

    def at(self, slug: str) -> Self:
        """Of the organisation at this address, or that was there before it was renamed."""
        former = FormerSlug.objects.filter(slug=slug).values("organisation")
        return self.filter(models.Q(organisation__slug=slug) | models.Q(organisation__in=former))


class Membership(models.Model):
    """A person acts for an organisation.

    An organisation that has members always keeps an owner. No constraint can say that of several
    rows, so every service that takes a role away locks the organisation's row first
    (``accounts.services.membership``).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=6, choices=Role, default=Role.EDITOR)
    created = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                name="membership_once",
                violation_error_message="This person already belongs to the organisation.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "editor"]),
                name="membership_role_known",
                violation_error_message="A member is an owner or an editor.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pk}"
