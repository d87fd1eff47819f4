"""What the page of a listing and the page of an organisation both show."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst, get_text_list

from accounts.models import Organisation
from places.models import Ward
from providers.models import Claim, Listing, Term

NOT_STATED = "Not stated"

# Tags stand in this order; inside a facet, in the order the curators gave the terms.
FACET_ORDER = (
    Term.Facet.ETHOS,
    Term.Facet.ACCREDITATION,
    Term.Facet.EDI_LED,
    Term.Facet.EDI_SERVES,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody. A link is empty where the text makes no safe one."""

    name: str
    phone: str
    phone_link: str
    email: str
    email_link: str
    website: str
    website_link: str

    def __bool__(self) -> bool:
        return bool(self.phone or self.email or self.website)


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim: its tag, and what it rests on."""

    label: str
    level: str
    level_label: str
    rests_on: str
    reference: str
    valid_to: datetime.date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organisation is, as far as the public may know."""

    address: str
    ward: str
    point: dict[str, object] | None
    tiles: str
    attribution: str
    outlines: str

    @property
    def point_list(self) -> list[dict[str, object]]:
        """What the map's script reads: a list, as on the map of a search."""
        return [self.point] if self.point else []


def contact_of(organisation: Organisation, listing: Listing | None = None) -> Contact:
    """The organisation's contact, with whatever the listing gives instead.

    The organisation's person is named only where it is the organisation's own telephone and email
    that are shown: somebody else may answer the listing's.
    """
    phone = (listing.phone if listing else "") or organisation.phone
    email = (listing.email if listing else "") or organisation.email
    website = (listing.website if listing else "") or organisation.website
    linked = website.startswith(("http://", "https://"))
    name = listing.contact_name if listing else ""
    if not name and (phone, email) == (organisation.phone, organisation.email):
        name = organisation.contact_name
    return Contact(
        name=name,
        phone=phone,
        phone_link=telephone_link(phone),
        email=email,
        email_link=f"mailto:{quote(email, safe='@+')}" if "@" in email else "",
        website=website_text(website) if linked else website,
        website_link=website if linked else "",
    )


def telephone_link(phone: str) -> str:
    """A ``tel:`` link: "0113 496 0123" gives "tel:+441134960123"; empty without enough digits.

    What follows the first letter ("ext 12", "after 5pm") is for people to read, not to dial.
    """
    dialled = re.split(r"[A-Za-z]", phone.replace("(0)", ""), maxsplit=1)[0]
    digits = "".join(character for character in dialled if character in "0123456789")
    if len(digits) < 3:
        return ""
    if dialled.lstrip().startswith("+"):
        return f"tel:+{digits}"
    if digits.startswith("00"):
        return f"tel:+{digits[2:]}"
    return f"tel:+44{digits[1:]}" if digits.startswith("0") else f"tel:{digits}"


def website_text(website: str) -> str:
    """How a web address reads: without scheme, "www." and last slash."""
    try:
        parts = urlsplit(website)
    except ValueError:
        return website
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}" or website


def standing_claims(organisation: Organisation, on: datetime.date) -> list[Claim]:
    """The claims that stand on this day, in the order of their tags. One query."""
    claims = Claim.objects.standing(on).filter(organisation=organisation).select_related("term")
    return sorted(
        claims,
        key=lambda claim: (
            FACET_ORDER.index(Term.Facet(claim.term.facet)),
            claim.term.position,
            claim.term.label,
        ),
    )


def proofs(claims: Iterable[Claim]) -> list[Proof]:
    """What each claim's tag and its row in the table of proof say."""
    return [
        Proof(
            label=claim.label,
            level=claim.level,
            level_label=claim.get_level_display(),
            rests_on=_rests_on(claim),
            reference=claim.reference,
            valid_to=claim.valid_to,
        )
        for claim in claims
    ]


def _rests_on(claim: Claim) -> str:
    if claim.level == Claim.Level.CHECKED and claim.checked_on is not None:
        looked_up = f"Looked up on {date_format(claim.checked_on, 'j F Y')}"
        return f"{claim.evidence.rstrip('.')}. {looked_up}." if claim.evidence else f"{looked_up}."
    if claim.evidence:
        return claim.evidence
    if claim.level == Claim.Level.EVIDENCED:
        return "They showed a document"
    if claim.term.facet in {Term.Facet.EDI_LED, Term.Facet.EDI_SERVES}:
        return "Stated by an owner of the organisation"
    return "Stated by the organisation"


def place_of(organisation: Organisation) -> Place:
    """The address as far as it is public, and what the map needs. Runs no query of its own.

    The point is exact only where the address is public and the point is known; else the map draws
    an area, so that nobody takes the middle of a postcode sector for a door.
    """
    ward = organisation.ward.name if organisation.ward else ""
    lines = organisation.address.splitlines() if organisation.address_public else []
    postcode = organisation.public_postcode
    if postcode and postcode.lower() in " ".join(lines).lower():
        postcode = ""
    point = organisation.public_point
    return Place(
        address=", ".join(part.strip(" ,") for part in [*lines, postcode] if part.strip(" ,")),
        ward=ward,
        point=None
        if point is None
        else {
            "lat": point.latitude,
            "lon": point.longitude,
            "label": organisation.name,
            "url": None,
            "n": None,
            "approximate": not (organisation.address_public and organisation.latitude is not None),
        },
        tiles=settings.MAP_TILES_URL,
        attribution=settings.MAP_TILES_ATTRIBUTION,
        outlines=reverse("providers:ward_outlines"),
    )


def listing_facts(listing: Listing, wards: Iterable[Ward]) -> list[tuple[str, str]]:
    """The short facts of a listing, unknown ones said as such.

    Nobody has stated the defaults of a register entry, so those count as unknown too.
    """
    features = [term.label for term in listing.access_features.all()]
    payments = [Listing.Payment(code).label.lower() for code in listing.payment]
    return [
        ("Price", price_text(listing)),
        ("Group size", f"Up to {listing.capacity:,} people" if listing.capacity else NOT_STATED),
        ("Notice needed", notice_text(listing.notice_days)),
        ("Where", delivery_text(listing, [ward.name for ward in wards])),
        ("How to pay", capfirst(get_text_list(payments, "or")) or NOT_STATED),
        ("Access", ", ".join(features) or NOT_STATED),
    ]


def price_text(listing: Listing) -> str:
    """The price in words; of a register entry that names none, that it does not."""
    unknown = listing.origin == Listing.Origin.REGISTER and listing.pricing == Listing.Pricing.ASK
    return NOT_STATED if unknown else listing.price_text


def notice_text(days: int | None) -> str:
    """How long before somebody has to ask."""
    if days is None:
        return NOT_STATED
    if days == 0:
        return "None, the same day"
    return f"{days} day{'s' if days > 1 else ''}"


def delivery_text(listing: Listing, wards: list[str] | None = None) -> str:
    """Where the offer is to be had; with the wards by name where they are given."""
    if listing.delivery == Listing.Delivery.WARDS:
        if wards is None:
            return listing.get_delivery_display()
        return get_text_list(wards, "and") or NOT_STATED
    if listing.origin == Listing.Origin.REGISTER and listing.delivery == Listing.Delivery.ADDRESS:
        return NOT_STATED
    return listing.get_delivery_display()


def without_outlines(wards: QuerySet[Ward]) -> QuerySet[Ward]:
    """Wards for their names alone; an outline is thousands of numbers."""
    return wards.only("code", "name")
