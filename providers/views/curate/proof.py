"""What an organisation says of itself, and how well a curator knows it."""

from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.models import Identifier
from accounts.permissions import signed_in
from accounts.views.curator import curator_page
from providers.forms.curate.proof import ProofForm
from providers.models import Claim
from providers.queue import Kind
from providers.services.proofs import judge_claim, needs_second, version_of_claim
from providers.views.curate import flow


class LookUp(NamedTuple):
    """Where a number or a claim can be looked up."""

    label: str
    url: str


REGISTERS = {
    "GB-CHC": "https://register-of-charities.charitycommission.gov.uk/en/charity-search/-/charity-details/{}",
    "GB-COH": "https://find-and-update.company-information.service.gov.uk/company/{}",
    "GB-MPR": "https://mutuals.fca.org.uk/Search",
    "VAT": "https://www.tax.service.gov.uk/check-vat-number/enter-vat-details",
}
CLAIMS = {
    "living-wage": LookUp(
        "Accredited Living Wage employers",
        "https://www.livingwage.org.uk/accredited-living-wage-employers",
    ),
    "social-enterprise-uk": LookUp(
        "Social Enterprise UK’s members", "https://www.socialenterprise.org.uk/members/"
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave it declared, or call it evidenced or checked, with what that rests on."""
    claim, user = claim_or_404(pk), signed_in(request)
    place = flow.place_of(request, Kind.PROOF, str(pk))
    initial = {"level": claim.level, "evidence": claim.evidence, "valid_to": claim.valid_to}
    if claim.proposed_on and claim.level != Claim.Level.CHECKED:
        initial = {
            "level": Claim.Level.CHECKED,
            "evidence": claim.proposed_evidence,
            "valid_to": claim.proposed_valid_to,
        }
    form, said = ProofForm(initial=initial), ""
    if request.method == "POST":
        form = ProofForm(request.POST)
        if form.is_valid():
            level = Claim.Level(form.cleaned_data["level"])
            work = partial(
                judge_claim,
                claim=claim,
                level=level,
                evidence=form.cleaned_data["evidence"],
                valid_to=form.cleaned_data["valid_to"],
                by=user,
                seen=flow.seen(request),
            )
            proposed = needs_second(level, claim)
            known = "waits for a second curator" if proposed else f"is {level.value} now"
            result = flow.attempt(request, place, work, f"{claim.label} {known}.")
            if isinstance(result, HttpResponse):
                return result
            said = result
    claim = claim_or_404(pk)
    numbers = list(Identifier.objects.filter(organisation=claim.organisation))
    context = {
        "claim": claim,
        "organisation": claim.organisation,
        "numbers": numbers,
        "look_ups": look_ups(claim, numbers),
        "two": settings.CHECKED_NEEDS_SECOND_CURATOR,
        "own": claim.proposed_on is not None and claim.proposed_by_id == user.pk,
        "place": place,
        "form": form,
        "said": said,
        "kept": form.data.get("evidence", "") if said else "",
        "seen": version_of_claim(claim),
        "decidable": claim.withdrawn_at is None,
    }
    return render(request, "curate/proof.html", context, status=409 if said else 200)


def claim_or_404(pk: int) -> Claim:
    rows = Claim.objects.select_related("organisation", "term", "checked_by", "proposed_by")
    return get_object_or_404(rows, pk=pk)


def look_ups(claim: Claim, numbers: list[Identifier]) -> list[LookUp]:
    """Pages of others, opened by the curator; this site asks none of them."""
    found = [
        LookUp(f"{row.get_scheme_display()} {row.value}", REGISTERS[row.scheme].format(row.value))
        for row in numbers
        if row.scheme in REGISTERS
    ]
    known = CLAIMS.get(claim.term.code)
    return [known, *found] if known else found
