"""What can be done on the page of an exchange: each act is a form, or a button, and one service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.refused import Overtaken, Refused
from brokerage.forms.exchange import (
    ChangeForm,
    DecideForm,
    FeedbackForm,
    FiguresForm,
    GateForm,
    PassForm,
    PlacesForm,
    PlainForm,
    ReachForm,
    ReasonForm,
)
from brokerage.models import Exchange, ExchangeVersion, Feedback, Kind, Side
from brokerage.services import agreeing, delivering, ending, gates, passing, proposing
from brokerage.services.acting import Actor, Who
from brokerage.services.terms import Clash
from brokerage.views.seeing import AS, exchange_page
from tslsv import limits
from tslsv.mail.outbox import BadAddress

BOTH = ["GET", "HEAD", "POST"]

DAY = 24 * 3600
PASSED_A_DAY = 10
PASSED_TOO_OFTEN = "You have asked many in a short time. Try again tomorrow; nothing is lost."

type Visit = tuple[HttpRequest, Exchange, Actor]
"""Who looks at which exchange."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page with a form says: its heading, its button, and a sentence before the form."""

    heading: str
    button: str
    lead: str = ""


def _ask(
    visit: Visit,
    form: PlainForm,
    page: Page,
    work: Callable[[], object],
    done: str,
) -> HttpResponse:
    """Show the form; sent and valid, do the work, and go back to the exchange. A refusal stands
    above the form, with everything that was typed.
    """
    request, exchange, actor = visit
    status = 200
    if form.is_bound and form.is_valid():
        try:
            work()
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409 if isinstance(refused, Overtaken) else 200
            if isinstance(refused, Clash) and isinstance(form, ChangeForm):
                form.offer_override()
        else:
            messages.success(request, done)
            return back(exchange, actor)
    context = {
        "exchange": exchange,
        "actor": actor,
        "form": form,
        "page": page,
        "organisation": exchange.host,
    }
    return render(request, "brokerage/act.html", context, status=status)


def back(exchange: Exchange, actor: Actor) -> HttpResponse:
    """To the page of the exchange, as whoever acted."""
    return redirect(f"{exchange.get_absolute_url()}?{AS}={actor.who.value}")


def _press(
    request: HttpRequest, exchange: Exchange, actor: Actor, work: Callable[[], object], done: str
) -> HttpResponse:
    """A button: do it, and say what came of it on the page of the exchange."""
    try:
        work()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return back(exchange, actor)


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _side(request: HttpRequest, actor: Actor) -> Side | None:
    """For which side a broker speaks; of a member, their own."""
    if actor.side is not None:
        return actor.side
    asked = request.POST.get("side", "")
    return Side(asked) if asked in Side.values else None


@never_cache
@require_http_methods(BOTH)
@exchange_page
def introduce(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """Yes: both sides see each other's contact from here on."""
    form = ReachForm(_data(request), initial=_own_contact(exchange, actor))
    return _ask(
        (request, exchange, actor),
        form,
        Page("Yes, introduce us", "Introduce us", "Both of you see each other’s contact then."),
        lambda: proposing.introduce(exchange=exchange, contact=form.reach(), actor=actor),
        "You are introduced. Both of you have a mail with the other’s contact.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def propose_change(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """Other terms, which the other side then confirms."""
    newest = exchange.versions.last()
    initial = {name: getattr(newest, name) for name in ExchangeVersion.TERMS} if newest else {}
    initial |= {"seen": newest.number if newest else 0, "note": ""}
    form = ChangeForm(_data(request), kind=exchange.kind, initial=initial)

    def work() -> object:
        said = form.cleaned_data
        return agreeing.propose_change(
            exchange=exchange,
            terms=form.terms() | {"postcode": newest.postcode if newest else ""},
            actor=actor,
            side=_side(request, actor),
            seen=said["seen"],
            clash_seen=said["clash_seen"],
        )

    lead = "What is agreed stands until both of you have confirmed the change."
    page = Page("Propose a change", "Propose it", lead)
    return _ask((request, exchange, actor), form, page, work, "It is with the other side now.")


@never_cache
@require_POST
@exchange_page
def confirm_version(
    request: HttpRequest, exchange: Exchange, actor: Actor, number: int
) -> HttpResponse:
    """One side confirms the version that it read."""
    return _press(
        request,
        exchange,
        actor,
        lambda: agreeing.confirm_version(
            exchange=exchange, number=number, actor=actor, side=_side(request, actor)
        ),
        f"Version {number} is confirmed.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def refuse_version(
    request: HttpRequest, exchange: Exchange, actor: Actor, number: int
) -> HttpResponse:
    """Not like this, or taken back."""
    form = ReasonForm(_data(request))
    return _ask(
        (request, exchange, actor),
        form,
        Page(f"Version {number} is off the table", "Take it off"),
        lambda: agreeing.refuse_version(
            exchange=exchange, number=number, reason=form.cleaned_data["reason"], actor=actor
        ),
        f"Version {number} is off the table.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def reduce_places(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """The giver takes fewer places; the rest is free at once."""
    agreed = exchange.versions.agreed().first()
    form = PlacesForm(_data(request), initial={"seen": agreed.number if agreed else 0})
    places = agreed.seats if agreed else 0
    return _ask(
        (request, exchange, actor),
        form,
        Page("Take fewer places", "Take fewer", f"You have {places}. The rest is free at once."),
        lambda: agreeing.reduce_places(
            exchange=exchange,
            seats=form.cleaned_data["seats"],
            actor=actor,
            seen=form.cleaned_data["seen"],
        ),
        "Fewer places are held now. The host has a mail.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def pass_places(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """The giver asks another employer, by mail, to take some of its places."""
    agreed = exchange.versions.agreed().first()
    places = agreed.seats if agreed else 0
    form = PassForm(
        _data(request), initial={"seats": places, "seen": agreed.number if agreed else 0}
    )
    return _ask(
        (request, exchange, actor),
        form,
        Page(
            "Pass places to another employer",
            "Ask them",
            f"You have {places} place{'' if places == 1 else 's'}. They get a link by mail, and "
            "until they take them the places are yours. Then the host says whether they come.",
        ),
        lambda: _pass_on(form, exchange, actor),
        "They have a mail. The places are yours until somebody takes them.",
    )


def _pass_on(form: PassForm, exchange: Exchange, actor: Actor) -> None:
    said = form.cleaned_data
    if not limits.allow("passing places", str(exchange.pk), PASSED_A_DAY, DAY):
        raise Refused(PASSED_TOO_OFTEN)
    try:
        passing.ask_another(
            exchange=exchange,
            seats=said["seats"],
            email=said["email"],
            actor=actor,
            seen=said["seen"],
        )
    except BadAddress:
        raise Refused(form.fields["email"].error_messages["invalid"]) from None


@never_cache
@require_http_methods(BOTH)
@exchange_page
def hand_over(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """Somebody else is there for the other side."""
    form = ReachForm(_data(request))
    return _ask(
        (request, exchange, actor),
        form,
        Page("Hand over to a colleague", "Hand over", "The other side is told, once introduced."),
        lambda: agreeing.hand_over(
            exchange=exchange, contact=form.reach(), actor=actor, side=_side(request, actor)
        ),
        "It is handed over.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def settle_gate(request: HttpRequest, exchange: Exchange, actor: Actor, check: str) -> HttpResponse:
    """One check before agreeing."""
    gate = _gate(exchange, check)
    initial = {
        "level": gate.level,
        "words": gate.words,
        "on": gate.met_on or timezone.localdate(),
        "valid_to": gate.valid_to,
    }
    form = GateForm(_data(request), check=Kind.Check(check), initial=initial)
    return _ask(
        (request, exchange, actor),
        form,
        Page(str(gate), "Save it", "Words and dates, never a certificate."),
        lambda: gates.settle_gate(
            exchange=exchange, check=Kind.Check(check), said=form.settled(), actor=actor
        ),
        f"{gate} is settled.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def waive_gate(request: HttpRequest, exchange: Exchange, actor: Actor, check: str) -> HttpResponse:
    """A broker goes on without it."""
    gate, form = _gate(exchange, check), ReasonForm(_data(request))
    return _ask(
        (request, exchange, actor),
        form,
        Page(f"Go on without: {gate}", "Go on without it"),
        lambda: gates.waive_gate(
            exchange=exchange,
            check=Kind.Check(check),
            reason=form.cleaned_data["reason"],
            actor=actor,
        ),
        f"It goes on without: {gate}.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def claim(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """One side says what happened."""
    form = FiguresForm(_data(request), kind=exchange.kind, initial=_expected(exchange))
    lead = "The other side confirms it. Until then it counts nowhere."
    return _ask(
        (request, exchange, actor),
        form,
        Page("What happened?", "Say so", lead),
        lambda: delivering.claim(exchange=exchange, figures=form.figures(), actor=actor),
        "The other side is asked to confirm it.",
    )


@never_cache
@require_POST
@exchange_page
def confirm_result(request: HttpRequest, exchange: Exchange, actor: Actor, pk: int) -> HttpResponse:
    """Yes, that is what happened."""
    return _press(
        request,
        exchange,
        actor,
        lambda: delivering.confirm_actual(exchange=exchange, actual=pk, actor=actor),
        "The result is confirmed, and counts from now on.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def decide(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """A broker settles what happened."""
    form = DecideForm(_data(request), kind=exchange.kind, initial=_expected(exchange))
    return _ask(
        (request, exchange, actor),
        form,
        Page("Decide what happened", "Decide"),
        lambda: delivering.decide(
            exchange=exchange,
            figures=form.figures() if form.cleaned_data["happened"] == "yes" else None,
            reason=form.cleaned_data["reason"],
            actor=actor,
        ),
        "It is decided. Both sides have a mail.",
    )


@never_cache
@require_http_methods(BOTH)
@exchange_page
def feedback(request: HttpRequest, exchange: Exchange, actor: Actor) -> HttpResponse:
    """How it was, for brokers, and for the other side if they may."""
    form = FeedbackForm(_data(request))

    def work() -> object:
        said = form.cleaned_data
        return delivering.give_feedback(
            exchange=exchange,
            went=Feedback.Went(said["went"]),
            again=said["again"],
            words=said["words"] or "",
            shared=said["shared"],
            actor=actor,
        )

    return _ask(
        (request, exchange, actor),
        form,
        Page("How was it?", "Send it"),
        work,
        "Thank you for that.",
    )


@dataclass(frozen=True, slots=True)
class _Act:
    page: Page
    work: Callable[..., object]
    done: str


ACTS = {
    "decline": _Act(
        Page("No, with a reason", "Decline", "What was held is free at once."),
        proposing.decline,
        "You declined. They have your words.",
    ),
    "withdraw": _Act(
        Page("Take it back", "Take it back", "What was held is free at once."),
        proposing.withdraw,
        "It is taken back.",
    ),
    "cancel": _Act(
        Page("Cancel it", "Cancel it", "What was held is free at once."),
        ending.cancel,
        "It is cancelled. The other side has a mail.",
    ),
    "not-delivered": _Act(
        Page("It did not happen", "Say so"),
        delivering.not_delivered,
        "It is noted. The other side may say otherwise.",
    ),
    "dispute": _Act(
        Page("It is not so", "Say so", "A broker looks at it, and talks to both of you."),
        delivering.dispute,
        "A broker looks at it.",
    ),
    "ask-a-broker": _Act(
        Page("Ask a broker to step in", "Ask"), ending.ask_broker, "A broker will look at it."
    ),
    "stop": _Act(Page("Stop it", "Stop it"), ending.stop, "It is stopped."),
    "reopen": _Act(
        Page("Take it up again", "Take it up", "Both sides are introduced, and agree anew."),
        ending.reopen,
        "It is taken up again.",
    ),
    "settled": _Act(
        Page("Nothing to decide", "Note it"), ending.settled, "It waits for a broker no longer."
    ),
}
"""What needs nothing but a reason, by the last part of its address."""


@never_cache
@require_http_methods(BOTH)
@exchange_page
def reason(request: HttpRequest, exchange: Exchange, actor: Actor, act: str) -> HttpResponse:
    """Something that needs nothing but a reason."""
    if act not in ACTS:
        raise Http404("no such act")
    chosen, form = ACTS[act], ReasonForm(_data(request))
    return _ask(
        (request, exchange, actor),
        form,
        chosen.page,
        lambda: chosen.work(exchange=exchange, reason=form.cleaned_data["reason"], actor=actor),
        chosen.done,
    )


def _gate(exchange: Exchange, check: str) -> Any:
    found = exchange.gates.filter(check_of=check).first()
    if found is None:
        raise Http404("no such check")
    return found


def _own_contact(exchange: Exchange, actor: Actor) -> dict[str, str]:
    """What the form opens with: the notice's contact, else whoever is there."""
    notice = exchange.need if exchange.answering_side == Side.HOST else exchange.offer
    if notice is not None and notice.contact_name:
        return {
            "contact_name": notice.contact_name,
            "contact_email": notice.contact_email,
            "contact_phone": notice.contact_phone,
        }
    if actor.who == Who.BROKER or actor.user is None:
        return {}
    return {"contact_name": actor.user.name, "contact_email": actor.user.email}


def _expected(exchange: Exchange) -> dict[str, Any]:
    """What was said last, else what was agreed."""
    said = delivering.newest_claim(exchange)
    if said is not None:
        names = delivering.Figures.__dataclass_fields__
        return {name: getattr(said, name) for name in names}
    agreed = exchange.versions.agreed().first()
    if agreed is None:
        return {}
    day = agreed.last_day or timezone.localdate()
    return {
        "happened_on": min(day, timezone.localdate()),
        "people": agreed.seats,
        "giver_hours": agreed.person_hours,
        "amount": agreed.amount,
        "contribution": agreed.cost_contribution,
    }
