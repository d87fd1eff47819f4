"""Beginning the record of a choice."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, Organisation, User
from accounts.models.invitation import hash_of, new_token
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.new_choice import EMPTY, NewChoiceForm
from buying.models import ChoiceVersion, Enquiry
from buying.permissions import enquiries_to_choose_from
from buying.services.choice import begin_choice
from buying.services.considering import begin_from_enquiry, begin_from_shortlist
from providers.models import Shortlist
from providers.permissions import Holder, shortlists_of

type FormOf = Callable[..., NewChoiceForm]

MOST = 20
"""So many enquiries are offered to begin with; an older one is reached by its own page."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def new_choice(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Say whom they considered, or come from an enquiry or a shortlist, which the address names.

    Only the button begins anything. A form elsewhere that posts to the address with
    ``?enquiry=E-…`` or ``?shortlist=…`` begins at once.
    """
    organisation, user = membership.organisation, signed_in(request)
    named = _named(request)
    form_of = _form_of(user, organisation, named)
    if request.method != "POST":
        known = named if named in form_of().sources else EMPTY
        form = form_of(initial={"source": known, "start": new_token()})
        context = {"organisation": organisation, "form": form, "unknown": named and known != named}
        return render(request, "my_buying/new_choice.html", context)
    data = request.POST.copy()
    data.setdefault("source", named)
    form = form_of(data)
    status = 200
    if form.is_valid():
        try:
            begun = _begin(form, organisation, user)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            return redirect("my_buying:edit_choice", slug=organisation.slug, pk=begun.choice_id)
    context = {"organisation": organisation, "form": form}
    return render(request, "my_buying/new_choice.html", context, status=status)


def _named(request: HttpRequest) -> str:
    """What the address says to begin with, as a value of the form; empty for nothing."""
    if enquiry := request.GET.get("enquiry"):
        return f"enquiry {enquiry}"
    if shortlist := request.GET.get("shortlist"):
        return f"shortlist {shortlist}"
    return ""


def _form_of(user: User, organisation: Organisation, named: str) -> FormOf:
    """The form with what this person may bring in, and what the address names however old."""
    enquiries = list(enquiries_to_choose_from(user, organisation)[:MOST])
    kind, _, key = named.partition(" ")
    if kind == "enquiry" and "\0" not in key and key not in {row.reference for row in enquiries}:
        enquiries += enquiries_to_choose_from(user, organisation).filter(reference=key)
    shortlists = list(shortlists_of(Holder(user)))
    return lambda *args, **kwargs: NewChoiceForm(
        *args, enquiries=enquiries, shortlists=shortlists, **kwargs
    )


def _begin(form: NewChoiceForm, organisation: Organisation, user: User) -> ChoiceVersion:
    """Raises Refused."""
    start, row = form.cleaned_data["start"], form.source_row
    # Of this person and organisation, as anybody can send any words.
    start_hash = hash_of(f"{user.pk} {organisation.pk} {start}") if start else None
    if isinstance(row, Enquiry):
        return begin_from_enquiry(
            organisation=organisation, enquiry=row, by=user, start_hash=start_hash
        )
    if isinstance(row, Shortlist):
        return begin_from_shortlist(
            organisation=organisation, shortlist=row, by=user, start_hash=start_hash
        )
    return begin_choice(organisation=organisation, by=user, start_hash=start_hash)
