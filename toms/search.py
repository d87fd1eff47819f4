"""From what was asked to what was found: one search of the register."""

from functools import cached_property

from django.http import QueryDict

from toms.choices import CHOICES
from toms.filters import MeasureFilter
from toms.measure_index import SCHEMA
from tslsv.search.models import SearchState
from tslsv.search.query import Found, Search, find, without_each
from tslsv.ui.list_filter import Asked

PAGE_SIZE = 100
"""A register of the size that Leeds begins with stands on one page."""


def index_version() -> int:
    """The version of the data that a page rests on. One query."""
    versions = SearchState.objects.filter(name=SCHEMA.name).values_list("version", flat=True)
    return versions.first() or 0


class MeasureSearch(Asked):
    """One search: its cleaned filters, and what they find."""

    def __init__(self, data: QueryDict, version: int) -> None:
        self.choices = CHOICES.of(version)
        self.data = data
        super().__init__(MeasureFilter(data, choices=self.choices))

    @property
    def order(self) -> str:
        """The order in force: the one asked for where it makes sense, else the page's own."""
        asked = self.wanted.get("sort") or ""
        return asked if asked in ("register", "title") else self.own_order

    @property
    def own_order(self) -> str:
        """The order of a page that was asked for none."""
        return "relevance" if self.text else "register"

    @cached_property
    def search(self) -> Search:
        """The question as the index understands it."""
        return Search(
            text=self.text,
            choices={
                facet: self.wanted[facet] for facet in MeasureFilter.FACETS if self.wanted[facet]
            },
            counted=MeasureFilter.FACETS,
            order=self.order,
        )

    def find(self, *, page: int, size: int = PAGE_SIZE) -> Found:
        """Run it and read one page."""
        return find(SCHEMA, self.search, page=page, size=size)

    def without_each(self, found: Found) -> dict[str, int]:
        """For each parameter in force, how many measures there would be without it."""
        return {"q" if key == "text" else key: n for key, n in without_each(SCHEMA, found).items()}
