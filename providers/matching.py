"""Organisations on the list that somebody who wants to join may be: "Is this you?".

Only what has a public page is ever compared: that something else is here must not show.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Lower

from accounts.models import Organisation
from providers.permissions import claimable_organisations
from providers.registers.known import plain_name
from tslsv.search.words import fold

MOST = 5
"""So many are shown."""
LOOKED_AT = 60
"""So many of the names most alike are compared again, more carefully."""
ALIKE = 0.62
"""Scores from here on are shown. Tried on the names of a real register with words left out, typing
errors and endings (tests/providers/test_matching.py): most are found, and few strangers with them.
"""
SAME_POSTCODE, SAME_SECTOR = 0.25, 0.08
"""What it adds to the score to be in the same place."""
PART = 0.9
"""What it counts for that one name stands whole in the other."""
LETTERS = 0.7
"""What it counts to have the same letters in the same order: two that are swapped change little of
that, and several groups of three.
"""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Who:
    """What somebody says of the organisation that they want to put on the list."""

    name: str
    postcode: str
    scheme: str = ""
    number: str = ""


def with_number(who: Who, among: QuerySet[Organisation] | None = None) -> Organisation | None:
    """The public organisation that has this very register number. One query.

    ``among`` are other organisations than those that somebody may claim.
    """
    if not who.number:
        return None
    return (
        (claimable_organisations() if among is None else among)
        .filter(identifiers__scheme=who.scheme, identifiers__value=who.number)
        .first()
    )


def alike(who: Who, among: QuerySet[Organisation] | None = None) -> list[Organisation]:
    """Public organisations of nearly this name, the likeliest first; five at most. One query.

    Being at the same postcode, or in its sector, makes a likeness count for more. ``among`` as in
    ``with_number``.
    """
    name = compared(who.name)
    if not name:
        return []
    letters = Lower("name")
    found = (
        (claimable_organisations() if among is None else among)
        .annotate(lower_name=letters)
        .filter(Q(lower_name__trigram_similar=name) | Q(lower_name__trigram_word_similar=name))
        .annotate(
            likeness=Greatest(
                TrigramSimilarity(letters, name), TrigramWordSimilarity(name, letters)
            )
        )
        .order_by("-likeness", "name", "pk")[:LOOKED_AT]
    )
    scored = [(score(who, row), row) for row in found]
    likely = [(points, row) for points, row in scored if points >= ALIKE]
    return [row for _, row in sorted(likely, key=lambda pair: -pair[0])[:MOST]]


def score(who: Who, organisation: Organisation) -> float:
    """How likely it is the same: 1 for the same name, and more for being in the same place."""
    mine, theirs = compared(who.name), compared(organisation.name)
    points = max(
        similarity(mine, theirs),
        PART * _whole_in(mine, theirs),
        LETTERS * SequenceMatcher(None, mine, theirs, autojunk=False).ratio(),
    )
    if organisation.postcode and organisation.postcode == who.postcode:
        return points + SAME_POSTCODE
    if organisation.postcode and organisation.postcode[:-2] == who.postcode[:-2]:
        return points + SAME_SECTOR
    return points


def compared(name: str) -> str:
    """A name as it is compared: lower case, no accents, no "the" and no "limited"."""
    return plain_name(fold(name))


def similarity(one: str, other: str) -> float:
    """Groups of three letters that both have, among all that either has; as pg_trgm counts them."""
    first, second = _trigrams(one), _trigrams(other)
    return len(first & second) / len(first | second) if first | second else 0.0


def _whole_in(one: str, other: str) -> float:
    """1 when all words of the shorter name, two at least, are words of the longer one."""
    short, long = sorted((set(_WORD.findall(one)), set(_WORD.findall(other))), key=len)
    return 1.0 if len(short) > 1 and short <= long else 0.0


def _trigrams(text: str) -> set[str]:
    return {
        padded[start : start + 3]
        for word in _WORD.findall(text)
        for padded in [f"  {word} "]
        for start in range(len(padded) - 2)
    }
