"""A mapping: the declared file that says how one register's columns become ours.

A new source needs a new TOML file and no code. Its tables:

``[source]``   slug, name, url, date (of publication), licence; optional ``delimiter`` (",").
``[columns]``  external_id, name; optional address (a list), postcode, website, latitude, longitude.
``[[identifiers]]``  scheme (``accounts.identifiers``) and column; optional.
``[names]``    pattern = replacement: what an earlier conversion broke in names; optional.
``[[steps]]``  the value maps, in order; see ``providers.registers.steps``.
``[summary]``  parts: pieces of one sentence. ``{…}`` names a word that a step sets, or a column. A
               piece with an empty name is left out.
``[claims]``   level and evidence of the ethos claims; needed when a step sets ethos.
``[unmapped]`` field = columns: by which the report groups the rows whose field stayed empty.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.identifiers import SCHEMES
from accounts.models import Organisation
from providers.models import Claim, RegisterEntry
from providers.registers.steps import MANY, Findings, MappingError, Step, read_step

MAPPINGS = Path(__file__).resolve().parent.parent / "data" / "registers"

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_CHOICES = {
    "legal_form": frozenset(Organisation.LegalForm.values),
    "sector": frozenset(Organisation.Sector.values),
}


@dataclass(frozen=True, slots=True)
class Source:
    """The register itself, as it is named to the public."""

    slug: str
    name: str
    url: str
    date: datetime.date
    licence: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the file's columns; an empty name means that the file has none."""

    external_id: str
    name: str
    address: tuple[str, ...] = ()
    postcode: str = ""
    website: str = ""
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True, slots=True)
class RegisterMapping:
    """All that is declared about a source, checked."""

    source: Source
    columns: Columns
    identifiers: tuple[tuple[str, str], ...]
    repairs: tuple[tuple[re.Pattern[str], str], ...]
    steps: tuple[Step, ...]
    summary: tuple[str, ...]
    claim_level: str
    claim_evidence: str
    unmapped: Dict[str, tuple[str, ...]]
    delimiter: str

    @property
    def required_columns(self) -> set[str]:
        """Every column that the file must have."""
        named = {*self.columns.address, *(column for _, column in self.identifiers)}
        named.update(getattr(self.columns, single) for single in _SINGLE_COLUMNS)
        for step in self.steps:
            named.update(step.columns)
        for columns in self.unmapped.values():
            named.update(columns)
        named.update(self.placeholders - self.words)
        return named - {""}

    @property
    def placeholders(self) -> set[str]:
        return {name for part in self.summary for name in _PLACEHOLDER.findall(part)}

    @property
    def words(self) -> set[str]:
        """Words for the summary that the steps can set, beside our own four fields."""
        return {field for step in self.steps for field in step.fields} - {*_CHOICES, *MANY}

    def codes(self, field: str) -> set[str]:
        """Every value that the steps can give ``field``, for checking against the vocabulary."""
        return {code for step in self.steps for code in step.codes(field)}

    def findings(self, cells: Dict[str, str]) -> Findings:
        """What the steps make of a row: field to values; the first step to set a field wins."""
        found: Findings = {}
        for step in self.steps:
            for field, values in step.find(cells).items():
                found.setdefault(field, values)
        return found

    def sentence(self, cells: Dict[str, str], found: Findings) -> str:
        """The summary of a row, built from mapped facts only."""
        words = {**cells, **{field: ", ".join(values) for field, values in found.items()}}
        parts = [
            _PLACEHOLDER.sub(lambda match: words[match[1]], part)
            for part in self.summary
            if all(words.get(name, "").strip() for name in _PLACEHOLDER.findall(part))
        ]
        text = " ".join("".join(parts).split())
        return text[:1].upper() + text[1:]


_SINGLE_COLUMNS = ("external_id", "name", "postcode", "website", "latitude", "longitude")


def known_mappings() -> list[str]:
    """Names of the mappings that come with the project."""
    return sorted(path.stem for path in MAPPINGS.glob("*.toml"))


def load_mapping(name: str) -> RegisterMapping:
    """The mapping of this name, or in the TOML file at this path.

    Raises MappingError, in words, when there is none or when it is not right.
    """
    path = MAPPINGS / f"{name}.toml" if name in known_mappings() else Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        known = ", ".join(known_mappings()) or "none"
        raise MappingError(
            f"There is no mapping called {name!r}, and no readable TOML file at that path. "
            f"Known mappings: {known}."
        ) from error
    try:
        return _read(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path.name} is not a TOML file: {error}") from error
    except MappingError as error:
        raise MappingError(f"{path.name}: {error}") from error


def _read(declared: dict[str, Any]) -> RegisterMapping:
    unknown = declared.keys() - {
        "source",
        "columns",
        "identifiers",
        "names",
        "steps",
        "summary",
        "claims",
        "unmapped",
    }
    if unknown:
        raise MappingError(f"unknown tables: {', '.join(sorted(unknown))}.")
    source = _table(declared, "source")
    claims = _table(declared, "claims", needed=False)
    mapping = RegisterMapping(
        source=_read_source(source),
        columns=_read_columns(_table(declared, "columns")),
        identifiers=tuple(_read_identifier(table) for table in _tables(declared, "identifiers")),
        repairs=tuple(
            (_compiled(pattern), str(replacement))
            for pattern, replacement in _table(declared, "names", needed=False).items()
        ),
        steps=tuple(read_step(table) for table in _tables(declared, "steps")),
        summary=_texts(
            _table(declared, "summary", needed=False).get("parts", []), "[summary] parts"
        ),
        claim_level=str(claims.get("level", "")),
        claim_evidence=str(claims.get("evidence", "")),
        unmapped={
            field: _texts(columns, f"[unmapped] {field}")
            for field, columns in _table(declared, "unmapped", needed=False).items()
        },
        delimiter=str(source.get("delimiter", ",")),
    )
    _check(mapping)
    return mapping


def _table(declared: dict[str, Any], name: str, *, needed: bool = True) -> dict[str, Any]:
    table = declared.get(name, {})
    if not isinstance(table, dict) or (needed and not table):
        raise MappingError(f"it needs a table [{name}].")
    return table


def _tables(declared: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = declared.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise MappingError(f"{name} are tables with double brackets: [[{name}]].")
    return tables


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise MappingError(f"{where} must be a list of texts.")
    return tuple(value)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise MappingError(f"{pattern!r} is not a pattern: {error}.") from error


def _read_source(table: dict[str, Any]) -> Source:
    missing = [key for key in ("slug", "name", "date") if not table.get(key)]
    if missing:
        raise MappingError(f"[source] lacks {', '.join(missing)}.")
    if type(table["date"]) is not datetime.date:
        raise MappingError("[source] date must be a day such as 2023-06-30, without quotes.")
    source = Source(
        slug=str(table["slug"]),
        name=str(table["name"]),
        url=str(table.get("url", "")),
        date=table["date"],
        licence=str(table.get("licence", "")),
    )
    for field, value in (
        ("source", source.slug),
        ("source_name", source.name),
        ("source_url", source.url),
        ("licence", source.licence),
    ):
        room = getattr(RegisterEntry._meta.get_field(field), "max_length", None) or 0
        if len(value) > room:
            raise MappingError(f"[source] {value[:30]!r}… is longer than {room} characters.")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", source.slug):
        raise MappingError("[source] slug must be lower-case letters, digits and hyphens.")
    return source


def _read_columns(table: dict[str, Any]) -> Columns:
    missing = [key for key in ("external_id", "name") if not table.get(key)]
    if missing:
        raise MappingError(f"[columns] lacks {', '.join(missing)}.")
    unknown = table.keys() - {*_SINGLE_COLUMNS, "address"}
    if unknown:
        raise MappingError(f"[columns] does not know {', '.join(sorted(unknown))}.")
    single = {key: str(table.get(key, "")) for key in _SINGLE_COLUMNS}
    return Columns(address=_texts(table.get("address", []), "[columns] address"), **single)


def _read_identifier(table: dict[str, Any]) -> tuple[str, str]:
    scheme, column = str(table.get("scheme", "")), str(table.get("column", ""))
    if scheme not in {known.code for known in SCHEMES} or not column:
        raise MappingError(
            f"[[identifiers]] needs a column, and a scheme out of "
            f"{', '.join(known.code for known in SCHEMES)}."
        )
    return scheme, column


def _check(mapping: RegisterMapping) -> None:
    """What one table alone cannot show."""
    for field, choices in _CHOICES.items():
        strange = mapping.codes(field) - choices
        if strange:
            raise MappingError(f"no such {field}: {', '.join(sorted(strange))}.")
    strange = set(mapping.unmapped) - {*_CHOICES, *MANY, "website", "postcode", "point"}
    if strange:
        raise MappingError(f"[unmapped] does not know {', '.join(sorted(strange))}.")
    idle = mapping.words - mapping.placeholders
    if idle:
        raise MappingError(f"the steps set {', '.join(sorted(idle))}, which nothing uses.")
    if mapping.codes("ethos") and (
        mapping.claim_level not in {Claim.Level.DECLARED, Claim.Level.EVIDENCED}
        or not mapping.claim_evidence
    ):
        # "checked" is what a person here has looked up, so a file cannot say it.
        raise MappingError("[claims] needs evidence, and level declared or evidenced.")
    if len(mapping.delimiter) != 1:
        raise MappingError("[source] delimiter must be one character.")
