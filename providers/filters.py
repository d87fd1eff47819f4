"""The filters of the provider search: what can be asked for, and what is wrong with a bad value.

django-filter declares, parses and validates them. Finding the listings is the search index's work
(``providers.search``), so the filters carry no query of their own.
"""

from typing import Any

from django import forms

from places.lookup import Found, PostcodeError, resolve
from places.models import Postcode
from places.near import NearFilter, near_filter, within_filter
from places.typed import Typed, parse
from providers.models import Listing
from tslsv.ui.choices import Choices
from tslsv.ui.filtering import ChoiceFilter, ManyFilter, QueryFilter, SortFilter, WholeFilter

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


class ListingFilter(NearFilter):
    """The search page's form."""

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

    q = QueryFilter(label="What do you need?")
    near = near_filter()
    within = within_filter()
    notice = _whole("Notice you can give, days", 0, MOST_DAYS, "days")
    capacity = _whole("Room for, people", 1, MOST_PEOPLE, "people")
    checked = ChoiceFilter(
        label="Checked claims only",
        choices=[("1", "Checked only")],
        error_messages={"invalid_choice": "“Checked only” is 1 or nothing."},
    )
    sort = SortFilter(choices=SORTS)
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
        super().__init__(data, choices=choices)
        self.unit = unit

    def find_place(self, typed: str) -> Found:
        """As of any list; the page has looked a whole postcode up already."""
        return resolve(typed, unit=self.unit)


def typed_unit(near: str) -> str | None:
    """The whole postcode that was typed, to look up with the page's first query; else None."""
    try:
        typed: Typed = parse(near)
    except PostcodeError:
        return None
    return typed.text if typed.precision == "postcode" else None
