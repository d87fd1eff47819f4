"""A filed record: what stands, how it came to be, correcting it, and saying it never happened."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.void import VoidForm
from buying.models import Choice
from buying.permissions import choices_of
from buying.record import differences, facts_of, history_of
from buying.services import choice as service
from providers.permissions import open_organisations


@require_safe
@member_page()
@never_cache
def choice(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """What stands, every version, and what changed from one to the next; on paper, one sheet."""
    organisation = membership.organisation
    found = get_object_or_404(choices_of(organisation), pk=pk)
    versions = history_of(found)
    if not versions:
        return redirect("my_buying:edit_choice", slug=organisation.slug, pk=pk)
    standing = versions[0]
    supplier = standing.supplier
    public = open_organisations().filter(pk=supplier.pk).first() if supplier else None
    before = [*versions[1:], None]
    return render(
        request,
        "my_buying/choice.html",
        {
            "organisation": organisation,
            "choice": found,
            "standing": standing,
            "facts": [fact for fact in facts_of(standing) if fact.text],
            "history": [
                {"version": row, "differences": differences(old, row) if old else []}
                for row, old in zip(versions, before, strict=True)
            ],
            "supplier_url": public.get_absolute_url() if public else "",
            "correcting": found.versions.drafts().exists(),
        },
    )


@require_POST
@member_page()
def correct_choice(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Begin a correction, or go on with the one that is begun."""
    organisation = membership.organisation
    found = get_object_or_404(choices_of(organisation), pk=pk)
    try:
        service.begin_correction(choice=found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("my_buying:edit_choice", slug=organisation.slug, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def void_choice(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Say, with the reason, that the purchase never happened."""
    organisation = membership.organisation
    found = get_object_or_404(choices_of(organisation), pk=pk)
    standing = _standing(found)
    form = VoidForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            service.void_choice(
                choice=found, reason=form.cleaned_data["reason"], by=signed_in(request)
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, f"{found} is not counted any more.")
            return redirect("my_buying:choice", slug=organisation.slug, pk=pk)
    elif standing:
        return redirect("my_buying:choice", slug=organisation.slug, pk=pk)
    context = {"organisation": organisation, "choice": found, "form": form}
    return render(request, "my_buying/void_choice.html", context, status=status)


def _standing(found: Choice) -> bool:
    """Whether it is said already that it never happened. Raises Http404 while nothing is filed."""
    standing = found.versions.filter(stands=True).first()
    if standing is None:
        raise Http404("nothing is filed")
    return standing.void
