"""A measure's version as one row of a table: the columns of the starter set, and a few more.

Everything that reads or writes the register as a table goes by ``COLUMNS``, so that what goes out
comes back the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toms.models import MeasureVersion


class BadCell(ValueError):
    """What is wrong with a cell, in words."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``field`` of the version it holds, if it holds one; ``needed`` in every file."""

    name: str
    write: Callable[[MeasureVersion], str]
    field: str = ""
    read: Callable[[str], Any] = str
    needed: bool = True


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _read_yes_no(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise BadCell("is yes or no")
    return text == "yes"


def _read_level(text: str) -> int:
    if text not in {"1", "2", "3", "4"}:
        raise BadCell("is 1, 2, 3 or 4")
    return int(text)


def _read_list(choices: type[MeasureVersion.Basis] | type[MeasureVersion.Suits]) -> Any:
    def read(text: str) -> list[str]:
        values = text.split("|")
        if len(set(values)) < len(values) or not set(values) <= set(choices.values):
            raise BadCell(f"is one or more of {', '.join(choices.values)}, with | between them")
        return values

    return read


def _read_choice(choices: Any) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices.values:
            raise BadCell(f"is one of {', '.join(choices.values)}")
        return text

    return read


def _read_text(text: str) -> str:
    if not text:
        raise BadCell("is empty")
    return text


def _text(name: str, field: str = "", *, needed: bool = True, may_be_empty: bool = False) -> Column:
    field = field or name
    return Column(
        name,
        lambda version: str(getattr(version, field)),
        field,
        str if may_be_empty else _read_text,
        needed,
    )


COLUMNS = (
    Column("code", lambda version: version.measure.code),
    Column("theme_code", lambda version: version.measure.outcome.theme.code),
    Column("theme", lambda version: version.measure.outcome.theme.label),
    Column("leeds_ambition", lambda version: version.measure.outcome.theme.ambition),
    Column("outcome_code", lambda version: version.measure.outcome.code),
    Column("outcome", lambda version: version.measure.outcome.label),
    _text("title"),
    _text("unit", "unit_words"),
    Column("unit_code", lambda version: version.unit.code),
    Column(
        "value_kind",
        lambda version: version.value_kind,
        "value_kind",
        _read_choice(MeasureVersion.ValueKind),
    ),
    Column(
        "agg_time",
        lambda version: version.agg_time,
        "agg_time",
        _read_choice(MeasureVersion.AggTime),
    ),
    Column(
        "agg_entity",
        lambda version: version.agg_entity,
        "agg_entity",
        _read_choice(MeasureVersion.AggEntity),
    ),
    Column(
        "overlap_group",
        lambda version: version.overlap_group.code if version.overlap_group else "",
    ),
    Column(
        "profile", lambda version: version.profile, "profile", _read_choice(MeasureVersion.Profile)
    ),
    Column("baseline", lambda version: _yes_no(version.baseline), "baseline", _read_yes_no),
    Column("level", lambda version: str(version.level), "level", _read_level),
    Column(
        "basis_allowed",
        lambda version: "|".join(version.basis_allowed),
        "basis_allowed",
        _read_list(MeasureVersion.Basis),
    ),
    Column("at_risk_field", lambda version: _yes_no(version.at_risk), "at_risk", _read_yes_no),
    _text("what_counts"),
    _text("existing_value_rule"),
    _text("does_not_count", may_be_empty=True),
    _text("evidence"),
    Column(
        "applies_to",
        lambda version: "|".join(version.suits),
        "suits",
        _read_list(MeasureVersion.Suits),
    ),
    _text("roundtable_concern", "concern", may_be_empty=True),
    Column("status", lambda version: version.state),
    Column("version", lambda version: str(version.number)),
    _text("evidence_small", needed=False, may_be_empty=True),
    _text("example", needed=False, may_be_empty=True),
    _text("reason", needed=False, may_be_empty=True),
)


def row_of(version: MeasureVersion) -> dict[str, str]:
    """The cells by the names of their columns. Reads measure, outcome, theme, unit and overlap
    group, so select them beforehand.
    """
    return {column.name: column.write(version) for column in COLUMNS}


# What a spreadsheet would run, though white space or apostrophes stand before it.
_FORMULA = re.compile(r"[\s']*[=+\-@\t\r]")


def guard(text: str) -> str:
    """The text as a file's cell: with one apostrophe more, where a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(cell: str) -> str:
    """The text that ``guard`` made this cell of: exactly that apostrophe is taken off."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
