"""A version's rules as sentences."""

import csv
from itertools import product

import pytest

from toms import plain
from toms.models import Measure, MeasureVersion, Unit
from toms.services.loading import STARTER

State = MeasureVersion.State


def version(unit: str = "HR", **fields: object) -> MeasureVersion:
    return MeasureVersion(
        **{
            "measure": Measure(code="LT-WRK-01"),
            "unit": Unit(code=unit, label="hours"),
            "major": 1,
            "minor": 0,
            "patch": 0,
            "value_kind": "flow",
            "agg_time": "sum",
            "agg_entity": "sum",
            "basis_allowed": ["new", "sustained"],
            "suits": ["contract"],
            **fields,
        }
    )


WORDS = {
    ("flow", "sum", "sum", "GBP"): "Added up, over time and across organisations.",
    ("stock", "mean", "sum", "FTE"): "The average over time, never added up; "
    "across organisations the figures are added up.",
    ("stock", "ratio", "ratio", "PCT"): "All that count out of all in scope, over the whole time; "
    "across organisations likewise; percentages themselves are never averaged.",
    ("stock", "max", "sum_flag_overlap", "PERS"): "The largest count stands, so there are at least "
    "so many; across organisations the sum may count some people twice.",
    ("stock", "last", "sum_flag_overlap", "CNT"): "The last count stands; "
    "across organisations the sum may count some of them twice.",
    ("state", "last", "count_true", "BOOL"): "The last answer stands; "
    "across organisations it is how many say yes, and their share.",
}


@pytest.mark.parametrize(("rules", "words"), WORDS.items())
def test_how_figures_add_up(rules: tuple[str, str, str, str], words: str) -> None:
    kind, time, entity, unit = rules
    made = version(unit, value_kind=kind, agg_time=time, agg_entity=entity)
    assert plain.adding_words(made) == words


def test_tonnes_of_carbon_may_be_less_than_nothing_and_name_their_factors() -> None:
    words = plain.adding_words(version("TCO2E"))
    assert "may be less than nothing" in words
    assert "conversion factors" in words


def test_every_combination_has_words() -> None:
    """Those of the starter set, and whatever else a curator may choose."""
    with STARTER.open(encoding="utf-8", newline="") as file:
        used = {
            (row["value_kind"], row["agg_time"], row["agg_entity"]) for row in csv.DictReader(file)
        }
    kinds, times, entities = (
        choices.values
        for choices in (
            MeasureVersion.ValueKind,
            MeasureVersion.AggTime,
            MeasureVersion.AggEntity,
        )
    )
    assert len(used) > 5
    for kind, time, entity in used | set(product(kinds, times, entities)):
        words = plain.adding_words(version(value_kind=kind, agg_time=time, agg_entity=entity))
        assert words.endswith(".")
        assert "{" not in words


def test_new_and_sustained_and_the_part_at_risk() -> None:
    assert "both count" in plain.basis_words(version())
    assert plain.basis_words(version(basis_allowed=["new"])) == "Only what is new counts."
    sustained = version(basis_allowed=["sustained"], at_risk=True)
    assert plain.basis_words(sustained) == (
        "Only what is sustained counts. Of what is sustained, say which part would be lost "
        "without the arrangement, and why."
    )


def test_what_it_suits_and_whom() -> None:
    assert plain.suits_words(version(suits=["grant"])) == "A grant"
    many = version(suits=["contract", "grant", "volunteering"])
    assert plain.suits_words(many) == "A contract, a grant or volunteering"
    assert {plain.profile_words(version(profile=p)) for p in MeasureVersion.Profile.values} >= {
        "Everybody"
    }


def test_what_is_no_more_than_a_draft_says_so() -> None:
    for state in State:
        is_draft = state in {State.DRAFT, State.CONSULTATION}
        assert plain.state_words(state).startswith("Draft for consultation") == is_draft
