"""What curators see of enquiries: how many, never what they say, nor who asks until it is reported.

Somebody is called by a pseudonym that is made out of their address and the secret key: the same
each time, and nothing can be read from it.
"""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from buying.models import BlockedAsker, Enquiry, Recipient
from buying.models.enquiry import EnquiryQuerySet

SINCE = datetime.timedelta(days=90)
PSEUDONYM = r"asker-[0-9a-f]{6}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One asker, by a pseudonym or, once somebody reported them, by their address."""

    who: str
    enquiries: int
    providers: int
    reports: int
    latest: datetime.datetime
    blocked_by: int
    blocked_for_all: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody who reaches nobody; ``who`` as in ``Pattern``."""

    row: BlockedAsker
    who: str


def pseudonym(address: str) -> str:
    """Such as "asker-3f9a1c"; different addresses may, rarely, share one."""
    made = salted_hmac("buying.patterns", address.lower(), algorithm="sha256")
    return f"asker-{made.hexdigest()[:6]}"


def address_behind(name: str) -> str | None:
    """The address of a pseudonym, among those who asked lately. One query, then a look at each."""
    return next((who for who in _lately() if pseudonym(who) == name.lower()), None)


def patterns() -> list[Pattern]:
    """Everybody who asked in the last 90 days, the most reported first, then the busiest.

    Three queries, and all of it in memory: these are thousands at most.
    """
    rows = (
        _sent()
        .annotate(who=Lower("email"))
        .values("who")
        .annotate(
            enquiries=Count("pk", distinct=True),
            providers=Count("recipients__organisation", distinct=True),
            reports=Count("recipients", filter=Q(recipients__not_genuine_at__isnull=False)),
            latest=Max("sent_at"),
        )
        .order_by()
    )
    blocked, by_providers = _blocks()
    found = [
        Pattern(
            who=row["who"] if row["reports"] else pseudonym(row["who"]),
            enquiries=row["enquiries"],
            providers=row["providers"],
            reports=row["reports"],
            latest=row["latest"],
            blocked_by=by_providers[row["who"]],
            blocked_for_all=bool({row["who"], "@" + row["who"].rpartition("@")[2]} & blocked),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.reports, -row.enquiries, row.who))


def blocks() -> list[Block]:
    """Whom curators have blocked, newest first. Two queries."""
    rows = list(BlockedAsker.objects.filter(organisation=None))
    known = reported_addresses()
    unreported = set(_lately()) - known
    return [Block(row, pseudonym(row.who) if row.who in unreported else row.who) for row in rows]


def reported_addresses() -> set[str]:
    rows = Recipient.objects.filter(not_genuine_at__isnull=False).annotate(
        who=Lower("enquiry__email")
    )
    return set(rows.values_list("who", flat=True))


def _sent() -> EnquiryQuerySet:
    since = timezone.now() - SINCE
    return Enquiry.objects.exclude(email="").filter(sent_at__gte=since)


def _lately() -> list[str]:
    found = _sent().annotate(who=Lower("email")).order_by().values_list("who", flat=True)
    return list(found.distinct())


def _blocks() -> tuple[set[str], Counter[str]]:
    """Whom curators have blocked, and how many providers have blocked whom."""
    for_all: set[str] = set()
    by_providers: Counter[str] = Counter()
    for row in BlockedAsker.objects.all():
        if row.organisation_id is None:
            for_all.add(row.who.lower())
        else:
            by_providers[row.who.lower()] += 1
    return for_all, by_providers
