"""What people type, taken apart: words, "phrases", and -words to leave out."""

import re
import unicodedata
from dataclasses import dataclass

MOST_ITEMS = 16
"""A longer query is handed to PostgreSQL as one piece."""

_ITEM = re.compile(r'(-?)"([^"]+)"?|(\S+)')
_EDGES = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class Item:
    """A word or a phrase; ``barred`` when it must not occur."""

    text: str
    phrase: bool = False
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A query's items; ``whole`` is set instead where only PostgreSQL's own reading will do."""

    items: tuple[Item, ...] = ()
    whole: str = ""

    def __bool__(self) -> bool:
        return bool(self.items or self.whole)

    def replaced(self, corrections: dict[str, str]) -> "Words":
        """The same query with words swapped for their corrections."""
        return Words(
            tuple(
                Item(corrections.get(item.text, item.text), item.phrase, item.barred)
                for item in self.items
            ),
            self.whole,
        )


def parse(text: str) -> Words:
    """Read a query as a web search engine would: "or" between words, quotes, a minus sign."""
    items: list[Item] = []
    for minus, phrase, word in _ITEM.findall(text):
        if word.lower() == "or" and items:
            return Words(whole=text)
        barred = minus == "-" or (len(word) > 1 and word.startswith("-"))
        cleaned = phrase.strip() or _EDGES.sub("", word)
        if cleaned:
            items.append(Item(cleaned, phrase=bool(phrase), barred=barred))
    if len(items) > MOST_ITEMS:
        return Words(whole=text)
    return Words(tuple(items))


def fold(text: str) -> str:
    """Lower case, without accents or doubled spaces: how names are compared and ordered."""
    bare = text
    if not text.isascii():
        bare = "".join(
            letter
            for letter in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(letter)
        )
    return " ".join(bare.casefold().split())
