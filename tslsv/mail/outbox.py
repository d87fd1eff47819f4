"""Queueing mail: what callers use."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from tslsv.mail.models import OutgoingMail
from tslsv.mail.references import new_reference
from tslsv.mail.rendering import render
from tslsv.mail.tasks import put_in_queue

_TRIES = 10


class BadAddress(ValueError):
    """What a mail is to be sent to is not one plain email address."""


class NotGivenUp(ValueError):
    """The mail was sent or is still waiting, or its words are gone."""


@transaction.atomic
def queue_mail(
    *,
    to: str,
    template: str,
    context: Mapping[str, object] | None = None,
    key: str = "",
    secret: bool = False,
    unsubscribe_url: str = "",
    thread: str = "",
    reply_to: str = "",
    calendar: str = "",
) -> OutgoingMail:
    """Write the mail and queue the job that sends it, both in the caller's transaction.

    ``template`` names ``templates/emails/<template>.txt``; see ``rendering.render``. With a ``key``
    a mail is queued once for each address: later calls return the first one's row. ``secret`` is
    for words that let somebody in (a sign-in code): they are sent before others, and erased once
    sent. ``unsubscribe_url`` is the full address to which a mail program may POST, without a
    session, to stop mails like this one. Mails with one ``thread`` stand together where they are
    read: it is letters, digits, dots and dashes; their subjects have to be the same, too.
    ``calendar`` is an iCalendar text with its METHOD, which goes along as a file. Raises
    BadAddress or BadTemplate.
    """
    _check_address(to)
    for _ in range(_TRIES):
        if key and (known := OutgoingMail.objects.filter(to=to, key=key).first()):
            return known
        reference = new_reference()
        rendered = render(template, context or {}, reference)
        try:
            with transaction.atomic():
                mail = OutgoingMail.objects.create(
                    reference=reference,
                    to=to,
                    template=template,
                    subject=rendered.subject,
                    text=rendered.text,
                    html=rendered.html,
                    key=key,
                    secret=secret,
                    unsubscribe_url=unsubscribe_url,
                    thread=thread,
                    reply_to=reply_to,
                    calendar=calendar,
                )
        except IntegrityError:  # the key, by somebody who was faster, or the reference, by chance
            continue
        put_in_queue(mail)
        return mail
    raise RuntimeError("No free reference was found.")


def _check_address(to: str) -> None:
    try:
        validate_email(to)
    except ValidationError:
        raise BadAddress("That is not one plain email address.") from None
    local = to.rpartition("@")[0]
    longest = OutgoingMail._meta.get_field("to").max_length or 0
    # Neither can be sent: a mail server's line has no room or no letters for it.
    if len(to) > longest or not local.isascii() or not to.isprintable():
        raise BadAddress("That is not an email address that mail can be sent to.")


@transaction.atomic
def send_again(*, mail: OutgoingMail) -> None:
    """Start over with a mail that was given up. Raises NotGivenUp, and then changes nothing."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.given_up_at is None or not mail.text:
        raise NotGivenUp(mail.reference)
    mail.given_up_at = None
    mail.attempts = 0
    mail.next_attempt_at = timezone.now()
    mail.save(update_fields=["given_up_at", "attempts", "next_attempt_at"])
    put_in_queue(mail)


def forget_sent(before: datetime) -> int:
    """Delete what was sent or given up before a moment; returns how many. Their keys go, too."""
    done = OutgoingMail.objects.filter(Q(sent_at__lt=before) | Q(given_up_at__lt=before))
    return done.delete()[0]


def forget_address(address: str) -> int:
    """Delete every mail to an address, the unsent as well, for a person's erasure; how many."""
    return OutgoingMail.objects.addressed_to(address).delete()[0]
