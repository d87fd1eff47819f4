"""How long organisations wait for a curator."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone

from providers.models import EntryRequest, Listing, ListingChange, ProblemReport

LISTING, CHANGE = Listing._meta.label_lower, ListingChange._meta.label_lower
KINDS = {LISTING: "New listings", CHANGE: "Edits"}
DECISIONS = ("published", "returned", "accepted")
# What else ends the wait, or begins it anew.
STEPS = ("submitted", *DECISIONS, "took back", "gave up", "archived")
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waited:
    """One thing that was sent in and decided: what kind, when it was decided, after how long."""

    kind: str
    decided_on: datetime.date
    days: float


@dataclass(frozen=True, slots=True)
class Times:
    """How long some of them waited, in days; None where nothing was decided."""

    label: str
    number: int
    median: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What of one kind waits now, and since when the oldest does."""

    label: str
    number: int
    oldest_since: datetime.datetime | None
    oldest_days: int | None


# Of each thing, every step with the one that followed it. The audit holds no more than steps and
# times, and outlives what it is about; the organisation may have been merged into another one.
_PAIRS = """
SELECT kind, decided_at, decided_at - sent_at
FROM (
    SELECT e.object_type AS kind, e.verb, e.at AS sent_at,
        lead(e.verb) OVER steps AS next_verb, lead(e.at) OVER steps AS decided_at
    FROM accounts_auditevent e
    LEFT JOIN accounts_organisation o ON o.id = e.organisation_id
    WHERE e.object_type = ANY(%s) AND e.verb = ANY(%s) AND o.is_example IS NOT TRUE
    WINDOW steps AS (PARTITION BY e.object_type, e.object_id ORDER BY e.at, e.id)
) pairs
WHERE verb = 'submitted' AND next_verb = ANY(%s) AND decided_at >= %s AND decided_at < %s
ORDER BY decided_at
"""


def waited(start: datetime.date, end: datetime.date) -> list[Waited]:
    """Everything decided from ``start`` to ``end``, both days included. One query."""
    begin, after = (
        timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
        for day in (start, end + DAY)
    )
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [list(KINDS), list(STEPS), list(DECISIONS), begin, after])
        return [
            Waited(kind, timezone.localdate(decided_at), time / DAY)
            for kind, decided_at, time in cursor.fetchall()
        ]


def by_kind(rows: Sequence[Waited]) -> list[Times]:
    """New listings, edits, and both together."""
    kinds = [_times(label, (r for r in rows if r.kind == kind)) for kind, label in KINDS.items()]
    return [*kinds, _times("Both together", rows)]


def by_month(rows: Sequence[Waited], start: datetime.date, end: datetime.date) -> list[Times]:
    """Each month that has a day of the period, empty ones too."""
    months = []
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        first = datetime.date(year, month, 1)
        mine = [r for r in rows if (r.decided_on.year, r.decided_on.month) == (year, month)]
        months.append(_times(f"{first:%b %Y}", mine))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def _times(label: str, rows: Iterable[Waited]) -> Times:
    days = [row.days for row in rows]
    if not days:
        return Times(label, 0, None, None)
    return Times(label, len(days), median(days), max(days))


def waiting_now(now: datetime.datetime) -> list[Queue]:
    """What curators have before them. Four queries."""
    real = Q(organisation__is_example=False)
    rows = [
        (
            "New listings",
            Listing.objects.filter(real, state=Listing.State.SUBMITTED),
            "submitted_at",
        ),
        (
            "Edits",
            ListingChange.objects.filter(
                state=ListingChange.State.SUBMITTED, listing__organisation__is_example=False
            ),
            "submitted_at",
        ),
        (
            "Claims and removals",
            EntryRequest.objects.filter(real, state=EntryRequest.State.WAITING),
            "created",
        ),
        ("Problem reports", ProblemReport.objects.filter(real, resolved_at=None), "created"),
    ]
    found = []
    for label, queryset, since in rows:
        totals = queryset.order_by().aggregate(number=Count("pk"), oldest=Min(since))
        oldest = totals["oldest"]
        days = (now - oldest) // DAY if oldest else None
        found.append(Queue(label, totals["number"], oldest, days))
    return found
