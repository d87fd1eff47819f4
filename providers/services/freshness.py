"""Keeping the list true: asking whether it still is, and warning of claims that run out."""

import datetime
import logging
import uuid
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Membership, Organisation
from accounts.refused import Overtaken, Refused
from accounts.services.locking import lock_organisation
from providers import still_right_links
from providers.listing_index import hidden_on
from providers.models import Claim, Listing, Term
from providers.models.listing import months_before
from providers.services.listing_states import confirm, stop_offering
from providers.services.locking import lock_listing
from providers.services.telling import tell_people
from providers.still_right_links import Link, is_open
from tslsv.mail.links import absolute

log = logging.getLogger(__name__)

ASK_AFTER = (Listing.ASK_AFTER_MONTHS, Listing.STALE_AFTER_MONTHS, Listing.HIDDEN_AFTER_MONTHS - 1)
"""Months without a word after which its people are asked: first, with the badge, a last time."""
MOST = 40
"""Listings in one mail: its link has to fit into an address. The others follow with the next."""
NOT_ON_OFFER = "Not on offer at the moment, so nothing was changed."
WARN_DAYS = 30
WARNED_OF = (Term.Facet.ACCREDITATION, Term.Facet.ETHOS)
"""What somebody else vouches for until a day. Nobody is reminded of who leads or is served."""


def ask_who_is_due(today: datetime.date) -> int:
    """Ask everybody whose listings are due on this day; returns how many organisations were asked.

    Safe to repeat and to run twice at once: what has been asked is no longer due. Each organisation
    has a transaction of its own, and one that fails does not stop the others; raises ExceptionGroup
    once all have had their turn.
    """
    rows = _askable(today).values_list("organisation", "confirmed_at", "asked_at").order_by("pk")
    due = [row[0] for row in rows if _is_due(today, *row[1:])]
    return _for_each(due, lambda organisation: ask(organisation=organisation, today=today))


@transaction.atomic
def ask(*, organisation: Organisation, today: datetime.date) -> bool:
    """One mail to each of its people, with all of its listings that are due; whether one went out.

    Where nobody can be written to nothing is noted, so whoever joins later is asked. What is too
    much for one mail waits for another day.
    """
    now = lock_organisation(organisation)
    if Listing.objects.filter(organisation=now, asked_at__date=today).exists():
        return False
    rows = (
        _askable(today)
        .filter(organisation=now)
        .select_related("organisation")
        .select_for_update(of=("self",), no_key=True)
        .order_by("confirmed_at", "pk")
    )
    listings = [row for row in rows if _is_due(today, row.confirmed_at, row.asked_at)][:MOST]
    if not listings:
        return False
    url = absolute(reverse("providers:still_right", args=[still_right_links.make(listings)]))
    told = tell_people(
        now,
        "still_right",
        {"rows": [_asked(listing, today) for listing in listings], "url": url},
    )
    if told:
        Listing.objects.filter(pk__in=[row.pk for row in listings]).update(asked_at=timezone.now())
    return told > 0


def warn_of_ending_claims(today: datetime.date) -> int:
    """Tell everybody whose claims run out within 30 days; returns how many organisations were told.

    Safe to repeat; fails as ``ask_who_is_due`` does.
    """
    due = _ending(today).order_by("organisation").values_list("organisation", flat=True)
    return _for_each(due, lambda organisation: warn(organisation=organisation, today=today))


@transaction.atomic
def confirm_by_link(*, link: Link, actor_key: uuid.UUID | None = None) -> Listing:
    """It is still right, says whoever has the mailed link. Raises Overtaken when the link is dead:
    somebody was quicker, or it is not on offer any more.
    """
    return confirm(listing=_lock_linked(link), actor_key=actor_key)


@transaction.atomic
def pause_by_link(*, link: Link, actor_key: uuid.UUID | None = None) -> Listing:
    """It is no longer offered, says whoever has the mailed link: its people can bring it back.

    Raises Overtaken as above.
    """
    return stop_offering(listing=_lock_linked(link), actor_key=actor_key)


def _lock_linked(link: Link) -> Listing:
    now = lock_listing(link.listing_id)
    if not is_open(now, link):
        raise Overtaken(link_is_over(now))
    return now


def link_is_over(listing: Listing) -> str:
    """Why a link of old is of no use for this listing any more, in words."""
    if listing.state == Listing.State.PUBLISHED and listing.confirmed_at is not None:
        return f"Confirmed on {date_format(timezone.localtime(listing.confirmed_at), 'j F Y')}."
    return NOT_ON_OFFER


@transaction.atomic
def warn(*, organisation: Organisation, today: datetime.date) -> bool:
    """One mail to each of its people, with every claim that runs out soon; whether one went out."""
    now = lock_organisation(organisation)
    claims = list(
        _ending(today)
        .filter(organisation=now)
        .select_related("term")
        .select_for_update(of=("self",), no_key=True)
        .order_by("valid_to", "term__label")
    )
    if not claims:
        return False
    told = tell_people(now, "claims_ending", {"claims": claims, **where_to_renew(now)})
    if told:
        Claim.objects.filter(pk__in=[row.pk for row in claims]).update(warned_at=timezone.now())
    return told > 0


def _askable(today: datetime.date) -> QuerySet[Listing]:
    """On offer, and unconfirmed for six months or more; asked already or not.

    Nobody is asked about register entries and example data for which nobody acts.
    """
    acted_for = Exists(Membership.objects.filter(organisation=OuterRef("organisation")))
    return (
        Listing.objects.published()
        .filter(confirmed_at__date__lt=months_before(today, ASK_AFTER[0]))
        .filter(
            acted_for | (Q(organisation__is_example=False) & ~Q(origin=Listing.Origin.REGISTER))
        )
    )


def _is_due(
    today: datetime.date, confirmed_at: datetime.datetime | None, asked_at: datetime.datetime | None
) -> bool:
    """Whether a time to ask has come since they were last asked, or last said yes."""
    if confirmed_at is None:
        return False
    if asked_at is None or asked_at < confirmed_at:
        return True
    confirmed_on = timezone.localdate(confirmed_at)
    return _times_up(today, confirmed_on) > _times_up(timezone.localdate(asked_at), confirmed_on)


def _times_up(on: datetime.date, confirmed_on: datetime.date) -> int:
    """How many of the times to ask have come by this day."""
    return sum(confirmed_on < months_before(on, months) for months in ASK_AFTER)


def _asked(listing: Listing, today: datetime.date) -> dict[str, object]:
    """What the mail says of one listing. ``hides_on`` is given where that is near, or was."""
    confirmed_on = timezone.localdate(listing.confirmed_at)
    last = _times_up(today, confirmed_on) == len(ASK_AFTER)
    hides = last and listing.origin != Listing.Origin.REGISTER
    return {
        "listing": listing,
        "confirmed_on": confirmed_on,
        "from_register": listing.origin == Listing.Origin.REGISTER,
        "stale": listing.is_stale(today),
        "hides_on": hidden_on(confirmed_on) if hides else None,
        "hidden": not listing.is_findable(today),
    }


def _ending(today: datetime.date) -> QuerySet[Claim]:
    """Claims that run out within 30 days, of which nobody has been told.

    A warning counts for the date that stood then: with a later one it is due again.
    """
    until = today + datetime.timedelta(days=WARN_DAYS)
    on_offer = Listing.objects.filter(
        organisation=OuterRef("organisation"),
        state__in=[Listing.State.PUBLISHED, Listing.State.PAUSED],
    )
    acted_for = Exists(Membership.objects.filter(organisation=OuterRef("organisation")))
    return (
        Claim.objects.standing(today)
        .filter(valid_to__lte=until, term__facet__in=WARNED_OF)
        .filter(Exists(on_offer))
        .filter(acted_for | Q(organisation__is_example=False))
        .exclude(warned_at__date__gte=F("valid_to") - datetime.timedelta(days=WARN_DAYS))
    )


def where_to_renew(organisation: Organisation) -> dict[str, object]:
    """Where its people give the new date; where nobody acts for it, a curator has to be told."""
    if organisation.memberships.exists():
        page = reverse("my:organisation", args=[organisation.slug])
        return {"url": absolute(page), "signs_in": True}
    page = reverse("providers:report_organisation", args=[organisation.slug])
    return {"url": absolute(page), "signs_in": False}


def _for_each(ids: Iterable[int], work: Callable[[Organisation], bool]) -> int:
    """Do it for each of these organisations once; returns for how many it came to something."""
    done, errors = 0, []
    for pk in dict.fromkeys(ids):
        try:
            done += work(Organisation(pk=pk))
        except Refused:
            continue  # it has gone meanwhile, say into another one
        except Exception as error:  # noqa: BLE001 (raised below, together)
            log.warning("Organisation %d could not be told: %s.", pk, type(error).__name__)
            errors.append(error)
    if errors:
        raise ExceptionGroup("Some organisations could not be told.", errors)
    return done
