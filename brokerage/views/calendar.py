"""Calendar feeds, and the pages on which their owners find the secret address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Membership, Organisation, User
from accounts.models.invitation import hash_of
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from brokerage.calendar import feed
from brokerage.calendar_links import calendar_url
from brokerage.models import CalendarKey, Exchange
from brokerage.services.calendar_keys import make_key, switch_off
from tslsv.ui.filtering import tag_of
from tslsv.ui.open_data import if_changed


@require_safe
@login_not_required
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The feed of whoever the address belongs to, for calendar programs."""
    key = (
        CalendarKey.objects.filter(Q(user__isnull=True) | Q(user__is_active=True))
        .select_related("organisation")
        .filter(link_hash=hash_of(token))
        .first()
    )
    if key is None:
        raise Http404("no such calendar")
    body = _feed(key)
    response = if_changed(request, tag_of(body), "text/calendar; charset=utf-8", lambda: body)
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _feed(key: CalendarKey) -> bytes:
    if key.organisation is not None:
        return feed(Exchange.objects.of(key.organisation), f"Exchanges of {key.organisation}")
    user = User.objects.get(calendar_key=key)
    return feed(Exchange.objects.seen_by(user), "Your exchanges")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """The address of a person's feed: the exchanges of all organisations that they act for."""
    if request.method == "POST":
        _act(request, None)
        return redirect("brokerage:my_calendar")
    key = CalendarKey.objects.filter(user=signed_in(request)).first()
    return render(request, "brokerage/my_calendar.html", _address(key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def calendar_key(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The address of an organisation's feed."""
    organisation = membership.organisation
    if request.method == "POST":
        _act(request, organisation)
        return redirect("my_brokerage:calendar_key", organisation.slug)
    key = CalendarKey.objects.filter(organisation=organisation).first()
    context = {"organisation": organisation, **_address(key)}
    return render(request, "my_brokerage/calendar_key.html", context)


def _act(request: HttpRequest, organisation: Organisation | None) -> None:
    by, act = signed_in(request), request.POST.get("act")
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0
    try:
        if act == "make":
            make_key(organisation=organisation, by=by, seen=number)
            messages.success(request, "The address is made. Add it to your calendar.")
        elif act == "off":
            switch_off(organisation=organisation, by=by)
            messages.success(request, "The calendar is off: its address opens nothing any more.")
    except Refused as refused:
        messages.error(request, str(refused))


def _address(key: CalendarKey | None) -> dict[str, object]:
    address = calendar_url(key) if key else ""
    return {
        "address": address,
        "webcal": f"webcal://{address.partition('://')[2]}" if address else "",
        "seen": key.round if key else 0,
    }
