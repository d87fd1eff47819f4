"""From one thing in the queue to the next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import signed_in
from accounts.refused import Refused
from providers import queue
from providers.forms.curate.telephone import QueueForm
from providers.queue import Entry, Kind

NOTHING_MORE = "Nothing more of this waits for you."


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue a page is. ``entry`` is None for what does not wait (any more).

    ``number`` of ``total`` counts from 1; ``skip`` is the address of the one after, "" at the end.
    """

    kinds: tuple[Kind, ...]
    entry: Entry | None
    number: int
    total: int
    skip: str

    @property
    def back(self) -> str:
        return reverse("curate:queue") + query_of(self.kinds)

    @property
    def kind(self) -> str:
        return queue.ONE[self.entry.kind] if self.entry else ""

    @property
    def age(self) -> str:
        return queue.age(self.entry.since) if self.entry else ""


def query_of(kinds: Iterable[Kind]) -> str:
    """The chosen kinds as the end of an address; "" for all."""
    text = urlencode([("kind", kind.value) for kind in kinds])
    return f"?{text}" if text else ""


def chosen(request: HttpRequest) -> tuple[Kind, ...]:
    """The kinds that the address asks for, in the queue's order; what is no kind is left out."""
    asked = set(request.GET.getlist("kind"))
    return tuple(kind for kind in Kind if kind.value in asked)


def queue_form(request: HttpRequest) -> QueueForm:
    form = QueueForm(request.GET)
    form.fields["kind"].choices = Kind.choices  # type: ignore[attr-defined]
    return form


def waiting(request: HttpRequest, kinds: tuple[Kind, ...]) -> list[Entry]:
    """What of these kinds waits for whoever is signed in, oldest first; of all kinds for none."""
    found = queue.entries(signed_in(request))
    return [entry for entry in found if not kinds or entry.kind in kinds]


def place_of(request: HttpRequest, kind: Kind, key: str) -> Place:
    """Where this thing stands among those of the chosen kinds. Two queries."""
    kinds = chosen(request)
    found = waiting(request, kinds)
    index = next(
        (at for at, entry in enumerate(found) if (entry.kind, entry.key) == (kind, key)), None
    )
    if index is None:
        return Place(kinds, None, 0, len(found), found[0].url + query_of(kinds) if found else "")
    after = found[index + 1].url + query_of(kinds) if index + 1 < len(found) else ""
    return Place(kinds, found[index], index + 1, len(found), after)


def go_on(request: HttpRequest, place: Place, done: str) -> HttpResponse:
    """Say what was done, and open the next: the one after this, else the oldest. Two queries.

    From a page that was not opened from the queue, or at its end, back to the queue.
    """
    messages.success(request, done)
    if place.entry is None:
        return redirect(place.back)
    this = (place.entry.kind, place.entry.key)
    found = [row for row in waiting(request, place.kinds) if (row.kind, row.key) != this]
    later = (row for row in found if row.order > place.entry.order)
    follows = next(later, found[0] if found else None)
    if follows is None:
        messages.info(request, NOTHING_MORE)
        return redirect(place.back)
    return redirect(follows.url + query_of(place.kinds))


def attempt(
    request: HttpRequest, place: Place, work: Callable[[], object], done: str
) -> HttpResponse | str:
    """Do it and go on; or the words of why it could not be done, and nothing has changed."""
    try:
        work()
    except Refused as refused:
        return str(refused)
    return go_on(request, place, done)


def seen(request: HttpRequest) -> str:
    """What the form says that its reader looked at."""
    return str(request.POST.get("seen", ""))[:64]


def acted(request: HttpRequest, work: Callable[[], object], done: str) -> str:
    """Do something that is not of the queue, and say so; else the words of why not."""
    try:
        work()
    except Refused as refused:
        return str(refused)
    messages.success(request, done)
    return ""
