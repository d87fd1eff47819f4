"""Comments on a release: writing one, confirming its address, looking at it, answering it."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.addresses import confirmed_addresses
from accounts.models import AuditEvent, Organisation, User
from accounts.models.invitation import hash_of, new_token
from accounts.permissions import is_member
from accounts.refused import Overtaken, Refused
from toms.models import Comment, MeasureVersion, Release
from toms.services.locking import check_curator, lock_release
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

CONFIRM_WITHIN = datetime.timedelta(days=7)
"""How long a link that confirms an address works; also when time for comment closes meanwhile, as
what was written in time counts.
"""

NOT_YET = "Comments on “{release}” are taken from {opens} on."
CLOSED = "Comments on “{release}” closed on {closes}. What you wrote is below, so you can copy it."
NEVER = "“{release}” is not open for comment. What you wrote is below, so you can copy it."
NOT_LISTED = "“{release}” does not list this measure."
NOT_YOURS = "You do not act for this organisation, so you cannot write in its name."
DECIDED = "Another curator has dealt with this comment already."
NOT_PUBLIC = "Only a public comment is answered."
SAY_WHY = "Say why: its writer is told."
BAD_ADDRESS = "No mail can be sent to this address. Please look at it once more."


class Closed(Refused):
    """The time for comment has not begun, or is over: nothing was kept."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, and as whom. ``version`` is None for the release as a whole."""

    release: Release
    version: MeasureVersion | None
    stance: str
    text: str
    name: str
    email: str
    sector: str
    organisation: Organisation | None = None


@transaction.atomic
def write_comment(*, words: Words, user: User | None, start_hash: str) -> Comment:
    """Keep a comment. Of the same form sent twice one is kept, and one mail is sent.

    Where the address is one that this person has confirmed it waits for a curator at once; else a
    link is mailed. Raises Closed outside the time for comment, and Refused.
    """
    release = lock_release(words.release)
    _check_open(release)
    known = Comment.objects.filter(start_hash=start_hash).first()
    if known is not None:
        return known
    if words.version and not release.items.filter(version=words.version).exists():
        raise Refused(NOT_LISTED.format(release=release))
    organisation = words.organisation
    if organisation is not None and (user is None or not is_member(user, organisation)):
        raise Refused(NOT_YOURS)
    confirmed = user is not None and words.email.lower() in confirmed_addresses(user)
    token = new_token()
    comment = Comment.objects.create(
        release=release,
        version=words.version,
        state=Comment.State.WAITING if confirmed else Comment.State.UNCONFIRMED,
        stance=words.stance,
        text=words.text,
        name=words.name,
        email=words.email,
        user=user,
        organisation=organisation,
        organisation_name=organisation.name if organisation else "",
        sector=organisation.sector if organisation and organisation.sector else words.sector,
        confirmed_at=timezone.now() if confirmed else None,
        link_hash=None if confirmed else hash_of(token),
        start_hash=start_hash,
    )
    _record("wrote", comment, user)
    if not confirmed:
        _mail(comment, "comment_link", {"url": _link(token), "days": CONFIRM_WITHIN.days})
    return comment


@transaction.atomic
def confirm_comment(*, token: str) -> Comment:
    """The address is its writer's. Done twice, it is done once.

    Raises Refused for a link that is unknown or has run out.
    """
    comment = Comment.objects.select_for_update().with_token(token).first()
    if comment is None or comment.created < timezone.now() - CONFIRM_WITHIN:
        raise Refused("This link does not work any more.")
    if comment.state == Comment.State.UNCONFIRMED:
        comment.state, comment.confirmed_at = Comment.State.WAITING, timezone.now()
        comment.save(update_fields=["state", "confirmed_at", "modified"])
        _record("confirmed", comment, None)
    return comment


@transaction.atomic
def publish_comment(*, comment: Comment, by: User) -> Comment:
    """Anybody may read it now. Raises Overtaken when somebody was quicker, and Refused."""
    row = _lock_waiting(comment, by)
    row.state = Comment.State.PUBLISHED
    _looked_at(row, by)
    _record("published", row, by)
    return row


@transaction.atomic
def refuse_comment(*, comment: Comment, reason: str, by: User) -> Comment:
    """It is not published, and its writer is told why. Raises Overtaken and Refused."""
    row = _lock_waiting(comment, by)
    if not reason.strip():
        raise Refused(SAY_WHY)
    row.state, row.refusal = Comment.State.REFUSED, reason
    _looked_at(row, by)
    _record("refused", row, by)
    _mail(row, "comment_refused", {"reason": reason})
    return row


@transaction.atomic
def respond(*, comment: Comment, outcome: str, response: str, by: User) -> Comment:
    """What came of it, for all to read; its writer is told the first time.

    A response may be reworded until the release is adopted. Raises Refused.
    """
    check_curator(by)
    release = lock_release(comment.release)
    row = Comment.objects.select_for_update().filter(pk=comment.pk).first()
    if row is None or row.state != Comment.State.PUBLISHED:
        raise Refused(NOT_PUBLIC)
    if release.state == Release.State.ADOPTED:
        raise Refused(f"“{release}” is adopted, so its responses stand.")
    first = row.responded_at is None
    row.outcome, row.response = outcome, response
    row.responded_at, row.responded_by = timezone.now(), by
    row.save(update_fields=["outcome", "response", "responded_at", "responded_by", "modified"])
    _record("answered" if first else "reworded the answer to", row, by)
    if first:
        _mail(row, "comment_answered", {"url": absolute(row.get_absolute_url())})
    return row


def _check_open(release: Release) -> None:
    """Raises Closed, with the day."""
    if release.state != Release.State.CONSULTATION or not release.opens_on:
        raise Closed(NEVER.format(release=release))
    today = timezone.localdate()
    if today < release.opens_on:
        opens = date_format(release.opens_on, "j F Y")
        raise Closed(NOT_YET.format(release=release, opens=opens))
    if release.closes_on and today > release.closes_on:
        closes = date_format(release.closes_on, "j F Y")
        raise Closed(CLOSED.format(release=release, closes=closes))


def _lock_waiting(comment: Comment, by: User) -> Comment:
    check_curator(by)
    row = Comment.objects.select_for_update().filter(pk=comment.pk).first()
    if row is None or row.state != Comment.State.WAITING:
        raise Overtaken(DECIDED)
    return row


def _looked_at(comment: Comment, by: User) -> None:
    comment.looked_at, comment.looked_at_by = timezone.now(), by
    comment.save(update_fields=["state", "refusal", "looked_at", "looked_at_by", "modified"])


def _link(token: str) -> str:
    return absolute(reverse("toms:comment_confirm", args=[token]))


def _mail(comment: Comment, template: str, context: dict[str, object]) -> None:
    """To its writer. Raises Refused where the first mail can go nowhere; later ones are let go, as
    the address was good once."""
    if not comment.email:
        return
    try:
        queue_mail(to=comment.email, template=template, context={"comment": comment, **context})
    except BadAddress:
        if comment.state == Comment.State.UNCONFIRMED:
            raise Refused(BAD_ADDRESS) from None


def _record(verb: str, comment: Comment, by: User | None) -> None:
    AuditEvent.record(
        verb=verb,
        target=comment,
        organisation=comment.organisation,
        actor_key=by.audit_key if by else None,
    )
