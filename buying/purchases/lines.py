"""One line of a file of purchases: what it says, and what is wrong with it."""

import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.identifiers import clean_identifier
from buying.purchases.columns import BY_FIELD, COLUMNS, SCHEMES, Head
from places.lookup import PostcodeError, parse_unit
from providers.matching import compared
from tslsv.ui.money import parse_money

EARLIEST = datetime.date(2000, 1, 1)
LONGEST = {"own_reference": 60, "what": 300, "supplier": 200}
KEPT_OF_A_BAD_CELL = 200
"""So much of what cannot be read is kept, to be shown beside what is wrong with it."""

_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y")
# What programs add to a day that has no time.
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?Z?$")
# Signs that nobody sees; a line's end and a tab become a space.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


@dataclass(slots=True)
class Read:
    """A line as it can be kept: its values as JSON, and a sentence about each bad cell."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def provider_key(self) -> str:
        """The same for all lines that name the same provider."""
        parts = [compared(self.values.get("supplier", "")) or self.values.get("supplier", "")]
        parts += [self.values.get(name, "") for name in ("postcode", *SCHEMES)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Reader:
    """Reads lines. ``categories`` are the codes of terms by what they may be called."""

    def __init__(self, head: Head, categories: Mapping[str, str], today: datetime.date) -> None:
        self._head = head
        self._categories = categories
        self._today = today
        self._seen: dict[str, int] = {}
        self._clean: dict[str, Callable[[str], str]] = {
            "amount": lambda text: str(parse_money(text)),
            "decided_on": self._day,
            "postcode": _postcode,
            "category": self._category,
            **{name: _number(scheme) for name, scheme in SCHEMES.items()},
        }

    def read(self, number: int, cells: Sequence[str]) -> Read:
        """The line that begins at this line of the file."""
        read = Read(number)
        for column in COLUMNS:
            place = self._head.places.get(column.field)
            if place is None:
                continue
            text = _tidy(cells[place]) if place < len(cells) else ""
            try:
                read.values[column.field] = self._cell(column.field, text, column.required)
            except ValueError as error:
                read.values[column.field] = text[:KEPT_OF_A_BAD_CELL]
                read.errors.append(f"{column.heading}: {error}")
        self._only_once(read)
        return read

    def _cell(self, name: str, text: str, required: bool) -> str:
        """Raises ValueError, in words."""
        if not text:
            if required:
                raise ValueError("Nothing stands here.")
            return ""
        longest = LONGEST.get(name, 100)
        if len(text) > longest:
            raise ValueError(
                f"This has {len(text):,} characters, and {longest} are the most. A quotation mark "
                "that is opened and never closed makes one cell of all that follows."
                if len(text) > 1000
                else f"This has {len(text)} characters, and {longest} are the most."
            )
        return self._clean[name](text) if name in self._clean else text

    def _only_once(self, read: Read) -> None:
        """Two lines of one reference: which of them is right, we cannot know. The first stands."""
        reference = read.values.get("own_reference", "")
        if not reference or len(reference) > LONGEST["own_reference"]:
            return
        first = self._seen.setdefault(reference, read.line)
        if first != read.line:
            heading = BY_FIELD["own_reference"].heading
            read.errors.append(f"{heading}: Line {first} has the same one.")

    def _day(self, text: str) -> str:
        bare = _MIDNIGHT.sub("", text)
        for form in _FORMATS:
            try:
                day = datetime.datetime.strptime(bare, form).date()  # noqa: DTZ007 (a day alone)
            except ValueError:
                continue
            if day > self._today:
                raise ValueError("This day has not come yet.")
            if day < EARLIEST:
                raise ValueError(f"Enter a day after {EARLIEST:%Y}.")
            return day.isoformat()
        raise ValueError("Enter a day such as 1/4/2026 or 2026-04-01.")

    def _category(self, text: str) -> str:
        code = self._categories.get(text.casefold())
        if code is None:
            raise ValueError(
                f"No category is called “{text[:60]}”. Leave it empty, or use one of the list."
            )
        return code


def _tidy(cell: str) -> str:
    return " ".join(_UNSEEN.sub("", cell).split())


def _postcode(text: str) -> str:
    try:
        return parse_unit(text)
    except PostcodeError as error:
        raise ValueError(str(error)) from error


def _number(scheme: str) -> Callable[[str], str]:
    def clean(text: str) -> str:
        try:
            return clean_identifier(scheme, text)
        except ValueError as error:
            # The register's name stands in front of it already.
            words = str(error).rpartition(": ")[2]
            raise ValueError(words[:1].upper() + words[1:]) from error

    return clean


def as_fields(values: Mapping[str, str], categories: Mapping[str, int]) -> dict[str, Any]:
    """A good line as fields of a ChoiceVersion; ``categories`` are the ids of terms by code."""
    return {
        "what": values["what"],
        "amount": parse_money(values["amount"]),
        "decided_on": datetime.date.fromisoformat(values["decided_on"]),
        "category_id": categories.get(values.get("category", "")),
        "supplier_name": values["supplier"],
        "supplier_postcode": values.get("postcode", ""),
    }
