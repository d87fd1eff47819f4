"""A filtered list's form: what can be asked for, and what was asked.

A list declares a ``ListFilter`` with its parameters, and an ``Asked`` around it says how the page
reads what came in.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

import django_filters
from django import forms

from tslsv.ui.choices import Choices


class ListFilter(django_filters.FilterSet):
    """A list's form. Subclasses declare ``q``, a ``ManyFilter`` for each of ``FACETS``, and more.

    Finding is a search index's work, so it never asks its model for anything.
    """

    FACETS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data, queryset=self._meta.model._default_manager.none())
        self.choices = choices

    @classmethod
    @cache
    def _same_form_class(cls) -> type[forms.Form]:
        filters = {name: declared.field for name, declared in cls.base_filters.items()}
        return type(f"{cls.__name__}Form", (forms.Form,), filters)

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
        return found


class Asked:
    """What was asked of a list: the good values by parameter, and what is wrong with others."""

    def __init__(self, form: ListFilter) -> None:
        self.filter = form
        self.wanted: Mapping[str, Any] = form.read()

    @property
    def errors(self) -> Mapping[str, Sequence[str]]:
        """What is wrong with which parameter."""
        errors: Mapping[str, Sequence[str]] = self.filter.form.errors
        return errors

    @property
    def text(self) -> str:
        """The words that were typed."""
        return self.wanted.get("q") or ""

    def text_meant(self, corrections: Mapping[str, str]) -> str:
        """For a heading: " for ‘catering’", with slips put right; nothing where no words are."""
        meant = self.text
        for slip, word in corrections.items():
            meant = meant.replace(slip, word)
        return f" for ‘{meant}’" if meant else ""
