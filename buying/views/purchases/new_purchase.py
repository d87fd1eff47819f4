"""Recording one purchase that was made elsewhere: its form, then who the provider is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import Membership
from accounts.models.invitation import hash_of
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.purchase import PurchaseForm, SameForm
from buying.purchases.matching import candidates
from buying.services.purchase import record_purchase
from providers.models import Term


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def new_purchase(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The form; sent in, its answers with the question who the provider is; then it is filed.

    The answers travel in the page, so that nothing half done is kept anywhere.
    """
    today = timezone.localdate()
    if request.method != "POST":
        return _form(request, membership, PurchaseForm(today=today))
    form = PurchaseForm(request.POST, today=today)
    if "change" in request.POST:
        return _form(request, membership, PurchaseForm(initial=_typed(form), today=today))
    if not form.is_valid():
        return _form(request, membership, form)
    return _check(request, membership, form)


def _check(request: HttpRequest, membership: Membership, form: PurchaseForm) -> HttpResponse:
    organisation = membership.organisation
    found = candidates(organisation, form.who)
    asked = "record" in request.POST
    same = SameForm(request.POST if asked and found else None, found=found) if found else None
    if asked and (same is None or same.is_valid()):
        try:
            filed = record_purchase(
                organisation=organisation,
                by=signed_in(request),
                values=form.values,
                supplier_id=same.supplier_id if same else None,
                own_reference=form.cleaned_data["own_reference"],
                start_hash=hash_of(form.cleaned_data["attempt"]),
            )
        except Refused as refused:
            form.add_error("own_reference", str(refused))
            return _form(request, membership, form, status=409)
        messages.success(request, f"“{filed.what}” is recorded as {filed.choice.reference}.")
        return redirect("purchases:files", slug=organisation.slug)
    answers = form.cleaned_data
    # What tells this form from another goes on in the page, also where none came.
    form.data = {**request.POST.dict(), "attempt": answers["attempt"]}
    category = Term.objects.filter(facet=Term.Facet.CATEGORY, code=answers["category"]).first()
    context = {
        "organisation": organisation,
        "form": form,
        "same": same,
        "answers": answers,
        "category": category,
        "number_kind": dict(form.fields["scheme"].choices).get(answers["scheme"])  # type: ignore[attr-defined]
        if answers["scheme"]
        else "",
    }
    return render(request, "purchases/check_purchase.html", context)


def _form(
    request: HttpRequest, membership: Membership, form: PurchaseForm, status: int = 200
) -> HttpResponse:
    context = {"organisation": membership.organisation, "form": form}
    return render(request, "purchases/new_purchase.html", context, status=status)


def _typed(form: PurchaseForm) -> dict[str, str]:
    """What was typed, to be shown once more without being judged."""
    return {name: form.data[name] for name in form.fields if form.data.get(name)}
