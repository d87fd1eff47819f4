"""The sections of an offer, each a page that saves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import Organisation
from accounts.refused import Refused
from accounts.services.organisation import Changed
from providers import matching
from providers.forms import offer_sections
from providers.forms.offer import OfferForm, SectionForm
from providers.forms.offer_claims import ClaimsForm, EdiForm, EthosForm, FactsForm
from providers.matching import Who
from providers.models import Listing, Registration
from providers.services.claims import ClaimsClash, claimed
from providers.services.listing_edits import (
    TAKEN_DOWN,
    WITH_CURATOR,
    Clash,
    current_content,
    open_change,
)
from providers.services.registration import send_link
from providers.views.join import OUTSIDE
from providers.views.offers.writing import Writing
from tslsv import limits

OFFER_FORMS: dict[str, type[SectionForm]] = {
    "basics": OfferForm,
    "description": offer_sections.DescriptionForm,
    "price": offer_sections.PriceForm,
    "practical": offer_sections.PracticalForm,
    "place": offer_sections.PlaceForm,
    "contact": offer_sections.ContactForm,
    "access": offer_sections.AccessForm,
}
CLAIMS_FORMS: dict[str, type[ClaimsForm]] = {"ethos": EthosForm, "edi": EdiForm}
ALIKE = (
    'There is <a href="{}">{}</a> on the list. If that is you, say so there, and do not send this '
    "in as well."
)
LINKS_AN_HOUR = 5
"""Mails with a link to new addresses, asked for from one network."""
HOUR = 3600


def section(request: HttpRequest, writing: Writing, section_name: str) -> HttpResponse:
    """Ask one section's questions, and save the answers.

    Somebody else's answers meanwhile are shown beside one's own (409), and nothing is lost.
    """
    if shut := shut_page(request, writing):
        return shut
    if section_name == "edi" and not writing.answers_for:
        status = 403 if request.method == "POST" else 200
        return render(request, "offers/only_owners.html", writing.context(), status=status)
    form = _form(section_name, writing, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _save(form, section_name, writing)
        if status == 200:
            return _onward(request, form, writing)
    context = writing.context(form=form, section=section_name)
    return render(request, "offers/section.html", context, status=status)


def shut_page(request: HttpRequest, writing: Writing) -> HttpResponse | None:
    """Back to the task list while nothing can be changed; None where it can."""
    if writing.open:
        return None
    with_curator = writing.listing.state == Listing.State.SUBMITTED
    messages.error(request, WITH_CURATOR if with_curator else TAKEN_DOWN)
    return redirect(writing.url("offer"))


def saved_words(writing: Writing) -> str:
    """What to say when something of the offer was saved."""
    if writing.public and open_change(writing.listing) is not None:
        return "Saved. The public sees what was there before, until a curator accepts it."
    return "Saved."


def _form(name: str, writing: Writing, data: Any) -> Any:
    """The section's form. Raises Http404 where there is no such section, or not for them."""
    common: dict[str, Any] = {"listing": writing.listing, "author": writing.author}
    if name in OFFER_FORMS:
        return OFFER_FORMS[name](data, said=writing.said, **common)
    if name in CLAIMS_FORMS:
        kind = CLAIMS_FORMS[name]
        return kind(data, said=_claimed(kind, writing), **common)
    if name != "organisation" or writing.kind == "member":
        raise Http404("no such section")
    # A row of its own: checking the form writes what was typed into it.
    row = Organisation.objects.get(pk=writing.organisation.pk)
    return FactsForm(data, instance=row, **common)


def _save(form: Any, name: str, writing: Writing) -> int:
    """200, or 409 with the reason in the form."""
    try:
        form.save()
    except Clash as clash:
        form.show_clash(clash.now)
    except ClaimsClash:
        form.show_clash(_claimed(CLAIMS_FORMS[name], writing))
    except Changed as clash:
        form.show_clash(clash.now)
    except Refused as refused:
        form.add_error(None, str(refused))
    else:
        return 200
    return 409


def _claimed(kind: type[ClaimsForm], writing: Writing) -> Any:
    return {facet: claimed(writing.organisation, facet) for facet in kind.facets}


def _onward(request: HttpRequest, form: Any, writing: Writing) -> HttpResponse:
    """To the task list, or to the wards where some are still to be chosen."""
    messages.success(request, saved_words(writing))
    if form.new_address and writing.author.registration is not None:
        _mail_link(request, writing.author.registration)
    if isinstance(form, FactsForm):
        _say_where_and_who(request, form)
    said = current_content(
        Listing.objects.select_related("organisation").get(pk=writing.listing.pk),
        open_change(writing.listing),
    )
    if (
        isinstance(form, OfferForm)
        and said["delivery"] == Listing.Delivery.WARDS
        and not said["delivery_wards"]
    ):
        return redirect(writing.url("section", "place"))
    return redirect(writing.url("offer"))


def _say_where_and_who(request: HttpRequest, form: FactsForm) -> None:
    """What the first page would have said of another postcode or name. Up to two queries."""
    now = form.described
    if "postcode" in form.changed_data and now.postcode and now.ward_id is None:
        messages.info(request, OUTSIDE.format(postcode=now.postcode))
    if form.author.registration is not None and "name" in form.changed_data:
        for other in matching.alike(Who(now.name, now.postcode))[:1]:
            url = reverse("providers:claim", args=[other.slug])
            messages.warning(request, format_html(ALIKE, url, other))


def _mail_link(request: HttpRequest, registration: Registration) -> None:
    """With it they come back to a session that was lost. Not to any number of addresses."""
    network = limits.client_network(request)
    if limits.allow("registration-link", network, LINKS_AN_HOUR, HOUR):
        send_link(registration=registration)
        registration.refresh_from_db(fields=["email"])
        messages.info(
            request,
            f"We have sent a link to {registration.email}. With it you can come back at any time.",
        )
