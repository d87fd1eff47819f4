"""An organisation's owners write down how it buys."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.models import AuditEvent, Organisation, User
from accounts.refused import Overtaken
from accounts.services.locking import lock_members, lock_organisation, own_membership
from buying.models import BuyingRules, Preference, Threshold

CHANGED = "Somebody else saved these rules while you were writing."


@dataclass(frozen=True, slots=True)
class Line:
    """Up to so many pounds (None: however much), ask so many."""

    up_to: Decimal | None
    ask: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Preferred:
    """What is preferred, and the term of the provider list that shows it, if any does."""

    words: str
    term_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that the owners write, lines by their amount."""

    lines: tuple[Line, ...] = ()
    preferences: tuple[Preferred, ...] = ()
    words: str = ""
    shared: bool = False
    counts_in_city: bool = False

    @property
    def version(self) -> str:
        """What somebody looked at: a form carries it, and saving compares it once more."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


NAMES = ("lines", "preferences", "words", "shared", "counts_in_city")
EXAMPLES = (
    Line(Decimal("500.00"), 1, "One good offer is enough."),
    Line(Decimal("5000.00"), 3, "Ask three, and keep what they answer."),
)
"""To begin with, in our words: nobody's rule."""


class RulesChanged(Overtaken):
    """Somebody else saved them first. ``now`` is what stands."""

    def __init__(self, now: Rules) -> None:
        super().__init__(CHANGED)
        self.now = now


def rules_of(organisation: Organisation) -> Rules:
    """What stands; empty where nothing is written down. Up to three queries."""
    row = BuyingRules.objects.filter(organisation=organisation).first()
    if row is None:
        return Rules()
    return Rules(
        lines=tuple(
            Line(line.up_to, line.ask, line.words) for line in row.thresholds.order_by("up_to")
        ),
        preferences=tuple(
            Preferred(each.words, each.term_id) for each in row.preferences.order_by("position")
        ),
        words=row.words,
        shared=row.shared,
        counts_in_city=row.counts_in_city,
    )


@transaction.atomic
def save_rules(*, organisation: Organisation, rules: Rules, seen: str, by: User) -> None:
    """Let exactly these be its rules. Saved twice, they are saved once.

    Raises RulesChanged when somebody saved others since ``seen``, and Refused for who is no owner.
    """
    buyer = lock_organisation(organisation)
    own_membership(lock_members(buyer), by, owner=True)
    now = rules_of(buyer)
    changed = [name for name in NAMES if getattr(now, name) != getattr(rules, name)]
    if not changed:
        return
    if now.version != seen:
        raise RulesChanged(now)
    row, _ = BuyingRules.objects.update_or_create(
        organisation=buyer,
        defaults={
            "words": rules.words,
            "shared": rules.shared,
            "counts_in_city": rules.counts_in_city,
        },
    )
    if "lines" in changed:
        _write_lines(row, rules.lines)
    if "preferences" in changed:
        _write_preferences(row, rules.preferences)
    AuditEvent.record(
        verb="changed", target=row, organisation=buyer, actor_key=by.audit_key, fields=changed
    )


def _write_lines(row: BuyingRules, lines: Sequence[Line]) -> None:
    row.thresholds.all().delete()
    Threshold.objects.bulk_create(
        Threshold(rules=row, up_to=line.up_to, ask=line.ask, words=line.words) for line in lines
    )


def _write_preferences(row: BuyingRules, preferences: Sequence[Preferred]) -> None:
    row.preferences.all().delete()
    Preference.objects.bulk_create(
        Preference(rules=row, position=place, words=each.words, term_id=each.term_id)
        for place, each in enumerate(preferences, start=1)
    )
