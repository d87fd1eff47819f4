"""Accreditations, and taking back what was said of who leads and who is served."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.refused import Refused
from providers.forms.offer_claims import AccreditationForm
from providers.models import Claim, Term
from providers.services.claims import AccreditationClash, set_accreditation, withdraw_claim
from providers.services.claims import withdraw_edi as withdraw
from providers.views.offers.doing import do
from providers.views.offers.sections import shut_page
from providers.views.offers.writing import Writing


def accreditations(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Those that the organisation says it has, and a form for one more."""
    return _form_page(request, writing, None)


def accreditation(request: HttpRequest, writing: Writing, claim_id: int) -> HttpResponse:
    """Change one's number, last day, or what shows it."""
    return _form_page(request, writing, _claim_or_404(writing, claim_id))


def remove_accreditation(request: HttpRequest, writing: Writing, claim_id: int) -> HttpResponse:
    """Asks once more, then withdraws the claim."""
    claim = _claim_or_404(writing, claim_id)
    if shut := shut_page(request, writing):
        return shut
    if request.method == "POST":
        return do(
            request,
            lambda: withdraw_claim(
                listing=writing.listing, claim_id=claim_id, author=writing.author
            ),
            f"{claim.term} is taken away.",
            writing.url("accreditations"),
        )
    return render(request, "offers/remove_accreditation.html", writing.context(claim=claim))


def withdraw_edi(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Take all answers about equality back, in one step."""
    if shut := shut_page(request, writing):
        return shut
    return do(
        request,
        lambda: withdraw(listing=writing.listing, author=writing.author),
        "Your answers are deleted. Nobody sees them any more.",
        writing.url("section", "edi"),
    )


def _claim_or_404(writing: Writing, claim_id: int) -> Claim:
    return get_object_or_404(_claims(writing), pk=claim_id)


def _claims(writing: Writing) -> QuerySet[Claim]:
    rows = Claim.objects.filter(
        organisation=writing.organisation,
        term__facet=Term.Facet.ACCREDITATION,
        withdrawn_at=None,
    )
    return rows.select_related("term")


def _form_page(request: HttpRequest, writing: Writing, claim: Claim | None) -> HttpResponse:
    if shut := shut_page(request, writing):
        return shut
    form = AccreditationForm(request.POST if request.method == "POST" else None, claim=claim)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            set_accreditation(
                listing=writing.listing,
                code=claim.term.code if claim else said["code"],
                reference=said["reference"],
                evidence=said["evidence"],
                valid_to=said["valid_to"],
                author=writing.author,
                seen=said["seen"],
            )
        except AccreditationClash as clash:
            form.show_clash(clash.now)
            status = 409
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, "Saved.")
            return redirect(writing.url("accreditations"))
    context = writing.context(
        form=form,
        claim=claim,
        rows=[
            {
                "claim": row,
                "url": writing.url("accreditation", row.pk),
                "remove_url": writing.url("remove_accreditation", row.pk),
            }
            for row in ([] if claim else _claims(writing))
        ],
    )
    template = "offers/accreditation.html" if claim else "offers/accreditations.html"
    return render(request, template, context, status=status)
