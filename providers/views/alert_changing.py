"""Changing mails about new offers, from a mailed link and from one's own pages alike."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.refused import Refused
from providers import panel, words
from providers.forms.alert import PaceForm
from providers.models import Alert
from providers.search import search_of
from providers.services import alert as service

ACTS: dict[str, tuple[Callable[..., Alert], str]] = {
    "confirm": (service.confirm_alert, "We mail you what is new in this view from now on."),
    "pause": (service.pause_alert, "The mails are paused. Go on whenever you like."),
    "resume": (service.resume_alert, "The mails go on."),
    "stop": (service.stop_alert, "The mails are stopped. You can start them again below."),
}
"""What a button does, and what is said when it is done."""


def shown(alert: Alert) -> dict[str, Any]:
    """What every page about one alert shows. Up to two queries."""
    search, _ = search_of(alert.query)
    return {
        "alert": alert,
        "view": words.view_in_words(search),
        "problems": panel.problems(search),
        "form": PaceForm(initial={"pace": alert.pace}),
    }


def change(request: HttpRequest, alert: Alert, *, back: str) -> HttpResponse:
    """Do as the button says, and lead back. Raises Http404 for no button of the page."""
    if "do" not in request.POST:
        return _set_pace(request, alert, back)
    act = ACTS.get(request.POST["do"])
    if act is None:
        raise Http404("no such button")
    work, done = act
    try:
        work(alert=alert)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(back)


def _set_pace(request: HttpRequest, alert: Alert, back: str) -> HttpResponse:
    form = PaceForm(request.POST)
    if form.is_valid():
        try:
            service.set_pace(alert=alert, pace=form.cleaned_data["pace"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Saved.")
            return redirect(back)
    return render(request, "providers/alert_change.html", {**shown(alert), "form": form})
