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
from accounts.services.locking import lock_organisation
from toms.models import Comment, MeasureVersion, Release
from toms.models.comment import CONFIRM_WITHIN
from toms.services.locking import check_curator, check_seen, lock_release
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

MAIL_AGAIN_AFTER = datetime.timedelta(minutes=10)
"""The same sent again after this, and still unconfirmed: the first mail may have been lost."""

NOT_YET = "Comments on “{release}” are taken from {opens} on."
CLOSED = "Comments on “{release}” closed on {closes}."
NEVER = "“{release}” is not open for comment."
NOT_LISTED = "“{release}” does not list this measure."
NOT_YOURS = "You do not act for this organisation, so you cannot write in its name."
NOT_THEIRS = "To write in the name of an organisation, give the address that you sign in with."
DECIDED = "Another curator has dealt with this comment already."
NOT_PUBLIC = "Only a public comment is answered."
STANDS = "“{release}” is adopted, so the responses to its comments stand."
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
def write_comment(*, words: Words, user: User | None) -> Comment:
    """Keep a comment. The very same sent twice is kept once, and one mail is sent.

    Where the address is one that this person has confirmed it waits for a curator at once; else a
    link is mailed. Raises Closed outside the time for comment, and Refused.
    """
    organisation = lock_organisation(words.organisation) if words.organisation else None
    release = lock_release(words.release)
    start = _start_hash(words)
    known = Comment.objects.select_for_update().filter(start_hash=start).first()
    is_theirs = user is not None and words.email.lower() in confirmed_addresses(user)
    if known is not None:
        return _again(known, user if is_theirs else None)
    _check_open(release)
    if words.version and not release.items.filter(version=words.version).exists():
        raise Refused(NOT_LISTED.format(release=release))
    if organisation is not None and (user is None or not is_member(user, organisation)):
        raise Refused(NOT_YOURS)
    if organisation is not None and not is_theirs:
        raise Refused(NOT_THEIRS)
    comment = Comment.objects.create(
        release=release,
        version=words.version,
        state=Comment.State.WAITING if is_theirs else Comment.State.UNCONFIRMED,
        stance=words.stance,
        text=words.text,
        name=words.name,
        email=words.email,
        user=user if is_theirs else None,
        organisation=organisation,
        organisation_name=organisation.name if organisation else "",
        sector=organisation.sector if organisation and organisation.sector else words.sector,
        confirmed_at=timezone.now() if is_theirs else None,
        start_hash=start,
    )
    _record("wrote", comment, user if is_theirs else None)
    if not is_theirs:
        _mail_link(comment)
    return comment


@transaction.atomic
def confirm_comment(*, token: str) -> Comment:
    """The address is its writer's. Done twice, it is done once.

    Raises Refused for a link that is unknown or has run out.
    """
    comment = Comment.objects.select_for_update().with_token(token).first()
    if comment is None:
        raise Refused("This link does not work any more.")
    return _confirm(comment, None)


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
    again = reverse("toms:consultation", args=[row.release.slug])
    _mail(row, "comment_refused", {"reason": reason, "url": absolute(again)})
    return row


@transaction.atomic
def respond(*, comment: Comment, outcome: str, response: str, looked_at: str, by: User) -> Comment:
    """What came of it, for all to read; its writer is told the first time.

    A response may be reworded until the release is adopted. Raises Overtaken when the comment is
    not as it was looked at, and Refused.
    """
    check_curator(by)
    release = lock_release(comment.release)
    row = Comment.objects.select_for_update().filter(pk=comment.pk).first()
    if row is None or row.state != Comment.State.PUBLISHED:
        raise Refused(NOT_PUBLIC)
    check_seen(row, looked_at)
    first = row.responded_at is None
    if not first and release.state == Release.State.ADOPTED:
        raise Refused(STANDS.format(release=release))
    row.outcome, row.response = outcome, response
    row.responded_at, row.responded_by = timezone.now(), by
    row.save(update_fields=["outcome", "response", "responded_at", "responded_by", "modified"])
    _record("answered" if first else "reworded the answer to", row, by)
    if first:
        _mail(row, "comment_answered", {"url": absolute(row.get_absolute_url())})
    return row


def _again(known: Comment, by: User | None) -> Comment:
    """The same form once more: a lost mail is sent again, with a new link for the old one; where
    the writer has signed in meanwhile, none is needed.
    """
    if by is not None:
        return _confirm(known, by)
    lost = known.modified < timezone.now() - MAIL_AGAIN_AFTER
    if known.state == Comment.State.UNCONFIRMED and lost:
        _mail_link(known)
    return known


def _confirm(comment: Comment, by: User | None) -> Comment:
    """The comment is locked. Once confirmed it stays as it is."""
    if comment.state == Comment.State.UNCONFIRMED:
        comment.state, comment.confirmed_at = Comment.State.WAITING, timezone.now()
        comment.user = by
        comment.save(update_fields=["state", "confirmed_at", "user", "modified"])
        _record("confirmed", comment, by)
    return comment


def _start_hash(words: Words) -> str:
    """What two sendings of the same comment have in common."""
    said = (
        words.release.pk,
        words.version.pk if words.version else None,
        *(words.stance, words.text, words.name, words.email.lower(), words.sector),
        words.organisation.pk if words.organisation else None,
    )
    return hash_of(repr(said))


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


def _mail_link(comment: Comment) -> None:
    """The link that confirms the address; one that was mailed before works no more."""
    token = new_token()
    comment.link_hash = hash_of(token)
    comment.save(update_fields=["link_hash", "modified"])
    url = absolute(reverse("toms:comment_confirm", args=[token]))
    _mail(comment, "comment_link", {"url": url, "days": CONFIRM_WITHIN.days})


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
