"""Putting an organisation on the list: who are you, and are you here already?"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, Organisation, User
from accounts.services.place import place_organisation
from providers import matching
from providers.forms.join import JoinForm
from providers.matching import Who
from providers.models import Listing
from providers.permissions import from_register
from providers.services.registration import NumberTaken, start_as_owner, start_registration
from providers.views.going_on import offer_url
from providers.views.held import held_ids, hold
from tslsv import limits
from tslsv.limits import client_network

KEY = "joining"
"""What was typed, in the session, from the first valid answer on."""
ASKED_AN_HOUR = 40
MADE_AN_HOUR = 10
HOUR = 3600

TOO_MANY = (
    "Too many organisations came from you, or from somebody on the same network, within an hour. "
    "Nothing is lost: your answers are below. Please try again in an hour."
)
OUTSIDE = (
    "As far as we know, {postcode} is outside Leeds. That is fine if people in Leeds can have what "
    "you offer: say so under “Where”."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The first question. An answer like nobody on the list leads on to the offer at once."""
    if request.method != "POST":
        kept = request.session.get(KEY) if "change" in request.GET else None
        return render(request, "providers/join.html", _page(request, JoinForm(initial=kept)))
    form = JoinForm(request.POST)
    if form.from_robot():
        return redirect("providers:join")
    if not form.is_valid():
        return render(request, "providers/join.html", _page(request, form))
    return _begin(request, form)


def _begin(request: HttpRequest, form: JoinForm) -> HttpResponse:
    """Keep the answers, and look for somebody like that."""
    who, attempt = form.who, form.cleaned_data["attempt"]
    if not limits.allow("join", client_network(request), ASKED_AN_HOUR, HOUR, same=repr(who)):
        return _too_many(request, form)
    request.session[KEY] = {
        "attempt": attempt,
        "name": who.name,
        "postcode": who.postcode,
        "scheme": who.scheme,
        "number": who.number,
    }
    if matching.with_number(who) or matching.alike(who):
        return redirect("providers:join_is_this_you")
    try:
        return _go_on(request, who, attempt) or _too_many(request, form)
    except NumberTaken:  # published at this very moment
        return redirect("providers:join_is_this_you")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_is_this_you(request: HttpRequest) -> HttpResponse:
    """Those on the list that it may be. "None of these" leads on, but never past a known number."""
    kept = request.session.get(KEY)
    if kept is None:
        return redirect("providers:join")
    who = Who(kept["name"], kept["postcode"], kept["scheme"], kept["number"])
    status, error = 200, ""
    if request.method == "POST":
        try:
            gone_on = _go_on(request, who, kept["attempt"])
        except NumberTaken:
            status = 409
        else:
            if gone_on:
                return gone_on
            status, error = 429, TOO_MANY
    taken = matching.with_number(who)
    found = [taken] if taken else matching.alike(who)
    place = Organisation(postcode=who.postcode)
    place_organisation(place)
    context = {
        "who": who,
        "taken": taken,
        "rows": _rows(request, found),
        "outside": OUTSIDE.format(postcode=who.postcode) if place.ward_id is None else "",
        "error": error,
    }
    response = render(request, "providers/join_is_this_you.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(HOUR)
    return response


def _page(request: HttpRequest, form: JoinForm) -> dict[str, Any]:
    """The form, and for whom somebody who is signed in acts already."""
    user = request.user
    rows = Membership.objects.for_user(user) if isinstance(user, User) else ()
    mine = [row.organisation for row in rows]
    return {"form": form, "mine": mine, "example_data": any(row.is_example for row in mine)}


def _too_many(request: HttpRequest, form: JoinForm) -> HttpResponse:
    form.add_error(None, TOO_MANY)
    response = render(request, "providers/join.html", _page(request, form), status=429)
    response["Retry-After"] = str(HOUR)
    return response


def _go_on(request: HttpRequest, who: Who, attempt: str) -> HttpResponse | None:
    """Make the organisation and its draft, and go to the draft; None when that was too often.

    Raises NumberTaken.
    """
    if not limits.allow(
        "join made", client_network(request), MADE_AN_HOUR, HOUR, same=f"{attempt} {who!r}"
    ):
        return None
    listing, member = _make(request, who, attempt)
    if listing.organisation.ward_id is None:
        messages.info(request, OUTSIDE.format(postcode=who.postcode))
    return redirect(offer_url(listing, member=member))


def _make(request: HttpRequest, who: Who, attempt: str) -> tuple[Listing, bool]:
    if isinstance(request.user, User):
        return start_as_owner(who=who, by=request.user), True
    registration = start_registration(who=who, attempt=attempt, held=held_ids(request))
    hold(request, registration)
    return registration.listing, False


def _rows(request: HttpRequest, found: list[Organisation]) -> list[dict[str, Any]]:
    """What tells them apart, and whether the visitor acts for one. Two queries."""
    user = request.user
    mine = (
        set(Organisation.objects.of(user).values_list("pk", flat=True))
        if isinstance(user, User)
        else set()
    )
    entries = from_register(found)
    return [
        {
            "organisation": row,
            "place": row.ward.name if row.ward else row.public_postcode,
            "from_register": row.pk in entries,
            "mine": row.pk in mine,
        }
        for row in found
    ]
