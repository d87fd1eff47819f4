"""The forty searches: what people ask of the list, from one tick to a postcode and five filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from providers.search import ListingSearch, open_page

Parameters = Mapping[str, str | Sequence[str]]

NORTH, SOUTH, EAST = "E05012841", "E05011384", "E05011385"


@dataclass(frozen=True, slots=True)
class Query:
    """One search. ``corrected`` is what a typing slip should be taken for."""

    name: str
    parameters: Parameters
    corrected: str = ""

    @property
    def string(self) -> str:
        return urlencode(self.parameters, doseq=True)

    @property
    def page(self) -> int:
        return int(str(self.parameters.get("page", "1")))

    def values(self, name: str) -> list[str]:
        """The values of one parameter, none or many."""
        value = self.parameters.get(name, ())
        return [value] if isinstance(value, str) else list(value)

    def asked(self) -> ListingSearch:
        """The search as the site understands it. Raises ValueError where the site refuses it."""
        near = "".join(self.values("near"))
        asked = ListingSearch(QueryDict(self.string), open_page(near))
        if asked.errors:
            raise ValueError(f"{self.name}: {dict(asked.errors)}")
        return asked


def mix(organisation: str) -> list[Query]:
    """The forty; ``organisation`` is a whole name in the list, whose first word is a rare one."""
    rare = organisation.split(maxsplit=1)[0]
    return [
        Query("everything", {}),
        Query("page 2", {"page": "2"}),
        Query("deep page", {"page": "120"}),
        Query("main category", {"category": "catering"}),
        Query("two categories", {"category": ["buffet-lunches", "hot-meals"]}),
        Query("category and ward", {"category": "space-hire", "ward": EAST}),
        Query("sector", {"sector": "third"}),
        Query("sector and free", {"sector": "third", "price": "free"}),
        Query("three wards", {"ward": [NORTH, SOUTH, EAST]}),
        Query("legal form", {"legal_form": "cic"}),
        Query("ethos", {"ethos": "living-wage"}),
        Query("led by women", {"edi_led": "women", "sector": ["third", "private"]}),
        Query("serves and delivers", {"edi_serves": "older-people", "delivers_to": SOUTH}),
        Query("accreditation", {"accreditation": "food-hygiene-5", "category": "catering"}),
        Query(
            "access", {"access": ["step-free-entrance", "hearing-loop"], "category": "space-hire"}
        ),
        Query("order and price", {"pay": "po", "price": ["low", "medium"]}),
        Query("delivers to", {"delivers_to": EAST}),
        Query("checked ethos", {"checked": "1", "ethos": "living-wage"}),
        Query("checked only", {"checked": "1", "edi_led": "women"}),
        Query("register entries", {"origin": "register", "sort": "confirmed"}),
        Query("notice", {"notice": "3"}),
        Query("capacity", {"capacity": "40"}),
        Query("between steps", {"notice": "4", "capacity": "37", "category": "catering"}),
        Query("common word", {"q": "room"}),
        Query("synonym", {"q": "lunch"}),
        Query("very common word", {"q": "people"}),
        Query("rare word", {"q": rare}),
        Query("two words", {"q": "vegan buffet"}),
        Query("phrase", {"q": '"meeting room"'}),
        Query("word left out", {"q": "lunch -vegan"}),
        Query("typing slip", {"q": "caterng"}, corrected="catering"),
        Query("one or other", {"q": "garden or allotment"}),
        Query("whole name", {"q": organisation}),
        Query("words and facets", {"q": "training", "sector": "third", "pay": "invoice"}),
        Query("nearest", {"near": "LS8 4"}),
        Query("within 2 miles", {"near": "LS8 4", "within": "2"}),
        Query("within 5, category", {"near": "LS11", "within": "5", "category": "space-hire"}),
        Query(
            "room near work",
            {"near": "LS1 4", "within": "1", "q": "room", "sort": "distance", "capacity": "12"},
        ),
        Query("words by name", {"q": "cleaning", "sort": "name", "page": "2"}),
        Query(
            "nothing found",
            {
                "q": rare,
                "ward": NORTH,
                "capacity": "900",
                "checked": "1",
                "ethos": "fair-trade",
            },
        ),
    ]


def fitting_pages(queries: Sequence[Query], totals: Mapping[str, int], size: int) -> list[Query]:
    """The same queries, with page numbers no higher than their last page."""
    fitted: list[Query] = []
    for query in queries:
        last = max(1, -(-totals[query.name] // size))
        parameters = dict(query.parameters)
        if query.page > last:
            parameters["page"] = str(last)
        fitted.append(Query(query.name, parameters, query.corrected))
    return fitted
