"""How an organisation buys: its owners write it, its editors read it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, Organisation, Role
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from buying.forms.rules import RulesForm
from buying.models import BuyingRules
from buying.services.rules import EXAMPLES, Rules, RulesChanged, rules_of, save_rules


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def rules(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Write them, or for editors, read them."""
    organisation = membership.organisation
    now = rules_of(organisation)
    context = {"organisation": organisation, "examples": EXAMPLES}
    if membership.role != Role.OWNER:
        if request.method == "POST":
            raise PermissionDenied("for owners")
        row = BuyingRules.objects.with_all().filter(organisation=organisation).first()
        return render(request, "my_buying/rules.html", {**context, "rules": row})
    if request.method != "POST":
        context |= {"form": RulesForm(rules=now), "is_owner": True, "is_new": now == Rules()}
        return render(request, "my_buying/rules.html", context)
    if request.POST.get("act") == "examples":
        return _take_over(request, organisation, now)
    form = RulesForm(request.POST, rules=now)
    status = 200
    if form.is_valid():
        status = _save(request, organisation, form)
        if status == 302:
            return redirect("my_buying:rules", slug=organisation.slug)
    context |= {"form": form, "is_owner": True}
    return render(request, "my_buying/rules.html", context, status=status)


def _save(request: HttpRequest, organisation: Organisation, form: RulesForm) -> int:
    """302 when it is saved, else how to answer with the form."""
    try:
        save_rules(
            organisation=organisation,
            rules=form.rules(request.POST.get("move", "")),
            seen=form.cleaned_data["seen"],
            by=signed_in(request),
        )
    except RulesChanged as clash:
        form.show_clash(clash.now)
        return 409
    except Refused as refused:
        form.add_error(None, str(refused))
        return 409
    messages.success(request, "Saved.")
    return 302


def _take_over(request: HttpRequest, organisation: Organisation, now: Rules) -> HttpResponse:
    """Begin with the examples; where lines are written down already, those stay."""
    if now.lines:
        messages.warning(request, "There are lines already, so they were left as they are.")
    else:
        wanted = Rules(EXAMPLES, now.preferences, now.words, now.shared, now.counts_in_city)
        try:
            save_rules(
                organisation=organisation, rules=wanted, seen=now.version, by=signed_in(request)
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "Both lines are here. Change them so that they are yours.")
    return redirect("my_buying:rules", slug=organisation.slug)
