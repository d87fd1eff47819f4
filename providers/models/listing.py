"""One thing that an organisation offers."""

import datetime
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.slugs import not_reserved
from places.models import Ward
from providers.models.claim import Claim
from providers.models.term import Term


class ListingQuerySet(models.QuerySet["Listing"]):
    """Reads of listings."""

    def published(self) -> Self:
        return self.filter(state=Listing.State.PUBLISHED)

    def findable(self, on: datetime.date) -> Self:
        """Published, and confirmed in the last twelve months unless it is a register entry."""
        return self.published().filter(
            models.Q(origin=Listing.Origin.REGISTER)
            | models.Q(confirmed_at__date__gte=Listing.hidden_before(on))
        )

    def carrying(self, term_ids: Collection[int]) -> Self:
        """Those, in whatever state, that show one of these terms or a narrower one: their own, or
        by a claim that was not withdrawn.
        """
        terms = Term.objects.filter(
            models.Q(pk__in=term_ids)
            | models.Q(parent__in=term_ids)
            | models.Q(parent__parent__in=term_ids)
        ).values("pk")
        claims = Claim.objects.filter(term__in=terms, withdrawn_at=None)
        own = [
            models.Q(pk__in=through._default_manager.filter(term__in=terms).values("listing"))
            for through in (Listing.categories.through, Listing.access_features.through)
        ]
        return self.filter(
            own[0] | own[1] | models.Q(organisation__in=claims.values("organisation"))
        )


class Listing(models.Model):
    """An offer: what it is, what it costs, where, and how to get it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        PUBLISHED = "published", "Published"
        PAUSED = "paused", "Paused"
        ARCHIVED = "archived", "Archived"

    class Origin(models.TextChoices):
        PROVIDER = "provider", "Listed by the provider"
        CURATOR = "curator", "Taken down by a curator"
        REGISTER = "register", "From a public register"

    class Pricing(models.TextChoices):
        PRICED = "priced", "Priced"
        FREE = "free", "Free"
        ASK = "ask", "Ask"

    class PriceUnit(models.TextChoices):
        HEAD = "head", "a head"
        HOUR = "hour", "an hour"
        SESSION = "session", "a session"
        DAY = "day", "a day"
        ITEM = "item", "an item"
        JOB = "job", "a job"

    class PriceBand(models.TextChoices):
        FREE = "free", "Free"
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"
        ASK = "ask", "Ask for a price"

    class Payment(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        PURCHASE_ORDER = "po", "Purchase order"
        CARD = "card", "Card"

    class Delivery(models.TextChoices):
        ADDRESS = "address", "At their address"
        WARDS = "wards", "In some wards"
        LEEDS = "leeds", "All over Leeds"

    # Starting price, in pounds, at which a band ends: below the first is low, below the second is
    # medium, else high. Ours, for a sense of scale only; /proof/#prices shows them.
    BAND_LIMITS: ClassVar[dict[str, tuple[Decimal, Decimal]]] = {
        PriceUnit.HEAD: (Decimal(8), Decimal(15)),
        PriceUnit.HOUR: (Decimal(20), Decimal(45)),
        PriceUnit.SESSION: (Decimal(80), Decimal(200)),
        PriceUnit.DAY: (Decimal(150), Decimal(350)),
        PriceUnit.ITEM: (Decimal(10), Decimal(40)),
        PriceUnit.JOB: (Decimal(100), Decimal(400)),
    }
    ASK_AFTER_MONTHS = 6
    STALE_AFTER_MONTHS = 9
    HIDDEN_AFTER_MONTHS = 12

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="listings"
    )
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, validators=[not_reserved])
    categories = models.ManyToManyField(
        Term,
        limit_choices_to={"facet": Term.Facet.CATEGORY},
        related_name="listings",
        blank=True,
    )
    access_features = models.ManyToManyField(
        Term,
        limit_choices_to={"facet": Term.Facet.ACCESS},
        related_name="accessible_listings",
        blank=True,
    )
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(max_length=5000, blank=True)

    pricing = models.CharField(max_length=6, choices=Pricing, default=Pricing.ASK)
    price_from = models.DecimalField(
        "price from, £",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    price_to = models.DecimalField(
        "price to, £",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    price_unit = models.CharField(max_length=8, choices=PriceUnit, blank=True)
    notice_days = models.PositiveSmallIntegerField("notice needed, days", null=True, blank=True)
    capacity = models.PositiveIntegerField("largest group, people", null=True, blank=True)
    payment = ArrayField(models.CharField(max_length=7, choices=Payment), default=list, blank=True)
    delivery = models.CharField(max_length=7, choices=Delivery, default=Delivery.ADDRESS)
    delivery_wards = models.ManyToManyField(Ward, related_name="delivered_listings", blank=True)

    contact_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True, help_text="Instead of the organisation's own.")
    phone = models.CharField(max_length=30, blank=True)
    website = models.URLField(max_length=300, blank=True)

    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PROVIDER)
    # What people quote on the telephone, such as L-7K2QX; given when it is first sent in.
    reference = models.CharField(max_length=8, unique=True, null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # What a curator asked for when sending it back; empty again when it is sent in.
    return_reason = models.TextField(max_length=2000, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # When its people were last asked by mail whether it is still right.
    asked_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "slug"],
                name="listing_slug_unique",
                violation_error_message="The organisation already has a listing at this address.",
            ),
            models.CheckConstraint(
                condition=~models.Q(pricing="priced")
                | (models.Q(price_from__isnull=False) & ~models.Q(price_unit="")),
                name="listing_priced_has_price",
                violation_error_message="Give a price and what it is for, or choose free or ask.",
            ),
            models.CheckConstraint(
                condition=models.Q(price_to__isnull=True)
                | models.Q(price_to__gte=models.F("price_from")),
                name="listing_price_in_order",
                violation_error_message="The higher price must not be below the lower one.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published")
                | models.Q(published_at__isnull=False, confirmed_at__isnull=False),
                name="listing_published_has_dates",
                violation_error_message="A published listing needs its dates.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="submitted")
                | models.Q(submitted_at__isnull=False, reference__isnull=False),
                name="listing_submitted_has_reference",
                violation_error_message="A listing that is sent in needs its time and reference.",
            ),
        ]
        indexes = [
            # The daily refresh asks which listings have gone unconfirmed for a year.
            models.Index(
                fields=["confirmed_at"],
                name="listing_published_confirmed",
                condition=models.Q(state="published"),
            ),
            # The curators' queue is read oldest first.
            models.Index(
                fields=["submitted_at"],
                name="listing_waiting",
                condition=models.Q(state="submitted"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("providers:listing", args=[self.organisation.slug, self.slug])

    @classmethod
    def hidden_before(cls, on: datetime.date) -> datetime.date:
        """Listings last confirmed before this day are hidden from search on day ``on``."""
        return months_before(on, cls.HIDDEN_AFTER_MONTHS)

    @property
    def price_band(self) -> str:
        """Free, low, medium, high or ask, by starting price and unit (``BAND_LIMITS``)."""
        if self.pricing != self.Pricing.PRICED or self.price_from is None:
            return self.pricing if self.pricing != self.Pricing.PRICED else self.PriceBand.ASK
        low, medium = self.BAND_LIMITS[self.price_unit]
        if self.price_from < low:
            return self.PriceBand.LOW
        return self.PriceBand.MEDIUM if self.price_from < medium else self.PriceBand.HIGH

    @property
    def price_text(self) -> str:
        """The price in words: "£6.50 to £9 a head", "Free", "Ask for a price"."""
        if self.pricing == self.Pricing.FREE:
            return "Free"
        if self.pricing == self.Pricing.ASK or self.price_from is None:
            return "Ask for a price"
        # Not get_price_unit_display(): it makes the table of units anew at every call.
        unit = self.PriceUnit(self.price_unit).label
        if self.price_to is None:
            return f"From {pounds(self.price_from)} {unit}"
        if self.price_to == self.price_from:
            return f"{pounds(self.price_from)} {unit}"
        return f"{pounds(self.price_from)} to {pounds(self.price_to)} {unit}"

    def is_findable(self, on: datetime.date) -> bool:
        """Whether search shows it on this day: the same rule as ``ListingQuerySet.findable``."""
        if self.state != self.State.PUBLISHED or self.confirmed_at is None:
            return False
        if self.origin == self.Origin.REGISTER:
            return True
        return timezone.localdate(self.confirmed_at) >= self.hidden_before(on)

    def is_stale(self, on: datetime.date | None = None) -> bool:
        """Nobody has confirmed it for nine months: the page says so with a badge."""
        if self.origin == self.Origin.REGISTER or self.confirmed_at is None:
            return False
        day = on or timezone.localdate()
        return timezone.localdate(self.confirmed_at) < months_before(day, self.STALE_AFTER_MONTHS)


@lru_cache(maxsize=4096)
def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month, ``months`` earlier; the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def pounds(amount: Decimal) -> str:
    """£9 for whole pounds, £6.50 otherwise; thousands have a comma."""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"
