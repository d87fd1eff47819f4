"""Any party: a provider, buyer, employer or host."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models.user import User
from accounts.slugs import not_reserved
from places.distance import Point


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def in_leeds(self) -> Self:
        """Inside one of the 33 wards; a postcode that starts with LS is not enough."""
        return self.filter(ward__isnull=False)

    def of(self, user: User) -> Self:
        """Those that this person acts for, as owner or editor."""
        return self.filter(memberships__user=user)


class Organisation(models.Model):
    """A party with a name and a place.

    ``latitude`` and ``longitude`` hold the exact point where it is known. Nothing public may use
    them while ``address_public`` is off: ``public_point`` is what is shown, measured and exported.
    """

    class Sector(models.TextChoices):
        THIRD = "third", "Third sector"
        PUBLIC = "public", "Public"
        PRIVATE = "private", "Private"

    class LegalForm(models.TextChoices):
        CIO = "cio", "Charitable incorporated organisation (CIO)"
        CHARITABLE_COMPANY = "charitable-company", "Charitable company"
        TRUST = "trust", "Trust"
        UNINCORPORATED = "unincorporated", "Unincorporated association"
        CIC = "cic", "Community interest company (CIC)"
        LIMITED_BY_GUARANTEE = "limited-by-guarantee", "Company limited by guarantee"
        LIMITED_BY_SHARES = "limited-by-shares", "Company limited by shares"
        LLP = "llp", "Limited liability partnership (LLP)"
        COMMUNITY_BENEFIT = "community-benefit", "Community benefit society"
        COOPERATIVE = "co-operative", "Co-operative society"
        SOCIETY = "society", "Society (kind unknown)"
        CREDIT_UNION = "credit-union", "Credit union"
        SOLE_TRADER = "sole-trader", "Sole trader"
        PUBLIC_BODY = "public-body", "Public body"

    class SizeBand(models.TextChoices):
        NONE = "none", "Volunteers only"
        MICRO = "micro", "1 to 9 staff"
        SMALL = "small", "10 to 49 staff"
        MEDIUM = "medium", "50 to 249 staff"
        LARGE = "large", "250 staff or more"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True, validators=[not_reserved])
    sector = models.CharField(max_length=8, choices=Sector, blank=True)
    legal_form = models.CharField(max_length=24, choices=LegalForm, blank=True)
    size_band = models.CharField(max_length=8, choices=SizeBand, blank=True)
    summary = models.TextField(max_length=1000, blank=True)
    website = models.URLField(max_length=300, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)

    address = models.TextField(max_length=400, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    ward = models.ForeignKey(
        "places.Ward", on_delete=models.PROTECT, null=True, blank=True, related_name="organisations"
    )
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    # Where the public may know it to be: the exact point, or the middle of its postcode sector.
    public_latitude = models.FloatField(null=True, blank=True, editable=False)
    public_longitude = models.FloatField(null=True, blank=True, editable=False)
    address_public = models.BooleanField(
        "show the full address",
        default=False,
        help_text="While off, only the ward and the postcode sector are shown and measured.",
    )

    trusted = models.BooleanField(
        default=False, help_text="Edits go live without waiting for a curator."
    )
    is_example = models.BooleanField(
        default=False, help_text="Made up, to show how the site works. Marked on every page."
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            # The admin finds an organisation by the start of its name.
            models.Index(fields=["name"], name="organisation_name"),
            # "Is this you?" looks for names that are nearly alike.
            GinIndex(
                OpClass(Lower("name"), name="gin_trgm_ops"), name="organisation_name_trigrams"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="organisation_point_whole",
                violation_error_message="Give both latitude and longitude, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("providers:organisation", args=[self.slug])

    @property
    def public_point(self) -> Point | None:
        """The point that may be shown and measured from, or None when no place is known."""
        if self.public_latitude is None or self.public_longitude is None:
            return None
        return Point(self.public_latitude, self.public_longitude)

    @property
    def public_postcode(self) -> str:
        """The whole postcode when the address is public, else its sector ("LS8 4")."""
        if self.address_public or not self.postcode:
            return self.postcode
        return self.postcode[:-2]


class FormerSlug(models.Model):
    """An address an organisation's page once had; it redirects for ever."""

    slug = models.SlugField(max_length=80, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="former_slugs"
    )

    def __str__(self) -> str:
        return self.slug
