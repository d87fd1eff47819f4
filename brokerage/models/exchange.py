"""One giver and one host, from a proposal to a result that both confirm."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.deleting import goes_with_examples
from accounts.models import Organisation, User
from brokerage.models.capacity import ReleasedHours
from brokerage.models.choices import Side
from brokerage.models.kind import Kind
from brokerage.models.notice import Notice


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Reads of exchanges."""

    def of(self, organisation: Organisation) -> Self:
        """Those in which it is one of the sides, what moved last first."""
        return self.filter(Q(host=organisation) | Q(giver=organisation)).order_by(
            "-state_since", "-pk"
        )

    def seen_by(self, user: User) -> Self:
        """Those of which this person acts for a side."""
        theirs = Organisation.objects.of(user).values("pk")
        return self.filter(Q(host__in=theirs) | Q(giver__in=theirs))

    def pending(self) -> Self:
        """Proposals that wait for the other side's answer."""
        return self.filter(state=Exchange.State.PROPOSED)

    def holding(self) -> Self:
        """Those that hold places, hours or a group's turn."""
        return self.filter(state__in=Exchange.HOLDING)

    def confirmed(self) -> Self:
        """Those whose result both sides, or a broker, have confirmed: all that any sum adds."""
        return self.filter(confirmed__isnull=False)

    def unconfirmed(self) -> Self:
        """Delivered as one side says, and confirmed by nobody."""
        return self.filter(
            state__in=[Exchange.State.DELIVERED, Exchange.State.CLOSED, Exchange.State.DISPUTED],
            confirmed=None,
            actuals__isnull=False,
        ).distinct()

    def between(self, giver: Organisation, host: Organisation) -> Self:
        """The history of a giver and a host, the newest first."""
        return self.filter(giver=giver, host=host).order_by("-created", "-pk")


class Exchange(models.Model):
    """What one giver and one host do together.

    What they agree stands in its versions; ``held_*`` is what it counts against the limits of both
    sides, and ``brokerage.services.holding`` alone moves it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        INTRODUCED = "introduced", "Introduced"
        AGREED = "agreed", "Agreed"
        AMENDED = "amended", "Agreed, with a change proposed"
        DELIVERED = "delivered", "Delivered"
        CLOSED = "closed", "Closed"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Run out"
        CANCELLED = "cancelled", "Cancelled"
        NOT_DELIVERED = "not-delivered", "Did not happen"
        DISPUTED = "disputed", "With a broker"

    HOLDING = (State.PROPOSED, State.INTRODUCED, State.AGREED, State.AMENDED)
    """States in which places and a group's turn are held."""
    HAPPENED = (State.DELIVERED, State.CLOSED, State.DISPUTED)
    """States in which they were used: what happened still counts against the limits."""
    ENDED = (
        State.CLOSED,
        State.DECLINED,
        State.WITHDRAWN,
        State.EXPIRED,
        State.CANCELLED,
        State.NOT_DELIVERED,
    )

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=8, unique=True, editable=False)
    state = models.CharField(max_length=13, choices=State, default=State.PROPOSED)
    state_since = models.DateTimeField(default=timezone.now)
    need = models.ForeignKey(
        Notice, on_delete=models.RESTRICT, null=True, blank=True, related_name="exchanges_of_need"
    )
    offer = models.ForeignKey(
        Notice, on_delete=models.RESTRICT, null=True, blank=True, related_name="exchanges_of_offer"
    )
    host = models.ForeignKey(
        Organisation, on_delete=goes_with_examples, related_name="exchanges_hosted"
    )
    giver = models.ForeignKey(
        Organisation, on_delete=goes_with_examples, related_name="exchanges_given"
    )
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="exchanges")
    title = models.CharField(max_length=120)
    # As they were when it was proposed.
    benefit_to_host = models.TextField("benefit to the host", max_length=1000)
    benefit_to_giver = models.TextField("benefit to the giver", max_length=1000)
    proposed_by = models.CharField(max_length=5, choices=Side)
    # Of the form it was proposed by: sent twice, it is found by this.
    start_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)

    # What is counted against the limits at present.
    held_seats = models.PositiveIntegerField(default=0, editable=False)
    held_amount = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    # First days of the months in which it takes one of the host's turns.
    held_months = ArrayField(models.DateField(), default=list, blank=True, editable=False)
    # When a proposal, or an introduction that comes to nothing, gives back what it holds.
    holds_until = models.DateTimeField(null=True, blank=True)
    # How many of the reminders of an unanswered proposal have gone out.
    reminders_sent = models.PositiveSmallIntegerField(default=0, editable=False)

    # The result that counts, once it is confirmed.
    confirmed = models.ForeignKey(
        "brokerage.Actual", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of its entry in calendars: grows with every change that calendars have to show.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # Somebody asked a broker to step in, and none has settled it.
    broker_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now)
    modified = models.DateTimeField(auto_now=True)

    objects = ExchangeQuerySet.as_manager()
    AUDIT_NAME = "reference"

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(need__isnull=False) | Q(offer__isnull=False),
                name="exchange_of_something",
            ),
            models.CheckConstraint(
                condition=~Q(host=F("giver")),
                name="exchange_of_two",
                violation_error_message="An organisation cannot give to itself.",
            ),
            models.CheckConstraint(
                condition=Q(held_amount__gte=0), name="exchange_held_not_negative"
            ),
            # A result is confirmed of what happened, and of nothing else.
            models.CheckConstraint(
                condition=Q(confirmed__isnull=True) | Q(state__in=["delivered", "closed"]),
                name="exchange_confirmed_happened",
            ),
            # One open exchange of one need with one giver, and of one offer with one host.
            models.UniqueConstraint(
                fields=["need", "giver"],
                condition=Q(state__in=["proposed", "introduced"]),
                name="exchange_open_of_need_once",
            ),
            models.UniqueConstraint(
                fields=["offer", "host"],
                condition=Q(state__in=["proposed", "introduced"]),
                name="exchange_open_of_offer_once",
            ),
        ]
        indexes = [
            # What runs out, and who is to be reminded.
            models.Index(
                fields=["holds_until"],
                name="exchange_waits",
                condition=Q(state__in=["proposed", "introduced"]),
            ),
            models.Index(fields=["modified", "id"], name="exchange_changes"),
            models.Index(fields=["giver", "host"], name="exchange_relationship"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("brokerage:exchange", args=[self.reference])

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen to it but by a broker's hand."""
        return self.state not in self.ENDED

    @property
    def notice(self) -> Notice:
        """What it was proposed about: the need where there is one."""
        found = self.need or self.offer
        if found is None:
            raise ValueError("The database requires a need or an offer.")
        return found

    @property
    def answering_side(self) -> Side:
        """Who answers the proposal."""
        return Side(self.proposed_by).other

    @property
    def contacts_shown(self) -> bool:
        """Whether each side may see the other's contact: from the introduction on."""
        return (
            self.state
            not in {
                self.State.PROPOSED,
                self.State.DECLINED,
                self.State.WITHDRAWN,
                self.State.EXPIRED,
            }
            or self.events.filter(to_state=self.State.INTRODUCED).exists()
        )

    def organisation_of(self, side: Side) -> Organisation:
        return self.host if side == Side.HOST else self.giver

    def side_of(self, organisation: Organisation) -> Side | None:
        """Which side an organisation is; None for any other."""
        if organisation.pk == self.host_id:
            return Side.HOST
        return Side.GIVER if organisation.pk == self.giver_id else None


class HeldHours(models.Model):
    """What an exchange holds of the hours that its giver released, beside ``held_seats``."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="held_hours")
    released = models.ForeignKey(ReleasedHours, on_delete=models.CASCADE, related_name="holds")
    hours = models.DecimalField(max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name_plural = "held hours"
        constraints = [
            models.UniqueConstraint(fields=["exchange", "released"], name="held_hours_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="held_hours_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.hours} hours"


class Contact(models.Model):
    """Whom the other side reaches, shown to it from the introduction on."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="contacts")
    side = models.CharField(max_length=5, choices=Side)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exchange", "side"], name="contact_of_side_once")
        ]

    def __str__(self) -> str:
        return self.name
