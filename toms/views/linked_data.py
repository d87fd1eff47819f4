"""The register as linked data: all of it, a release, or one measure."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rdflib import Graph

from toms.exchange import skos
from toms.exchange.described import (
    current_versions,
    describe,
    in_register_order,
    listed_versions,
)
from toms.models import MeasureVersion, Release
from toms.models.measure import MEASURE_CODE
from tslsv.ui.filtering import tag_of
from tslsv.ui.open_data import if_changed, open_data


@open_data
def register_linked(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Every measure that is in the register, in its current version."""
    listed = current_versions().exclude(state=MeasureVersion.State.WITHDRAWN)
    return _file(request, skos.graph_of(describe(in_register_order(listed))), ending)


@open_data
def release_linked(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """What a release lists, in the versions in which it lists them."""
    release = Release.objects.filter(slug=slug).first()
    if release is None:
        return _nothing("No release has this name.")
    listed = describe(in_register_order(listed_versions(release)))
    return _file(request, skos.graph_of(listed, release), ending)


@open_data
def measure_linked(request: HttpRequest, code: str, ending: str) -> HttpResponseBase:
    """One measure, in its current version."""
    try:
        MEASURE_CODE(code.upper())
    except ValidationError as error:
        return _nothing(str(error.message))
    found = describe(current_versions().filter(measure__code=code.upper()))
    if not found:
        return _nothing("No measure has this code.")
    return _file(request, skos.graph_of(found), ending)


def _file(request: HttpRequest, graph: Graph, ending: str) -> HttpResponseBase:
    # Of what is said, in one order: two servers may write the same in two.
    tag = tag_of(ending, *sorted(" ".join(term.n3() for term in triple) for triple in graph))
    content_type = f"{skos.FORMATS[ending][1]}; charset=utf-8"
    return if_changed(request, tag, content_type, lambda: skos.write(graph, ending))


def _nothing(words: str) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=404, content_type="text/plain; charset=utf-8")
