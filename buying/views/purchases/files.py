"""Purchases made elsewhere: files that were sent in, sending one more, and the template."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Membership
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.purchase_file import FileForm
from buying.models import Choice, PurchaseFile
from buying.purchases.columns import COLUMNS, EXAMPLES, HEADINGS
from buying.purchases.source import BadFile
from buying.services.purchase_file import check_file
from tslsv import limits
from tslsv.ui.spreadsheet import csv_lines

FILES_AN_HOUR = 60
HOUR = 3600
TOO_OFTEN = "That were many files within an hour. Please send this one again later."
NEWEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def files(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What was recorded lately, what was sent in, and a form for a file."""
    form, status = FileForm(), 200
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        found = None
        if not limits.allow("purchase files", str(request.user.pk), FILES_AN_HOUR, HOUR):
            form.add_error("file", TOO_OFTEN)
            status = 429
        elif form.is_valid():
            found = _check(request, membership, form)
        if found is not None:
            return redirect("purchases:file", slug=membership.organisation.slug, pk=found.pk)
    organisation = membership.organisation
    elsewhere = Choice.objects.of(organisation).filter(origin=Choice.Origin.ELSEWHERE).filed()
    context = {
        "organisation": organisation,
        "form": form,
        "files": PurchaseFile.objects.of(organisation).with_numbers(),
        "columns": COLUMNS,
        "newest": elsewhere.with_standing()[:NEWEST],
        "number": elsewhere.count(),
    }
    return render(request, "purchases/files.html", context, status=status)


def _check(request: HttpRequest, membership: Membership, form: FileForm) -> PurchaseFile | None:
    """The checked file; None where the form says what is wrong."""
    name, data = form.cleaned_data["file"]
    try:
        file = check_file(
            organisation=membership.organisation, by=signed_in(request), name=name, data=data
        )
    except (BadFile, Refused) as bad:
        form.add_error("file", str(bad))
        return None
    messages.success(request, f"“{file}” is checked. Nothing of it is recorded by that.")
    return file


@require_safe
@member_page()
def template_csv(request: HttpRequest, membership: Membership) -> HttpResponse:
    """A file with the headings and two lines, to be filled in."""
    text = "".join(csv_lines(HEADINGS, EXAMPLES))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="purchases-template.csv"'
    return response
