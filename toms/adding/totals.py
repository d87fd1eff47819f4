"""Adding figures: over time for each organisation, then across organisations."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from toms.adding.figures import DifferentSeries, Figure, NotAFigure, Rules, Total
from toms.models import MeasureVersion

AggTime = MeasureVersion.AggTime
AggEntity = MeasureVersion.AggEntity


def total(rules: Rules, figures: Iterable[Figure]) -> Total:
    """Everything: each organisation over time, then all of them. Raises as both do."""
    by_organisation: dict[Hashable, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_organisation[figure.organisation].append(figure)
    return across(rules, [over_time(rules, rows) for rows in by_organisation.values()])


def over_time(rules: Rules, figures: Sequence[Figure]) -> Total:
    """One organisation's figures of several periods.

    A mean is weighted by the days of each period. Distinct people are at least as many as in the
    best period, so their total is a lower bound once there is more than one. Raises DifferentSeries
    for figures of another series, and NotAFigure for one that lacks what its measure needs, and
    where two periods overlap.
    """
    _check_series(rules, [figure.series for figure in figures])
    rows = sorted(figures, key=lambda figure: (figure.start, figure.end))
    for figure in rows:
        _check(rules, figure)
    if len({figure.organisation for figure in rows}) > 1:
        raise NotAFigure("These are figures of several organisations.")
    for one, other in pairwise(rows):
        if other.start <= one.end:
            raise NotAFigure(
                f"The periods {one.start} to {one.end} and {other.start} to {other.end} overlap."
            )
    if not rows:
        return Total(rules.series)
    if rules.is_yes_or_no:
        return Total(rules.series, 1, yes=int(bool(rows[-1].yes)), answered=1)
    if rules.is_ratio:
        return Total(
            rules.series,
            1,
            numerator=sum((row.numerator or Decimal(0) for row in rows), Decimal(0)),
            denominator=sum((row.denominator or Decimal(0) for row in rows), Decimal(0)),
        )
    return Total(
        rules.series,
        1,
        quantity=_quantity(rules, rows),
        lower_bound=rules.agg_time == AggTime.MAX and len(rows) > 1,
        factor_years=_factor_years(rows),
    )


def _quantity(rules: Rules, rows: Sequence[Figure]) -> Decimal:
    values = [row.quantity or Decimal(0) for row in rows]
    match rules.agg_time:
        case AggTime.SUM:
            return sum(values, Decimal(0))
        case AggTime.MEAN:
            weighted = sum(
                (value * row.days for value, row in zip(values, rows, strict=True)), Decimal(0)
            )
            return weighted / sum(row.days for row in rows)
        case AggTime.MAX:
            return max(values)
        case AggTime.LAST:
            return values[-1]
    raise NotAFigure(f"No rule adds “{rules.agg_time}” over time.")


def across(rules: Rules, totals: Sequence[Total]) -> Total:
    """Totals of several organisations, each of which was added over time.

    Raises DifferentSeries for a total of another series.
    """
    _check_series(rules, [row.series for row in totals])
    rows = [row for row in totals if row.organisations]
    number = sum(row.organisations for row in rows)
    if not rows:
        return Total(rules.series)
    if rules.agg_entity == AggEntity.COUNT_TRUE:
        return Total(
            rules.series,
            number,
            yes=sum(row.yes for row in rows),
            answered=sum(row.answered for row in rows),
        )
    if rules.agg_entity == AggEntity.RATIO:
        return Total(
            rules.series,
            number,
            numerator=sum((row.numerator or Decimal(0) for row in rows), Decimal(0)),
            denominator=sum((row.denominator or Decimal(0) for row in rows), Decimal(0)),
        )
    return Total(
        rules.series,
        number,
        quantity=sum((row.quantity or Decimal(0) for row in rows), Decimal(0)),
        lower_bound=any(row.lower_bound for row in rows),
        may_overlap=any(row.may_overlap for row in rows)
        or (rules.agg_entity == AggEntity.SUM_FLAG_OVERLAP and number > 1),
        factor_years=frozenset().union(*(row.factor_years for row in rows)),
    )


def _check_series(rules: Rules, found: Iterable[object]) -> None:
    others = sorted({str(series) for series in found if series != rules.series})
    if others:
        raise DifferentSeries(
            f"{', '.join(others)} counts something else than {rules.series}, so they are not added."
        )


def _check(rules: Rules, figure: Figure) -> None:
    """Raises NotAFigure where it has not exactly the parts that its measure asks for."""
    when = f"{figure.start} to {figure.end}"
    if figure.end < figure.start:
        raise NotAFigure(f"The period {when} ends before it begins.")
    if rules.is_yes_or_no:
        there, asked = {"yes"}, "a yes or no"
    elif rules.is_ratio:
        there, asked = {"numerator", "denominator"}, "how many count, and out of how many"
    else:
        there, asked = {"quantity"}, "a quantity"
    parts = ("quantity", "numerator", "denominator", "yes")
    if any((getattr(figure, name) is not None) != (name in there) for name in parts):
        raise NotAFigure(f"{rules.series} asks for {asked} ({when}).")
    _check_size(rules, figure, when)


def _check_size(rules: Rules, figure: Figure, when: str) -> None:
    values = (figure.quantity, figure.numerator, figure.denominator)
    numbers = [value for value in values if value is not None]
    if not all(number.is_finite() for number in numbers):
        raise NotAFigure(f"That is no number ({when}).")
    if not rules.is_signed and any(number < 0 for number in numbers):
        raise NotAFigure(f"{rules.series} is never less than nothing ({when}).")
    if rules.is_ratio and (figure.numerator or 0) > (figure.denominator or 0):
        raise NotAFigure(f"More count than there are in scope ({when}).")
    if rules.is_signed and figure.factor_year is None:
        raise NotAFigure(f"Say which year's conversion factors were used ({when}).")


def _factor_years(rows: Iterable[Figure]) -> frozenset[int]:
    return frozenset(row.factor_year for row in rows if row.factor_year is not None)
