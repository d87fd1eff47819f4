"""The filters of needs and offers: what can be asked for, and what is wrong with a bad value."""

from decimal import Decimal
from functools import cache
from typing import Any

import django_filters
from django import forms

from brokerage.choices import Choices
from brokerage.models import Notice
from places.lookup import Found, PostcodeError, resolve
from tslsv.ui.filtering import (
    LONGEST_QUERY,
    ChoiceFilter,
    DayFilter,
    ManyFilter,
    NumberFilter,
    QueryFilter,
    TextFilter,
    WholeFilter,
)

MILES = (1, 2, 5, 10)
_MILES_SENTENCE = "Enter a number of miles from 0.1 to 500."
_PARTY_SENTENCE = f"Enter a whole number of people, from 1 to {Notice.MOST_PLACES:,}."
_DAY_SENTENCE = "Enter a day such as 5/2/2027."


class NoticeFilter(django_filters.FilterSet):
    """The form of both lists. ``place`` is where ``near`` is, once the form is clean."""

    SORTS = (
        ("relevance", "Relevance"),
        ("distance", "Nearest"),
        ("newest", "Newest"),
        ("ending", "Ending soonest"),
        ("title", "Title"),
    )
    FACETS = ("kind", "skill", "mode", "ward", "cause", "requirement", "access")

    q = QueryFilter(
        label="What is it about?",
        max_length=LONGEST_QUERY,
        error_messages={"max_length": f"Use at most {LONGEST_QUERY} characters."},
    )
    near = TextFilter(label="Near", max_length=LONGEST_QUERY)
    within = NumberFilter(
        label="Within",
        min_value=Decimal("0.1"),
        max_value=500,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _MILES_SENTENCE),
    )
    party = WholeFilter(
        label="People",
        min_value=1,
        max_value=Notice.MOST_PLACES,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _PARTY_SENTENCE),
    )
    since = DayFilter(label="From", error_messages={"invalid": _DAY_SENTENCE})
    until = DayFilter(label="Until", error_messages={"invalid": _DAY_SENTENCE})
    sort = ChoiceFilter(
        label="Sort by",
        choices=SORTS,
        error_messages={"invalid_choice": "Choose one of the orders offered."},
    )
    kind = ManyFilter(label="Kind")
    skill = ManyFilter(label="Skill")
    mode = ManyFilter(label="In person or remotely")
    ward = ManyFilter(label="Ward")
    cause = ManyFilter(label="Cause")
    requirement = ManyFilter(label="Requirements")
    access = ManyFilter(label="Access")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data, queryset=Notice.objects.none())
        self.choices = choices
        self.place: Found | None = None

    @classmethod
    @cache
    def _same_form_class(cls) -> type[forms.Form]:
        filters = {name: declared.field for name, declared in cls.base_filters.items()}
        return type("NoticeSearchForm", (forms.Form,), filters)

    def get_form_class(self) -> type[forms.Form]:
        """The same class every time, as for the provider list."""
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
        self._read_place(found)
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            form.add_error("until", "This is before the day in “From”.")
            found["until"] = None
        return found

    def _read_place(self, found: dict[str, Any]) -> None:
        form = self.form
        if found.get("near"):
            try:
                self.place = resolve(found["near"])
            except PostcodeError as error:
                form.add_error("near", str(error))
                found["near"] = ""
        if found.get("within") and self.place is None and "near" not in form.errors:
            form.add_error("within", "Say near which postcode, so that miles can be counted.")
        if self.place is None:
            found["within"] = None
