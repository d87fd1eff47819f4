"""A provider's side of an enquiry: the same pages behind a mailed link and under /my/."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.refused import Overtaken, Refused
from buying.forms.answer import AnswerForm, MessageForm, NotGenuineForm
from buying.models import Message, Recipient
from buying.services import abuse, answering
from buying.services.locking import TooLate
from tslsv import limits

HOUR = 3600
SENT_AN_HOUR = 30
TOO_MANY = "Much was sent from here within an hour. Nothing is lost: please send this later."
DONE = {
    Message.Kind.YES: "Your yes is on its way.",
    Message.Kind.NO: "Your no is on its way. Thank you for telling them.",
    Message.Kind.QUESTION: "Your question is on its way.",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody answers from. ``by`` is nobody for whoever holds a link; ``url`` gives the
    address of a page of this conversation by its name: "" is its own, "message" and so on.
    """

    recipient: Recipient
    by: User | None
    url: Callable[[str], str]
    member: bool


def answer_page(request: HttpRequest, door: Door) -> HttpResponse:
    """What is asked, what was said, and a form to answer."""
    if request.method != "POST":
        return _page(request, door)
    form = AnswerForm(request.POST.dict())
    if not form.is_valid():
        return _page(request, door, form)
    if not _may_send(door, form.cleaned_data["key"]):
        form.add_error(None, TOO_MANY)
        return _page(request, door, form, status=429)
    return _send(request, door, form)


def _send(request: HttpRequest, door: Door, form: AnswerForm) -> HttpResponse:
    """Nothing that was typed is lost, whatever happened meanwhile."""
    said = form.said()
    try:
        message = answering.answer(
            recipient=door.recipient,
            said=said,
            by=door.by,
            key=form.cleaned_data["key"],
            seen=form.cleaned_data["seen"],
        )
    except Overtaken as overtaken:
        now = Recipient.objects.get(pk=door.recipient.pk)
        form.data = {**form.data, "seen": str(now.answer_id or "")}
        form.add_error(None, str(overtaken))
        return _page(request, door, form, status=409)
    except TooLate as late:
        typed = "\n\n".join(filter(None, [_in_words(said), said.text]))
        talk = MessageForm(initial={"text": typed})
        return _page(request, door, talk=talk, error=str(late), status=409)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, door, form, status=409)
    messages.success(request, DONE[Message.Kind(message.kind)])
    return redirect(door.url(""))


def message_page(request: HttpRequest, door: Door) -> HttpResponse:
    """A message that is no answer; a POST alone leads here."""
    talk = MessageForm(request.POST)
    if not talk.is_valid():
        return _page(request, door, talk=talk)
    key = talk.cleaned_data["key"]
    if not _may_send(door, key):
        talk.add_error(None, TOO_MANY)
        return _page(request, door, talk=talk, status=429)
    try:
        answering.write_message(
            recipient=door.recipient,
            side=Message.By.PROVIDER,
            text=talk.cleaned_data["text"],
            by=door.by,
            key=key,
        )
    except Refused as refused:
        talk.add_error(None, str(refused))
        return _page(request, door, talk=talk, status=409)
    messages.success(request, "Your message is on its way.")
    return redirect(door.url(""))


def not_genuine_page(request: HttpRequest, door: Door) -> HttpResponse:
    """What a report does, and the button."""
    form = NotGenuineForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            abuse.report_not_genuine(
                recipient=door.recipient, words=form.cleaned_data["report"], by=door.by
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, "A curator looks into it. They cannot reach you any more.")
            return redirect(door.url(""))
    context = {**_about(door), "form": form}
    return render(request, "buying/answer_not_genuine.html", context, status=status)


def genuine_page(request: HttpRequest, door: Door) -> HttpResponse:
    """The way back from a report; a POST alone leads here."""
    try:
        abuse.take_report_back(recipient=door.recipient, by=door.by)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Taken back. They can reach you again.")
    return redirect(door.url(""))


def _page(
    request: HttpRequest,
    door: Door,
    form: AnswerForm | None = None,
    *,
    talk: MessageForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    recipient = (
        Recipient.objects.select_related("enquiry", "organisation", "answer")
        .filter(pk=door.recipient.pk)
        .get()
    )
    enquiry = recipient.enquiry
    reported = recipient.not_genuine_at is not None
    if form is None and enquiry.is_open and not reported:
        form = AnswerForm(initial={"seen": recipient.answer_id or "", **_stands(recipient)})
    if talk is None and enquiry.can_be_talked_about and not reported:
        talk = MessageForm()
    bound = next((row for row in (form, talk) if row is not None and row.is_bound), None)
    context = {
        **_about(door),
        "recipient": recipient,
        "enquiry": enquiry,
        "reported": reported,
        "said": [] if reported else list(recipient.messages.order_by("created", "pk")),
        "address": enquiry.email if recipient.address_is_known() and not reported else "",
        "answer_form": form,
        "talk": talk,
        "form": bound,
        "error": error,
        "late": bool(error),
        "folded": recipient.answer is not None and form is not None and not form.is_bound,
    }
    return render(request, "buying/answer.html", context, status=status)


def _about(door: Door) -> dict[str, object]:
    return {
        "recipient": door.recipient,
        "enquiry": door.recipient.enquiry,
        "organisation": door.recipient.organisation,
        "member": door.member,
        "own_url": door.url(""),
        "message_url": door.url("message"),
        "not_genuine_url": door.url("not_genuine"),
        "genuine_url": door.url("genuine"),
    }


def _stands(recipient: Recipient) -> dict[str, object]:
    """The answer that stands, to begin a change with."""
    answer = recipient.answer
    if answer is None:
        return {}
    return {
        "kind": answer.kind,
        "price": answer.price,
        "reason": answer.reason,
        "text": answer.text,
    }


def _in_words(said: answering.Answer) -> str:
    """An answer that comes too late, as the beginning of a message."""
    if said.kind == Message.Kind.QUESTION:
        return ""
    words = Message(kind=said.kind, price=said.price, reason=said.reason).in_short
    return f"{words}."


def _may_send(door: Door, key: str) -> bool:
    whose = f"provider {door.recipient.pk}"
    return limits.allow("enquiry answer", whose, SENT_AN_HOUR, HOUR, same=key)
