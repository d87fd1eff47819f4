"""Taking a listing down for somebody on the telephone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.curator import curator_page
from places.lookup import PostcodeError
from providers.doubles import like
from providers.forms.curate.telephone import TelephoneForm
from providers.models import Listing
from providers.services.telephone import Caller, holder_of, take_down, write_for
from providers.views.curate.organisation import organisation_or_404

HERE = "{} has this number and is on the list already. Open it below."


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def telephone(request: HttpRequest) -> HttpResponse:
    """Who is it? First a look for the same organisation on the list; then a draft to write."""
    form = TelephoneForm(request.POST if request.method == "POST" else None)
    same: list[Organisation] = []
    if request.method == "POST" and form.is_valid():
        caller = Caller(**{name: form.cleaned_data[name] for name in Caller.__slots__})
        same = _same(caller)
        if not same or (request.POST.get("decision") == "new" and not _held(caller)):
            try:
                listing = take_down(caller=caller, by=signed_in(request))
            except PostcodeError as error:
                form.add_error("postcode", str(error))
            except Refused as refused:
                form.add_error("number", str(refused))
            else:
                return redirect(write_url(listing))
        elif held := _held(caller):
            form.add_error("number", HERE.format(held))
    context = {
        "form": form,
        "same": same,
        "held": bool(form.errors),
    }
    return render(request, "curate/telephone.html", context)


@require_POST
@curator_page
def write_for_them(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft of an organisation that is here already, for the curator to write."""
    organisation = organisation_or_404(pk)
    try:
        listing = write_for(organisation=organisation, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("curate:organisation", pk=pk)
    return redirect(write_url(listing))


def write_url(listing: Listing) -> str:
    """Where the curator writes it."""
    return reverse("curate:write_offer", args=[listing.pk])


def _held(caller: Caller) -> Organisation | None:
    return holder_of(caller.scheme, caller.number) if caller.number else None


def _same(caller: Caller) -> list[Organisation]:
    """Who on the list it may be: by the number, else by name and postcode."""
    held = _held(caller)
    return [held] if held else like(caller.name, caller.postcode)
