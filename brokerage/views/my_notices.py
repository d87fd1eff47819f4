"""An organisation's own needs and offers: the list, writing, looking, and what to do with them."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership, Organisation
from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.member import member_page
from brokerage.forms.notice import NoticeForm, initial_of
from brokerage.models import Kind, Notice
from brokerage.notice_facts import facts_of
from brokerage.services import notice as service

State = Notice.State

DONE = {
    "submit": "It is sent in. A broker reads it, and you get a mail.",
    "pause": "It is paused: nobody finds it, and what goes on, goes on.",
    "resume": "It is back on the board.",
    "close": "It is closed.",
    "renew": "It is renewed.",
}
ON_BOARD = "It is on the board."
ACTS = {
    "submit": service.submit,
    "pause": service.pause,
    "resume": service.resume,
    "close": service.close,
    "renew": service.renew,
}


@require_safe
@member_page()
def notices(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Every need and offer of the organisation, what was touched last first."""
    organisation = membership.organisation
    found = Notice.objects.of(organisation).select_related("kind")
    context = {
        "organisation": organisation,
        "open": [row for row in found if row.state != State.CLOSED],
        "closed": [row for row in found if row.state == State.CLOSED],
    }
    return render(request, "my_brokerage/notices.html", context)


@require_safe
@member_page()
def new_notice(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Choose between a need and an offer, and its kind."""
    context = {"organisation": membership.organisation, "kinds": Kind.objects.active()}
    return render(request, "my_brokerage/new_notice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def write_notice(
    request: HttpRequest, membership: Membership, side: str, kind: str
) -> HttpResponse:
    """Write a new one; it is kept as a draft, and checked on its own page."""
    organisation = membership.organisation
    if side not in Notice.Side.values:
        raise Http404("needs and offers")
    found = get_object_or_404(Kind.objects.active(), code=kind)
    given = {"side": Notice.Side(side), "kind": found}
    if request.method != "POST":
        form = NoticeForm(initial=_first(request, organisation), **given)  # type: ignore[arg-type]
        return _form_page(request, organisation, form)
    form = NoticeForm(request.POST, **given)  # type: ignore[arg-type]
    if not form.is_valid():
        return _form_page(request, organisation, form)
    try:
        made = service.begin(
            organisation=organisation,
            values=form.values(),
            skills=form.skills_said(),
            by=signed_in(request),
            key=form.cleaned_data["key"],
            **given,  # type: ignore[arg-type]
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, organisation, form)
    return redirect("my_brokerage:my_notice", organisation.slug, made.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def edit_notice(request: HttpRequest, membership: Membership, reference: str) -> HttpResponse:
    """Change what was written; two at once are told of each other."""
    organisation = membership.organisation
    found = _own(organisation, reference)
    if found.state == State.CLOSED:
        messages.info(request, "It is closed, so it cannot be changed. Copy it to begin anew.")
        return redirect("my_brokerage:my_notice", organisation.slug, found.reference)
    given = {"side": Notice.Side(found.side), "kind": found.kind, "notice": found}
    if request.method != "POST":
        form = NoticeForm(initial=initial_of(found), **given)  # type: ignore[arg-type]
        return _form_page(request, organisation, form, found)
    form = NoticeForm(request.POST, **given)  # type: ignore[arg-type]
    if not form.is_valid():
        return _form_page(request, organisation, form, found)
    try:
        now = service.save(
            notice=found,
            values=form.values(),
            skills=form.skills_said(),
            by=signed_in(request),
            seen=form.cleaned_data["seen"] or 0,
        )
    except Overtaken as overtaken:
        form.show_meanwhile(_own(organisation, reference), str(overtaken))
        return _form_page(request, organisation, form, found, status=409)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, organisation, form, found)
    was_open = found.state in {State.PUBLISHED, State.PAUSED, State.EXPIRED}
    if now.state == State.SUBMITTED and was_open:
        messages.info(request, "It is saved. A broker reads the new words before it is back.")
    else:
        messages.success(request, "It is saved.")
    return redirect("my_brokerage:my_notice", organisation.slug, found.reference)


@require_safe
@member_page()
def my_notice(request: HttpRequest, membership: Membership, reference: str) -> HttpResponse:
    """How it reads, where it stands, and what can be done with it."""
    organisation = membership.organisation
    found = _own(organisation, reference)
    context = {
        "organisation": organisation,
        "notice": found,
        "facts": facts_of(found),
        "links": found.skill_links.select_related("skill"),
        "trusted": organisation.trusted,
    }
    return render(request, "my_brokerage/my_notice.html", context)


@require_POST
@member_page()
def act_on_notice(
    request: HttpRequest, membership: Membership, reference: str, act: str
) -> HttpResponse:
    """Send it in, pause it, put it back, renew it or close it."""
    organisation = membership.organisation
    if act not in ACTS:
        raise Http404("no such act")
    found = _own(organisation, reference)
    try:
        now = ACTS[act](notice=found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = ON_BOARD if act == "submit" and now.state == State.PUBLISHED else DONE[act]
        messages.success(request, done)
    return redirect("my_brokerage:my_notice", organisation.slug, reference)


def _own(organisation: Organisation, reference: str) -> Notice:
    own = Notice.objects.filter(organisation=organisation)
    return get_object_or_404(
        own.select_related("organisation", "kind", "ward"), reference=reference
    )


def _first(request: HttpRequest, organisation: Organisation) -> dict[str, object]:
    """What a new one opens with: a former one where ``copy`` names it, else who writes it."""
    key = secrets.token_hex(16)
    copied = Notice.objects.filter(
        organisation=organisation, reference=request.GET.get("copy", "")[:8]
    ).first()
    if copied is not None:
        gone = dict.fromkeys(("first_day", "last_day", "expires_on", "seen"))
        return {**initial_of(copied), **gone, "key": key}
    user = signed_in(request)
    return {
        "key": key,
        "contact_name": user.name,
        "contact_email": user.email,
        "postcode": organisation.postcode,
    }


def _form_page(
    request: HttpRequest,
    organisation: Organisation,
    form: NoticeForm,
    notice: Notice | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "organisation": organisation,
        "form": form,
        "notice": notice,
        "kind": form.kind,
        "side": form.side,
        "goes_back": notice is not None
        and notice.state in {State.PUBLISHED, State.PAUSED, State.EXPIRED}
        and not organisation.trusted,
    }
    return render(request, "my_brokerage/write_notice.html", context, status=status)
