"""Answering an invitation, by the link in its mail or from one's own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import confirmed_addresses
from accounts.forms.people import AcceptForm
from accounts.models import Invitation, User
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.services import invitation as invitations


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link may read it and decline; accepting needs a sign-in.

    A link that nobody knows is answered like one that was replaced: with what to do.
    """
    found = (
        Invitation.objects.with_token(token).select_related("organisation", "invited_by").first()
    )
    if found is None:
        return render(request, "my/invitation_unknown.html", status=404)
    return _answer(request, found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """The same without the link, for the person who signs in with the invited address."""
    addresses = confirmed_addresses(signed_in(request))
    rows = Invitation.objects.sent_to(addresses).select_related("organisation", "invited_by")
    return _answer(request, get_object_or_404(rows, pk=invitation_id))


def _answer(request: HttpRequest, found: Invitation) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    form, error, status = None, "", 200
    if user is not None and found.email.lower() not in confirmed_addresses(user):
        form = AcceptForm(request.POST if _accepts(request) else None)
    try:
        if request.method == "POST" and (answered := _act(request, found, user, form)):
            return answered
        invitations.check_open(found)
    except Refused as refused:
        error, status = str(refused), 409 if request.method == "POST" else 410
    context = {
        "invitation": found,
        "organisation": found.organisation,
        "form": form,
        "error": error,
    }
    return render(request, "my/invitation.html", context, status=status)


def _accepts(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("answer") != "decline"


def _act(
    request: HttpRequest, found: Invitation, user: User | None, form: AcceptForm | None
) -> HttpResponse | None:
    """Do as the button says; None when there is more to ask. Raises Refused."""
    if not _accepts(request):
        invitations.decline(invitation=found, by=user)
        return render(request, "my/invitation_declined.html", {"invitation": found})
    if user is None or (form is not None and not form.is_valid()):
        return None
    mine = invitations.accept(invitation=found, by=user, with_other_address=form is not None)
    messages.success(request, f"You now act for {mine.organisation}.")
    return redirect("my:organisation", slug=mine.organisation.slug)
