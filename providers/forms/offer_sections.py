"""The richer sections of an offer: each a page of its own, none of them needed."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from places.models import Ward
from providers import content
from providers.content import Content
from providers.forms.offer import (
    BAD_EMAIL,
    WHERE,
    SectionForm,
    ask_for_email,
    offer_choices,
    term_choices,
)
from providers.models import Listing, Term
from tslsv.ui.fields import Whole, Words

MONEY = "Enter pounds, and pence if need be, such as 6.50."
TOO_DEAR = "Enter less than £1,000,000."
_POUNDS = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?", re.ASCII)


class Money(forms.DecimalField):
    """Pounds. What people type around them does no harm: "£1,200". A comma before pence, as in
    "6,50", is refused: without it the price would be a hundred times as high.
    """

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = re.sub(r"[£\s]", "", value)
            if not _POUNDS.fullmatch(value):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
            value = value.replace(",", "")
        return super().to_python(value)


def money(label: str, help_text: str = "") -> Money:
    return Money(
        label=label,
        required=False,
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "decimal"}),
        error_messages={
            "invalid": MONEY,
            "min_value": "Enter a price above £0, or choose “Free”.",
            "max_digits": TOO_DEAR,
            "max_whole_digits": TOO_DEAR,
            "max_decimal_places": MONEY,
        },
    )


def number(label: str, help_text: str, most: int, words: str) -> Whole:
    return Whole(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric"}),
        error_messages={"invalid": words, "min_value": words, "max_value": words},
    )


class DescriptionForm(SectionForm):
    """Everything that the summary has no room for."""

    heading = "Description"
    lead = "What people get, how it works, and what makes it yours. Write as you would tell it."
    reads = ("description",)

    description = Words(
        label="What do people get?",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Public. An empty line begins a new paragraph. Up to 5,000 characters.",
        error_messages={
            "max_length": "Use at most 5,000 characters. You have written %(show_value)d."
        },
    )


class PriceForm(SectionForm):
    """A price, even a rough one."""

    heading = "Price"
    lead = "Many buyers leave out what has no price. A rough one is enough."
    reads = ("pricing", "price_from", "price_to", "price_unit")

    pricing = forms.ChoiceField(
        label="What does it cost?",
        choices=[("priced", "It has a price"), ("free", "It is free"), ("ask", "People ask us")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it costs.",
            "invalid_choice": "Choose what it costs.",
        },
    )
    price_from = money("Price, or the lowest price, in pounds", "Public. For example 6.50.")
    price_to = money("The highest price, in pounds", "Only if there is more than one price.")
    price_unit = forms.ChoiceField(
        label="The price is for",
        required=False,
        choices=[("", "Choose one"), *Listing.PriceUnit.choices],
        error_messages={"invalid_choice": "Choose what the price is for."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("pricing") != Listing.Pricing.PRICED:
            return cleaned
        lowest, highest = cleaned.get("price_from"), cleaned.get("price_to")
        if lowest is None and "price_from" not in self.errors:
            self.add_error("price_from", "Enter the price, or choose “Free” or “People ask us”.")
        if not cleaned.get("price_unit") and "price_unit" not in self.errors:
            self.add_error("price_unit", "Choose what the price is for.")
        if lowest is not None and highest is not None and highest < lowest:
            self.add_error("price_to", "The highest price must not be below the lowest.")
        return cleaned

    def values(self) -> Content:
        if self.cleaned_data["pricing"] != Listing.Pricing.PRICED:
            pricing = self.cleaned_data["pricing"]
            return {"pricing": pricing, "price_from": "", "price_to": "", "price_unit": ""}
        prices = {name: content.as_price(self.cleaned_data[name]) for name in content.PRICES}
        return {**super().values(), **prices}


class PracticalForm(SectionForm):
    """What somebody has to know before they ask."""

    heading = "Notice, size and payment"
    reads = ("notice_days", "capacity", "payment")

    notice_days = number(
        "How many days before do people have to ask?",
        "Public. 0 means that the same day is fine.",
        730,
        "Enter a number of days from 0 to 730.",
    )
    capacity = number(
        "How many people is it for, at most?",
        "Public. Leave it empty if that makes no sense for your offer.",
        1_000_000,
        "Enter a number of people from 1 to 1,000,000.",
    )
    payment = forms.MultipleChoiceField(
        label="How can people pay?",
        required=False,
        choices=Listing.Payment.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Public. Councils and hospitals often need an invoice or a purchase order.",
        error_messages={"invalid_choice": "Choose from the list."},
    )

    def clean_capacity(self) -> int | None:
        capacity: int | None = self.cleaned_data["capacity"]
        if capacity == 0:
            raise forms.ValidationError("Enter a number of people from 1 to 1,000,000.")
        return capacity

    def values(self) -> Content:
        return {**super().values(), "payment": sorted(self.cleaned_data["payment"])}


class PlaceForm(SectionForm):
    """Where the offer is to be had, and in which wards."""

    heading = "Where"
    reads = ("delivery", "delivery_wards")

    delivery = forms.ChoiceField(
        label="Where can people have it?",
        choices=WHERE,
        widget=forms.RadioSelect,
        help_text="Public.",
        error_messages={
            "required": "Choose where people can have it.",
            "invalid_choice": "Choose where people can have it.",
        },
    )
    delivery_wards = forms.MultipleChoiceField(
        label="In which wards?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only if you chose “In some wards of Leeds”.",
        error_messages={"invalid_choice": "Choose wards from the list."},
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        wards = Ward.objects.order_by("name").values_list("code", "name")
        offer_choices(self, "delivery_wards", list(wards))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("delivery") == Listing.Delivery.WARDS
            and not cleaned.get("delivery_wards")
            and "delivery_wards" not in self.errors
        ):
            self.add_error("delivery_wards", "Choose at least one ward.")
        return cleaned

    def values(self) -> Content:
        delivery = self.cleaned_data["delivery"]
        wards = self.cleaned_data["delivery_wards"] if delivery == Listing.Delivery.WARDS else []
        return {"delivery": delivery, "delivery_wards": sorted(wards)}


class ContactForm(SectionForm):
    """Whom to ask about this offer, where that is not the organisation's own contact."""

    heading = "Contact"
    lead = "What you leave empty is taken from your organisation’s details."
    reads = ("contact_name", "email", "phone", "website")

    contact_name = forms.CharField(
        label="Who answers?",
        required=False,
        max_length=120,
        help_text="Public. Leave it empty if nobody is to be named.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "Use at most 120 characters."},
    )
    email = forms.EmailField(
        label="Email address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": BAD_EMAIL, "required": BAD_EMAIL, "max_length": BAD_EMAIL},
    )
    phone = forms.CharField(
        label="Telephone",
        required=False,
        max_length=30,
        help_text="Public.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={"max_length": "Use at most 30 characters."},
    )
    website = forms.URLField(
        label="Web page of this offer",
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text="Public.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={
            "invalid": "Enter a web address such as https://example.org.",
            "max_length": "Enter a web address of at most 300 characters.",
        },
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        ask_for_email(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        organisation = self.listing.organisation
        reachable = cleaned.get("email") or cleaned.get("phone")
        if not reachable and not (organisation.email or organisation.phone) and not self.errors:
            self.add_error("email", "Give an email address or a telephone number.")
        return cleaned


class AccessForm(SectionForm):
    """What helps people to get in, to join in, and to follow."""

    heading = "Access"
    lead = "People choose by this. Tick what is there today, not what is planned."
    reads = ("access_features",)

    access_features = forms.MultipleChoiceField(
        label="What is there?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Public.",
        error_messages={"invalid_choice": "Choose from the list."},
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        features = term_choices(Term.Facet.ACCESS, self.said["access_features"])
        offer_choices(self, "access_features", features)

    def values(self) -> Content:
        return {"access_features": sorted(self.cleaned_data["access_features"])}
