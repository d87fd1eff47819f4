"""The filters of the register: what can be asked for, and what is wrong with a bad value."""

from functools import cache
from typing import Any

import django_filters
from django import forms

from toms.choices import Choices
from toms.measure_index import FACETS as INDEXED
from toms.models import Measure
from tslsv.ui.filtering import LONGEST_QUERY, ChoiceFilter, ManyFilter, QueryFilter


class MeasureFilter(django_filters.FilterSet):
    """The register's form."""

    SORTS = (
        ("relevance", "Relevance"),
        ("register", "Themes and outcomes"),
        ("title", "Title"),
    )
    FACETS = INDEXED

    q = QueryFilter(
        label="What do you want to count?",
        max_length=LONGEST_QUERY,
        error_messages={"max_length": f"Use at most {LONGEST_QUERY} characters."},
    )
    sort = ChoiceFilter(
        label="Sort by",
        choices=SORTS,
        error_messages={"invalid_choice": "Choose one of the orders offered."},
    )
    theme = ManyFilter(label="Theme")
    outcome = ManyFilter(label="Outcome")
    status = ManyFilter(label="Status")
    baseline = ManyFilter(label="Baseline")
    level = ManyFilter(label="Level")
    suits = ManyFilter(label="Suits")
    basis = ManyFilter(label="New or sustained")
    profile = ManyFilter(label="For")
    kind = ManyFilter(label="Kind of value")
    unit = ManyFilter(label="Unit")
    policy = ManyFilter(label="Serves")

    class Meta:
        model = Measure
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data, queryset=Measure.objects.none())
        self.choices = choices

    @classmethod
    @cache
    def _same_form_class(cls) -> type[forms.Form]:
        filters = {name: declared.field for name, declared in cls.base_filters.items()}
        return type("MeasureSearchForm", (forms.Form,), filters)

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
        return found
