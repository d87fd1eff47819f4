"""What an organisation can take as a host, and spare as a giver."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Membership, Organisation
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from brokerage.forms.capacity import BlackoutForm, CapacityForm, ReleaseForm
from brokerage.models import Blackout, HostCapacity
from brokerage.services.capacity import (
    LIMITS,
    add_days_off,
    kept_hours,
    kept_words,
    release,
    remove_days_off,
    save_capacity,
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def capacity(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Groups a month, the largest, who looks after them, days off; and hours released."""
    organisation = membership.organisation
    known = HostCapacity.objects.filter(organisation=organisation).first() or HostCapacity(
        organisation=organisation
    )
    form = CapacityForm(initial=model_to_dict(known, LIMITS))
    if request.method == "POST":
        form = CapacityForm(request.POST)
        if form.is_valid():
            try:
                now = save_capacity(
                    organisation=organisation, values=form.values(), by=signed_in(request)
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Your limits are saved, and hold from now on.")
                for words in kept_words(now, organisation):
                    messages.warning(request, words)
                return redirect("my_brokerage:capacity", organisation.slug)
    return _page(request, organisation, form=form)


@require_POST
@member_page()
def add_blackout(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Days on which nobody is taken."""
    form = BlackoutForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            add_days_off(
                organisation=membership.organisation,
                first=said["first_day"],
                last=said["last_day"],
                reason=said["reason"],
                by=signed_in(request),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Nobody new comes on these days.")
            return redirect("my_brokerage:capacity", membership.organisation.slug)
    return _page(request, membership.organisation, days=form)


@require_POST
@member_page()
def remove_blackout(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Take groups on these days again; one that has gone already is no trouble."""
    found = Blackout.objects.filter(organisation=membership.organisation, pk=pk).first()
    if found is not None:
        remove_days_off(blackout=found, by=signed_in(request))
    messages.success(request, "These days are free again.")
    return redirect("my_brokerage:capacity", membership.organisation.slug)


@require_POST
@member_page()
def release_hours(request: HttpRequest, membership: Membership) -> HttpResponse:
    """So many hours between two days; the same days once more change their hours."""
    form = ReleaseForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = release(
                organisation=membership.organisation,
                first=said["first_day"],
                last=said["last_day"],
                hours=said["hours"],
                by=signed_in(request),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "These hours are released.")
            if words := kept_hours(row):
                messages.warning(request, words)
            return redirect("my_brokerage:capacity", membership.organisation.slug)
    return _page(request, membership.organisation, hours=form)


def _page(
    request: HttpRequest,
    organisation: Organisation,
    *,
    form: CapacityForm | None = None,
    days: BlackoutForm | None = None,
    hours: ReleaseForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    if form is None:
        known = HostCapacity.objects.filter(organisation=organisation).first()
        form = CapacityForm(initial=model_to_dict(known, LIMITS) if known else {})
    months = organisation.host_months.filter(month__gte=today.replace(day=1), groups_held__gt=0)
    context = {
        "organisation": organisation,
        "form": form,
        "days": days or BlackoutForm(auto_id="days-%s"),
        "hours": hours or ReleaseForm(auto_id="hours-%s"),
        "blackouts": organisation.blackouts.filter(last_day__gte=today),
        "months": months,
        "released": organisation.released_hours.filter(last_day__gte=today),
    }
    return render(request, "my_brokerage/capacity.html", context)
