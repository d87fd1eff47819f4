"""What a row of a register says about an organisation, once it is cleaned and mapped."""

import math
import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from accounts.identifiers import clean_identifier
from accounts.models import Organisation
from places.distance import Point
from places.lookup import PostcodeError, parse_unit
from providers.models import Listing, RegisterEntry
from providers.registers.mapping import RegisterMapping
from providers.registers.source_file import SourceRow

# The United Kingdom, the Channel Islands and Man, with a margin: swapped coordinates fall outside.
_SOUTH, _NORTH, _WEST, _EAST = 48.5, 61.5, -9.5, 3.0

_NO_WEBSITE = frozenset({"-", "n/a", "na", "nil", "no", "none", "null", "tbc", "unknown"})
_SCHEME = re.compile(r"^(?:https?(?:[:;]/*|/+))+", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[,;]?\s+")
_is_url = URLValidator(schemes=["http", "https"])


class RowRejectedError(ValueError):
    """A row that makes no entry, and why."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an import may write about one organisation. Empty means not known."""

    name: str
    address: str
    postcode: str
    website: str
    latitude: float | None
    longitude: float | None
    legal_form: str
    sector: str
    summary: str
    categories: tuple[str, ...]
    ethos: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)

    @property
    def title(self) -> str:
        """The listing's title: the name, cut at a word where it is too long."""
        return title_of(self.name)

    def as_json(self) -> dict[str, Any]:
        """As ``RegisterEntry.facts`` keeps it: what JSON gives back equals what was put in."""
        return {
            **asdict(self),
            "categories": list(self.categories),
            "ethos": list(self.ethos),
            "identifiers": [list(pair) for pair in self.identifiers],
        }


def title_of(name: str) -> str:
    """The title of the listing of an organisation of this name."""
    room = _room(Listing, "title")
    return name if len(name) <= room else name[: room - 1].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can make an entry: its line, its id in the register, its facts, and remarks."""

    line: int
    external_id: str
    facts: Facts
    notes: tuple[str, ...]


def read_candidate(row: SourceRow, mapping: RegisterMapping) -> Candidate:
    """Clean and map a row. What is wrong with a cell becomes a note, and the row is kept.

    Raises RowRejectedError when there is no usable id or name.
    """
    columns, cells, notes = mapping.columns, dict(row.cells), list(row.notes)
    external_id = _external_id(cells[columns.external_id])
    name = _name(cells[columns.name], mapping)
    cells[columns.name] = name
    found = mapping.findings(cells)
    latitude, longitude = _point(cells, mapping, notes)
    facts = Facts(
        name=name,
        address=_address(cells, mapping, notes),
        postcode=_postcode(cells.get(columns.postcode, ""), notes),
        website=clean_website(cells.get(columns.website, ""), notes),
        latitude=latitude,
        longitude=longitude,
        legal_form="".join(found.get("legal_form", ())),
        sector="".join(found.get("sector", ())),
        summary=_cut(mapping.sentence(cells, found), _room(Listing, "summary")),
        categories=found.get("category", ()),
        ethos=found.get("ethos", ()),
        identifiers=_identifiers(cells, mapping, notes),
    )
    return Candidate(row.line, external_id, facts, tuple(notes))


def _room(model: type[Listing | Organisation | RegisterEntry], field: str) -> int:
    return getattr(model._meta.get_field(field), "max_length", None) or 0


def _external_id(cell: str) -> str:
    room = _room(RegisterEntry, "external_id")
    if not cell:
        raise RowRejectedError("no identifier")
    if len(cell) > room or "\n" in cell:
        raise RowRejectedError(f"the identifier is not one short word of at most {room} characters")
    return cell


def _name(cell: str, mapping: RegisterMapping) -> str:
    """The name on one line, with the declared repairs. A cut name would be a false one."""
    name = " ".join(cell.split())
    for pattern, replacement in mapping.repairs:
        name = pattern.sub(replacement, name)
    name = " ".join(name.split())
    room = _room(Organisation, "name")
    if not name:
        raise RowRejectedError("no name")
    if not any(character.isalnum() for character in name):
        raise RowRejectedError(f"the name {name[:40]!r} has no letter or digit")
    if len(name) > room:
        raise RowRejectedError(f"the name has {len(name)} characters; at most {room} fit")
    return name


def _address(cells: dict[str, str], mapping: RegisterMapping, notes: list[str]) -> str:
    lines: list[str] = []
    for column in mapping.columns.address:
        lines += [line.strip(" ,") for line in cells[column].split("\n")]
    kept = [line for number, line in enumerate(lines) if line and line not in lines[:number]]
    address, room = "\n".join(kept), _room(Organisation, "address")
    if len(address) > room:
        notes.append("the address was too long and is cut")
    return _cut(address, room)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _postcode(cell: str, notes: list[str]) -> str:
    if not cell:
        return ""
    try:
        return parse_unit(cell)
    except PostcodeError:
        notes.append(f"postcode {cell[:20]!r} is no postcode and was left out")
        return ""


def clean_website(cell: str, notes: list[str]) -> str:
    """An address with http or https in front; "" and a note when there is none to be made."""
    if not cell or cell.lower() in _NO_WEBSITE:
        return ""
    address = _NEXT_WORD.split(cell, maxsplit=1)[0].strip(",;.")
    without = _SCHEME.sub("", address)
    scheme = "https" if address.lower().startswith("https") else "http"
    website = f"{scheme}://{without}"
    try:
        _is_url(website)
        host = urlsplit(website).netloc
    except (ValidationError, ValueError):
        host = ""
    # Somebody's email address, or a name of this machine, is no website.
    if "." not in host or "@" in host or len(website) > _room(Organisation, "website"):
        notes.append(f"website {cell[:60]!r} is no address and was left out")
        return ""
    return website


def _point(
    cells: dict[str, str], mapping: RegisterMapping, notes: list[str]
) -> tuple[float, float] | tuple[None, None]:
    given = cells.get(mapping.columns.latitude, ""), cells.get(mapping.columns.longitude, "")
    if not any(given):
        return None, None
    try:
        latitude, longitude = float(given[0]), float(given[1])
    except ValueError:
        latitude = longitude = math.nan
    # A comparison with "not a number" is never true, so it is left out too.
    if _SOUTH < latitude < _NORTH and _WEST < longitude < _EAST:
        return latitude, longitude
    notes.append(f"the point {given[0][:15]}, {given[1][:15]} is not in the UK and was left out")
    return None, None


def _identifiers(
    cells: dict[str, str], mapping: RegisterMapping, notes: list[str]
) -> tuple[tuple[str, str], ...]:
    kept = []
    for scheme, column in mapping.identifiers:
        if not cells[column]:
            continue
        try:
            kept.append((scheme, clean_identifier(scheme, cells[column])))
        except ValueError as error:
            notes.append(f"{column} {cells[column][:20]!r} was left out: {error}")
    return tuple(kept)
