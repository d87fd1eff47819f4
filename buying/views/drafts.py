"""What somebody typed who asks providers, in their session until it is sent."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

KEY = "asking"
MOST = 3
"""A session holds the newest; each window that asks has one of its own."""


@dataclass(frozen=True, slots=True)
class Draft:
    """``data`` is the form as it was typed, ``query`` names the offers; once it is sent, only
    ``enquiry`` is left, the number of its row.
    """

    data: QueryDict
    query: str
    enquiry: int | None


def keep(request: HttpRequest, name: str, data: QueryDict, query: str) -> None:
    typed = QueryDict(mutable=True)
    for field, values in data.lists():
        if field != "csrfmiddlewaretoken":
            typed.setlist(field, values)
    _put(request, name, {"data": typed.urlencode(), "query": query})


def keep_sent(request: HttpRequest, name: str, enquiry: int) -> None:
    """What was typed is not needed here any more."""
    _put(request, name, {"enquiry": enquiry})


def read(request: HttpRequest, name: str) -> Draft | None:
    """The draft of this name, if this session has it."""
    kept = request.session.get(KEY, {}).get(name)
    if not isinstance(kept, dict):
        return None
    return Draft(QueryDict(kept.get("data", "")), kept.get("query", ""), kept.get("enquiry"))


def _put(request: HttpRequest, name: str, value: dict[str, Any]) -> None:
    drafts = {key: kept for key, kept in request.session.get(KEY, {}).items() if key != name}
    newest = [*drafts.items(), (name, value)][-MOST:]
    request.session[KEY] = dict(newest)
