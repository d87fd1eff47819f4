"""A file of purchases made elsewhere, checked line by line before any is recorded."""

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Min, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.formats import date_format

from accounts.models import Organisation
from buying.models.choice import Choice
from tslsv.ui.money import in_pounds, parse_money


class PurchaseFileQuerySet(models.QuerySet["PurchaseFile"]):
    """Reads of files."""

    def of(self, organisation: Organisation) -> Self:
        """A buyer's own, the newest first."""
        return self.filter(organisation=organisation).select_related("organisation")

    def with_numbers(self) -> Self:
        """How many lines each has, and how many wait to be recorded."""
        waits = models.Q(lines__state=PurchaseLine.State.NEW)
        return self.annotate(number=Count("lines"), number_waiting=Count("lines", filter=waits))


class PurchaseFile(models.Model):
    """One upload. It is a dry run until somebody records it."""

    class State(models.TextChoices):
        CHECKED = "checked", "Checked, not recorded"
        RECORDED = "recorded", "Recorded"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="purchase_files"
    )
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    # Of what was uploaded: the same file twice is one.
    digest = models.CharField(max_length=64, editable=False)
    # Headings of its columns that mean nothing here.
    ignored = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    objects = PurchaseFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "digest"], name="purchase_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PurchaseLineQuerySet(models.QuerySet["PurchaseLine"]):
    """Reads of lines."""

    def good(self) -> Self:
        return self.filter(errors=[])

    def to_match(self) -> Self:
        """Those that can be recorded, and whose provider looks like one on the list."""
        return self.filter(state=PurchaseLine.State.NEW, supplier__isnull=False)

    def undecided(self) -> Self:
        """Those of them of which nobody has said if it is that one."""
        return self.to_match().filter(is_supplier=None)

    def ready(self) -> Self:
        """Those that can be recorded now."""
        return self.filter(state=PurchaseLine.State.NEW).exclude(
            supplier__isnull=False, is_supplier=None
        )

    def numbers(self) -> dict[str, int]:
        """How many lines there are of each state. One query."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))

    def by_provider(self) -> QuerySet[Any, Any]:
        """One row for each provider that good lines name: what they call it, which one on the list
        it seems to be, how many lines and pounds; the largest sum first.
        """
        return (
            self.order_by()
            .values(
                "provider_key",
                "match",
                "is_supplier",
                supplier_pk=F("supplier"),
                supplier_name=F("supplier__name"),
                supplier_slug=F("supplier__slug"),
                ward=F("supplier__ward__name"),
            )
            .annotate(
                typed=Min(KT("values__supplier")),
                postcode=Min(KT("values__postcode")),
                charity_number=Min(KT("values__charity_number")),
                company_number=Min(KT("values__company_number")),
                lines=Count("pk"),
                total=Sum(
                    Cast(KT("values__amount"), models.DecimalField(max_digits=14, decimal_places=2))
                ),
            )
            .order_by("-total", "provider_key")
        )


class PurchaseLine(models.Model):
    """One line: what it says, what is wrong with it, and which provider it seems to mean.

    ``values`` holds its cells by field (see ``buying.purchase_csv``): of a good line as they are
    recorded, else as they were written.
    """

    class State(models.TextChoices):
        WRONG = "wrong", "Has a mistake"
        NEW = "new", "Not recorded yet"
        SAME = "same", "Here already"
        DIFFERS = "differs", "Here already, and differs"
        RECORDED = "recorded", "Recorded"

    class Match(models.TextChoices):
        NUMBER = "number", "By its register number"
        NAME = "name", "By its name and postcode"
        NONE = "none", "No match"

    file = models.ForeignKey(PurchaseFile, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    values = models.JSONField(default=dict)
    # Sentences, each about one cell: what is wrong with it.
    errors = models.JSONField(default=list, blank=True)
    # Of a line that is here already: what it says otherwise, in sentences.
    differences = models.JSONField(default=list, blank=True)
    # The same for all lines of the file that name the same provider.
    provider_key = models.CharField(max_length=64, blank=True, editable=False)
    match = models.CharField(max_length=6, choices=Match, default=Match.NONE)
    supplier = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What a person said of the match; empty until then.
    is_supplier = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What became of it, or what was there already.
    choice = models.ForeignKey(
        Choice, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PurchaseLineQuerySet.as_manager()

    class Meta:
        ordering = ["file", "line"]
        constraints = [
            models.UniqueConstraint(fields=["file", "line"], name="purchase_line_once"),
        ]
        indexes = [
            models.Index(fields=["file", "state"], name="purchase_line_state"),
        ]

    def __str__(self) -> str:
        return f"Line {self.line}"

    @property
    def amount_shown(self) -> str:
        """As on other pages, "£1,200.50"; what cannot be read, as it was written."""
        text = str(self.values.get("amount", ""))
        try:
            return in_pounds(parse_money(text))
        except ValueError:
            return text

    @property
    def day_shown(self) -> str:
        """Likewise: "1 May 2026"."""
        text = str(self.values.get("decided_on", ""))
        try:
            return date_format(datetime.date.fromisoformat(text), "j M Y")
        except ValueError:
            return text
