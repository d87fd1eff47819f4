"""A change to a listing beside what is live."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers import content
from providers.forms.curate.reasons import ReasonForm, ReturnEditForm
from providers.models import ListingChange
from providers.queue import Kind
from providers.services.listing_edits import accept_change, return_change
from providers.services.locking import version_of
from providers.views.curate import flow
from tslsv.ui.marked import marked


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it is and as it is to be, marked; ``moved`` if it is not any more what it was
    when the change was written.
    """

    label: str
    now: SafeString
    new: SafeString
    moved: bool


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept it, or return it with a reason; what is live stays meanwhile."""
    change, user = _change_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.EDIT, str(pk))
    form: ReasonForm = ReturnEditForm()
    said: HttpResponse | str = ""
    if request.method == "POST":
        form, decision = ReturnEditForm(request.POST), request.POST.get("decision", "")
        given: dict[str, Any] = {"change": change, "by": user, "seen": flow.seen(request)}
        title = change.listing.title
        if decision == "accept":
            done = f"The change to {title} is live."
            said = flow.attempt(request, place, partial(accept_change, **given), done)
            form = form.kept()
        elif decision == "fill":
            form = form.filled()
        elif form.is_valid():
            work = partial(return_change, reason=form.cleaned_data["reason"], **given)
            done = f"Returned the change to {title}. They get your words."
            said = flow.attempt(request, place, work, done)
    if isinstance(said, HttpResponse):
        return said
    change = _change_or_404(pk)
    waits = change.state == ListingChange.State.SUBMITTED
    live = content.read(change.listing)
    rows = _rows(change, live)
    context = {
        "change": change,
        "listing": change.listing,
        "organisation": change.listing.organisation,
        "rows": rows,
        "moved": [row.label for row in rows if row.moved] if waits else [],
        "place": place,
        "form": form,
        "said": said,
        "kept": form["reason"].value() if said else "",
        "seen": version_of(change.listing, change),
        "decidable": waits,
    }
    return render(request, "curate/edit.html", context, status=409 if said else 200)


def _change_or_404(pk: int) -> ListingChange:
    rows = ListingChange.objects.select_related("listing__organisation", "made_by")
    return get_object_or_404(rows, pk=pk)


def _rows(change: ListingChange, live: content.Content) -> list[Row]:
    """What differs from what is live; of a decided change, from what was live then."""
    waits = change.state in ListingChange.OPEN
    known = {name: value for name, value in change.before.items() if name in content.FIELDS}
    values = {name: value for name, value in change.values.items() if name in content.FIELDS}
    base = live if waits else live | known
    return [
        Row(
            found.label,
            *marked(found.before, found.after),
            moved=waits and found.field in known and known[found.field] != live[found.field],
        )
        for found in content.differences(base, values)
    ]
