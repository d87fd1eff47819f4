"""How figures add up, for every combination of rules that the starter set uses."""

import csv
import datetime
import itertools
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from toms.adding import (
    DifferentSeries,
    Figure,
    NotAFigure,
    Rules,
    Series,
    across,
    over_time,
    total,
)

SERIES = Series("LT-WRK-01", 1)
STARTER = Path(settings.BASE_DIR) / "toms" / "data" / "starter.csv"

FLOW_SUM = ("flow", "sum", "sum")
RATIO = ("flow", "ratio", "ratio")
STOCK_RATIO = ("stock", "ratio", "ratio")
YES_NO = ("state", "last", "count_true")
PEOPLE_LAST = ("stock", "last", "sum_flag_overlap")
PEOPLE_MAX = ("stock", "max", "sum_flag_overlap")
PEOPLE_FLOW_MAX = ("flow", "max", "sum_flag_overlap")
POSTS = ("stock", "mean", "sum")
STOCK_LAST = ("stock", "last", "sum")
ALL = {
    FLOW_SUM,
    RATIO,
    STOCK_RATIO,
    YES_NO,
    PEOPLE_LAST,
    PEOPLE_MAX,
    PEOPLE_FLOW_MAX,
    POSTS,
    STOCK_LAST,
}


def rules(kind: tuple[str, str, str], unit: str = "HR") -> Rules:
    return Rules(SERIES, unit, *kind)


def figure(quarter: int = 1, organisation: object = "kitchen", **fields: Any) -> Figure:
    """Of a quarter of 2026; whole numbers become Decimals."""
    start = datetime.date(2026, 3 * quarter - 2, 1)
    end = datetime.date(2026, 3 * quarter, (31, 30, 30, 31)[quarter - 1])
    values = {
        name: Decimal(value) if type(value) is int and name != "factor_year" else value
        for name, value in fields.items()
    }
    values.setdefault("series", SERIES)
    return Figure(organisation=organisation, start=start, end=end, **values)  # type: ignore[arg-type]


def test_these_are_all_the_combinations_there_are() -> None:
    with STARTER.open(encoding="utf-8", newline="") as file:
        used = {
            (row["value_kind"], row["agg_time"], row["agg_entity"]) for row in csv.DictReader(file)
        }
    assert used == ALL


@pytest.mark.parametrize(
    ("kind", "quarters", "expected", "lower"),
    [
        (FLOW_SUM, [10, 20, 5], Decimal(35), False),
        (STOCK_LAST, [10, 20, 5], Decimal(5), False),
        (PEOPLE_LAST, [10, 20, 5], Decimal(5), False),
        (PEOPLE_MAX, [10, 20, 5], Decimal(20), True),
        (PEOPLE_FLOW_MAX, [10, 20, 5], Decimal(20), True),
        (PEOPLE_MAX, [10], Decimal(10), False),
    ],
)
def test_quantities_over_time(
    kind: tuple[str, str, str], quarters: list[int], expected: Decimal, lower: bool
) -> None:
    for order in itertools.permutations(enumerate(quarters, start=1)):
        found = over_time(rules(kind), [figure(n, quantity=value) for n, value in order])
        assert (found.quantity, found.lower_bound) == (expected, lower)


def test_posts_are_a_mean_weighted_by_days() -> None:
    """Ten posts for 90 days of winter and 20 for 91 days of spring."""
    found = over_time(rules(POSTS, "FTE"), [figure(1, quantity=10), figure(2, quantity=20)])
    assert found.quantity == (Decimal(10) * 90 + Decimal(20) * 91) / 181
    assert not found.lower_bound


@pytest.mark.parametrize("kind", [RATIO, STOCK_RATIO])
def test_ratios_add_by_their_parts(kind: tuple[str, str, str]) -> None:
    """Half of 2 and all of 8 are nine tenths, not three quarters."""
    found = over_time(
        rules(kind, "PCT"),
        [figure(1, numerator=1, denominator=2), figure(2, numerator=8, denominator=8)],
    )
    assert found.ratio == Decimal("0.9")
    other = over_time(rules(kind, "PCT"), [figure(1, "library", numerator=0, denominator=10)])
    assert across(rules(kind, "PCT"), [found, other]).ratio == Decimal("0.45")


def test_nobody_in_scope_is_no_share() -> None:
    assert over_time(rules(RATIO), [figure(numerator=0, denominator=0)]).ratio is None


def test_a_yes_or_no_is_its_last_answer_then_a_count_and_a_share() -> None:
    found = total(
        rules(YES_NO, "BOOL"),
        [
            figure(1, "kitchen", yes=False),
            figure(2, "kitchen", yes=True),
            figure(2, "library", yes=True),
            figure(1, "hall", yes=True),
            figure(3, "hall", yes=False),
        ],
    )
    assert (found.yes, found.answered) == (2, 3)
    assert found.share == Decimal(2) / 3


@pytest.mark.parametrize(
    ("kind", "overlap"),
    [
        (FLOW_SUM, False),
        (POSTS, False),
        (STOCK_LAST, False),
        (PEOPLE_LAST, True),
        (PEOPLE_MAX, True),
        (PEOPLE_FLOW_MAX, True),
    ],
)
def test_organisations_are_added_and_people_may_overlap(
    kind: tuple[str, str, str], overlap: bool
) -> None:
    found = total(rules(kind), [figure(1, "kitchen", quantity=3), figure(1, "hall", quantity=4)])
    assert (found.quantity, found.organisations) == (Decimal(7), 2)
    assert found.may_overlap is overlap
    alone = total(rules(kind), [figure(1, "kitchen", quantity=3)])
    assert not alone.may_overlap


def test_the_largest_is_found_before_the_sum() -> None:
    """Added across first, 10 + 1 and 1 + 10 would be 11."""
    rows = [
        figure(1, "kitchen", quantity=10),
        figure(2, "kitchen", quantity=1),
        figure(1, "hall", quantity=1),
        figure(2, "hall", quantity=10),
    ]
    found = total(rules(PEOPLE_MAX), rows)
    assert (found.quantity, found.lower_bound, found.may_overlap) == (Decimal(20), True, True)


def test_tonnes_of_carbon_are_signed_and_name_their_factors() -> None:
    tonnes = rules(FLOW_SUM, "TCO2E")
    found = total(
        tonnes,
        [
            figure(1, quantity=-3, factor_year=2025),
            figure(2, quantity=1, factor_year=2026),
        ],
    )
    assert (found.quantity, found.factor_years) == (Decimal(-2), frozenset({2025, 2026}))
    with pytest.raises(NotAFigure, match="conversion factors"):
        total(tonnes, [figure(quantity=1)])


def test_different_series_are_never_added() -> None:
    other = figure(2, quantity=5, series=Series("LT-WRK-01", 2))
    with pytest.raises(DifferentSeries, match=r"LT-WRK-01 version 2 counts something else"):
        total(rules(FLOW_SUM), [figure(1, quantity=5), other])
    mine = over_time(rules(FLOW_SUM), [figure(1, quantity=5)])
    theirs = over_time(Rules(Series("LT-LOC-01", 1), "HR", *FLOW_SUM), [])
    with pytest.raises(DifferentSeries, match="LT-LOC-01"):
        across(rules(FLOW_SUM), [mine, theirs])


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (FLOW_SUM, {}, "asks for a quantity"),
        (FLOW_SUM, {"yes": True}, "asks for a quantity"),
        (FLOW_SUM, {"quantity": 1, "numerator": 1}, "asks for a quantity"),
        (FLOW_SUM, {"quantity": -1}, "never less than nothing"),
        (FLOW_SUM, {"quantity": Decimal("NaN")}, "no number"),
        (RATIO, {"numerator": 1}, "out of how many"),
        (RATIO, {"numerator": 3, "denominator": 2}, "More count than there are"),
        (YES_NO, {"quantity": 1}, "a yes or no"),
    ],
)
def test_a_figure_has_what_its_measure_asks_for(
    kind: tuple[str, str, str], fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(NotAFigure, match=words):
        total(rules(kind), [figure(**fields)])


def test_periods_of_one_organisation_do_not_overlap() -> None:
    with pytest.raises(NotAFigure, match="overlap"):
        total(rules(FLOW_SUM), [figure(1, quantity=1), figure(1, quantity=2)])
    total(rules(FLOW_SUM), [figure(1, "a", quantity=1), figure(1, "b", quantity=2)])


def test_nothing_adds_up_to_nothing() -> None:
    for kind in ALL:
        found = total(rules(kind), [])
        assert (found.organisations, found.quantity, found.ratio, found.share) == (
            0,
            None,
            None,
            None,
        )


numbers = st.integers(0, 10_000)
cells = st.dictionaries(
    st.tuples(st.sampled_from("abcde"), st.integers(1, 4)), st.tuples(numbers, numbers), max_size=12
)


@given(cells=cells, kind=st.sampled_from(sorted(ALL)), seed=st.randoms())
def test_totals_equal_a_plain_reckoning_in_any_order(
    cells: dict[tuple[str, int], tuple[int, int]], kind: tuple[str, str, str], seed: Any
) -> None:
    rows = []
    for (who, quarter), (one, other) in cells.items():
        if "ratio" in kind:
            fields: dict[str, Any] = {"numerator": min(one, other), "denominator": max(one, other)}
        elif kind[0] == "state":
            fields = {"yes": one > other}
        else:
            fields = {"quantity": one}
        rows.append(figure(quarter, who, **fields))
    seed.shuffle(rows)
    found = total(rules(kind), rows)
    by_who: dict[str, list[tuple[int, tuple[int, int]]]] = {}
    for (who, quarter), values in sorted(cells.items()):
        by_who.setdefault(who, []).append((quarter, values))
    assert found.organisations == len(by_who)
    if not cells:
        return
    if "ratio" in kind:
        assert found.numerator == sum(min(pair) for pair in cells.values())
        assert found.denominator == sum(max(pair) for pair in cells.values())
    elif kind[0] == "state":
        assert found.yes == sum(rows[-1][1][0] > rows[-1][1][1] for rows in by_who.values())
    else:
        days = {1: 90, 2: 91, 3: 92, 4: 92}
        reckon = {
            "sum": lambda rows: sum(values[0] for _, values in rows),
            "last": lambda rows: rows[-1][1][0],
            "max": lambda rows: max(values[0] for _, values in rows),
            "mean": lambda rows: Fraction(
                sum(values[0] * days[quarter] for quarter, values in rows),
                sum(days[quarter] for quarter, _ in rows),
            ),
        }[kind[1]]
        expected = sum(Fraction(reckon(rows)) for rows in by_who.values())
        assert found.quantity is not None
        assert abs(Fraction(found.quantity) - expected) < Fraction(1, 10**15)
