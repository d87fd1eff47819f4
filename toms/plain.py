"""A version's rules in plain words: how it adds up, what counts, and how far it has come."""

from toms.adding import Rules
from toms.models import MeasureVersion

AggTime, AggEntity = MeasureVersion.AggTime, MeasureVersion.AggEntity
Basis, State = MeasureVersion.Basis, MeasureVersion.State

STATES = {
    State.DRAFT: "Draft for consultation",
    State.CONSULTATION: "Draft for consultation, open for comment",
    State.ADOPTED: "Adopted",
    State.RETIRED: "Retired",
    State.WITHDRAWN: "Withdrawn before adoption",
}
"""States as pages say them: what is no more than a draft always says so."""

_OVER_TIME = {
    AggTime.SUM: "Added up over time",
    AggTime.MEAN: "The average over time, never added up",
    AggTime.LAST: "The last count stands",
    AggTime.MAX: "The largest count stands, so there are at least so many",
    AggTime.RATIO: "All that count out of all in scope, over the whole time",
}
_ACROSS = {
    AggEntity.SUM: "across organisations the figures are added up",
    AggEntity.SUM_FLAG_OVERLAP: "across organisations the sum may count some {units} twice",
    AggEntity.RATIO: "across organisations likewise; percentages themselves are never averaged",
    AggEntity.COUNT_TRUE: "across organisations it is how many say yes, and their share",
}


def state_words(state: str) -> str:
    """How far a version has come."""
    return STATES[State(state)]


def adding_words(version: MeasureVersion) -> str:
    """How figures add up, in a sentence or two. Reads the version's measure and unit."""
    rules = Rules.of(version)
    if (rules.agg_time, rules.agg_entity) == (AggTime.SUM, AggEntity.SUM):
        words = "Added up, over time and across organisations."
    else:
        time = (
            "The last answer stands" if rules.is_yes_or_no else _OVER_TIME[AggTime(rules.agg_time)]
        )
        units = "people" if rules.unit_code == "PERS" else "of them"
        words = f"{time}; {_ACROSS[AggEntity(rules.agg_entity)].format(units=units)}."
    if rules.is_signed:
        words += (
            " It may be less than nothing. Say which year’s conversion factors were used; "
            "a total names all the years."
        )
    return words


def basis_words(version: MeasureVersion) -> str:
    """Whether new, sustained or both kinds of value count, and the part at risk."""
    basis = set(version.basis_allowed)
    if basis == {Basis.NEW, Basis.SUSTAINED}:
        words = "What is new and what is sustained both count, and are shown side by side."
    elif basis == {Basis.NEW}:
        words = "Only what is new counts."
    else:
        words = "Only what is sustained counts."
    if version.at_risk:
        words += (
            " Of what is sustained, say which part would be lost without the arrangement, and why."
        )
    return words


def profile_words(version: MeasureVersion) -> str:
    """Whom it is for."""
    return {
        MeasureVersion.Profile.ALL: "Everybody",
        MeasureVersion.Profile.PEOPLE_SERVICES: "Those whose work is services for people",
        MeasureVersion.Profile.BUYERS: "Those who buy, such as public bodies",
    }[MeasureVersion.Profile(version.profile)]


def suits_words(version: MeasureVersion) -> str:
    """Which arrangements it suits: "A contract, a grant or volunteering"."""
    words = [SUITS[MeasureVersion.Suits(value)] for value in version.suits]
    text = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return text[:1].upper() + text[1:]


SUITS = {
    MeasureVersion.Suits.CONTRACT: "a contract",
    MeasureVersion.Suits.GRANT: "a grant",
    MeasureVersion.Suits.PURCHASE: "a purchase",
    MeasureVersion.Suits.VOLUNTEERING: "volunteering",
    MeasureVersion.Suits.ASSET: "a building or land",
}
