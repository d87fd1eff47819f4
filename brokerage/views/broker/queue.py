"""What waits for a broker: needs and offers that were sent in, one after the other."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.broker import broker_page
from brokerage.models import Exchange, Notice
from brokerage.notice_facts import facts_of
from brokerage.services.notice import publish, send_back
from tslsv.ui.fields import Words


class CheckForm(forms.Form):
    """What a broker says to the writers of a notice that goes back."""

    reason = Words(
        label="What should be different?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="They get these words by mail.",
        error_messages={
            "required": "Say what should be different: they get your words.",
            "max_length": "Use at most 1,000 characters.",
        },
    )


@require_safe
@broker_page
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits, the longest-waiting first."""
    submitted = Notice.objects.submitted().select_related("organisation", "kind")
    asked = Exchange.objects.filter(broker_asked_at__isnull=False).select_related("host", "giver")
    context = {"notices": submitted, "exchanges": asked.order_by("broker_asked_at", "pk")}
    return render(request, "broker/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@broker_page
def check_notice(request: HttpRequest, reference: str) -> HttpResponse:
    """Read one, and put it on the board or send it back with words; then the next."""
    found = get_object_or_404(
        Notice.objects.exclude(state=Notice.State.DRAFT).select_related(
            "organisation", "kind", "ward"
        ),
        reference=reference,
    )
    form, refused = CheckForm(), ""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0
        by = signed_in(request)
        try:
            if request.POST.get("decision") == "publish":
                publish(notice=found, by=by, seen=number)
                return _next(request, f"“{found}” is on the board.")
            form = CheckForm(request.POST)
            if form.is_valid():
                reason = form.cleaned_data["reason"]
                send_back(notice=found, reason=reason, by=by, seen=number)
                return _next(request, f"“{found}” went back with your words.")
        except Refused as error:
            refused = str(error)
            found.refresh_from_db()
    context = {
        "notice": found,
        "organisation": found.organisation,
        "facts": facts_of(found),
        "links": found.skill_links.select_related("skill"),
        "form": form,
        "refused": refused,
        "waiting": Notice.objects.submitted().count(),
    }
    return render(request, "broker/check_notice.html", context, status=409 if refused else 200)


def _next(request: HttpRequest, done: str) -> HttpResponse:
    messages.success(request, done)
    following = Notice.objects.submitted().first()
    if following is None:
        return redirect("broker:queue")
    return redirect("broker:check_notice", reference=following.reference)
