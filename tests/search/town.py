"""A made-up town of some hundred listings: the same one for the same seed."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from places.models import PostcodeSector, Ward
from places.services import load_builtin
from providers import vocabulary
from providers.models import Claim, Listing, Term

TITLES = (
    "Buffet lunches", "Café supper", "Cafe Supper", "Big hall", "Small room", "Garden walks",
    "Posters and leaflets", "Well-being days", "Deep cleaning", "Drum workshop", "Choir",
    "Bike courier", "Minute taking", "First aid course", "Furniture mending", "Zine making",
)  # fmt: skip
NAMES = (
    "Aire Kitchen", "Beck Hall", "Canal Collective", "Dock Street Trust", "Élan Community",
    "Foundry Co-operative", "Green Lane", "Hyde Park People", "Inkwell", "Jubilee Centre",
)  # fmt: skip
SENTENCES = (
    "We serve fair trade coffee to everybody who comes.",
    "A warm welcome for all in our community centre near the canal.",
    "Everything is cooked in our own kitchen by local people.",
    "The room has a stage, and a garden for sunny days.",
    "Our team works with schools, and a rainbow of groups.",
    "Booked by the hour; cleaning is part of the price.",
    "Sandwiches, salads and tea brought by cargo bike.",
    "Printed on recycled paper with care.",
)
# Codes are for ever, so tests can name them.
CODES = {
    "category": (
        "catering",
        "buffet-lunches",
        "street-food",
        "space-hire",
        "meeting-rooms",
        "training-rooms",
        "it-support",
        "music",
        "relaxation",
        "laundry",
    ),
    "access": ("accessible-toilet", "step-free-throughout", "hearing-loop", "large-print"),
    "ethos": ("community-owned", "living-wage", "low-carbon-delivery"),
    "edi_led": ("women", "older-people"),
    "edi_serves": ("carers", "women"),
    "accreditation": ("b-corp", "keep-it-local"),
}
WARDS = ("E05011384", "E05011391", "E05011400", "E05011411", "E05012842")
LEGAL_FORMS = ("cio", "cic", "trust", "society", "sole-trader", "")
UNITS = ("head", "hour", "session", "day", "item", "job")


@dataclass(slots=True)
class Town:
    """Its rows, and the random numbers that the next rows come from."""

    random: Random
    now: datetime.datetime = field(default_factory=timezone.now)
    organisations: list[Organisation] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    made: int = 0

    @property
    def today(self) -> datetime.date:
        return timezone.localdate(self.now)


def build_town(seed: int, organisations: int, listings: int) -> Town:
    """A town with its vocabulary and its wards, in the database but not in the index."""
    load_builtin()
    vocabulary.load()
    town = Town(Random(seed))
    add_organisations(town, organisations)
    add_listings(town, listings)
    return town


def add_organisations(town: Town, number: int) -> list[Organisation]:
    """New organisations: some without a place, some in the very same place as others."""
    random = town.random
    codes = [f"LS{district} {number}" for district in (1, 8, 11, 17) for number in (1, 2, 5)]
    sectors = list(PostcodeSector.objects.filter(code__in=codes).order_by("code"))
    made = []
    for _ in range(number):
        town.made += 1
        sector = random.choice([*sectors, None])
        made.append(
            Organisation(
                name=f"{random.choice(NAMES)} {random.choice(['', 'Leeds', town.made])}".strip(),
                slug=f"o-{town.made}",
                sector=random.choice(["third", "public", "private", ""]),
                legal_form=random.choice(LEGAL_FORMS),
                summary=random.choice([*SENTENCES, "", ""]),
                ward_id=sector.main_ward_id if sector else None,
                public_latitude=sector.latitude if sector else None,
                public_longitude=sector.longitude if sector else None,
            )
        )
    Organisation.objects.bulk_create(made)
    town.organisations += made
    terms = [term for facet in Term.CLAIMABLE for term in _terms(facet)]
    claims = []
    for organisation in made:
        for term in random.sample(terms, random.choice([0, 1, 2, 5])):
            level = random.choice(["declared", "evidenced", "checked"])
            claims.append(
                Claim(
                    organisation=organisation,
                    term=term,
                    level=level,
                    checked_on=town.today if level == "checked" else None,
                    valid_to=random.choice(
                        [None, town.today, town.today + datetime.timedelta(random.choice([-9, 9]))]
                    ),
                    withdrawn_at=random.choice([None, None, None, town.now]),
                )
            )
    Claim.objects.bulk_create(claims)
    return made


def add_listings(town: Town, number: int) -> list[Listing]:
    """New listings of any organisations; a few are drafts, paused, or hidden by age."""
    random = town.random
    made = []
    for _ in range(number):
        town.made += 1
        made.append(Listing(slug=f"l-{town.made}", organisation=random.choice(town.organisations)))
        dress(town, made[-1])
    Listing.objects.bulk_create(made)
    town.listings += made
    link(town, made)
    return made


def _terms(facet: str) -> list[Term]:
    found = list(Term.objects.filter(facet=facet, code__in=CODES[facet]).order_by("code"))
    assert len(found) == len(CODES[facet])
    return found


def dress(town: Town, listing: Listing) -> None:
    """Give a listing random fields, without saving it."""
    random = town.random
    listing.title = f"{random.choice(TITLES)} {random.choice(['', town.made])}".strip()
    listing.summary = random.choice([*SENTENCES, ""])
    listing.description = " ".join(random.sample(SENTENCES, random.choice([0, 1, 2])))
    listing.pricing = random.choice(["priced", "priced", "free", "ask"])
    listing.price_from = None
    listing.price_unit = ""
    if listing.pricing == "priced":
        listing.price_from = Decimal(random.randint(1, 500))
        listing.price_unit = random.choice(UNITS)
    listing.notice_days = random.choice([None, 0, 1, 4, 7, 13, 30, 91, 365])
    listing.capacity = random.choice([None, 1, 7, 12, 60, 61, 299, 1500])
    listing.payment = random.sample(["invoice", "po", "card"], random.randint(0, 3))
    listing.delivery = random.choice(["address", "wards", "leeds"])
    listing.origin = random.choice(["provider"] * 4 + ["curator", "register"])
    listing.state = random.choice(["published"] * 9 + ["paused", "draft"])
    age = random.choice([0, 3, 20, 100, 280, 362, 368, 900])
    listing.published_at = listing.confirmed_at = town.now - datetime.timedelta(days=age)


def link(town: Town, listings: list[Listing]) -> None:
    """Give listings random categories, access features and wards to deliver to."""
    random = town.random
    wards = list(Ward.objects.filter(code__in=WARDS).order_by("code"))
    choices: list[tuple[Any, str, list[Any], int]] = [
        (Listing.categories.through, "term_id", _terms("category"), 3),
        (Listing.access_features.through, "term_id", _terms("access"), 2),
        (Listing.delivery_wards.through, "ward_id", wards, 2),
    ]
    for through, column, rows, most in choices:
        through.objects.filter(listing_id__in=[row.pk for row in listings]).delete()
        through.objects.bulk_create(
            through(listing_id=listing.pk, **{column: row.pk})
            for listing in listings
            for row in random.sample(rows, random.randint(0, most))
        )


def change_town(town: Town) -> set[int]:
    """Edit, move, pause, delete and add; the ids of all listings that this touched."""
    random = town.random
    edited = random.sample(town.listings, len(town.listings) // 5)
    for listing in edited:
        dress(town, listing)
    moved = random.sample(town.listings, len(town.listings) // 8)
    for listing in moved:
        listing.organisation = random.choice(town.organisations)
    for listing in {*edited, *moved}:
        listing.save()
    link(town, edited)
    touched = {listing.pk for listing in (*edited, *moved)}

    gone = random.sample(town.listings, len(town.listings) // 12)
    touched |= {listing.pk for listing in gone}
    Listing.objects.filter(pk__in=[listing.pk for listing in gone]).delete()
    town.listings = [listing for listing in town.listings if listing not in gone]

    add_organisations(town, 5)
    touched |= {listing.pk for listing in add_listings(town, 30)}
    for organisation in random.sample(town.organisations, 6):
        organisation.name = f"{organisation.name} Renamed"
        organisation.save()
        organisation.claims.filter(withdrawn_at=None).update(withdrawn_at=town.now)
        touched |= set(organisation.listings.values_list("pk", flat=True))
    return touched
