"""What the filtered lists have in common: fields that refuse little, chips, and addresses.

django-filter declares and validates a list's parameters. Finding is a search index's work, so these
filters carry no query of their own.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Self
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.utils.cache import patch_vary_headers

LONGEST_QUERY = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class QueryField(forms.CharField):
    """What is looked for, with characters that cannot be seen taken out."""

    def to_python(self, value: Any) -> str:
        return " ".join(_CONTROL.sub(" ", str(value or "")).split())


class ManyField(forms.Field):
    """Any number of the ``known`` values. Good ones are kept even when others are refused.

    Not Django's MultipleChoiceField: that copies every choice for every form, which took longer
    than the search itself.
    """

    widget = forms.MultipleHiddenInput
    known: Collection[str] = ()
    good: tuple[str, ...] = ()

    def clean(self, value: Any) -> list[str]:
        values = [item for item in dict.fromkeys(value or []) if item.strip()]
        # In the vocabulary's order, so that the order of the address does not matter.
        self.good = tuple(item for item in self.known if item in values)
        bad = [item for item in values if item not in self.known]
        if bad:
            shown = _CONTROL.sub(" ", bad[0])[:40]
            raise ValidationError(f"“{shown}” is not one of the choices.", code="invalid_choice")
        return list(self.good)

    def __deepcopy__(self, memo: Any) -> Self:
        return copy(self)


class _Shallow:
    """Each page's copy of a filter shares what was declared: the page sets its own two attributes
    on it and changes nothing inside. Copying it all took as long as counting."""

    def __deepcopy__(self, memo: Any) -> Self:
        return copy(self)


class QueryFilter(_Shallow, django_filters.CharFilter):
    """What is looked for, in words."""

    field_class = QueryField

    def __init__(self, **kwargs: Any) -> None:
        too_long = {"max_length": f"Use at most {LONGEST_QUERY} characters."}
        super().__init__(max_length=LONGEST_QUERY, error_messages=too_long, **kwargs)


class TextFilter(_Shallow, django_filters.CharFilter):
    pass


class ChoiceFilter(_Shallow, django_filters.ChoiceFilter):
    pass


class SortFilter(ChoiceFilter):
    """The order of a list."""

    def __init__(self, **kwargs: Any) -> None:
        unknown = {"invalid_choice": "Choose one of the orders offered."}
        super().__init__(label="Sort by", error_messages=unknown, **kwargs)


class ManyFilter(_Shallow, django_filters.Filter):
    field_class = ManyField


class NumberFilter(_Shallow, django_filters.NumberFilter):
    pass


class WholeFilter(_Shallow, django_filters.NumberFilter):
    field_class = forms.IntegerField


class DayFilter(_Shallow, django_filters.DateFilter):
    """A day, as a browser's own field sends it or as people in Leeds write it."""

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
        super().__init__(input_formats=formats, **kwargs)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, whose parameter is ``name``, and the address of the page without it."""

    name: str
    label: str
    url: str


def without(data: QueryDict, *names: str, value: str | None = None) -> QueryDict:
    """The parameters without these, or without one value of one; and from the first page."""
    left = copy(data)  # not data.copy(), which copies every value too
    left.pop("page", None)
    for name in names:
        if value is None:
            left.pop(name, None)
        else:
            left.setlist(name, [item for item in left.getlist(name) if item != value])
    return left


def in_words(names: Iterable[str]) -> str:
    """ "a", "a or b", "a, b or c"."""
    items = list(names)
    return " or ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


@dataclass(frozen=True, slots=True)
class Removal:
    """A filter that could be given up, and what there would be then."""

    label: str
    count: int
    url: str


def removals_of(
    chips: Iterable[Chip], counts: Mapping[str, int], address: Callable[[str], str]
) -> list[Removal]:
    """For a search that found nothing: each parameter in ``counts``, with what there would be
    without it; ``address`` gives the page without a parameter."""
    labels: dict[str, list[str]] = {}
    for chip in chips:
        labels.setdefault(chip.name, []).append(chip.label)
    return [
        Removal(in_words(labels[name]), count, address(name))
        for name, count in counts.items()
        if name in labels
    ]


def query_of(data: QueryDict, names: Iterable[str], many: Collection[str]) -> str:
    """The parameters as one query string: known ones in the order of ``names``, none empty.

    Those in ``many`` may stand there several times. Of another the last one counts, as it does for
    the form; even when it is empty.
    """
    pairs: list[tuple[str, str]] = []
    for name in names:
        if name in many:
            values = {value for value in data.getlist(name) if value.strip()}
            pairs.extend((name, value) for value in sorted(values))
            continue
        value = data.get(name, "")
        if value.strip():
            pairs.append((name, value))
    return urlencode(pairs)


def join_query(base: str, *queries: str) -> str:
    """The address with its query, of which parts may be empty."""
    query = "&".join(part for part in queries if part)
    return f"{base}?{query}" if query else base


def page_number(data: QueryDict) -> int:
    """The page asked for, from 1. Raises Http404 for what is no number of a page."""
    text = data.get("page", "") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < 1:
        raise Http404("There is no such page of results.")
    return int(text)


def tag_of(*parts: object) -> str:
    """A page's ETag: it changes with any of the parts that the page rests on."""
    text = "\n".join(map(str, parts))
    return f'W/"{blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()}"'


def kept(response: HttpResponse, tag: str | None) -> HttpResponse:
    """The answer with what caches have to know; ``tag`` only where no session changes it."""
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    response["Cache-Control"] = "no-cache" if tag else "private, no-cache"
    if tag:
        response["ETag"] = tag
    return response
