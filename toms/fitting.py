"""Which measures fit somebody: from five answers to a short list, each with why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from toms.models import MeasureVersion
from toms.plain import SUITS

Suits, Profile, State = MeasureVersion.Suits, MeasureVersion.Profile, MeasureVersion.State

WHO = {
    "community": "A charity, community group or social enterprise",
    "business": "A business",
    "public": "A council, a health body, a university or another public body",
}
ARRANGEMENTS: dict[str, str] = {
    Suits.CONTRACT: "A contract",
    Suits.GRANT: "A grant",
    Suits.PURCHASE: "A purchase too small for a tender",
    Suits.VOLUNTEERING: "Volunteering",
    Suits.ASSET: "A building or land",
}
SIZES = {
    "small": "Fewer than 10 paid staff, or none",
    "medium": "10 to 249 paid staff",
    "large": "250 paid staff or more",
}
ACTIVITIES = {
    "employ": "Employ or train people",
    "buy": "Buy goods or services",
    "support": "Support people with their health, care or home",
    "volunteer": "Give or host volunteers’ time",
    "share": "Lend space, or give money or things",
    "place": "Run buildings, land or vehicles",
    "decide": "Decide things that residents live with",
}
TIMES = {
    "little": "An hour or two a year",
    "some": "A day or two a year",
    "more": "More than that",
}

OUTCOMES = {
    "employ": {"LT-WRK-A", "LT-WRK-B", "LT-WRK-C", "LT-HEA-C"},
    "buy": {"LT-LOC-A", "LT-LOC-B"},
    "support": {"LT-HEA-A", "LT-HEA-B", "LT-HEA-C"},
    "volunteer": {"LT-COM-A", "LT-HEA-C"},
    "share": {"LT-COM-B", "LT-LOC-C", "LT-RES-B"},
    "place": {"LT-RES-A", "LT-RES-C", "LT-COM-B"},
    "decide": {"LT-COM-C"},
}
"""The outcomes that what somebody does can lead to."""

# Whatever somebody does: promises are kept, and working together is fair.
_ALWAYS = {"LT-FAI-A", "LT-FAI-B", "LT-FAI-C"}

_REACH = {"small": 2, "medium": 3, "large": 4}
_TIME = {"little": 1, "some": 2, "more": 4}
_MOST = {"little": 3, "some": 6, "more": 12}
"""The highest level in reach, by size and by time; and how many measures beyond the baseline."""

_SIZE_WORDS = {
    "small": "fewer than 10 staff",
    "medium": "10 staff or more",
    "large": "250 staff or more",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody said; keys of the tables above."""

    who: str
    arrangement: str
    size: str
    does: Collection[str]
    time: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A measure that fits, and why, in sentences."""

    version: MeasureVersion
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ShortList:
    """The baseline first, then the few that fit best; ``left`` fit, too, but are not among them."""

    baseline: list[Fit] = field(default_factory=list)
    more: list[Fit] = field(default_factory=list)
    left: int = 0

    def __len__(self) -> int:
        return len(self.baseline) + len(self.more)


def current_versions() -> Iterable[MeasureVersion]:
    """Everything that somebody could take up today, in the order of the register. One query."""
    live = MeasureVersion.objects.public().exclude(state__in=[State.RETIRED, State.WITHDRAWN])
    return (
        MeasureVersion.objects.filter(pk__in=live.current().values("pk"))
        .select_related("measure__outcome__theme", "unit")
        .order_by(
            "measure__outcome__theme__position",
            "measure__outcome__position",
            "measure__position",
            "measure__code",
        )
    )


def short_list(versions: Iterable[MeasureVersion], answers: Answers) -> ShortList:
    """What fits. Whoever can only spare an hour or two is asked for little beyond the baseline."""
    found = ShortList()
    others: list[tuple[int, Fit]] = []
    top = min(_REACH[answers.size], _TIME[answers.time])
    for version in versions:
        if answers.arrangement not in version.suits or not _is_for(version, answers):
            continue
        doing = [
            name
            for name in ACTIVITIES
            if name in answers.does and version.measure.outcome.code in OUTCOMES[name]
        ]
        if version.baseline:
            found.baseline.append(Fit(version, _reasons(version, answers, doing)))
        elif version.level <= top and (doing or version.measure.outcome.code in _ALWAYS):
            others.append((len(doing), Fit(version, _reasons(version, answers, doing))))
    # What several things lead to comes first, then what asks least; the rest as in the register.
    others.sort(key=lambda one: (-one[0], one[1].version.level))
    found.more.extend(fit for _, fit in others[: _MOST[answers.time]])
    return ShortList(found.baseline, found.more, len(others) - len(found.more))


def _is_for(version: MeasureVersion, answers: Answers) -> bool:
    match version.profile:
        case Profile.BUYERS:
            return answers.who == "public"
        case Profile.PEOPLE_SERVICES:
            return "support" in answers.does
    return True


def _reasons(version: MeasureVersion, answers: Answers, doing: list[str]) -> list[str]:
    reasons = []
    if version.baseline:
        reasons.append("It is part of the baseline: you meet it by answering, even with zero.")
    for name in doing:
        activity = ACTIVITIES[name]
        reasons.append(f"You {activity[0].lower()}{activity[1:]}.")
    if not doing and version.measure.outcome.code in _ALWAYS:
        reasons.append("It fits whatever you do: it is about keeping promises and working fairly.")
    reasons.append(f"It suits {SUITS[Suits(answers.arrangement)]}.")
    if not version.baseline:
        reasons.append(
            f"Level {version.level} is in reach with {_SIZE_WORDS[answers.size]} "
            "and the time you have."
        )
    elif version.evidence_small and answers.size == "small":
        reasons.append("With fewer than 10 staff, less evidence is enough.")
    return reasons
