"""Adding an organisation, changing what it says of itself, and closing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.forms.organisation import DetailsForm, NewOrganisationForm
from accounts.models import Membership, Organisation
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.services.organisation import (
    DETAILS,
    Changed,
    close_organisation,
    create_organisation,
    update_organisation,
)
from accounts.views.member import member_page


@require_http_methods(["GET", "HEAD", "POST"])
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Add an organisation and be its owner."""
    form = NewOrganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = create_organisation(
            name=form.cleaned_data["name"],
            postcode=form.cleaned_data["postcode"],
            by=signed_in(request),
        )
        messages.success(request, f"{made} is here, and you are its owner.")
        return redirect("my:organisation", slug=made.slug)
    return render(request, "my/new_organisation.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def details(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Change them; somebody else's change meanwhile is shown beside one's own."""
    organisation = membership.organisation
    # A row of its own: checking the form writes what was typed into it.
    form = DetailsForm(
        request.POST if request.method == "POST" else None,
        instance=Organisation.objects.get(pk=organisation.pk),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = update_organisation(
                organisation=organisation,
                values={name: form.cleaned_data[name] for name in DETAILS},
                seen=form.cleaned_data["seen"],
                by=signed_in(request),
            )
        except Changed as clash:
            form.show_clash(clash.now)
            status = 409
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Saved.")
            return redirect("my:organisation", slug=saved.slug)
    context = {"organisation": organisation, "form": form}
    return render(request, "my/details.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(owner=True)
def close(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The last person gives the organisation up."""
    organisation = membership.organisation
    others = Membership.objects.filter(organisation=organisation).exclude(pk=membership.pk)
    if request.method == "POST":
        try:
            close_organisation(organisation=organisation, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("my:people", slug=organisation.slug)
        messages.success(request, f"{organisation} is closed. Nothing of it is public any more.")
        return redirect("my:home")
    context = {"organisation": organisation, "others": others.count()}
    return render(request, "my/close.html", context)
