"""The filters of the provider search: what can be asked for, and what is wrong with a bad value.

django-filter declares, parses and validates them. Finding the listings is the search index's work
(``providers.search``), so the filters carry no query of their own.
"""

from decimal import Decimal
from functools import cache
from typing import Any

import django_filters
from django import forms

from places.lookup import Found, PostcodeError, resolve
from places.models import Postcode
from places.typed import Typed, parse
from providers.choices import Choices
from providers.models import Listing
from tslsv.ui.filtering import (
    LONGEST_QUERY,
    ChoiceFilter,
    ManyFilter,
    NumberFilter,
    QueryFilter,
    TextFilter,
    WholeFilter,
)

MILES = (1, 2, 5, 10)
MOST_MILES = 500
MOST_DAYS = 365
MOST_PEOPLE = 100_000


def _whole(label: str, least: int, most: int, what: str) -> WholeFilter:
    sentence = f"Enter a whole number of {what}, from {least} to {most:,}."
    return WholeFilter(
        label=label,
        min_value=least,
        max_value=most,
        error_messages={"invalid": sentence, "min_value": sentence, "max_value": sentence},
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )


_MILES_SENTENCE = f"Enter a number of miles from 0.1 to {MOST_MILES}."


class ListingFilter(django_filters.FilterSet):
    """The search page's form. ``place`` is where ``near`` is, once the form is clean."""

    SORTS = (
        ("relevance", "Relevance"),
        ("distance", "Nearest"),
        ("name", "Name"),
        ("confirmed", "Recently confirmed"),
    )
    FACETS = (
        "category",
        "sector",
        "ward",
        "delivers_to",
        "price",
        "pay",
        "ethos",
        "edi_led",
        "edi_serves",
        "accreditation",
        "access",
        "legal_form",
        "origin",
    )

    q = QueryFilter(
        label="What do you need?",
        max_length=LONGEST_QUERY,
        error_messages={"max_length": f"Use at most {LONGEST_QUERY} characters."},
    )
    near = TextFilter(label="Near", max_length=LONGEST_QUERY)
    within = NumberFilter(
        label="Within",
        min_value=Decimal("0.1"),
        max_value=MOST_MILES,
        error_messages={
            "invalid": _MILES_SENTENCE,
            "min_value": _MILES_SENTENCE,
            "max_value": _MILES_SENTENCE,
        },
    )
    notice = _whole("Notice you can give, days", 0, MOST_DAYS, "days")
    capacity = _whole("Room for, people", 1, MOST_PEOPLE, "people")
    checked = ChoiceFilter(
        label="Checked claims only",
        choices=[("1", "Checked only")],
        error_messages={"invalid_choice": "“Checked only” is 1 or nothing."},
    )
    sort = ChoiceFilter(
        label="Sort by",
        choices=SORTS,
        error_messages={"invalid_choice": "Choose one of the orders offered."},
    )
    category = ManyFilter(label="Category")
    ward = ManyFilter(label="Ward")
    sector = ManyFilter(label="Sector")
    legal_form = ManyFilter(label="Legal form")
    ethos = ManyFilter(label="Ethos")
    edi_led = ManyFilter(label="Led or owned by")
    edi_serves = ManyFilter(label="Serves")
    accreditation = ManyFilter(label="Accreditation")
    access = ManyFilter(label="Access")
    price = ManyFilter(label="Price")
    pay = ManyFilter(label="How to pay")
    delivers_to = ManyFilter(label="Delivers to")
    origin = ManyFilter(label="Where the entry comes from")

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, choices: Choices, unit: Postcode | None = None) -> None:
        super().__init__(data, queryset=Listing.objects.none())
        self.choices = choices
        self.unit = unit
        self.place: Found | None = None

    @classmethod
    @cache
    def _same_form_class(cls) -> type[forms.Form]:
        filters = {name: declared.field for name, declared in cls.base_filters.items()}
        return type("ListingSearchForm", (forms.Form,), filters)

    def get_form_class(self) -> type[forms.Form]:
        """The same class every time: making one for each page took as long as counting."""
        return self._same_form_class()

    def read(self) -> dict[str, Any]:
        """The good values by parameter; bad ones are left out and stand in ``form.errors``."""
        form = self.form
        for facet in self.FACETS:
            form.fields[facet].known = self.choices.by_facet[facet]
        form.full_clean()
        found = dict(form.cleaned_data)
        for facet in self.FACETS:
            found[facet] = list(form.fields[facet].good)
        if found.get("near"):
            try:
                self.place = resolve(found["near"], unit=self.unit)
            except PostcodeError as error:
                form.add_error("near", str(error))
                found["near"] = ""
        if found.get("within") and self.place is None and "near" not in form.errors:
            form.add_error("within", "Say near which postcode, so that miles can be counted.")
        if self.place is None:
            found["within"] = None
        return found


def typed_unit(near: str) -> str | None:
    """The whole postcode that was typed, to look up with the page's first query; else None."""
    try:
        typed: Typed = parse(near)
    except PostcodeError:
        return None
    return typed.text if typed.precision == "postcode" else None
