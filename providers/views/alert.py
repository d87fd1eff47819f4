"""Asking to be told of new offers in a view, and the pages that the mails lead to."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.addresses import confirmed_addresses
from accounts.models import User
from accounts.refused import Refused
from providers import alert_links, panel, words
from providers.forms.alert import AlertForm
from providers.models import Alert
from providers.search import ListingSearch, open_page
from providers.services import alert as service
from providers.views.alert_changing import change, shown
from providers.views.search import clean_query
from tslsv import limits
from tslsv.limits import client_network
from tslsv.ui.filtering import join_query

ASKED_AN_HOUR = 10
TO_ONE_ADDRESS_A_DAY = 5
HOUR = 3600

TOO_MANY = "You have asked for several of these within an hour. Please try again in an hour."


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: HttpRequest) -> HttpResponse:
    """What the view is, where to write to, and how often.

    Without an account the answer is the same whatever happens to the mail.
    """
    search = ListingSearch(request.GET, open_page(request.GET.get("near", "")))
    query = query_of_view(request.GET)
    context: dict[str, object] = {
        "view": words.view_in_words(search),
        "view_url": join_query(reverse("providers:search"), query),
        "problems": panel.problems(search),
        "days": settings.KEEP_ALERTS_DAYS,
    }
    if search.errors:
        # A wider view than was asked for would be told of, so none is.
        return render(request, "providers/alert.html", context, status=400)
    user = _known(request)
    if request.method != "POST" and "sent" in request.GET:
        # It shows nothing of what was asked, so anybody may open it.
        return render(request, "providers/alert_sent.html", context)
    form = AlertForm(request.POST if request.method == "POST" else None, known=user is not None)
    context |= {"form": form, "user_email": user.email if user else ""}
    if request.method == "POST":
        return _asked(request, query, user, form, context)
    return render(request, "providers/alert.html", context)


def _asked(
    request: HttpRequest,
    query: str,
    user: User | None,
    form: AlertForm,
    context: dict[str, object],
) -> HttpResponse:
    sent = redirect(join_query(request.path, query, "sent=1"))
    if form.from_robot():
        return sent
    if not form.is_valid():
        return render(request, "providers/alert.html", context)
    pace = form.cleaned_data["pace"]
    email = user.email if user else form.cleaned_data["email"]
    if not limits.allow(
        "alert", client_network(request), ASKED_AN_HOUR, HOUR, same=f"{email} {query} {pace}"
    ):
        form.add_error(None, TOO_MANY)
        response = render(request, "providers/alert.html", context, status=429)
        response["Retry-After"] = str(HOUR)
        return response
    try:
        if user is not None:
            service.keep_alert(user=user, query=query, pace=pace)
            messages.success(request, "We mail you what is new in this view from now on.")
            return redirect("alerts:my_alerts")
        # Nobody's mailbox is filled from here; whoever asks is told nothing of it.
        if limits.allow("alert to", email.lower(), TO_ONE_ADDRESS_A_DAY, 24 * HOUR):
            service.ask_for_alert(email=email, query=query, pace=pace)
    except Refused as refused:
        form.add_error("email" if user is None else None, str(refused))
        return render(request, "providers/alert.html", context)
    return sent


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alert_change(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has a mail's link confirms it, changes how often, pauses, stops or starts again."""
    found = _linked(token)
    if not isinstance(found, Alert):
        return _over(request, found)
    if request.method == "POST":
        return change(request, found, back=request.path)
    return render(request, "providers/alert_change.html", shown(found))


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alert_stop(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; a POST, from it or from a mail program by itself, stops the mails.

    It needs neither session nor CSRF token, as RFC 8058 asks: the token in the address is all. It
    answers with a page and never leads elsewhere, as mail programs follow nothing.
    """
    found = _linked(token)
    if not isinstance(found, Alert):
        return _over(request, found)
    if request.method == "POST":
        try:
            found = service.stop_alert(alert=found)
        except Refused:
            return _over(request, stopped=True)
    context = {**shown(found), "change_url": alert_links.change_path(found)}
    return render(request, "providers/alert_stop.html", context)


def _linked(token: str) -> Alert | bool:
    """The alert; else whether it was one once, which has been forgotten."""
    try:
        return alert_links.read(token) or True
    except alert_links.DeadLink:
        return False


def _over(request: HttpRequest, stopped: bool) -> HttpResponse:
    context = {"stopped": stopped}
    return render(
        request, "providers/alert_link_over.html", context, status=200 if stopped else 404
    )


def _known(request: HttpRequest) -> User | None:
    """Whoever is signed in with an address that they have confirmed."""
    user = request.user
    if isinstance(user, User) and user.email.lower() in confirmed_addresses(user):
        return user
    return None


def query_of_view(data: QueryDict) -> str:
    """The view's parameters in their one form, without an order: what is new is new in any."""
    kept = QueryDict(clean_query(data), mutable=True)
    kept.pop("sort", None)
    return kept.urlencode()
