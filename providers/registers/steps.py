"""Steps of a mapping: each looks at one column and sets some of our fields.

::

    [[steps]]
    column = "SIC Code"        # the column to look at
    match = "prefix"           # equals | prefix (the longest wins) | pattern (the first wins)
    sets = "category"          # which field a bare value sets
    only = { "Legal Form" = "Society|" }   # optional: every pattern must fit its whole cell
    [steps.values]
    "64921" = "finance"
    "4711" = { category = "retail", kind = "shop" }
    "99999" = ""               # known to have none: later steps do not guess

Matching takes no notice of case. A row's field keeps what the first step gave it.
"""

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

# Fields that can hold several values; every other field holds one.
MANY = frozenset({"category", "ethos"})

type Findings = dict[str, tuple[str, ...]]


class MappingError(ValueError):
    """A mapping that cannot be used, said in words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One value map over one column."""

    column: str
    match: str
    only: tuple[tuple[str, re.Pattern[str]], ...]
    values: Dict[str, Findings]
    patterns: tuple[tuple[re.Pattern[str], Findings], ...]

    @property
    def columns(self) -> set[str]:
        return {self.column, *(column for column, _ in self.only)}

    @property
    def fields(self) -> set[str]:
        return {field for found in self._all() for field in found}

    def codes(self, field: str) -> set[str]:
        return {code for found in self._all() for code in found.get(field, ())}

    def find(self, cells: Dict[str, str]) -> Findings:
        """What this step makes of a row; nothing when no value fits."""
        if not all(pattern.fullmatch(cells[column]) for column, pattern in self.only):
            return {}
        cell = cells[self.column]
        if self.match == "pattern":
            return next((found for pattern, found in self.patterns if pattern.search(cell)), {})
        key = cell.casefold()
        if self.match == "prefix":
            # A blank cell has no prefix but the blank one, which would fit every row.
            while key and key not in self.values:
                key = key[:-1]
            return self.values[key] if key else {}
        return self.values.get(key, {})

    def _all(self) -> list[Findings]:
        return [*self.values.values(), *(found for _, found in self.patterns)]


def read_step(table: dict[str, Any]) -> Step:
    """A step as declared. Raises MappingError when something is missing or unknown."""
    unknown = table.keys() - {"column", "match", "sets", "only", "values"}
    column, match = str(table.get("column", "")), str(table.get("match", ""))
    values = table.get("values")
    if unknown or not column or not isinstance(values, dict) or not values:
        raise MappingError("a step needs column, match and values; it may have sets and only.")
    if match not in {"equals", "prefix", "pattern"}:
        raise MappingError(f"a step cannot match by {match!r}: equals, prefix or pattern.")
    if not isinstance(table.get("only", {}), dict):
        raise MappingError(f"a step's only is a table of columns and patterns: {table['only']!r}.")
    sets = str(table.get("sets", ""))
    found = {key: _read_findings(value, sets) for key, value in values.items()}
    plain = match != "pattern"
    return Step(
        column=column,
        match=match,
        only=tuple((name, _pattern(text)) for name, text in table.get("only", {}).items()),
        values={key.casefold(): value for key, value in found.items()} if plain else {},
        patterns=() if plain else tuple((_pattern(key), value) for key, value in found.items()),
    )


def _pattern(text: object) -> re.Pattern[str]:
    try:
        return re.compile(str(text), re.IGNORECASE)
    except re.error as error:
        raise MappingError(f"{text!r} is not a pattern: {error}.") from error


def _read_findings(value: object, sets: str) -> Findings:
    """A bare value sets the step's own field; a table names its fields."""
    named = value if isinstance(value, dict) else {sets: value}
    findings: Findings = {}
    for field, given in named.items():
        if not field:
            raise MappingError(f"the value {value!r} needs a field: say `sets` in its step.")
        listed = given if isinstance(given, list) else [given]
        kept = tuple(one for one in listed if isinstance(one, str) and one)
        if not all(isinstance(one, str) for one in listed):
            raise MappingError(f"{field} = {given!r}: values are texts or lists of texts.")
        if len(kept) > 1 and field not in MANY:
            raise MappingError(f"{field} can hold one value, not {len(kept)}.")
        findings[field] = kept
    return findings
