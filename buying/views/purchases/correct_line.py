"""Correcting what is filed by what a line of a file says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.purchase_file import CorrectionForm
from buying.models import PurchaseLine
from buying.services.purchase_file import correct_from_line
from buying.views.purchases.file import own_file


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def correct_line(
    request: HttpRequest, membership: Membership, pk: int, line_id: int
) -> HttpResponse:
    """What is filed and what the line says; a reason, and the correction is filed."""
    organisation = membership.organisation
    line = get_object_or_404(
        own_file(membership, pk).lines.select_related("file__organisation", "choice"),
        pk=line_id,
        state=PurchaseLine.State.DIFFERS,
    )
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    there = f"{reverse('purchases:file', args=[organisation.slug, pk])}?show=differs"
    if request.method == "POST" and form.is_valid():
        try:
            filed = correct_from_line(
                line=line, by=signed_in(request), why=form.cleaned_data["why"]
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{filed.choice.reference} is corrected.")
        return redirect(there)
    context = {"organisation": organisation, "line": line, "form": form, "back": there}
    return render(request, "purchases/correct_line.html", context)
