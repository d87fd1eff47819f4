"""Putting a new organisation on the list, with an account or without one."""

import datetime
from collections.abc import Collection

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.models.invitation import hash_of, new_token
from accounts.refused import Refused
from accounts.services.locking import lock_organisation
from accounts.services.membership import OthersAct, add_owner
from accounts.services.organisation import create_organisation, found_organisation
from accounts.services.people import person_of
from providers.matching import Who, with_number
from providers.models import Listing, RegisterEntry, Registration
from providers.permissions import Author
from providers.services.listing_edits import start_listing
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

SAME_WITHIN = datetime.timedelta(minutes=30)
"""One session that begins with the same name and postcode within this time begins once."""

REPLACED = "A newer mail has been sent since. Use the link in the latest one."
OTHERS_ACT = (
    "Somebody acts for this organisation already, so this link does not make you its owner. Ask "
    "them to invite you: they can do that on their own page."
)
OTHER_PERSON = "This link was mailed to another address than the one you are signed in with."


class NumberTaken(Refused):
    """An organisation with a public page has this register number: it is the same, or a slip."""

    def __init__(self, organisation: Organisation) -> None:
        super().__init__(f"{organisation} is on the list with this number already.")
        self.organisation = organisation


@transaction.atomic
def start_registration(*, who: Who, attempt: str, held: Collection[int]) -> Registration:
    """A new organisation that nobody acts for, with a draft; nothing of it is public.

    ``attempt`` is the secret of the form, ``held`` the registrations that the session holds: the
    same answers sent twice give the registration that is there. Raises NumberTaken and, for a
    postcode that cannot be read, PostcodeError.
    """
    start = hash_of(f"{attempt}\n{who.name.casefold()}\n{who.postcode}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [start])
    known = Registration.objects.filter(start_hash=start).first() or _same(who, held)
    if known is not None:
        return known
    _check_number(who)
    organisation = found_organisation(name=who.name, postcode=who.postcode)
    listing = start_listing(
        organisation=organisation, origin=Listing.Origin.PROVIDER, author=Author()
    )
    registration = Registration.objects.create(
        listing=listing, start_hash=start, scheme=who.scheme, number=who.number
    )
    _record("registered", registration, organisation, None)
    return registration


def _same(who: Who, held: Collection[int]) -> Registration | None:
    return (
        Registration.objects.unfinished()
        .filter(
            pk__in=held,
            listing__organisation__name__iexact=who.name,
            listing__organisation__postcode=who.postcode,
            created__gte=timezone.now() - SAME_WITHIN,
        )
        .first()
    )


@transaction.atomic
def start_as_owner(*, who: Who, by: User) -> Listing:
    """The same for somebody who is signed in: they own the new organisation at once.

    Sent twice, it is the draft that is there. Raises NumberTaken and PostcodeError.
    """
    _check_number(who)
    organisation = lock_organisation(
        create_organisation(name=who.name, postcode=who.postcode, by=by)
    )
    known = organisation.listings.order_by("pk").first()
    if known is not None:
        return known
    listing = start_listing(
        organisation=organisation, origin=Listing.Origin.PROVIDER, author=Author(by)
    )
    if who.number:
        # The number waits here until a curator publishes; nothing is left to be confirmed.
        Registration.objects.create(
            listing=listing,
            email=by.email,
            email_confirmed_at=timezone.now(),
            user=by,
            scheme=who.scheme,
            number=who.number,
        )
    return listing


def _check_number(who: Who) -> None:
    taken = with_number(who)
    if taken is not None:
        raise NumberTaken(taken)


@transaction.atomic
def send_link(*, registration: Registration) -> None:
    """Mail the link that proves the address and lets its reader go on; an older link dies.

    Nothing happens while no address is known, or once it is confirmed.
    """
    now = Registration.objects.select_for_update().get(pk=registration.pk)
    if not now.email or now.email_confirmed_at is not None:
        return
    token = new_token()
    now.link_hash, now.link_sent_at = hash_of(token), timezone.now()
    now.save(update_fields=["link_hash", "link_sent_at", "modified"])
    queue_mail(
        to=now.email,
        template="registration_link",
        context={
            "listing": now.listing,
            "organisation": now.listing.organisation,
            "url": absolute(reverse("providers:join_resume", args=[token])),
        },
        secret=True,
    )


@transaction.atomic
def send_link_to(*, registration: Registration, email: str) -> None:
    """Take ``email`` for the address of whoever registers, and mail the link there.

    Raises Refused for an address that no mail can be sent to. Nothing happens once it is confirmed.
    """
    now = Registration.objects.select_for_update().get(pk=registration.pk)
    if now.email_confirmed_at is not None:
        return
    if now.email != email:
        now.email = email
        now.save(update_fields=["email", "modified"])
        _record("gave an address for", now, now.listing.organisation, None, ["email"])
    try:
        send_link(registration=now)
    except BadAddress as error:
        raise Refused(str(error)) from error


@transaction.atomic
def send_new_links(*, email: str) -> int:
    """Mail a new link for everything that this address has begun to register; how many there are.

    The caller says the same to everybody, whatever the number.
    """
    waiting = Registration.objects.unfinished().filter(email__iexact=email).order_by("pk")
    for registration in waiting:
        send_link(registration=registration)
    return len(waiting)


@transaction.atomic
def confirm_address(*, registration: Registration, by: User | None) -> Registration:
    """Whoever reads the mail has pressed its button: their person owns the organisation now.

    ``registration`` as the view found it by the link; ``by`` is who is signed in, if anybody. Done
    twice, or in two windows at once, it makes one owner. Raises Refused when the link was replaced
    meanwhile, when somebody else is signed in or acts for the organisation, and what ``person_of``
    raises.
    """
    organisation = lock_organisation(registration.listing.organisation)
    now = Registration.objects.select_for_update().filter(pk=registration.pk).first()
    if now is None or now.link_hash != registration.link_hash:
        raise Refused(REPLACED)
    if now.email_confirmed_at is not None:
        return now
    person = person_of(address=now.email)
    if by is not None and by != person:
        raise Refused(OTHER_PERSON)
    own(organisation, person, OTHERS_ACT)
    now.user, now.email_confirmed_at = person, timezone.now()
    now.save(update_fields=["user", "email_confirmed_at", "modified"])
    _record("confirmed the address of", now, organisation, person, ["email_confirmed_at", "user"])
    tell_owner(organisation, now.email)
    return now


def own(
    organisation: Organisation, person: User, refusal: str = "", *, beside_others: bool = False
) -> None:
    """Make the person an owner, and let imports leave the organisation alone from now on.

    Raises OthersAct with the words of ``refusal``.
    """
    try:
        add_owner(organisation=organisation, user=person, beside_others=beside_others)
    except OthersAct as error:
        raise OthersAct(refusal or str(error)) from error
    RegisterEntry.objects.filter(organisation=organisation, claimed_at=None).update(
        claimed_at=timezone.now()
    )


def tell_owner(organisation: Organisation, address: str) -> None:
    """Mail what happened to whoever became the owner."""
    queue_mail(
        to=address,
        template="owner_now",
        context={
            "organisation": organisation,
            "url": absolute(reverse("my:organisation", args=[organisation.slug])),
        },
    )


def _record(
    verb: str,
    registration: Registration,
    organisation: Organisation,
    by: User | None,
    fields: list[str] | None = None,
) -> None:
    AuditEvent.record(
        verb=verb,
        target=registration,
        organisation=organisation,
        actor_key=by.audit_key if by else None,
        fields=fields,
    )
