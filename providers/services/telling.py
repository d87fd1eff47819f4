"""Mails about a listing to those whom it concerns."""

from django.conf import settings
from django.urls import reverse

from accounts.addresses import people_of
from accounts.models import Organisation
from providers.models import Listing, Registration
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail


def writers_of(listing: Listing) -> list[str]:
    """Addresses of everybody who acts for its organisation; while its registration is unfinished,
    the address that was given there."""
    registration = Registration.objects.unfinished().filter(listing=listing).first()
    if registration is not None:
        return [registration.email] if registration.email else []
    return people_of(listing.organisation)


def _is_registered(listing: Listing) -> bool:
    """Whether somebody registers it and has not confirmed their address."""
    return Registration.objects.unfinished().filter(listing=listing).exists()


def writing_url(listing: Listing) -> str:
    """Where its people write it; "" where nobody has a way in, as nobody acts for it yet."""
    if _is_registered(listing):
        return absolute(reverse("providers:join_offer", args=[listing.pk]))
    if listing.organisation.memberships.exists():
        return absolute(reverse("offers:offer", args=[listing.organisation.slug, listing.pk]))
    return ""


def tell(listing: Listing, template: str, context: dict[str, object], *, key: str = "") -> int:
    """Queue ``emails/<template>.txt`` to each of ``writers_of``; returns to how many.

    The context has besides: ``listing``, ``organisation``, ``url`` (where they write it),
    ``confirmed`` (whether an address that registers it is), and ``days`` (that a curator takes).
    An address that no mail can be sent to is passed over: it was typed long ago, and what happens
    now must not fail for it.
    """
    about = {
        "listing": listing,
        "organisation": listing.organisation,
        "url": writing_url(listing),
        "confirmed": not _is_registered(listing),
        "days": settings.CURATION_DAYS,
        **context,
    }
    return _queue(writers_of(listing), template, about, key)


def tell_people(organisation: Organisation, template: str, context: dict[str, object]) -> int:
    """The same to each of ``people_of``; the context has ``organisation`` besides."""
    return _queue(people_of(organisation), template, {"organisation": organisation, **context}, "")


def _queue(addresses: list[str], template: str, context: dict[str, object], key: str) -> int:
    told = 0
    for address in addresses:
        try:
            queue_mail(to=address, template=template, context=context, key=key)
        except BadAddress:
            continue
        told += 1
    return told
