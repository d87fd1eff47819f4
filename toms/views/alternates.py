"""The other forms of a page of the register: linked in its head, its headers and its text."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse

from toms.exchange.skos import FORMATS
from toms.models import Measure, Release

_WORDS = {"ttl": "Turtle", "jsonld": "JSON-LD"}


@dataclass(frozen=True, slots=True)
class Alternate:
    """One other form: what it is called, its content type and its address."""

    label: str
    type: str
    url: str


def of_register(csv_url: str) -> list[Alternate]:
    """``csv_url`` is the file of the view that the page shows; the others hold everything."""
    return [
        Alternate("CSV", "text/csv", csv_url),
        Alternate("JSON", "application/json", reverse("toms_api:measures")),
        *_linked("register_linked"),
    ]


def of_release(release: Release) -> list[Alternate]:
    slug = release.slug
    return [
        Alternate("CSV", "text/csv", reverse("toms:release_csv", args=[slug])),
        Alternate("JSON", "application/json", f"{reverse('toms_api:measures')}?release={slug}"),
        *_linked("release_linked", slug),
    ]


def of_measure(measure: Measure, version: str = "") -> list[Alternate]:
    """Of exactly this version where one is named; linked data is of the current one alone."""
    url = reverse("toms_api:measure", args=[measure.code])
    if version:
        return [Alternate("JSON", "application/json", f"{url}?version={version}")]
    return [Alternate("JSON", "application/json", url), *_linked("measure_linked", measure.code)]


def linked(response: HttpResponse, alternates: list[Alternate]) -> HttpResponse:
    """The answer, whose header says what the page's head says, for whoever asks for the head."""
    response["Link"] = ", ".join(
        f'<{one.url}>; rel="alternate"; type="{one.type}"' for one in alternates
    )
    return response


def _linked(name: str, *args: str) -> list[Alternate]:
    return [
        Alternate(_WORDS[ending], content_type, reverse(f"toms:{name}", args=[*args, ending]))
        for ending, (_, content_type) in FORMATS.items()
    ]
