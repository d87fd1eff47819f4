"""The menu of the board: every kind, with how many needs and offers are open now."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from brokerage.models import Kind, Notice


@dataclass(frozen=True, slots=True)
class Item:
    """A kind, and how many can be found of it."""

    kind: Kind
    needs: int
    offers: int


def menu() -> list[Item]:
    """Every kind that can be asked for and offered, in its order. Two queries."""
    found = Notice.objects.findable(timezone.localdate()).values("kind")
    counts = {
        row["kind"]: row
        for row in found.order_by().annotate(
            needs=Count("pk", filter=Q(side=Notice.Side.NEED)),
            offers=Count("pk", filter=Q(side=Notice.Side.OFFER)),
        )
    }
    nothing = {"needs": 0, "offers": 0}
    return [
        Item(kind, (row := counts.get(kind.pk, nothing))["needs"], row["offers"])
        for kind in Kind.objects.active()
    ]
