"""Entries whose row has changed: only what the last import wrote is written over."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Identifier, Organisation
from accounts.services.place import PLACE_FIELDS
from providers.models import Claim, Listing, RegisterEntry, Term
from providers.registers.arrivals import BATCH, new_claim, noon_of, record_events
from providers.registers.facts import Candidate, title_of
from providers.registers.mapping import RegisterMapping
from providers.registers.report import Outcome, Report

_ORGANISATION_FIELDS = ("name", "legal_form", "sector", "website", "address")
_LISTING_FIELDS = ("title", "summary")


@dataclass(slots=True)
class Change:
    """A row that differs from what its entry was made of."""

    candidate: Candidate
    place: Organisation
    entry: RegisterEntry
    listing: Listing
    #: Names of the fields that were written, for the audit.
    written: list[str] = field(default_factory=list)
    #: Names of the fields that a person has changed since, and that keep that change.
    kept: list[str] = field(default_factory=list)

    @property
    def organisation(self) -> Organisation:
        return self.entry.organisation


def apply_changes(
    changes: Sequence[Change],
    mapping: RegisterMapping,
    terms: dict[tuple[str, str], Term],
    report: Report,
) -> list[int]:
    """Write the changed fields and report them; returns the ids of the listings.

    A field is written only when it still holds what the last import put there, so a curator's
    repair stays. The caller has locked the rows.
    """
    if not changes:
        return []
    for change in changes:
        _set_fields(change)
    _numbers(changes)
    _categories(changes, terms)
    _claims(changes, mapping, terms)
    for change in changes:
        _set_source(change, mapping)
        kept = f"kept what was changed here: {', '.join(change.kept)}" if change.kept else ""
        why = f"changed: {', '.join(change.written)}" if change.written else "newer edition"
        report.add(change.candidate, Outcome.UPDATED, why, *([kept] if kept else []))
    _save(changes)
    return [change.listing.pk for change in changes]


def _set_fields(change: Change) -> None:
    facts, old = change.candidate.facts, change.entry.facts
    new = facts.as_json() | {"title": facts.title}
    before = old | {"title": title_of(old.get("name", ""))}
    for names, target in (
        (_ORGANISATION_FIELDS, change.organisation),
        (_LISTING_FIELDS, change.listing),
    ):
        for name in names:
            if new[name] == before.get(name):
                continue
            if getattr(target, name) in {before.get(name), new[name]}:
                setattr(target, name, new[name])
                change.written.append(name)
            else:
                change.kept.append(name)
    if any(new[name] != old.get(name) for name in ("postcode", "latitude", "longitude")):
        _set_place(change, old.get("postcode"))


def _set_place(change: Change, postcode_before: str | None) -> None:
    organisation = change.organisation
    if organisation.postcode != postcode_before or organisation.address_public:
        # Somebody moved it here, or chose to be seen where they are.
        change.kept.append("postcode")
        return
    for name in PLACE_FIELDS:
        setattr(organisation, name, getattr(change.place, name))
    change.written.append("postcode")


def _numbers(changes: Sequence[Change]) -> None:
    """Add numbers that the row has gained, and drop unchecked ones that it has lost."""
    gained = {
        pair: change
        for change in changes
        for pair in change.candidate.facts.identifiers
        if list(pair) not in change.entry.facts.get("identifiers", [])
    }
    for change in changes:
        now = [list(pair) for pair in change.candidate.facts.identifiers]
        for scheme, value in change.entry.facts.get("identifiers", []):
            if [scheme, value] not in now:
                Identifier.objects.filter(
                    organisation=change.organisation,
                    scheme=scheme,
                    value=value,
                    checked_on__isnull=True,
                ).delete()
                change.written.append("identifiers")
    values = [value for _, value in gained]
    taken = {
        (number.scheme, number.value): number.organisation_id
        for number in Identifier.objects.filter(value__in=values)
    }
    fresh = []
    for pair, change in gained.items():
        if pair not in taken:
            scheme, value = pair
            fresh.append(Identifier(organisation=change.organisation, scheme=scheme, value=value))
            change.written.append("identifiers")
        elif taken[pair] != change.organisation.pk:
            change.kept.append(f"identifiers ({pair[1]} belongs to another organisation)")
    Identifier.objects.bulk_create(fresh, BATCH)


def _categories(changes: Sequence[Change], terms: dict[tuple[str, str], Term]) -> None:
    differing = [
        change
        for change in changes
        if list(change.candidate.facts.categories) != change.entry.facts.get("categories", [])
    ]
    retired = set(
        Term.objects.of(Term.Facet.CATEGORY).filter(active=False).values_list("code", flat=True)
    )
    through = Listing.categories.through
    current: dict[int, set[str]] = {change.listing.pk: set() for change in differing}
    for listing_id, code in through.objects.filter(listing__in=current).values_list(
        "listing_id", "term__code"
    ):
        current[listing_id].add(code)
    rows = []
    for change in differing:
        codes, given = current[change.listing.pk], set(change.entry.facts.get("categories", []))
        # An import does not give retired terms, so that they are missing is nobody's doing.
        if not given - retired <= codes <= given:
            change.kept.append("categories")
            continue
        change.written.append("categories")
        rows += [
            through(listing_id=change.listing.pk, term_id=terms["category", code].pk)
            for code in change.candidate.facts.categories
            if ("category", code) in terms
        ]
    written = [change.listing.pk for change in differing if "categories" in change.written]
    through.objects.filter(listing__in=written).delete()
    through.objects.bulk_create(rows, BATCH)


def _claims(
    changes: Sequence[Change], mapping: RegisterMapping, terms: dict[tuple[str, str], Term]
) -> None:
    """Withdraw claims that the register no longer bears out, and make those it now does.

    Only claims of this import's own: a claim that a person made or checked stays as it is.
    """
    differing = [
        change
        for change in changes
        if list(change.candidate.facts.ethos) != change.entry.facts.get("ethos", [])
    ]
    standing: dict[tuple[int, str], Claim] = {
        (claim.organisation_id, claim.term.code): claim
        for claim in Claim.objects.filter(
            organisation__in=[change.organisation for change in differing],
            term__facet=Term.Facet.ETHOS,
            withdrawn_at__isnull=True,
        ).select_related("term")
    }
    withdrawn, made, now = [], [], timezone.now()
    for change in differing:
        new, old = change.candidate.facts.ethos, change.entry.facts.get("ethos", [])
        for code in set(old) - set(new):
            claim = standing.get((change.organisation.pk, code))
            if claim is not None and _is_ours(claim):
                claim.withdrawn_at = now
                withdrawn.append(claim)
        made += [
            new_claim(change.organisation, terms["ethos", code], mapping)
            for code in set(new) - set(old)
            if ("ethos", code) in terms and (change.organisation.pk, code) not in standing
        ]
        change.written.append("ethos")
    Claim.objects.bulk_update(withdrawn, ["withdrawn_at"], BATCH)
    Claim.objects.bulk_create(made, BATCH)


def _is_ours(claim: Claim) -> bool:
    return claim.level != Claim.Level.CHECKED and not claim.reference


def _set_source(change: Change, mapping: RegisterMapping) -> None:
    entry, source = change.entry, mapping.source
    if change.listing.confirmed_at is None or entry.source_date != source.date:
        change.listing.confirmed_at = noon_of(source.date)
    entry.source_name, entry.source_url = source.name, source.url
    entry.source_date, entry.licence = source.date, source.licence
    entry.facts = change.candidate.facts.as_json()


def _save(changes: Sequence[Change]) -> None:
    """Three statements a batch: inserting with "on conflict update" is far quicker than CASE."""
    Organisation.objects.bulk_create(
        [change.organisation for change in changes],
        BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*_ORGANISATION_FIELDS, *PLACE_FIELDS, "modified"],
    )
    Listing.objects.bulk_create(
        [change.listing for change in changes],
        BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*_LISTING_FIELDS, "confirmed_at", "modified"],
    )
    RegisterEntry.objects.bulk_create(
        [change.entry for change in changes],
        BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "source_name",
            "source_url",
            "source_date",
            "licence",
            "facts",
            "imported_at",
        ],
    )
    record_events(
        "brought up to date",
        [change.listing for change in changes],
        [sorted(set(change.written)) for change in changes],
    )
