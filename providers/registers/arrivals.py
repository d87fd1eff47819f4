"""New entries: an organisation, its numbers, its listing and its claims, in a few statements."""

import datetime
from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import AuditEvent, FormerSlug, Identifier, Organisation
from accounts.slugs import RESERVED
from providers.models import Claim, Listing, RegisterEntry, Term
from providers.registers.facts import Candidate
from providers.registers.mapping import RegisterMapping

#: Rows a statement: larger ones gain nothing and hold more memory.
BATCH = 2_000
_SLUG_ROOM = 80


def create_entries(
    arrivals: Sequence[tuple[Candidate, Organisation]],
    mapping: RegisterMapping,
    terms: dict[tuple[str, str], Term],
) -> list[int]:
    """Save each candidate's organisation (already placed) with all that belongs to it.

    Returns the ids of the new listings. The caller holds the import's lock.
    """
    if not arrivals:
        return []
    now, slugs = timezone.now(), _Slugs.from_database()
    organisations = [
        _organisation(candidate, place, slugs, mapping) for candidate, place in arrivals
    ]
    Organisation.objects.bulk_create(organisations, BATCH)
    pairs = [
        (candidate, organisation)
        for (candidate, _), organisation in zip(arrivals, organisations, strict=True)
    ]
    Identifier.objects.bulk_create(_identifiers(pairs), BATCH)
    listings = [_listing(one, organisation, mapping, now) for one, organisation in pairs]
    Listing.objects.bulk_create(listings, BATCH)
    in_category = Listing.categories.through
    in_category.objects.bulk_create(
        [
            in_category(listing_id=listing.pk, term_id=terms["category", code].pk)
            for (candidate, _), listing in zip(pairs, listings, strict=True)
            for code in candidate.facts.categories
            if ("category", code) in terms
        ],
        BATCH,
    )
    Claim.objects.bulk_create(
        [
            new_claim(organisation, terms["ethos", code], mapping)
            for candidate, organisation in pairs
            for code in candidate.facts.ethos
            if ("ethos", code) in terms
        ],
        BATCH,
    )
    RegisterEntry.objects.bulk_create(
        [
            new_entry(candidate, organisation, mapping, listing=listing)
            for (candidate, organisation), listing in zip(pairs, listings, strict=True)
        ],
        BATCH,
    )
    record_events("imported", listings)
    return [listing.pk for listing in listings]


def link_entries(links: Sequence[tuple[Candidate, Organisation]], mapping: RegisterMapping) -> None:
    """Remember that these rows are organisations on the list already. Changes nothing of them."""
    entries = [
        new_entry(candidate, organisation, mapping, listing=None)
        for candidate, organisation in links
    ]
    RegisterEntry.objects.bulk_create(entries, BATCH)
    record_events("linked", entries)


def new_entry(
    candidate: Candidate,
    organisation: Organisation,
    mapping: RegisterMapping,
    *,
    listing: Listing | None,
) -> RegisterEntry:
    """An entry, unsaved. Without a listing it is a link to an organisation found otherwise."""
    source = mapping.source
    return RegisterEntry(
        source=source.slug,
        source_name=source.name,
        source_url=source.url,
        source_date=source.date,
        licence=source.licence,
        external_id=candidate.external_id,
        organisation=organisation,
        listing=listing,
        facts={"linked": True} if listing is None else candidate.facts.as_json(),
    )


def new_claim(organisation: Organisation, term: Term, mapping: RegisterMapping) -> Claim:
    """A claim that rests on the register, unsaved."""
    return Claim(
        organisation=organisation,
        term=term,
        level=mapping.claim_level,
        evidence=mapping.claim_evidence,
    )


def noon_of(date: datetime.date) -> datetime.datetime:
    """The middle of a day here: the same date in every time zone near ours."""
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time(12)))


def record_events(
    verb: str, rows: Sequence[Listing | RegisterEntry], fields: Sequence[list[str]] | None = None
) -> None:
    """One audit event a row, without an actor: ids and names of fields only."""
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                verb=verb,
                object_type=row._meta.label_lower,
                object_id=str(row.pk),
                organisation_id=row.organisation_id,
                fields=fields[number] if fields else [],
            )
            for number, row in enumerate(rows)
        ],
        BATCH,
    )


def _organisation(
    candidate: Candidate, place: Organisation, slugs: "_Slugs", mapping: RegisterMapping
) -> Organisation:
    facts = candidate.facts
    place.name = facts.name
    place.slug = slugs.take(facts.name, f"{mapping.source.slug}-{candidate.external_id}")
    place.legal_form = facts.legal_form
    place.sector = facts.sector
    place.website = facts.website
    place.address = facts.address
    return place


def _identifiers(pairs: Sequence[tuple[Candidate, Organisation]]) -> Iterator[Identifier]:
    """The numbers, each once: of two rows with the same number the first keeps it."""
    taken: set[tuple[str, str]] = set()
    for candidate, organisation in pairs:
        for scheme, value in candidate.facts.identifiers:
            if (scheme, value) not in taken:
                taken.add((scheme, value))
                yield Identifier(organisation=organisation, scheme=scheme, value=value)


def _listing(
    candidate: Candidate,
    organisation: Organisation,
    mapping: RegisterMapping,
    now: datetime.datetime,
) -> Listing:
    return Listing(
        organisation=organisation,
        title=candidate.facts.title,
        # The only listing of a new organisation, so its slug is free.
        slug=organisation.slug,
        summary=candidate.facts.summary,
        pricing=Listing.Pricing.ASK,
        delivery=Listing.Delivery.ADDRESS,
        state=Listing.State.PUBLISHED,
        origin=Listing.Origin.REGISTER,
        published_at=now,
        confirmed_at=noon_of(mapping.source.date),
    )


class _Slugs:
    """Addresses that are taken, those that once were included: they redirect for ever."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._last: dict[str, int] = {}

    @classmethod
    def from_database(cls) -> "_Slugs":
        taken = set(Organisation.objects.order_by().values_list("slug", flat=True))
        return cls(taken | RESERVED | set(FormerSlug.objects.values_list("slug", flat=True)))

    def take(self, name: str, otherwise: str) -> str:
        """A free slug made of the name, or of ``otherwise`` where it has no Latin letters."""
        base = (slugify(name) or slugify(otherwise) or "organisation")[:_SLUG_ROOM].strip("-")
        slug, number = base, self._last.get(base, 1)
        while slug in self._taken:
            number += 1
            ending = f"-{number}"
            slug = base[: _SLUG_ROOM - len(ending)].rstrip("-") + ending
        self._last[base] = number
        self._taken.add(slug)
        return slug
