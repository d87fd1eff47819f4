"""What can be asked of the API, and its description in the form that OpenAPI gives it."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict

from toms.exchange.fields import NUMBER, TEXT, object_of, schema
from toms.models import MeasureVersion
from toms.models.framework import THEME_CODE
from toms.models.measure import MEASURE_CODE
from tslsv.mail.links import absolute

MOST = 500
USUAL = 100
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,40}")


class BadQuestion(ValueError):
    """A parameter that cannot be understood; the words say which and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which measures are asked for: those after the code ``after``, at most ``limit``."""

    theme: str = ""
    status: str = ""
    release: str = ""
    after: str = ""
    limit: int = USUAL


def read_question(data: QueryDict) -> Question:
    """Raises BadQuestion; a parameter that is not known is one as well, since it would be lost."""
    for name in data:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise BadQuestion(f"There is no parameter “{name[:40]}”. There are {known}.")
        if len(data.getlist(name)) > 1:
            raise BadQuestion(f"“{name}” can be there once.")
    given = {name: str(data[name]) for name in data if data[name]}
    for name, validator in (("theme", THEME_CODE), ("after", MEASURE_CODE)):
        try:
            if name in given:
                validator(given[name])
        except ValidationError as error:
            raise BadQuestion(f"{name}: {error.message}") from error
    if "status" in given and given["status"] not in MeasureVersion.State.values:
        raise BadQuestion(f"status: It is one of {', '.join(MeasureVersion.State.values)}.")
    if "release" in given and not _SLUG.fullmatch(given["release"]):
        raise BadQuestion("release: It is the last part of a release’s address, such as 2026.")
    limit = given.pop("limit", str(USUAL))
    if not re.fullmatch(r"[0-9]{1,4}", limit, re.ASCII) or not 1 <= int(limit) <= MOST:
        raise BadQuestion(f"limit: It is a number from 1 to {MOST}.")
    return Question(**given, limit=int(limit))


def _parameter(name: str, words: str, what: dict[str, Any], where: str = "query") -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "description": words,
        "required": where == "path",
        "schema": what,
    }


PARAMETERS = {
    "theme": _parameter("theme", "A theme’s code.", {**TEXT, "pattern": "^[A-Z]{3}$"}),
    "status": _parameter(
        "status", "How far the version has come.", {**TEXT, "enum": MeasureVersion.State.values}
    ),
    "release": _parameter(
        "release", "What this release lists, in its versions, instead of what is current.", TEXT
    ),
    "after": _parameter("after", "Begin after this code: the next page.", TEXT),
    "limit": _parameter(
        "limit",
        "How many at most.",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    ),
}

_PROBLEM = object_of({"title": TEXT, "status": {"type": "integer"}, "detail": TEXT})
_PAGE = object_of(
    {
        "measures": {"type": "array", "items": {"$ref": "#/components/schemas/Measure"}},
        "next": {"type": ["string", "null"], "format": "uri"},
    }
)


def _answers(name: str, words: str, *problems: tuple[int, str]) -> dict[str, Any]:
    def of(type_: str, name: str) -> dict[str, Any]:
        return {type_: {"schema": {"$ref": f"#/components/schemas/{name}"}}}

    tag = {"ETag": {"description": "Send it back as If-None-Match.", "schema": TEXT}}
    return {
        "200": {"description": words, "headers": tag, "content": of("application/json", name)},
        "304": {"description": "Nothing has changed since the answer with this ETag."},
        **{
            str(status): {"description": why, "content": of("application/problem+json", "Problem")}
            for status, why in problems
        },
    }


def openapi() -> dict[str, Any]:
    """The description of the API, made of the same fields that it answers with."""
    version = _parameter(
        "version",
        "A number such as 1.2.0; “latest”, the last that was adopted; or “latest-draft”, the open "
        "draft where there is one, else the same as “latest”. Without it, what the measure’s page "
        "shows: the adopted version, else the open draft.",
        {"anyOf": [NUMBER, {**TEXT, "enum": ["latest", "latest-draft"]}]},
    )
    code = _parameter("code", "A measure’s code, such as LT-WRK-01.", TEXT, "path")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.SITE_NAME}: the Leeds TOMs",
            "version": "1",
            "description": "Themes, outcomes and measures. Read alone; open to everybody.",
        },
        "servers": [{"url": absolute("/").rstrip("/")}],
        "paths": {
            "/api/toms/measures": {
                "get": {
                    "operationId": "measures",
                    "summary": "Measures in the order of their codes, each in one version.",
                    "parameters": list(PARAMETERS.values()),
                    "responses": _answers(
                        "Page",
                        "Measures, and the address of more.",
                        (400, "A parameter that cannot be understood."),
                        (404, "No such release."),
                    ),
                }
            },
            "/api/toms/measures/{code}": {
                "get": {
                    "operationId": "measure",
                    "summary": "One measure in one version.",
                    "parameters": [code, version],
                    "responses": _answers(
                        "Measure",
                        "The measure.",
                        (400, "A parameter that cannot be understood."),
                        (404, "No such measure or version."),
                    ),
                }
            },
        },
        "components": {"schemas": {"Measure": schema(), "Page": _PAGE, "Problem": _PROBLEM}},
    }
