"""What waits for curators: one queue over everything that they decide, oldest first."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from providers import doubles
from providers.models import Claim, EntryRequest, Listing, ListingChange, ProblemReport, Term
from providers.models.listing import months_before

EXPIRING_DAYS = 30
"""An accreditation waits so long before its last day, and after it."""
EXPIRING = datetime.timedelta(days=EXPIRING_DAYS)
ASKED_PAUSE = datetime.timedelta(days=14)
"""So long a listing whose people were asked does not wait for a curator."""
_NINE_MONTHS = datetime.timedelta(days=274)


class Kind(TextChoices):
    LISTING = "listing", "New listings"
    EDIT = "edit", "Edits"
    ENTRY_REQUEST = "entry_request", "Claims of entries"
    PROOF = "proof", "Proofs"
    PROBLEM = "problem", "Problem reports"
    EXPIRING = "expiring", "Accreditations that run out"
    UNCONFIRMED = "unconfirmed", "Unconfirmed listings"
    DOUBLE = "double", "Doubles to merge"


ONE = {
    Kind.LISTING: "New listing",
    Kind.EDIT: "Edit",
    Kind.ENTRY_REQUEST: "Claim of an entry",
    Kind.PROOF: "Proof",
    Kind.PROBLEM: "Problem report",
    Kind.EXPIRING: "Accreditation that runs out",
    Kind.UNCONFIRMED: "Unconfirmed listing",
    Kind.DOUBLE: "Perhaps a double",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that waits. ``key`` is its row's number, or two of them for a pair.

    ``late``: it waits for somebody else first, who has not confirmed their address.
    """

    kind: Kind
    key: str
    since: datetime.datetime
    late: bool = False

    @property
    def order(self) -> tuple[bool, datetime.datetime, str, str]:
        return (self.late, self.since, self.kind.value, self.key)

    @property
    def url(self) -> str:
        return reverse(f"curate:{self.kind.value}", args=self.key.split("-"))


@dataclass(frozen=True, slots=True)
class Item:
    """An entry in words."""

    entry: Entry
    title: str
    organisation: str
    note: str = ""
    example: bool = False

    @property
    def kind(self) -> str:
        return ONE[self.entry.kind]


def entries(curator: User) -> list[Entry]:
    """Everything that waits for this curator, oldest first. Two queries.

    What they have proposed themselves waits for another one.
    """
    first, *others = _sources(curator)
    rows = first.union(*others, all=True).order_by("since")
    found = [Entry(Kind(kind), str(pk), since, late) for kind, pk, since, late in rows]
    found += [
        Entry(Kind.DOUBLE, f"{pair.first}-{pair.second}", pair.since) for pair in doubles.pairs()
    ]
    return sorted(found, key=lambda entry: entry.order)


def counts(found: Iterable[Entry]) -> dict[str, int]:
    """How many of each kind."""
    return dict(Counter(entry.kind.value for entry in found))


def items(page: list[Entry]) -> list[Item]:
    """The entries in words, in the order given. At most a query for each kind.

    What was decided meanwhile is left out.
    """
    words = {
        (kind.value, key): item for kind in Kind for key, item in _words(kind, _of(page, kind))
    }
    found = (words.get((entry.kind.value, entry.key)) for entry in page)
    return [Item(entry, *item) for entry, item in zip(page, found, strict=True) if item is not None]


def age(since: datetime.datetime, now: datetime.datetime | None = None) -> str:
    """How long ago that was, in words: "today", "3 days", "5 months"."""
    days = (timezone.localdate(now) - timezone.localdate(since)).days
    if days <= 0:
        return "today"
    number, unit = (days, "day") if days < 60 else (days // 30, "month")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def listings() -> QuerySet[Listing]:
    """Those that were sent in."""
    return Listing.objects.filter(state=Listing.State.SUBMITTED)


def unconfirmed(today: datetime.date | None = None) -> QuerySet[Listing]:
    """On offer, and nobody has said for nine months that they are right."""
    day = today or timezone.localdate()
    asked = timezone.now() - ASKED_PAUSE
    return (
        Listing.objects.published()
        .exclude(origin=Listing.Origin.REGISTER)
        .filter(confirmed_at__date__lt=months_before(day, Listing.STALE_AFTER_MONTHS))
        .filter(Q(asked_at=None) | Q(asked_at__lt=asked))
    )


def proofs(curator: User) -> QuerySet[Claim]:
    """Claims whose number or evidence no curator has looked at, and those that one would call
    checked and another has to.
    """
    today = timezone.localdate()
    return (
        Claim.objects.standing(today)
        .filter(_listed(), _to_be_proved())
        .exclude(proposed_on__isnull=False, proposed_by=curator)
    )


def expiring() -> QuerySet[Claim]:
    """Accreditations about to run out, or that just have, which no curator has looked at since."""
    today = timezone.localdate()
    return (
        Claim.objects.filter(
            _listed(),
            term__facet=Term.Facet.ACCREDITATION,
            withdrawn_at=None,
            valid_to__range=(today - EXPIRING, today + EXPIRING),
        )
        .exclude(_to_be_proved())
        .filter(
            Q(looked_at=None)
            | Q(looked_at__lt=F("valid_to") - EXPIRING)
            | Q(valid_to__lt=today, looked_at__date__lte=F("valid_to"))
        )
    )


def reports() -> QuerySet[ProblemReport]:
    return ProblemReport.objects.filter(resolved_at=None)


def _to_be_proved() -> Q:
    """What a register says is evidenced by that register, and nobody's to look at."""
    declared = Q(level=Claim.Level.DECLARED) & ~Q(reference="", evidence="")
    evidenced = Q(level=Claim.Level.EVIDENCED) & ~Q(reference="")
    unseen = Q(looked_at=None) & (declared | evidenced)
    return (unseen | Q(proposed_on__isnull=False)) & ~Q(level=Claim.Level.CHECKED)


def _listed() -> Exists:
    """What an organisation says that has nothing on the list, or on its way there, can wait."""
    states = [Listing.State.SUBMITTED, Listing.State.PUBLISHED, Listing.State.PAUSED]
    return Exists(Listing.objects.filter(organisation=OuterRef("organisation"), state__in=states))


def _sources(curator: User) -> Iterator[QuerySet[Any, tuple[Any, ...]]]:
    """A query a kind, all of the same shape."""
    members = Membership.objects.filter(organisation=OuterRef("organisation"))
    yield _source(
        Kind.LISTING,
        listings(),
        F("submitted_at"),
        Case(
            When(~Exists(members), origin=Listing.Origin.PROVIDER, then=True),
            default=False,
            output_field=BooleanField(),
        ),
    )
    yield _source(Kind.EDIT, ListingChange.objects.waiting(), F("submitted_at"))
    yield _source(Kind.ENTRY_REQUEST, EntryRequest.objects.waiting(), F("created"))
    proposed = Cast("proposed_on", DateTimeField())
    yield _source(Kind.PROOF, proofs(curator), Coalesce(proposed, F("made_at")))
    yield _source(Kind.PROBLEM, reports(), F("created"))
    began = Cast(F("valid_to") - EXPIRING, DateTimeField())
    yield _source(Kind.EXPIRING, expiring(), began)
    yield _source(Kind.UNCONFIRMED, unconfirmed(), F("confirmed_at") + _NINE_MONTHS)


def _source(
    kind: Kind, rows: QuerySet[Any], since: Any, late: Any = None
) -> QuerySet[Any, tuple[Any, ...]]:
    late = Value(value=False) if late is None else late
    found: QuerySet[Any, tuple[Any, ...]] = (
        rows.order_by()
        .annotate(what=Value(kind.value), since=since, late=late)
        .values_list("what", "pk", "since", "late")
    )
    return found


type _Words = tuple[str, str, str]
type _Told = tuple[str, str, str, bool]


def _of(page: list[Entry], kind: Kind) -> list[str]:
    return [entry.key for entry in page if entry.kind == kind]


def _words(kind: Kind, keys: list[str]) -> Iterator[tuple[str, _Told]]:
    """Title, organisation and note of these rows, and whether they are example data."""
    if not keys:
        return
    if kind == Kind.DOUBLE:
        yield from _words_of_pairs(set(keys))
        return
    model, related = _READ[kind]
    for row in model.objects.filter(pk__in=keys).select_related(*related).order_by():
        about = row.listing if kind == Kind.EDIT else row
        yield str(row.pk), (*_TOLD[kind](row), about.organisation.is_example)


_READ: dict[Kind, tuple[Any, tuple[str, ...]]] = {
    Kind.LISTING: (Listing, ("organisation",)),
    Kind.EDIT: (ListingChange, ("listing__organisation",)),
    Kind.ENTRY_REQUEST: (EntryRequest, ("organisation",)),
    Kind.PROOF: (Claim, ("organisation", "term")),
    Kind.PROBLEM: (ProblemReport, ("organisation", "listing")),
    Kind.EXPIRING: (Claim, ("organisation", "term")),
    Kind.UNCONFIRMED: (Listing, ("organisation",)),
}


def _told_report(row: ProblemReport) -> _Words:
    about = row.listing.title if row.listing else row.organisation.name
    return about, row.organisation.name, row.get_kind_display()


_TOLD: dict[Kind, Any] = {
    Kind.LISTING: lambda row: (row.title, row.organisation.name, row.reference or ""),
    Kind.EDIT: lambda row: (row.listing.title, row.listing.organisation.name, ""),
    Kind.ENTRY_REQUEST: lambda row: (
        row.organisation.name,
        row.organisation.name,
        row.get_wants_display(),
    ),
    Kind.PROOF: lambda row: (
        row.label,
        row.organisation.name,
        "For a second curator" if row.proposed_on else "",
    ),
    Kind.PROBLEM: _told_report,
    Kind.EXPIRING: lambda row: (row.label, row.organisation.name, ""),
    Kind.UNCONFIRMED: lambda row: (row.title, row.organisation.name, ""),
}


def _words_of_pairs(keys: set[str]) -> Iterator[tuple[str, _Told]]:
    found = {f"{pair.first}-{pair.second}": pair for pair in doubles.pairs()}
    shown = {key: found[key] for key in keys & found.keys()}
    rows = Organisation.objects.in_bulk(
        {pk for pair in shown.values() for pk in (pair.first, pair.second)}
    )
    for key, pair in shown.items():
        one, other = rows[pair.first], rows[pair.second]
        yield key, (one.name, other.name, pair.why, one.is_example)
