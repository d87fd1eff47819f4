"""The words examples are made of: one file a category in ``providers/data/examples``.

Texts may hold choices, ``{warm|bright} room``, and slots, ``for up to {people}``. Everything random
takes a ``random.Random``, so that the same seed gives the same words.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from accounts.models import Organisation
from providers.models import Listing
from providers.vocabulary import DATA

FOLDER = DATA / "examples"

Sector = Organisation.Sector
Form = Organisation.LegalForm

# Forms that are not the third sector's; all others are.
_OTHER_SECTORS = {
    Form.LIMITED_BY_SHARES: Sector.PRIVATE,
    Form.LLP: Sector.PRIVATE,
    Form.SOLE_TRADER: Sector.PRIVATE,
    Form.PUBLIC_BODY: Sector.PUBLIC,
}

_SLOT = re.compile(r"\{([^{}]+)\}")
_PRICE = re.compile(r"(?P<low>[\d.]+)(?:(?P<open>\+)|-(?P<high>[\d.]+))? (?P<unit>[a-z]+)")
_MONEY = re.compile(r"\b(?:price|pay|free|costs?|charged?|paid|half)\b")


@dataclass(frozen=True, slots=True)
class Price:
    """How a listing is priced. ``high`` is empty for "from £3.20 an item"."""

    pricing: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that could be offered. Terms and claims are codes of the vocabulary.

    ``by`` names who could say this: sectors or legal forms, empty for anyone. ``claims`` are what
    the text itself says of the organisation. ``people`` is the smallest and largest group.
    ``name``, if any, is the word for the organisation that makes it: a choir is called "… Choir".
    """

    title: str
    text: str
    categories: tuple[str, ...]
    price: str
    by: frozenset[str]
    claims: tuple[tuple[str, str], ...]
    people: tuple[int, int] | None
    delivery: tuple[str, ...]
    name: str

    def suits(self, form: str) -> bool:
        """Whether an organisation of this legal form could make the offer."""
        return not self.by or form in self.by or sector_of(form) in self.by

    @property
    def led_by(self) -> frozenset[str]:
        return frozenset(code for facet, code in self.claims if facet == "edi_led")


@dataclass(frozen=True, slots=True)
class Category:
    """A top category: who works in it, how, and what they offer."""

    code: str
    share: int
    forms: tuple[str, ...]
    notice: tuple[int, int]
    access: dict[str, list[str]]
    accreditations: dict[str, list[str]]
    ethos: tuple[str, ...]
    serves: tuple[str, ...]
    names: dict[str, list[str]]
    work: dict[str, list[str]]
    details: dict[str, list[str]]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """Words that suit every category."""

    first: list[str]
    root_first: list[str]
    root_second: list[str]
    street: list[str]
    about: dict[str, list[str]]
    kind: dict[str, str]
    closing: dict[str, list[str]]
    goes_with: dict[str, list[str]]


def sector_of(form: str) -> str:
    """The sector a legal form belongs to."""
    return _OTHER_SECTORS.get(Form(form), Sector.THIRD).value


@cache
def common() -> Common:
    """``common.toml``, read once."""
    return Common(**_toml("common"))


@cache
def categories() -> dict[str, Category]:
    """All categories by code, in the order of their codes; read once."""
    codes = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "common")
    return {code: _category(code, _toml(code)) for code in codes}


def fill(text: str, rng: Random, **slots: str | int) -> str:
    """``text`` with one of each choice and every slot filled. KeyError for an unknown slot."""

    def replacement(match: re.Match[str]) -> str:
        options = match[1].split("|")
        return rng.choice(options) if len(options) > 1 else str(slots[match[1]])

    return _SLOT.sub(replacement, text)


def fitting(lists: dict[str, list[str]], category: str) -> list[str]:
    """The entries for ``any`` and for the (second-level) ``category``; keys name one or more."""
    return [
        entry
        for key, entries in lists.items()
        if key == "any" or category in key.split()
        for entry in entries
    ]


def without_money(sentences: list[str]) -> list[str]:
    """Those that say nothing about paying, for what is free."""
    return [sentence for sentence in sentences if not _MONEY.search(sentence)]


class Fair:
    """Random draws in which everything turns up: what was drawn less than twice goes first.

    Rare values would else be missing from a small set, and a filter would show nothing.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._drawn: Counter[str] = Counter()

    def one(self, options: Sequence[str]) -> str:
        """One option; one that is given twice is twice as likely."""
        rare = [option for option in options if self._drawn[option] < 2]
        chosen = self._rng.choice(rare or options)
        self._drawn[chosen] += 1
        return chosen

    def some(self, options: Sequence[str], least: int, most: int) -> list[str]:
        """Between ``least`` and ``most`` different options, in the order given."""
        left = list(dict.fromkeys(options))
        number = min(len(left), self._rng.randint(least, most))
        chosen = set()
        for _ in range(number):
            option = self.one(left)
            left.remove(option)
            chosen.add(option)
        return [option for option in dict.fromkeys(options) if option in chosen]


def price(text: str, rng: Random) -> Price:
    """Read "6.50-9 head", "5.80 head", "3.20+ item", "free" or "ask", a tenth up or down."""
    if text in {Listing.Pricing.FREE, Listing.Pricing.ASK}:
        return Price(text)
    match = _PRICE.fullmatch(text)
    if match is None:
        raise ValueError(f"This is no price: {text}")
    low = Decimal(match["low"])
    high = Decimal(match["high"]) if match["high"] else low
    vary = rng.choice([_same, _same, _tenth_less, _tenth_more])
    return Price(
        Listing.Pricing.PRICED,
        vary(low),
        None if match["open"] else vary(high),
        Listing.PriceUnit(match["unit"]).value,
    )


def _same(amount: Decimal) -> Decimal:
    return amount


def _tenth_less(amount: Decimal) -> Decimal:
    return _rounded(amount * Decimal("0.9"))


def _tenth_more(amount: Decimal) -> Decimal:
    return _rounded(amount * Decimal("1.1"))


def _rounded(amount: Decimal) -> Decimal:
    """To a step that people use for prices of that size."""
    steps = ((10, "0.5"), (40, "1"), (100, "5"), (500, "10"))
    step = next((Decimal(step) for below, step in steps if amount < below), Decimal(50))
    return max(step, (amount / step).quantize(Decimal(1)) * step)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _category(code: str, data: dict[str, Any]) -> Category:
    return Category(
        code=code,
        share=data["share"],
        forms=tuple(data["forms"]),
        notice=(data["notice"][0], data["notice"][1]),
        access=_by_category(data["access"]),
        accreditations=_by_category(data["accreditations"]),
        ethos=tuple(data["ethos"]),
        serves=tuple(data["serves"]),
        names=data["names"],
        work=data["work"],
        details=data["details"],
        offers=tuple(_offer(offer, tuple(data["delivery"])) for offer in data["offer"]),
    )


def _by_category(value: list[str] | dict[str, list[str]]) -> dict[str, list[str]]:
    return value if isinstance(value, dict) else {"any": value}


def _offer(data: dict[str, Any], delivery: tuple[str, ...]) -> Offer:
    people = [int(number) for number in data["people"].split("-")] if "people" in data else None
    return Offer(
        title=data["title"],
        text=data["text"],
        categories=tuple(data["category"].split()),
        price=data["price"],
        by=frozenset(data.get("by", "").split()),
        claims=tuple(pair(claim) for claim in data.get("claims", [])),
        people=(people[0], people[1]) if people else None,
        delivery=tuple(data["delivery"].split()) if "delivery" in data else delivery,
        name=data.get("name", ""),
    )


def pair(claim: str) -> tuple[str, str]:
    """ "ethos:living-wage" as facet and code."""
    facet, code = claim.split(":")
    return facet, code
