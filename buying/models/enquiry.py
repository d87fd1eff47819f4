"""One question to up to five providers, and what each of them says."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.addresses import confirmed_addresses
from accounts.models import Membership, Organisation, User
from accounts.models.invitation import hash_of
from providers.models import Listing
from tslsv.ui.money import in_pounds


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Reads of enquiries."""

    def unconfirmed(self) -> Self:
        """Written, and not sent: nobody has shown the asker's address to be theirs."""
        return self.filter(state=Enquiry.State.UNCONFIRMED)

    def open(self) -> Self:
        """Sent, and still to be answered or settled."""
        return self.filter(state=Enquiry.State.OPEN)

    def with_token(self, token: str) -> Self:
        """The one whose asker holds this link, and may still see it."""
        return self.filter(link_hash=hash_of(token)).exclude(self._left())

    def made_by(self, user: User) -> Self:
        """Sent in the name of an organisation that they act for, or for themselves: signed in, or
        by a mailed link to an address that they have confirmed.
        """
        by_link = Q(user=None, address_in__in=confirmed_addresses(user))
        return (
            self.annotate(address_in=Lower("email"))
            .exclude(state=Enquiry.State.UNCONFIRMED)
            .filter(
                Q(organisation__in=Organisation.objects.of(user).values("pk"))
                | Q(organisation=None) & (Q(user=user) | by_link)
            )
        )

    @staticmethod
    def _left() -> Q:
        """Asked in the name of an organisation by somebody who acts for it no longer."""
        still = Membership.objects.filter(
            organisation=models.OuterRef("organisation"), user=models.OuterRef("user")
        )
        return Q(organisation__isnull=False, user__isnull=False) & ~Q(models.Exists(still))


class Enquiry(models.Model):
    """What somebody needs, asked of one to five providers, each of whom answers apart.

    Providers never see each other, and see the asker's address only when the asker lets them.
    """

    MOST_PROVIDERS = 5

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Waits for its address to be confirmed"
        OPEN = "open", "Sent"
        CLOSED = "closed", "Closed by whoever asked"
        EXPIRED = "expired", "Its time has run out"
        STOPPED = "stopped", "Stopped by a curator"

    reference = models.CharField(max_length=8, unique=True, null=True, blank=True, editable=False)
    state = models.CharField(max_length=12, choices=State, default=State.UNCONFIRMED)
    # Who asks, as providers see it, and where answers go, which they do not see.
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    asking_for = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The buyer, where a member asks in its name.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="enquiries_made",
    )

    title = models.CharField(max_length=120)
    what = models.TextField(max_length=2000)
    on_day = models.DateField(null=True, blank=True)
    when = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    ward = models.ForeignKey(
        "places.Ward", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.PositiveIntegerField(null=True, blank=True)
    # Pounds, all in; only where the asker likes to say.
    budget = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    access_needs = models.TextField(max_length=1000, blank=True)
    answer_by = models.DateField()
    gives_address = models.BooleanField(default=False)

    # Of the link that was mailed to the asker.
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    # Of everything that was answered: the same asked twice is found by this, until it has ended.
    start_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = EnquiryQuerySet.as_manager()
    AUDIT_NAME = "reference"

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="unconfirmed")
                | models.Q(sent_at__isnull=False, reference__isnull=False),
                name="enquiry_sent_has_reference",
                violation_error_message="An enquiry that is sent needs its time and reference.",
            ),
        ]
        indexes = [
            # What runs out tonight, and who is to be reminded.
            models.Index(
                fields=["answer_by"], name="enquiry_open", condition=models.Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def budget_text(self) -> str:
        """Such as "£1,200.50"; empty where it was not said."""
        return "" if self.budget is None else in_pounds(self.budget)

    def asker_has_left(self) -> bool:
        """Whether it was asked in the name of an organisation by somebody who acts for it no
        longer: from then on it is that organisation's alone. At most one query.
        """
        if self.organisation_id is None or self.user_id is None:
            return False
        members = Membership.objects.filter(organisation=self.organisation_id, user=self.user_id)
        return not members.exists()

    @property
    def is_open(self) -> bool:
        """Whether it can be answered."""
        return self.state == self.State.OPEN

    @property
    def can_be_talked_about(self) -> bool:
        """Whether messages pass: an answer may come too late, and still be of use."""
        return self.state in {self.State.OPEN, self.State.EXPIRED}


class RecipientQuerySet(models.QuerySet["Recipient"]):
    """Reads of what providers were asked."""

    def sent(self) -> Self:
        """Those that their providers may know of."""
        return self.exclude(enquiry__state=Enquiry.State.UNCONFIRMED).filter(withheld=False)

    def for_organisation(self, organisation: Organisation) -> Self:
        """What it was asked, newest first, with the enquiry."""
        return (
            self.sent()
            .filter(organisation=organisation)
            .select_related("enquiry", "answer")
            .order_by("-enquiry__sent_at", "-pk")
        )

    def waiting(self) -> Self:
        """Neither answered yes or no, nor reported, in an enquiry that is still open."""
        return self.sent().filter(
            enquiry__state=Enquiry.State.OPEN, answer=None, not_genuine_at__isnull=True
        )

    def reported(self) -> Self:
        """Those that a provider calls no genuine enquiry, and no curator has settled yet."""
        return self.filter(not_genuine_at__isnull=False, report_settled_at__isnull=True)

    def with_token(self, token: str) -> Self:
        """The one whose provider holds this link."""
        return self.sent().filter(link_hash=hash_of(token))


class Recipient(models.Model):
    """One provider of an enquiry, and the conversation with it."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="recipients")
    position = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="asked"
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # As they were when they were asked.
    title = models.CharField(max_length=120)
    organisation_name = models.CharField(max_length=200)
    # Of the link that was mailed to the provider.
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    # The yes or no that stands: the newest.
    answer = models.ForeignKey(
        "buying.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When it first said anything: yes, no or a question.
    first_answer_at = models.DateTimeField(null=True, blank=True)
    # When the asker took up its yes.
    accepted_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # When the asker let this provider have their address.
    address_given_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)
    # The asker may not ask this provider, and is not told so: it never hears of this.
    withheld = models.BooleanField(default=False, editable=False)
    # The provider says that it is no genuine enquiry; only then do curators read it.
    not_genuine_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(max_length=1000, blank=True)
    report_settled_at = models.DateTimeField(null=True, blank=True)
    report_settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RecipientQuerySet.as_manager()
    AUDIT_NAME = "organisation_name"

    class Meta:
        ordering = ["enquiry", "position"]
        verbose_name = "asked provider"
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "organisation"],
                name="recipient_once",
                violation_error_message="Each provider is asked once.",
            ),
            models.UniqueConstraint(fields=["enquiry", "position"], name="recipient_position_once"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=Enquiry.MOST_PROVIDERS),
                name="recipient_one_of_five",
                violation_error_message="One to five providers can be asked.",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name

    def address_is_known(self) -> bool:
        return self.address_given_at is not None

    def took(self) -> datetime.timedelta | None:
        """From being asked to the first word back."""
        if self.first_answer_at is None or self.enquiry.sent_at is None:
            return None
        return self.first_answer_at - self.enquiry.sent_at


class Message(models.Model):
    """One thing that the asker or the provider says to the other. It is never changed."""

    MOST_WORDS = 4000

    class By(models.TextChoices):
        ASKER = "asker", "Whoever asked"
        PROVIDER = "provider", "The provider"

    class Kind(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        QUESTION = "question", "A question"
        MESSAGE = "message", "A message"

    class Reason(models.TextChoices):
        BUSY = "busy", "Not free then"
        NOT_OURS = "not-ours", "Not what we do"
        TOO_FAR = "too-far", "Too far away"
        SIZE = "size", "Too many, or too few, for us"
        BUDGET = "budget", "Not for this budget"
        OTHER = "other", "Another reason"

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="messages")
    by = models.CharField(max_length=8, choices=By)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MESSAGE)
    # Pounds for everything that was asked, excluding VAT.
    price = models.DecimalField(
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(99_999_999)],
    )
    reason = models.CharField(max_length=8, choices=Reason, blank=True)
    text = models.TextField(max_length=MOST_WORDS, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of the form it was typed in, or of the mail it came by: sent twice, it is found by this.
    key = models.CharField(max_length=64, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"],
                condition=~models.Q(key=""),
                name="message_once",
                violation_error_message="This was said already.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="message") | models.Q(by="provider"),
                name="message_answer_is_the_providers",
                violation_error_message="Only the provider answers.",
            ),
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(kind="yes", price__gte=0),
                name="message_price_of_a_yes",
                violation_error_message="Only a yes has a price.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="no", reason__gt="")
                | models.Q(reason="") & ~models.Q(kind="no"),
                name="message_no_has_a_reason",
                violation_error_message="A no has a reason, and nothing else has.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by}"

    @property
    def in_short(self) -> str:
        """The answer without its words: "Yes, for £240.00", "No: too far away", "A question"; empty
        for a message.
        """
        if self.kind == self.Kind.YES:
            return "Yes" if self.price is None else f"Yes, for {in_pounds(self.price)}"
        if self.kind == self.Kind.NO:
            reason = self.get_reason_display()
            return f"No: {reason[:1].lower()}{reason[1:]}"
        return str(self.get_kind_display()) if self.kind == self.Kind.QUESTION else ""
