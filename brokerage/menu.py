"""The menu of the board: every kind and skill, with how many needs and offers are open now."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from brokerage.models import Kind, Notice, Skill


@dataclass(frozen=True, slots=True)
class Item:
    """A kind, and how many can be found of it."""

    kind: Kind
    needs: int
    offers: int


@dataclass(frozen=True, slots=True)
class SkillItem:
    """A skill, and how many needs and offers can be found that have it."""

    skill: Skill
    needs: int
    offers: int


def menu() -> list[Item]:
    """Every kind that can be asked for and offered, in its order. Two queries."""
    return [item for item in every_kind() if item.kind.active]


def every_kind() -> list[Item]:
    """Those that can no longer be chosen, too. Two queries."""
    counts = _counts("kind")
    return [Item(kind, *counts.get(kind.pk, (0, 0))) for kind in Kind.objects.all()]


def every_skill() -> list[SkillItem]:
    """Every skill by its name, those that can no longer be chosen, too. Two queries."""
    counts = _counts("skill_links__skill")
    skills = Skill.objects.order_by("label", "code")
    return [SkillItem(skill, *counts.get(skill.pk, (0, 0))) for skill in skills]


def _counts(by: str) -> Mapping[int, tuple[int, int]]:
    """Needs and offers that can be found, by the id of what they have."""
    found = Notice.objects.findable(timezone.localdate()).values(by).order_by()
    rows = found.annotate(
        needs=Count("pk", filter=Q(side=Notice.Side.NEED)),
        offers=Count("pk", filter=Q(side=Notice.Side.OFFER)),
    )
    return {row[by]: (row["needs"], row["offers"]) for row in rows}
