"""Going on later with what was begun without an account, by a mailed link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import confirmed_addresses
from accounts.models import User
from accounts.permissions import is_member
from accounts.refused import Refused
from providers.forms.join import LinkForm
from providers.models import Registration
from providers.services.registration import confirm_address, send_link_to, send_new_links
from providers.views.going_on import offer_url
from providers.views.held import held
from tslsv import limits
from tslsv.limits import client_network

LINKS_AN_HOUR = 6
TO_ONE_ADDRESS_A_DAY = 5
HOUR = 3600

TOO_MANY = "You have asked for several links within an hour. Please try again in an hour."


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_resume(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is for, and a button. Pressing it proves the address; it signs nobody in."""
    found = Registration.objects.with_token(token).select_related("listing__organisation").first()
    if found is None:
        return _unknown(request)
    user = request.user if isinstance(request.user, User) else None
    there = offer_url(found.listing, member=True)
    error, status = "", 200
    if request.method == "POST" and found.email_confirmed_at is None:
        try:
            confirm_address(registration=found, by=user)
        except Refused as refused:
            error, status = str(refused), 409
        else:
            return redirect(there if user else request.path)
    if user and found.email_confirmed_at and is_member(user, found.listing.organisation):
        return redirect(there)
    context = {
        "registration": found,
        "listing": found.listing,
        "organisation": found.listing.organisation,
        "there": there,
        "other_person": user is not None and found.email.lower() not in confirmed_addresses(user),
        "error": error,
    }
    return render(request, "providers/join_resume.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_send_link(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Where to mail the link for what the session holds. The answer is the same whatever happens
    to the mail.
    """
    registration = held(request, listing_id)
    if registration is None:
        return _unknown(request)
    listing = registration.listing
    back = offer_url(listing, member=False)
    posted = request.POST if request.method == "POST" else None
    form = LinkForm(posted, initial={"email": registration.email})
    context = {"form": form, "listing": listing, "back": back}
    if request.method != "POST" or not (form.from_robot() or form.is_valid()):
        return render(request, "providers/join_send_link.html", context)
    if not form.from_robot():
        email = form.cleaned_data["email"]
        if not _may_send(request):
            form.add_error(None, TOO_MANY)
            return _too_many(render(request, "providers/join_send_link.html", context))
        try:
            if _may_reach(email):
                send_link_to(registration=registration, email=email)
        except Refused as refused:
            form.add_error("email", str(refused))
            return render(request, "providers/join_send_link.html", context)
        messages.success(request, f"A link is on its way to {email}. It opens this again.")
    return redirect(back)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_new_link(request: HttpRequest) -> HttpResponse:
    """For somebody whose link, or session, does not open what they began any more.

    Whether anything was begun with the address makes no difference to the answer.
    """
    if request.method != "POST":
        form = None if "sent" in request.GET else LinkForm()
        return render(request, "providers/join_new_link.html", {"form": form})
    form, sent = LinkForm(request.POST), redirect(f"{request.path}?sent=1")
    if form.from_robot():
        return sent
    if form.is_valid():
        if not _may_send(request):
            form.add_error(None, TOO_MANY)
            return _too_many(render(request, "providers/join_new_link.html", {"form": form}))
        email = form.cleaned_data["email"]
        if _may_reach(email):
            send_new_links(email=email)
        return sent
    return render(request, "providers/join_new_link.html", {"form": form})


def _unknown(request: HttpRequest) -> HttpResponse:
    """One answer for what was never there, was replaced, or is another session's."""
    return render(request, "providers/join_link_unknown.html", {"form": LinkForm()}, status=404)


def _may_send(request: HttpRequest) -> bool:
    return limits.allow("join link", client_network(request), LINKS_AN_HOUR, HOUR)


def _may_reach(email: str) -> bool:
    """Nobody's mailbox is filled from here; whoever asks is told nothing of it."""
    return limits.allow("join link to", email, TO_ONE_ADDRESS_A_DAY, 24 * HOUR)


def _too_many(response: HttpResponse) -> HttpResponse:
    response.status_code = 429
    response["Retry-After"] = str(HOUR)
    return response
