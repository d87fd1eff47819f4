"""Proposing an exchange to a need or an offer that is on the board."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from accounts.permissions import signed_in
from accounts.refused import Refused
from brokerage.forms.exchange import ProposeForm
from brokerage.models import Notice, Side
from brokerage.services.acting import Actor
from brokerage.services.proposing import propose
from brokerage.services.terms import Clash
from tslsv import limits

HOUR = 3600
PROPOSED_AN_HOUR = 30
TOO_OFTEN = "You have proposed a lot in a short time. Try again in an hour; nothing is lost."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_to_need(request: HttpRequest, reference: str) -> HttpResponse:
    """A giver proposes to a host."""
    return _page(request, Notice.Side.NEED, reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_to_offer(request: HttpRequest, reference: str) -> HttpResponse:
    """A host proposes to a giver."""
    return _page(request, Notice.Side.OFFER, reference)


def _page(request: HttpRequest, side: Notice.Side, reference: str) -> HttpResponse:
    notice = get_object_or_404(
        Notice.objects.known().select_related("organisation", "kind", "ward"),
        side=side,
        reference=reference,
    )
    user, today = signed_in(request), timezone.localdate()
    theirs = list(Organisation.objects.of(user).exclude(pk=notice.organisation_id))
    other = Notice.Side.OFFER if side == Notice.Side.NEED else Notice.Side.NEED
    own = Notice.objects.findable(today).filter(
        organisation__in=theirs, side=other, kind=notice.kind
    )
    context = {"notice": notice, "organisation": notice.organisation, "is_need": notice.is_need}
    if not theirs or not notice.is_findable(today):
        context["is_open"] = notice.is_findable(today)
        return render(request, "brokerage/propose_not.html", context)
    given: dict[str, Any] = {"kind": notice.kind, "organisations": theirs, "own": list(own)}
    if request.method != "POST":
        form = ProposeForm(initial=_first(notice, theirs, request), **given)
        return render(request, "brokerage/propose.html", {**context, "form": form})
    form = ProposeForm(request.POST, **given)
    if form.is_valid():
        if not limits.allow(
            "proposing", str(user.pk), PROPOSED_AN_HOUR, HOUR, same=form.cleaned_data["key"]
        ):
            form.add_error(None, TOO_OFTEN)
            return render(request, "brokerage/propose.html", {**context, "form": form}, status=429)
        try:
            made = _propose(notice, form, Actor.of(_side(notice), user))
        except Refused as refused:
            form.add_error(None, str(refused))
            if isinstance(refused, Clash):
                form.offer_override()
        else:
            messages.success(request, "It is proposed, and the places are held. They have a mail.")
            return redirect(made.get_absolute_url())
    return render(request, "brokerage/propose.html", {**context, "form": form})


def _side(notice: Notice) -> Side:
    """Whoever proposes is the other side of the notice's own."""
    return Side.GIVER if notice.is_need else Side.HOST


def _propose(notice: Notice, form: ProposeForm, actor: Actor) -> Any:
    said = form.cleaned_data
    own = said.get("own")
    place = notice if notice.is_need else own
    return propose(
        need=notice if notice.is_need else own,
        offer=own if notice.is_need else notice,
        other=said["organisation"],
        side=_side(notice),
        terms=form.terms() | {"postcode": place.postcode if place else ""},
        contact=form.reach(),
        actor=actor,
        key=said["key"],
        clash_seen=said["clash_seen"],
    )


def _first(notice: Notice, theirs: list[Organisation], request: HttpRequest) -> dict[str, Any]:
    """What the form opens with: what the notice says, and whoever proposes."""
    user = signed_in(request)
    one_day = notice.first_day is not None and notice.first_day == notice.last_day
    return {
        "organisation": theirs[0],
        "own": request.GET.get("own") if (request.GET.get("own") or "").isdecimal() else None,
        "seats": notice.seats_left if (notice.places_max or 0) == 1 else None,
        "hours_each": notice.hours_each,
        "amount": notice.amount,
        "first_day": notice.first_day if one_day else None,
        "mode": "in-person" if notice.mode == "either" else notice.mode,
        "cost_contribution": notice.cost_contribution,
        "contact_name": user.name,
        "contact_email": user.email,
        "key": secrets.token_hex(16),
    }
