"""What an organisation says of itself: ethos, who leads, who is served, accreditations, facts."""

import datetime
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list

from accounts.forms.organisation import DetailsForm
from accounts.models import Organisation
from accounts.services.organisation import FACTS
from providers.forms.offer import note_clash, offer_choices, term_choices
from providers.models import Claim, Listing, Term
from providers.permissions import Author
from providers.services.claims import PAST, digest, digest_of, set_claims
from providers.services.describing import describe

type Codes = dict[Term.Facet, list[str]]

CHOOSE = "Choose from the list."
BAD_DATE = "Enter a date such as 31/03/2027."


class ClaimsForm(forms.Form):
    """The terms of some facets to tick. ``seen`` notices that they have changed meanwhile."""

    heading: ClassVar[str]
    lead: ClassVar[str] = ""
    facets: ClassVar[tuple[Term.Facet, ...]]

    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, said: Codes, listing: Listing, author: Author) -> None:
        self.listing, self.author = listing, author
        initial: dict[str, Any] = {facet.value: said[facet] for facet in self.facets}
        super().__init__(data, initial={**initial, "seen": _seen(said.values())})
        for facet in self.facets:
            offer_choices(self, facet.value, term_choices(facet, said[facet]))
        self.new_address = False
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save", css_class="btn"))

    @transaction.atomic
    def save(self) -> None:
        """All facets or none. Raises ClaimsClash, and whatever else ``set_claims`` raises."""
        seen = self.cleaned_data["seen"].split("-")
        for number, facet in enumerate(self.facets):
            set_claims(
                listing=self.listing,
                facet=facet,
                codes=self.cleaned_data[facet.value],
                author=self.author,
                seen=seen[number] if number < len(seen) else "",
            )

    def show_clash(self, now: Codes) -> None:
        """Put above each question that differs what was saved meanwhile; the ticks stay."""
        note_clash(self, _seen(now.values()))
        for facet in self.facets:
            if set(now[facet]) != set(self.cleaned_data.get(facet.value, now[facet])):
                labels = Term.objects.of(facet).filter(code__in=now[facet])
                saved = get_text_list(list(labels.values_list("label", flat=True)), "and")
                self.add_error(facet.value, f"Saved meanwhile: {saved or 'nothing'}.")


def _seen(codes: Any) -> str:
    return "-".join(digest(of_facet) for of_facet in codes)


def _ticks(label: str, help_text: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
        error_messages={"invalid_choice": CHOOSE, "invalid_list": CHOOSE},
    )


class EthosForm(ClaimsForm):
    """How the organisation works."""

    heading = "Ethos"
    lead = "How your organisation works. It stands beside all that you offer, as “declared”."
    facets = (Term.Facet.ETHOS,)

    ethos = _ticks("What is true of your organisation?", "Public.")


class EdiForm(ClaimsForm):
    """Who leads and who is served: asked apart, answered by owners alone, and optional."""

    heading = "Who leads, who is served"
    lead = (
        "Some buyers look for organisations that are led by, or serve, people who are often passed "
        "over. We ask so that they can find you. You need not answer, and you can take your "
        "answers away in one step at any time."
    )
    facets = (Term.Facet.EDI_LED, Term.Facet.EDI_SERVES)

    edi_led = _ticks(
        "Who leads or owns your organisation?",
        "Public, as “declared”. Tick a group if more than half of your board or owners belong to "
        "it. Only say what they are happy to have said.",
    )
    edi_serves = _ticks(
        "Whom does your organisation serve in particular?",
        "Public, as “declared”. This is another question: you can serve people who do not lead.",
    )


class FactsForm(DetailsForm):
    """What buyers want to know of an organisation that nobody acts for yet."""

    heading = "Your organisation"
    lead = "Beside each field stands whether everybody can see it."
    field_order = ["seen", *FACTS]
    new_address = False
    described: Organisation
    """As it stands once it is saved."""

    class Meta(DetailsForm.Meta):
        fields = FACTS  # type: ignore[assignment]

    def __init__(self, *args: Any, listing: Listing, author: Author, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listing, self.author = listing, author
        if author.registration is not None:
            # Both were asked for first of all: they can be put right, not taken away.
            self.fields["name"].help_text = "Public, once your offer is on the list."
            self.fields["postcode"].required = True

    def save(self, commit: bool = True) -> Any:
        """By the service. Raises Changed, Refused and PostcodeError."""
        self.described = describe(
            listing=self.listing,
            values={name: self.cleaned_data[name] for name in FACTS},
            seen=self.cleaned_data["seen"],
            author=self.author,
        )
        return self.described


class AccreditationForm(forms.Form):
    """One accreditation: which, its number, until when it holds, and what shows it.

    ``seen`` is the digest of what was said of it, to notice that somebody else has changed it.
    """

    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    code = forms.ChoiceField(
        label="Which accreditation is it?",
        error_messages={
            "required": "Choose an accreditation.",
            "invalid_choice": "Choose an accreditation from the list.",
        },
    )
    reference = forms.CharField(
        label="Its number",
        required=False,
        max_length=80,
        help_text="Public. Of the certificate or of your membership: a curator can look it up.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "Use at most 80 characters."},
    )
    valid_to = forms.DateField(
        label="Until when does it hold?",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"],
        help_text="Public. We remind you 30 days before. After that day it is no longer shown.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"}),
        error_messages={"invalid": BAD_DATE},
    )
    evidence = forms.CharField(
        label="What shows it?",
        required=False,
        max_length=300,
        help_text="Public. For example “In the scheme’s list of members” with its web address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "Use at most 300 characters."},
    )

    def __init__(self, data: Any, *, claim: Claim | None) -> None:
        initial = (
            {
                "code": claim.term.code,
                "reference": claim.reference,
                "valid_to": claim.valid_to,
                "evidence": claim.evidence,
            }
            if claim
            else {}
        )
        super().__init__(data, initial={**initial, "seen": digest_of(claim)})
        if claim:
            # Another accreditation is another claim.
            del self.fields["code"]
        else:
            terms = Term.objects.of(Term.Facet.ACCREDITATION).active()
            labels = terms.values_list("code", "label")
            offer_choices(self, "code", [("", "Choose one"), *labels])
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save", css_class="btn"))

    def show_clash(self, now: Claim | None) -> None:
        """Put above each field that differs what was saved meanwhile; what was typed stays."""
        note_clash(self, digest_of(now))
        for name in ("reference", "valid_to", "evidence"):
            saved = getattr(now, name) if now else ""
            if saved != self.cleaned_data.get(name, saved):
                words = date_format(saved, "j F Y") if name == "valid_to" and saved else saved
                self.add_error(name, f"Saved meanwhile: {f'“{words}”' if words else 'nothing'}.")

    def clean_valid_to(self) -> datetime.date | None:
        valid_to: datetime.date | None = self.cleaned_data["valid_to"]
        if valid_to is not None and valid_to < timezone.localdate():
            raise forms.ValidationError(PAST)
        return valid_to
