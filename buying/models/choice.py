"""What was bought, of whom, and why of them."""

from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from accounts.deleting import goes_with_examples
from accounts.models import Organisation
from buying.models.enquiry import Enquiry, Recipient
from providers.models import Claim, Listing, Term


class ChoiceQuerySet(models.QuerySet["Choice"]):
    """Reads of choices."""

    def of(self, organisation: Organisation) -> Self:
        """A buyer's own, the newest first."""
        return self.filter(organisation=organisation).order_by("-created", "-pk")

    def filed(self) -> Self:
        """Those of which a version stands."""
        stands = ChoiceVersion.objects.filter(choice=models.OuterRef("pk"), stands=True)
        return self.filter(models.Exists(stands))

    def with_standing(self) -> Self:
        """Each with the version that stands, if any, in ``standing``."""
        stands = ChoiceVersion.objects.filter(stands=True)
        return self.prefetch_related(
            models.Prefetch("versions", queryset=stands, to_attr="standing")
        )


class Choice(models.Model):
    """One purchase of one buyer. What is known of it stands in its versions.

    The newest filed version stands: it is the only one that any figure counts. Corrections are new
    versions; a version that was filed is never changed (a database trigger refuses it).
    """

    class Origin(models.TextChoices):
        SITE = "site", "Chosen here"
        ELSEWHERE = "elsewhere", "Bought elsewhere"

    organisation = models.ForeignKey(
        Organisation, on_delete=goes_with_examples, related_name="choices"
    )
    reference = models.CharField(max_length=8, unique=True, editable=False)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.SITE)
    # The buyer's own: an order or a payment. The same one is never recorded twice.
    own_reference = models.CharField(max_length=60, blank=True)
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.SET_NULL, null=True, blank=True, related_name="choices"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of the form it began with: sent twice, it is found by this.
    start_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = ChoiceQuerySet.as_manager()
    AUDIT_NAME = "reference"

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "own_reference"],
                condition=~models.Q(own_reference=""),
                name="choice_own_reference_once",
                violation_error_message="A purchase with this reference of yours is here already.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ChoiceVersionQuerySet(models.QuerySet["ChoiceVersion"]):
    """Reads of versions."""

    def filed(self) -> Self:
        return self.filter(filed_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(filed_at__isnull=True)

    def standing(self) -> Self:
        """The one of each choice that counts, purchases that never happened left out."""
        return self.filter(stands=True, void=False)


class ChoiceVersion(models.Model):
    """A choice as it was written down at one time: a draft, then filed and never changed.

    What the report counts by (place, sector, claims of the provider) is what held on the day it was
    filed, so that a report of last year reads the same next year.
    """

    class Conflict(models.TextChoices):
        NONE = "none", "Nobody who decided has a link with a provider that was considered"
        DECLARED = "declared", "Somebody has, and this is how it was dealt with"

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()

    what = models.CharField(max_length=300, blank=True)
    category = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Pounds excluding VAT.
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    decided_on = models.DateField(null=True, blank=True)
    reason = models.TextField(max_length=4000, blank=True)
    conflict = models.CharField(max_length=8, choices=Conflict, blank=True)
    conflict_words = models.TextField(max_length=2000, blank=True)

    # The provider that was chosen, as it was then; the first is only the way to its page.
    supplier = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="chosen_in"
    )
    supplier_name = models.CharField(max_length=200, blank=True)
    supplier_sector = models.CharField(max_length=8, choices=Organisation.Sector, blank=True)
    supplier_legal_form = models.CharField(
        max_length=24, choices=Organisation.LegalForm, blank=True
    )
    # In a public register, such as GB-CHC-1234567: it shows that the sector is right.
    supplier_number = models.CharField(max_length=60, blank=True)
    supplier_postcode = models.CharField(max_length=8, blank=True)
    supplier_ward = models.ForeignKey(
        "places.Ward", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Inside one of the 33 wards; empty where its place is not known.
    supplier_in_leeds = models.BooleanField(null=True, blank=True)

    # The line of the buyer's own rules that applied, as it read then.
    rule_up_to = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    rule_ask = models.PositiveSmallIntegerField(null=True, blank=True)
    rule_words = models.CharField(max_length=500, blank=True)
    rule_met = models.BooleanField(null=True, blank=True)
    # Why it was done all the same, where the rule was not met.
    rule_reason = models.TextField(max_length=2000, blank=True)

    # What a correction is for, and whether it says that the purchase never happened.
    correction = models.TextField(max_length=1000, blank=True)
    void = models.BooleanField(default=False)
    # The provider may see that it was chosen, and nothing else.
    tells_provider = models.BooleanField(default=False)

    # The newest that was filed. A correction that is filed takes this over.
    stands = models.BooleanField(default=False, editable=False)
    filed_at = models.DateTimeField(null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = ChoiceVersionQuerySet.as_manager()

    class Meta:
        ordering = ["choice", "number"]
        constraints = [
            models.UniqueConstraint(fields=["choice", "number"], name="choice_version_number_once"),
            models.UniqueConstraint(
                fields=["choice"],
                condition=models.Q(filed_at__isnull=True),
                name="choice_one_draft",
                violation_error_message="A correction of this choice is begun already.",
            ),
            models.UniqueConstraint(
                fields=["choice"],
                condition=models.Q(stands=True),
                name="choice_one_stands",
            ),
            models.CheckConstraint(
                condition=models.Q(stands=False) | models.Q(filed_at__isnull=False),
                name="choice_standing_is_filed",
            ),
            models.CheckConstraint(
                condition=models.Q(filed_at__isnull=True)
                | models.Q(
                    amount__isnull=False,
                    amount__gte=0,
                    decided_on__isnull=False,
                    what__gt="",
                    supplier_name__gt="",
                ),
                name="choice_filed_is_whole",
                violation_error_message="What, whom, how much and when: all four are needed.",
            ),
            models.CheckConstraint(
                condition=models.Q(filed_at__isnull=True)
                | models.Q(number=1, void=False)
                | models.Q(number__gt=1, correction__gt=""),
                name="choice_correction_says_why",
                violation_error_message="Say what the correction is for.",
            ),
        ]
        indexes = [
            # A report is about a period.
            models.Index(
                fields=["decided_on"],
                name="choice_version_day",
                condition=models.Q(stands=True),
            ),
        ]

    def __str__(self) -> str:
        return self.what or f"Version {self.number}"


class Considered(models.Model):
    """A provider that was considered for a choice, and what it answered."""

    MOST = 50
    MOST_WORDS = 4200
    """As much as an answer to an enquiry holds, with the reason of a no."""

    class Answer(models.TextChoices):
        YES = "yes", "Said yes"
        NO = "no", "Said no"
        NONE = "none", "Did not answer"
        NOT_ASKED = "not-asked", "Was not asked"

    version = models.ForeignKey(ChoiceVersion, on_delete=models.CASCADE, related_name="considered")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    # Typed, of one that is not on the list: it says where that is.
    postcode = models.CharField(max_length=8, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="considered_in"
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recipient = models.ForeignKey(
        Recipient, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.NOT_ASKED)
    # Pounds excluding VAT.
    price = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    words = models.TextField(max_length=MOST_WORDS, blank=True)
    chosen = models.BooleanField(default=False)

    class Meta:
        ordering = ["version", "position", "pk"]
        verbose_name = "considered provider"
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(chosen=True),
                name="considered_one_chosen",
                violation_error_message="One provider is chosen.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_typed(self) -> bool:
        """Neither on the list nor asked here, so its name is what somebody typed."""
        return self.organisation_id is None and self.recipient_id is None


class ClaimThen(models.Model):
    """What the chosen provider claimed on the day the choice was filed.

    Ethos and accreditations alone: who leads an organisation and whom it serves is theirs to
    withdraw in one step, so no record keeps it (docs/adr/0013-records-of-choices.md).
    """

    version = models.ForeignKey(ChoiceVersion, on_delete=models.CASCADE, related_name="claims_then")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=9, choices=Claim.Level)

    class Meta:
        ordering = ["version", "term"]
        verbose_name_plural = "claims then"
        constraints = [
            models.UniqueConstraint(fields=["version", "term"], name="claim_then_once"),
        ]

    def __str__(self) -> str:
        return f"Claim {self.pk}"
