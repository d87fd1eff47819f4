"""What is added: figures, the rules of their measure, and what comes of it."""

import datetime
from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from toms.models import MeasureVersion

SIGNED_UNITS = {"TCO2E"}
"""Units whose quantities may be less than nothing, and rest on the conversion factors of a year."""


class DifferentSeries(ValueError):
    """Figures that do not count the same thing; the words say which, for people."""


class NotAFigure(ValueError):
    """What a figure lacks, or has too much of, for its measure; in words for people."""


class Series(NamedTuple):
    """What a figure counts: versions of one measure with the same X."""

    code: str
    major: int

    def __str__(self) -> str:
        return f"{self.code} version {self.major}"


@dataclass(frozen=True, slots=True)
class Rules:
    """How figures of a series add up."""

    series: Series
    unit_code: str
    value_kind: str
    agg_time: str
    agg_entity: str

    @classmethod
    def of(cls, version: MeasureVersion) -> "Rules":
        """Reads the version's measure and unit, so select both beforehand."""
        return cls(
            Series(version.measure.code, version.major),
            version.unit.code,
            version.value_kind,
            version.agg_time,
            version.agg_entity,
        )

    @property
    def is_ratio(self) -> bool:
        return self.agg_time == MeasureVersion.AggTime.RATIO

    @property
    def is_yes_or_no(self) -> bool:
        return self.value_kind == MeasureVersion.ValueKind.STATE

    @property
    def is_signed(self) -> bool:
        return self.unit_code in SIGNED_UNITS


@dataclass(frozen=True, slots=True)
class Figure:
    """What one organisation counted in one period; both days are inside it.

    ``quantity`` in the measure's unit; of a ratio ``numerator`` and ``denominator`` instead; of a
    yes or no ``yes``. ``factor_year`` is the year of the conversion factors behind tonnes of CO2e.
    """

    series: Series
    organisation: Hashable
    start: datetime.date
    end: datetime.date
    quantity: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    yes: bool | None = None
    factor_year: int | None = None

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Total:
    """What figures add up to.

    ``quantity`` is None where nothing was counted. Of a ratio both parts are kept, since ratios add
    by their parts. ``lower_bound``: it is at least so much. ``may_overlap``: some may be counted by
    two organisations. ``yes`` of ``answered``: how many say so.
    """

    series: Series
    organisations: int = 0
    quantity: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    yes: int = 0
    answered: int = 0
    lower_bound: bool = False
    may_overlap: bool = False
    factor_years: frozenset[int] = field(default_factory=frozenset)

    @property
    def ratio(self) -> Decimal | None:
        """The share, 0 to 1; None where nobody was in scope."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator

    @property
    def share(self) -> Decimal | None:
        """The share of yes among those who answered; None where nobody did."""
        return Decimal(self.yes) / self.answered if self.answered else None
