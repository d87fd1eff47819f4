"""Who offers what: offers dealt out to organisations like cards."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from providers.examples.words import Category, Fair, Offer, categories, common

# Of a hundred organisations, so many have a second offer, and so many of those a third.
SECOND = 65
THIRD = 35


@dataclass(frozen=True, slots=True)
class Card:
    """An offer to make into a listing, published or not."""

    category: Category
    offer: Offer
    published: bool


@dataclass(frozen=True, slots=True)
class Hand:
    """One organisation's legal form and its offers, the main one first."""

    form: str
    cards: tuple[Card, ...]

    @property
    def main(self) -> Card:
        return self.cards[0]


def deal(*, published: int, others: int, rng: Random) -> list[Hand]:
    """Deal ``published`` + ``others`` offers; each is used once before any is used again.

    The repeats are among the unpublished ones as far as they go, so that readers see few.
    """
    deck = _deck(published, others, rng)
    fair = Fair(rng)
    hands = []
    while deck:
        card = deck.pop()
        form = _form(card, fair)
        cards = [card]
        while len(cards) < 3 and rng.randrange(100) < (SECOND if len(cards) == 1 else THIRD):
            index = _next(deck, cards, form)
            if index is None:
                break
            cards.append(deck.pop(index))
        hands.append(Hand(form, tuple(cards)))
    return hands


def _deck(published: int, others: int, rng: Random) -> list[Card]:
    drawn = [
        (turn, category, offer)
        for category, quota in _quotas(published + others)
        for turn, offer in _cycle(category, quota, rng)
    ]
    rng.shuffle(drawn)
    drawn.sort(key=lambda one: -one[0])
    deck = [
        Card(category, offer, published=index >= others)
        for index, (_, category, offer) in enumerate(drawn)
    ]
    rng.shuffle(deck)
    return deck


def _quotas(total: int) -> Iterator[tuple[Category, int]]:
    """How many of ``total`` each category gets, by its share; they add up exactly."""
    shares = sum(category.share for category in categories().values())
    given = so_far = 0
    for category in categories().values():
        so_far += category.share
        until = round(total * so_far / shares)
        yield category, until - given
        given = until


def _cycle(category: Category, quota: int, rng: Random) -> Iterator[tuple[int, Offer]]:
    """``quota`` offers with the turn they belong to: 0 for first use, 1 for second …"""
    offers = rng.sample(category.offers, len(category.offers))
    for index in range(quota):
        yield index // len(offers), offers[index % len(offers)]


def _form(card: Card, fair: Fair) -> str:
    suitable = [form for form in card.category.forms if card.offer.suits(form)]
    return fair.one(suitable or sorted(card.offer.by))


def _next(deck: list[Card], cards: list[Card], form: str) -> int | None:
    """Where in the deck the next offer lies that the same organisation could well make."""
    main = cards[0].offer
    child = main.categories[0]
    near = {child, *common().goes_with.get(child, ())}
    titles = {card.offer.title for card in cards}
    for index, card in enumerate(deck):
        offer = card.offer
        if (
            offer.categories[0] in near
            and offer.title not in titles
            and offer.name in {"", main.name}
            and form in card.category.forms
            and offer.suits(form)
            and offer.led_by <= main.led_by
        ):
            return index
    return None
