"""Taking places that another employer passes on, by the link that it had mailed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from brokerage.forms.exchange import TakeForm
from brokerage.models import Exchange
from brokerage.passing_links import DeadLink, read_passed
from brokerage.services import passing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_places(request: HttpRequest, token: str) -> HttpResponse:
    """What the places are, and a form that takes them; opening the page does nothing.

    Whoever has taken them is led to their proposal. Once they are gone the page says so, but for
    what somebody was about to send.
    """
    try:
        passed = read_passed(token)
        exchange = Exchange.objects.select_related("host", "giver", "kind", "need").get(
            pk=passed.exchange_id
        )
    except (DeadLink, Exchange.DoesNotExist):
        return render(request, "brokerage/take_places.html", {"is_over": True}, status=410)
    user = signed_in(request)
    two = (exchange.giver_id, exchange.host_id)
    theirs = list(Organisation.objects.of(user).exclude(pk__in=two))
    if request.method != "POST":
        if made := passing.taken_by(passed, theirs):
            return redirect(made.get_absolute_url())
        if not passing.version_on_offer(exchange, passed):
            return render(request, "brokerage/take_places.html", {"is_over": True}, status=410)
    version = exchange.versions.filter(number=passed.number).first()
    first = {
        "organisation": theirs[0] if theirs else None,
        "contact_name": user.name,
        "contact_email": user.email,
    }
    sent = request.POST if request.method == "POST" else None
    form, status = TakeForm(sent, initial=first, organisations=theirs), 200
    if form.is_bound and form.is_valid():
        try:
            made = passing.take_places(
                passed=passed,
                organisation=form.cleaned_data["organisation"],
                contact=form.reach(),
                user=user,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409 if isinstance(refused, Overtaken) else 200
        else:
            messages.success(
                request, f"{exchange.host} has your proposal, and the places are held."
            )
            return redirect(made.get_absolute_url())
    context = {
        "exchange": exchange,
        "version": version,
        "seats": passed.seats,
        "form": form,
        "can_take": bool(theirs),
        "example_data": exchange.host.is_example or exchange.giver.is_example,
    }
    return render(request, "brokerage/take_places.html", context, status=status)
