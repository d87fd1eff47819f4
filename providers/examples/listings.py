"""Example listings: what is written, what it costs, and how long ago somebody said it was true."""

import datetime
from dataclasses import dataclass
from random import Random

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Organisation
from places.distance import miles_between
from places.models import Ward
from providers.examples.hands import Card
from providers.examples.words import (
    Fair,
    Offer,
    Price,
    common,
    fill,
    fitting,
    price,
    without_money,
)
from providers.models import Listing
from tslsv.mail.references import ALPHABET, LENGTH

State = Listing.State
Delivery = Listing.Delivery

# Access features that help away from the provider's own building too.
_TRAVELLING = frozenset({
    "assistance-dogs", "bsl", "captions", "easy-read-papers", "join-online", "large-print",
    "wheelchair-accessible-vehicle",
})  # fmt: skip
# Units of prices that people talk about first; the empty one is "ask".
_NEGOTIABLE = frozenset({"", "day", "job", "session"})
_NOTICE = (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 30)

# Days since somebody last confirmed a listing, with how many in a hundred: mostly recent, some due
# for a reminder, some past nine months (marked as stale), a few past twelve (hidden).
_AGES = ((68, 1, 170), (19, 171, 265), (10, 285, 350), (3, 380, 600))


@dataclass(frozen=True, slots=True)
class Draft:
    """A listing that is not yet saved, and what belongs in its to-many fields."""

    listing: Listing
    categories: tuple[str, ...]
    access: tuple[str, ...]
    wards: tuple[Ward, ...]


def title_and_summary(offer: Offer, rng: Random) -> tuple[str, str, int | None]:
    """A title, a summary and the largest group they speak of (None when they name none)."""
    people = None
    slots: dict[str, int] = {}
    if offer.people is not None:
        people = _round_number(rng.randint(*offer.people))
        slots = {"people": people, "few": max(5, people // 20 * 5)}
    return fill(offer.title, rng, **slots), fill(offer.text, rng, **slots), people


def make(
    card: Card,
    organisation: Organisation,
    *,
    wards: dict[str, Ward],
    today: datetime.date,
    fair: Fair,
    rng: Random,
) -> Draft:
    """The listing of a card; ``organisation`` has its ward."""
    offer, category = card.offer, card.category
    ward = wards[str(organisation.ward_id)]
    title, summary, people = title_and_summary(offer, rng)
    cost = price(offer.price, rng)
    delivery = rng.choice(offer.delivery)
    payment = _payment(organisation, cost, rng)
    listing = Listing(
        organisation=organisation,
        title=title,
        slug=slugify(title)[:80].strip("-"),
        summary=summary,
        description=_description(
            card, organisation, ward, cost=cost, delivery=delivery, payment=payment, rng=rng
        ),
        pricing=cost.pricing,
        price_from=cost.low,
        price_to=cost.high,
        price_unit=cost.unit,
        notice_days=rng.choice(
            [days for days in _NOTICE if category.notice[0] <= days <= category.notice[1]]
        ),
        capacity=people,
        payment=payment,
        delivery=delivery,
        origin=Listing.Origin.CURATOR if rng.random() < 0.1 else Listing.Origin.PROVIDER,
    )
    _date(listing, published=card.published, today=today, rng=rng)
    access = [
        code
        for code in fitting(category.access, offer.categories[0])
        if delivery == Delivery.ADDRESS or code in _TRAVELLING
    ]
    return Draft(
        listing,
        categories=offer.categories,
        access=tuple(fair.some(access, 1, 8)) if access and rng.random() < 0.85 else (),
        wards=_neighbours(ward, wards, rng) if delivery == Delivery.WARDS else (),
    )


def _round_number(people: int) -> int:
    """Small groups are counted, larger ones rounded."""
    step = 1 if people < 12 else 2 if people < 20 else 5 if people < 60 else 10
    return max(1, round(people / step) * step)


def _payment(organisation: Organisation, cost: Price, rng: Random) -> list[str]:
    if cost.pricing == Listing.Pricing.FREE:
        return []
    ways = [Listing.Payment.INVOICE.value] if rng.random() < 0.92 else []
    single = organisation.legal_form == Organisation.LegalForm.SOLE_TRADER
    if rng.random() < (0.25 if single else 0.55):
        ways.append(Listing.Payment.PURCHASE_ORDER.value)
    if not ways or rng.random() < 0.45:
        ways.append(Listing.Payment.CARD.value)
    return ways


def _description(
    card: Card,
    organisation: Organisation,
    ward: Ward,
    *,
    cost: Price,
    delivery: str,
    payment: list[str],
    rng: Random,
) -> str:
    """One or two sentences on how they work, and perhaps one on how to go about it."""
    details = fitting(card.category.details, card.offer.categories[0])
    kinds = ["any", delivery]
    if cost.pricing == Listing.Pricing.FREE:
        details = without_money(details)
        kinds.append("free")
    else:
        kinds += [organisation.sector, *payment]
        if cost.unit in _NEGOTIABLE:
            kinds.append("negotiable")
    paragraphs = [" ".join(fill(text, rng) for text in _one_or_two(details, rng))]
    if rng.random() < 0.75:
        closing = rng.choice([one for kind in kinds for one in common().closing.get(kind, ())])
        contact = organisation.contact_name
        paragraphs.append(fill(closing, rng, contact=contact, ward=ward.name))
    return "\n\n".join(paragraphs)


def _one_or_two(sentences: list[str], rng: Random) -> list[str]:
    """In the order given, in which they read best."""
    chosen = rng.sample(range(len(sentences)), rng.randint(1, min(2, len(sentences))))
    return [sentences[index] for index in sorted(chosen)]


def _neighbours(ward: Ward, wards: dict[str, Ward], rng: Random) -> tuple[Ward, ...]:
    """The ward and the two to five nearest, by their label points."""
    nearest = sorted(
        wards.values(), key=lambda other: (miles_between(ward.point, other.point), other.code)
    )
    return tuple(nearest[: rng.randint(3, 6)])


def _date(listing: Listing, *, published: bool, today: datetime.date, rng: Random) -> None:
    """Set the state and its dates, counted back from ``today``."""
    listing.state = State.PUBLISHED
    if not published:
        listing.state = rng.choice([State.PAUSED, State.PAUSED, State.DRAFT, State.SUBMITTED])
    if listing.state == State.SUBMITTED:
        listing.submitted_at = _moment(today, rng.randint(1, 12), rng)
        listing.reference = "L-" + "".join(rng.choices(ALPHABET, k=LENGTH))
        # Nobody acts for these organisations, so a curator could not publish a provider's own.
        listing.origin = Listing.Origin.CURATOR
    if listing.state not in {State.PUBLISHED, State.PAUSED}:
        return
    (_, least, most) = rng.choices(_AGES, weights=[weight for weight, _, _ in _AGES])[0]
    confirmed = rng.randint(least, most)
    first = confirmed + rng.choice([0, 0, rng.randint(30, 900)])
    listing.confirmed_at = _moment(today, confirmed, rng)
    listing.published_at = min(_moment(today, first, rng), listing.confirmed_at)


def _moment(today: datetime.date, days_ago: int, rng: Random) -> datetime.datetime:
    """Some time in working hours on that day."""
    time = datetime.time(rng.randint(9, 16), rng.randrange(60))
    return timezone.make_aware(
        datetime.datetime.combine(today - datetime.timedelta(days=days_ago), time)
    )
