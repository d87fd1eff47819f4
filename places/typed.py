"""What people type for a place: a postcode, or the first part of one."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Precision = Literal["postcode", "sector", "district"]

# Shapes of UK postcodes: Royal Mail, PAF Programmer's Guide (the letters allowed in each place;
# GIR 0AA is the one exception).
_OUTCODE = (
    r"(?:[A-PR-UWYZ](?:[1-9]?[0-9]|[0-9][A-HJKPSTUW]|"
    r"[A-HK-Y](?:[1-9]?[0-9]|[0-9][ABEHMNPRVWXY]))|GIR)"
)
_INCODE = r"[0-9][ABD-HJLNP-UW-Z]{2}"
_UNIT = re.compile(rf"({_OUTCODE})({_INCODE})")
_WRITTEN_UNIT = re.compile(rf"{_OUTCODE} {_INCODE}")
_SECTOR = re.compile(rf"({_OUTCODE})([0-9])")
_DISTRICT = re.compile(_OUTCODE)
# Zero typed as a letter: plain in a whole postcode, where the third place from the end is a digit.
_ZERO_AS_LETTER = re.compile(r"O(?=[A-Z]{2}\Z)")

_LONGEST = 40
_SEPARATORS = frozenset("\t\n\v\f\r.,_")

ENTER_A_POSTCODE = "Enter a postcode such as LS8 4AA, or the first part of one such as LS8."


class PostcodeError(ValueError):
    """The text is no postcode, or nobody knows where it is. The message is meant for people."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One reading of what was typed, in the one written form: "LS8 4AA", "LS8 4" or "LS8".

    ``otherwise`` is a second possible reading. "LS84" could be the district LS84 or the sector
    LS8 4, and only a table of what exists can tell.
    """

    text: str
    precision: Precision
    otherwise: "Typed | None" = None

    @property
    def district(self) -> str:
        """The part before the space: "LS8"."""
        return self.text.split(" ")[0]

    @property
    def sector(self) -> str | None:
        """The part up to the first digit after the space ("LS8 4"); None for a district."""
        match self.precision:
            case "postcode":
                return self.text[:-2]
            case "sector":
                return self.text
            case _:
                return None


def parse(text: str) -> Typed:
    """Read a postcode, sector or district, whatever its case, spaces, dashes and dots.

    The shape says nothing about whether there is such a postcode. A space before a last single
    digit decides for the sector ("LS1 1" is a sector, "LS11" a district or, failing that, a
    sector: see ``Typed.otherwise``). Raises PostcodeError for everything else, and nothing but
    PostcodeError for any string.
    """
    parts = _parts(text)
    compact = "".join(parts)
    if unit := _unit(compact):
        return Typed(unit, "postcode")
    match = _SECTOR.fullmatch(compact)
    sector = Typed(f"{match[1]} {match[2]}", "sector") if match else None
    if sector and len(parts[-1]) == 1 and _DISTRICT.fullmatch("".join(parts[:-1])):
        return sector
    if _DISTRICT.fullmatch(compact):
        return Typed(compact, "district", otherwise=sector)
    if sector:
        return sector
    raise PostcodeError(ENTER_A_POSTCODE)


def parse_unit(text: str) -> str:
    """A whole postcode in its one written form ("LS8 4AA"); else PostcodeError."""
    if _WRITTEN_UNIT.fullmatch(text):  # files of millions are written like this already
        return text
    unit = _unit("".join(_parts(text)))
    if unit is None:
        raise PostcodeError("Enter a whole postcode, such as LS8 4AA.")
    return unit


def _unit(compact: str) -> str | None:
    match = _UNIT.fullmatch(_ZERO_AS_LETTER.sub("0", compact))
    return f"{match[1]} {match[2]}" if match else None


def _parts(text: str) -> list[str]:
    """Upper-case pieces between separators; PostcodeError where other characters are in it."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise PostcodeError(ENTER_A_POSTCODE)
    spaced = "".join(
        " " if _separates(character) else character
        for character in unicodedata.normalize("NFKC", text)
    )
    if not spaced.isascii():
        raise PostcodeError(ENTER_A_POSTCODE)
    return spaced.upper().split()


def _separates(character: str) -> bool:
    """Spaces and dashes of every script, and the invisible marks that come with copied text."""
    category = unicodedata.category(character)
    return category[0] == "Z" or category in {"Pd", "Cf"} or character in _SEPARATORS
