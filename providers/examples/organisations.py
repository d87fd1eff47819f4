"""Example organisations: where they are, what they say of themselves, whom to ring."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from random import Random

from django.utils.text import slugify

from accounts.models import Organisation
from places.distance import Point
from places.models import PostcodeSector, Ward
from providers.examples.hands import Hand
from providers.examples.names import organisation_name
from providers.examples.words import common, fill, fitting, sector_of

Form = Organisation.LegalForm
Size = Organisation.SizeBand

# In the ONS postcode file of May 2025 two postcodes of Leeds end in ZY: LS1 2ZY and LS1 9ZY.
# Elsewhere in Leeds an address that ends so is nobody's.
UNIT = "ZY"
TAKEN = frozenset({"LS1 2", "LS1 9"})
# Fewer postcodes than this are post office boxes and single large buildings.
FEWEST = 100

# Ofcom keeps 0113 496 0000 to 0999 for drama; nobody has such a number.
PHONES = 1000

_LEGAL_ENDING = re.compile(r"-(?:cic|llp|ltd|limited)$")

_METRES_PER_DEGREE = 111_200
_FARTHEST_METRES = 500

_SIZES: dict[str, tuple[str, ...]] = {
    Form.UNINCORPORATED: (Size.NONE, Size.NONE, Size.MICRO),
    Form.SOLE_TRADER: (Size.MICRO,),
    Form.PUBLIC_BODY: (Size.MEDIUM, Size.LARGE),
}
_OTHER_SIZES: tuple[str, ...] = (Size.MICRO, Size.MICRO, Size.SMALL, Size.SMALL, Size.MEDIUM)


class Places:
    """Wards in turn, so that every one has its share, and a sector inside each."""

    def __init__(self, rng: Random) -> None:
        self._sectors: dict[str, list[PostcodeSector]] = defaultdict(list)
        for sector in PostcodeSector.objects.filter(
            main_ward__isnull=False, postcodes_in_leeds__gte=FEWEST
        ):
            mostly_inside = 2 * sector.postcodes_in_leeds > sector.postcodes_all
            if mostly_inside and sector.code not in TAKEN:
                self._sectors[str(sector.main_ward_id)].append(sector)
        self.wards = Ward.objects.in_bulk(sorted(self._sectors))
        if not self.wards:
            raise ValueError("Load the places first: there are no wards with postcode sectors.")
        self._rng = rng
        self._turns = self._in_turn()

    def _in_turn(self) -> Iterator[Ward]:
        while True:
            codes = sorted(self.wards)
            for code in self._rng.sample(codes, len(codes)):
                yield self.wards[code]

    def next(self) -> tuple[Ward, PostcodeSector]:
        ward = next(self._turns)
        return ward, self._rng.choice(self._sectors[ward.code])


def make(
    hand: Hand, *, number: int, root: str, places: Places, year: int, rng: Random
) -> tuple[Organisation, Point | None]:
    """An organisation, neither saved nor placed yet, and its exact point if its address is public.

    ``number`` tells it from the others; ``year`` is this year.
    """
    name = organisation_name(
        root, form=hand.form, category=hand.main.category, offer=hand.main.offer, rng=rng
    )
    slug = slugify(name)
    ward, sector = places.next()
    public = _invites_people(hand) and rng.random() < 0.85
    host = f"{_LEGAL_ENDING.sub('', slug)}.example.org"
    organisation = Organisation(
        name=name,
        slug=slug,
        sector=sector_of(hand.form),
        legal_form=hand.form,
        size_band=rng.choice(_SIZES.get(hand.form, _OTHER_SIZES)),
        summary=_summary(hand, ward, year, rng),
        website=f"https://{host}/" if rng.random() < 0.8 else "",
        email=f"hello@{host}",
        phone=f"0113 496 {number * 7 % PHONES:04}",
        contact_name=rng.choice(common().first),
        address=_address(rng) if public else "",
        postcode=f"{sector.code}{UNIT}",
        address_public=public,
        trusted=rng.random() < 0.3,
        is_example=True,
    )
    return organisation, _near(sector.point, rng) if public else None


def _invites_people(hand: Hand) -> bool:
    return any(
        card.category.code == "space-hire" and "address" in card.offer.delivery
        for card in hand.cards
    )


def _summary(hand: Hand, ward: Ward, year: int, rng: Random) -> str:
    about = rng.choice(common().about[sector_of(hand.form)])
    return fill(
        about,
        rng,
        kind=common().kind[hand.form],
        ward=ward.name,
        work=rng.choice(fitting(hand.main.category.work, hand.main.offer.categories[0])),
        year=year - rng.randint(2, 38),
        few=rng.choice(["three", "four", "five", "six", "a dozen"]),
    )


def _address(rng: Random) -> str:
    words = common()
    name = rng.choice(words.root_first) + rng.choice(words.root_second)
    return f"{rng.randint(1, 88)} {name} {rng.choice(words.street)}"


def _near(middle: Point, rng: Random) -> Point:
    """A point up to half a kilometre from the middle of a sector."""
    metres = _FARTHEST_METRES * math.sqrt(rng.random())
    angle = rng.uniform(0, 2 * math.pi)
    north = metres * math.cos(angle) / _METRES_PER_DEGREE
    east = metres * math.sin(angle) / _METRES_PER_DEGREE / math.cos(math.radians(middle.latitude))
    return Point(round(middle.latitude + north, 5), round(middle.longitude + east, 5))
