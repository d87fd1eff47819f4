"""Two organisations side by side: one and the same, or two?"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import audit_words
from accounts.models import AuditEvent, Organisation
from accounts.models.audit import MERGED_IN
from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers import doubles
from providers.models import NotDouble
from providers.queue import Kind
from providers.services.merging import merge_doubles, tell_apart, version_of_pair
from providers.views.curate import flow

APART = "two"


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def double(request: HttpRequest, one: int, other: int) -> HttpResponse:
    """Choose which of the two stays, see what happens, then merge; or say that they are two.

    ``keep`` in the address chooses, so that nothing happens before somebody has read what will.
    """
    place = flow.place_of(request, Kind.DOUBLE, f"{one}-{other}")
    pair = _pair(one, other)
    user, said = signed_in(request), ""
    if request.method == "POST" and len(pair) == 2:
        keep, gone = _chosen(pair, request.POST.get("keep", ""))
        work: Callable[[], object]
        if request.POST.get("decision") == APART:
            work = partial(tell_apart, one=pair[0], other=pair[1], by=user, seen=flow.seen(request))
            done = f"{pair[0]} and {pair[1]} are two. They are not asked about again."
        elif keep is None or gone is None:
            raise Http404("neither of the two")
        else:
            work = partial(merge_doubles, keep=keep, gone=gone, by=user, seen=flow.seen(request))
            done = f"{gone} is part of {keep} now. Its old addresses lead there."
        result = flow.attempt(request, place, work, done)
        if isinstance(result, HttpResponse):
            return result
        said = result
        pair = _pair(one, other)
    if len(pair) < 2:
        return _gone(request, place, {one, other} - {row.pk for row in pair}, said)
    keep, gone = _chosen(pair, request.POST.get("keep") or request.GET.get("keep", ""))
    sides = [_side(row) for row in pair]
    why = next((row.why for row in doubles.pairs(of=one) if row.second == other), "")
    context = {
        "one": pair[0],
        "other": pair[1],
        "rows": _rows(sides),
        "sides": sides,
        "why": why,
        "keep": keep,
        "gone": gone,
        "going": next((side for side in sides if gone and side["row"] == gone), None),
        "apart": NotDouble.objects.filter(first=pair[0], second=pair[1]).exists(),
        "mixed": pair[0].is_example != pair[1].is_example,
        "place": place,
        "said": said,
        "seen": version_of_pair(*pair),
    }
    return render(request, "curate/double.html", context, status=409 if said else 200)


def _pair(one: int, other: int) -> list[Organisation]:
    """The two, the lower number first; fewer where one has gone. Raises Http404 for no pair."""
    if one >= other:
        raise Http404("the lower number comes first")
    rows = Organisation.objects.select_related("ward").defer("ward__outline")
    return list(rows.filter(pk__in=[one, other]).order_by("pk"))


def _gone(request: HttpRequest, place: flow.Place, missing: set[int], said: str) -> HttpResponse:
    """One of them has been merged, with the other or with a third; Http404 if it never was."""
    events = AuditEvent.objects.filter(
        verb=MERGED_IN,
        object_type=Organisation._meta.label_lower,
        object_id__in=[str(pk) for pk in missing],
    )
    found = audit_words.tell(events[:2])
    if not found:
        raise Http404("no such pair")
    left = Organisation.objects.filter(pk__in=[event.organisation_id for event in events[:1]])
    context = {"place": place, "said": said, "told": found, "left": left.first()}
    return render(request, "curate/double_gone.html", context, status=409)


def _chosen(pair: list[Organisation], keep: str) -> tuple[Organisation | None, Organisation | None]:
    """Which stays and which goes, by the number typed; neither where it is none of the two."""
    by_key = {str(row.pk): row for row in pair}
    if keep not in by_key:
        return None, None
    stays = by_key.pop(keep)
    return stays, next(iter(by_key.values()))


def _side(row: Organisation) -> dict[str, Any]:
    """What one of the two has. Six queries."""
    return {
        "row": row,
        "listings": list(row.listings.order_by("title", "pk")),
        "members": list(row.memberships.select_related("user").order_by("created", "pk")),
        "numbers": list(row.identifiers.all()),
        "entries": list(row.register_entries.all()),
        "claims": list(row.claims.filter(withdrawn_at=None).select_related("term")),
        "former": list(row.former_slugs.values_list("slug", flat=True)),
    }


def _rows(sides: list[dict[str, Any]]) -> list[tuple[str, list[str], bool]]:
    """The facts that either has, both in a line, and whether they are the same."""
    one, other = (side["row"] for side in sides)
    found = []
    for label, values in (
        ("Postcode", [one.postcode, other.postcode]),
        ("Ward", [row.ward.name if row.ward else "" for row in (one, other)]),
        ("Website", [one.website, other.website]),
        ("Email", [one.email, other.email]),
        ("Telephone", [one.phone, other.phone]),
        ("Legal form", [one.get_legal_form_display(), other.get_legal_form_display()]),
        ("Trusted", ["Yes" if row.trusted else "No" for row in (one, other)]),
    ):
        if any(values):
            found.append((label, values, values[0] == values[1]))
    return found
