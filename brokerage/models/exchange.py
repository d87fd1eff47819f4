"""One giver and one host, from a proposal to a result that both confirm."""

import datetime
import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.deleting import goes_with_examples
from accounts.models import Organisation, User
from brokerage.models.capacity import ReleasedHours
from brokerage.models.choices import Mode, Side
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


class ExchangeVersionQuerySet(models.QuerySet["ExchangeVersion"]):
    """Reads of versions."""

    def pending(self) -> Self:
        """The one that is proposed and not yet confirmed by both."""
        return self.filter(status=ExchangeVersion.Status.PENDING)

    def agreed(self) -> Self:
        """The one that stands."""
        return self.filter(status=ExchangeVersion.Status.AGREED)


class ExchangeVersion(models.Model):
    """When, where, how many: what one side proposes and both confirm. Its terms never change; a
    change is another version.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Proposed"
        AGREED = "agreed", "Agreed"
        REPLACED = "replaced", "Replaced"
        REFUSED = "refused", "Not taken"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    by = models.CharField(max_length=5, choices=Side)
    # Both ends included. Empty while the day is still to be found.
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    start_time = models.TimeField(null=True, blank=True)
    end_time = models.TimeField(null=True, blank=True)
    # Of what goes on for long: when both look at how it goes.
    review_on = models.DateField(null=True, blank=True)
    seats = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    hours_each = models.DecimalField(
        "hours for each person",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    mode = models.CharField(max_length=9, choices=Mode, default=Mode.IN_PERSON)
    place = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    cost_contribution = models.DecimalField(
        "contribution to the host's costs, in pounds",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    note = models.TextField(max_length=2000, blank=True)
    host_confirmed_at = models.DateTimeField(null=True, blank=True)
    giver_confirmed_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)

    objects = ExchangeVersionQuerySet.as_manager()

    TERMS = (
        "first_day",
        "last_day",
        "start_time",
        "end_time",
        "review_on",
        "seats",
        "hours_each",
        "amount",
        "mode",
        "place",
        "postcode",
        "cost_contribution",
        "note",
    )
    """What both sides confirm, by the names of the columns."""

    class Meta:
        ordering = ["exchange", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(status="pending"), name="version_one_pending"
            ),
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(status="agreed"), name="version_one_agreed"
            ),
            models.CheckConstraint(
                condition=~Q(status="agreed")
                | Q(host_confirmed_at__isnull=False, giver_confirmed_at__isnull=False),
                name="version_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True, last_day__isnull=True)
                | Q(first_day__lte=F("last_day")),
                name="version_days_in_order",
                violation_error_message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def person_hours(self) -> Decimal | None:
        """Places times hours for each; None where either is open."""
        if self.seats is None or self.hours_each is None:
            return None
        return self.seats * self.hours_each

    @property
    def months(self) -> list[datetime.date]:
        """First days of the months in which it begins: a group takes one turn, in its first month.
        Empty while no day is set.
        """
        return [self.first_day.replace(day=1)] if self.first_day else []

    @property
    def is_long(self) -> bool:
        """A week or more: it has other days, so it neither clashes nor stops for a holiday."""
        first, last = self.first_day, self.last_day
        return first is not None and last is not None and (last - first).days >= 7

    def confirmed_at(self, side: Side) -> datetime.datetime | None:
        return self.host_confirmed_at if side == Side.HOST else self.giver_confirmed_at


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


class GateQuerySet(models.QuerySet["Gate"]):
    """Reads of checks."""

    def unmet(self, day: datetime.date) -> Self:
        """Those that are not settled for something that ends on this day."""
        return self.filter(
            Q(met_on__isnull=True) | Q(valid_to__isnull=False, valid_to__lt=day), waived_because=""
        )


class Gate(models.Model):
    """One thing that has to be settled before both sides can agree: that it is, when, until when
    and in what words; never a certificate.
    """

    class Level(models.TextChoices):
        """Of DBS checks; the host says which, and why."""

        NONE = "none", "No check is needed"
        BASIC = "basic", "Basic"
        STANDARD = "standard", "Standard"
        ENHANCED = "enhanced", "Enhanced"
        ENHANCED_BARRED = "barred", "Enhanced with barred lists"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="gates")
    check_of = models.CharField(max_length=11, choices=Kind.Check)
    level = models.CharField(max_length=8, choices=Level, blank=True)
    # Why this DBS level; who insures; who supervises; who pays expenses, and how much at most.
    words = models.CharField(max_length=300, blank=True)
    met_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    met_by = models.CharField(max_length=5, choices=Side, blank=True)
    # A broker's reason for going on without it.
    waived_because = models.CharField(max_length=300, blank=True)
    # That it runs out before the end was said in good time.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    modified = models.DateTimeField(auto_now=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "check_of"], name="gate_once"),
            models.CheckConstraint(
                condition=~Q(check_of="dbs") | Q(met_on__isnull=True) | ~Q(level="") & ~Q(words=""),
                name="gate_dbs_has_level_and_reason",
                violation_error_message="Say which DBS level, and why.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_check_of_display())

    def is_met(self, day: datetime.date) -> bool:
        """Whether it is settled for something that ends on this day; the same as ``unmet``."""
        if self.waived_because:
            return True
        return self.met_on is not None and (self.valid_to is None or self.valid_to >= day)


class Actual(models.Model):
    """What happened, as one side says it. The one that is confirmed is the exchange's result."""

    class By(models.TextChoices):
        HOST = "host", "The host"
        GIVER = "giver", "The giver"
        VERIFIER = "verifier", "Somebody by a signed link"
        BROKER = "broker", "A broker"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="actuals")
    by = models.CharField(max_length=8, choices=By)
    people = models.PositiveIntegerField(null=True, blank=True)
    # Person-hours: of the giver's people; of the host's staff and volunteers for hosting.
    giver_hours = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    host_hours = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # Pounds, items or room-hours, of the other kinds.
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # Pounds that hosting cost, and that the giver paid towards it.
    host_cost = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    contribution = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # On which day it happened, or ended.
    happened_on = models.DateField()
    words = models.TextField(max_length=2000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.CharField(max_length=8, choices=By, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # A broker's reason for a figure that neither side gave, or that is above what was agreed.
    reason = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=""),
                name="actual_confirmed_by_somebody",
            ),
            # Nobody confirms their own word; a broker's own figure is one that they decided.
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("by")) | Q(by="broker"),
                name="actual_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_hours or self.amount or 0} on {self.happened_on}"


class VerifierLink(models.Model):
    """A link by which somebody without an account confirms a result, once."""

    actual = models.ForeignKey(Actual, on_delete=models.CASCADE, related_name="verifier_links")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.name


class Feedback(models.Model):
    """How it was, as one side says. Brokers read it, and the other side where its writer lets it;
    the public never.
    """

    class Went(models.TextChoices):
        WELL = "well", "It went well"
        MIXED = "mixed", "Some of it did not go well"
        BADLY = "badly", "It did not go well"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="feedback")
    side = models.CharField(max_length=5, choices=Side)
    went = models.CharField(max_length=5, choices=Went)
    again = models.BooleanField("would do it again", null=True, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    shared = models.BooleanField("the other side may read it", default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "side"], name="feedback_of_side_once")
        ]

    def __str__(self) -> str:
        return str(self.get_went_display())


class ExchangeEvent(models.Model):
    """What happened to an exchange, for its two sides to read. It is never changed."""

    class Who(models.TextChoices):
        HOST = "host", "The host"
        GIVER = "giver", "The giver"
        BROKER = "broker", "A broker"
        VERIFIER = "verifier", "Somebody by a signed link"
        TIME = "time", "By itself"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    who = models.CharField(max_length=8, choices=Who)
    # Such as "introduced", "proposed a change", "reduced the places".
    verb = models.CharField(max_length=60)
    from_state = models.CharField(max_length=13, choices=Exchange.State, blank=True)
    to_state = models.CharField(max_length=13, choices=Exchange.State)
    reason = models.CharField(max_length=1000, blank=True)
    version = models.ForeignKey(
        ExchangeVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_who_display()} {self.verb}"
