"""Names that nobody has: every one holds an invented word, such as Teaselgarth."""

from collections.abc import Iterator
from itertools import permutations
from random import Random

from accounts.models import Organisation
from providers.examples.words import Category, Offer, common

Form = Organisation.LegalForm

# Places people are friends of.
_BEFRIENDED = frozenset({
    "Centre", "City Farm", "Community Orchard", "Garden", "Hall", "House", "Institute Hall",
    "Meadow", "Memorial Hall", "Mill", "Orchard", "Rooms",
})  # fmt: skip

# How a legal form shows in a name; several are equally likely. Other forms do not show.
_ENDINGS: dict[str, tuple[str, ...]] = {
    Form.CIC: (" CIC",),
    Form.TRUST: (" Trust",),
    Form.COOPERATIVE: (" Co-op", " Co-operative"),
    Form.LIMITED_BY_SHARES: (" Ltd", " Limited"),
    Form.LLP: (" LLP",),
}
# Forms whose members or owners have names of their own kind, by the list they are in.
_OWN_NOUNS = {Form.LLP: "llp", Form.PUBLIC_BODY: "public", Form.SOCIETY: "society"}


def roots(rng: Random) -> Iterator[str]:
    """Invented words in random order, each once; pairs of them when they have all been used."""
    words = [
        first + second
        for first in common().root_first
        for second in common().root_second
        # "Larksstead" and "Hobbeck" are hard to read and harder to say.
        if first[-1] != second[0]
    ]
    rng.shuffle(words)
    yield from words
    for one, other in permutations(words, 2):
        yield f"{one} and {other}"


def organisation_name(
    root: str, *, form: str, category: Category, offer: Offer, rng: Random
) -> str:
    """A name that fits the main offer and the legal form."""
    noun = _noun(form, category, offer, rng)
    start = ""
    if form == Form.UNINCORPORATED and noun in _BEFRIENDED:
        start = "Friends of "
    elif form == Form.COMMUNITY_BENEFIT and not noun.startswith("Community"):
        noun = f"Community {noun}"
    return f"{start}{root} {noun}{rng.choice(_ENDINGS.get(form, ('',)))}"


def _noun(form: str, category: Category, offer: Offer, rng: Random) -> str:
    """What sort of thing it is: "Kitchen", "Library", "& Partners"."""
    if form == Form.CREDIT_UNION:
        return "Credit Union"
    own = _OWN_NOUNS.get(Form(form))
    if own and not (offer.name and form == Form.PUBLIC_BODY):
        return rng.choice(category.names[own])
    names = category.names.get(offer.categories[0]) or category.names["any"]
    return offer.name or rng.choice(names)
