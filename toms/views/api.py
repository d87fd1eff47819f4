"""The register for other programs, as JSON."""

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from toms.exchange.api import BadQuestion, Question, openapi, read_question
from toms.exchange.asked_version import NoSuchVersion, version_asked
from toms.exchange.described import current_versions, describe, listed_versions, with_headings
from toms.exchange.fields import record
from toms.models import MeasureVersion, Release
from toms.models.measure import MEASURE_CODE
from tslsv.mail.links import absolute
from tslsv.ui.filtering import tag_of
from tslsv.ui.open_data import if_changed, open_data


@open_data
def measures(request: HttpRequest) -> HttpResponseBase:
    """Measures in the order of their codes: the current versions, or those of a release."""
    try:
        asked = read_question(request.GET)
    except BadQuestion as error:
        return _problem(400, "This cannot be understood", str(error))
    if asked.release:
        release = Release.objects.filter(slug=asked.release).first()
        if release is None:
            return _problem(404, "There is no release here", "No release has this name.")
        versions = listed_versions(release)
    else:
        versions = current_versions()
        if not asked.status:
            versions = versions.exclude(state=MeasureVersion.State.WITHDRAWN)
    if asked.theme:
        versions = versions.filter(measure__outcome__theme__code=asked.theme)
    if asked.status:
        versions = versions.filter(state=asked.status)
    if asked.after:
        versions = versions.filter(measure__code__gt=asked.after)
    found = list(versions.order_by("measure__code", "pk")[: asked.limit + 1])
    page = found[: asked.limit]
    following = _next(asked, page[-1].measure.code) if len(found) > len(page) else None
    return _json(request, {"measures": [record(one) for one in describe(page)], "next": following})


def _next(asked: Question, last: str) -> str:
    wanted = {"theme": asked.theme, "status": asked.status, "release": asked.release}
    query = urlencode(
        {name: value for name, value in wanted.items() if value}
        | {"after": last, "limit": asked.limit}
    )
    return absolute(f"{reverse('toms_api:measures')}?{query}")


@open_data
def measure(request: HttpRequest, code: str) -> HttpResponseBase:
    """One measure, in the version asked for."""
    unknown = set(request.GET) - {"version"}
    if unknown or len(request.GET.getlist("version")) > 1:
        words = "“version” is the one parameter here, and it can be there once."
        return _problem(400, "This cannot be understood", words)
    try:
        MEASURE_CODE(code.upper())
    except ValidationError as error:
        return _problem(404, "There is no measure here", str(error.message))
    public = MeasureVersion.objects.public().filter(measure__code=code.upper())
    versions = list(with_headings(public.newest_first()))
    if not versions:
        return _problem(404, "There is no measure here", "No measure has this code.")
    try:
        version = version_asked(versions, request.GET.get("version", ""))
    except NoSuchVersion as error:
        return _problem(404, "There is no such version here", str(error))
    (described,) = describe([version])
    return _json(request, record(described))


@open_data
def openapi_json(request: HttpRequest) -> HttpResponseBase:
    """What the API answers, in the form of OpenAPI 3.1."""
    return _json(request, openapi())


def _json(request: HttpRequest, answer: dict[str, Any]) -> HttpResponseBase:
    content = _written(answer)
    return if_changed(request, tag_of(content.hex()), "application/json", lambda: content)


def _written(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _problem(status: int, title: str, words: str) -> HttpResponse:
    """An error in the form of RFC 9457."""
    content = _written({"title": title, "status": status, "detail": words})
    return HttpResponse(content, status=status, content_type="application/problem+json")
