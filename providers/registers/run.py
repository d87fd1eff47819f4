"""One import of a register: read, decide what each row means for the list, write, report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, connection, transaction

from accounts.models import Identifier, Organisation
from accounts.services.place import place_organisations
from places.models import Postcode
from providers import listing_index
from providers.models import Claim, Listing, RegisterEntry, Term
from providers.registers.arrivals import create_entries, link_entries
from providers.registers.changes import Change, apply_changes
from providers.registers.facts import Candidate, RowRejectedError, read_candidate
from providers.registers.known import KnownOrganisations
from providers.registers.mapping import RegisterMapping
from providers.registers.report import Outcome, Report
from providers.registers.source_file import SourceFile, read_source

#: From this many listings on, making the index anew is quicker than bringing it up to date.
REBUILD_FROM = 500


class ImportFailedError(RuntimeError):
    """The import as a whole was not done and changed nothing; said in words."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate, its cells, and an unsaved organisation that holds only its place."""

    candidate: Candidate
    cells: dict[str, str]
    place: Organisation


type Terms = dict[tuple[str, str], Term]


def import_register(
    path: Path, mapping: RegisterMapping, *, apply: bool, only_in_leeds: bool = False
) -> Report:
    """Bring the list in step with a register's file, and say what became of every row.

    Idempotent by (source, external id). Everything happens in one transaction and one import runs
    at a time. With ``apply`` off the same work is done and undone, save for the search index.

    A row of an entry that is claimed, removed at the organisation's request, or taken from a newer
    edition changes nothing. A row of an organisation that is on the list already by other means is
    linked to it and changes nothing else.

    Raises SourceError when the file cannot be read and ImportFailedError when the vocabulary lacks
    terms or somebody else's change got in the way.
    """
    source = read_source(path, mapping)
    report = Report(mapping, notes=list(source.notes))
    try:
        with transaction.atomic():
            _one_at_a_time()
            terms = _terms(mapping, report)
            placed = _placed(_candidates(source, mapping, report))
            touched = _write(placed, mapping, terms, report, only_in_leeds=only_in_leeds)
            if apply and len(touched) >= REBUILD_FROM:
                _analyse()
                listing_index.rebuild()
            elif apply:
                listing_index.refresh(touched)
            transaction.set_rollback(not apply)
    except IntegrityError as error:
        raise ImportFailedError(
            "Somebody else changed an organisation at the same moment. Nothing was imported; run "
            "the import again."
        ) from error
    report.sort()
    return report


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import register', 0))")


def _analyse() -> None:
    """Tell the planner how large the tables have grown.

    Autovacuum sees the rows only after the commit; reading them for the index with the plan for
    empty tables would take minutes instead of seconds.
    """
    models = (
        Organisation,
        Identifier,
        Claim,
        Listing,
        Listing.categories.through,
        RegisterEntry,
    )
    with connection.cursor() as cursor:
        names = [connection.ops.quote_name(model._meta.db_table) for model in models]
        cursor.execute(f"ANALYZE {', '.join(names)}")


def _terms(mapping: RegisterMapping, report: Report) -> Terms:
    """Terms by (facet, code). A retired one is left out, with a note: it is no longer chosen."""
    wanted = {("category", code) for code in mapping.codes("category")}
    wanted |= {("ethos", code) for code in mapping.codes("ethos")}
    found = {
        (term.facet, term.code): term
        for term in Term.objects.filter(facet__in=["category", "ethos"])
        if (term.facet, term.code) in wanted
    }
    missing = sorted(code for key in wanted - found.keys() for code in [key[1]])
    if missing:
        raise ImportFailedError(
            f"The vocabulary lacks {len(missing)} of the mapping's terms ({', '.join(missing[:8])}"
            f"{'…' if len(missing) > 8 else ''}). Run `manage.py load_vocabulary` first."
        )
    retired = sorted(term.code for term in found.values() if not term.active)
    if retired:
        report.notes.append(f"Retired terms were not given: {', '.join(retired)}.")
    return {key: term for key, term in found.items() if term.active}


def _candidates(
    source: SourceFile, mapping: RegisterMapping, report: Report
) -> list[tuple[Candidate, dict[str, str]]]:
    """Every usable row with its cells; the rest go to the report."""
    for broken in source.broken:
        report.reject(broken.line, broken.reason)
    usable: list[tuple[Candidate, dict[str, str]]] = []
    lines: dict[str, int] = {}
    for row in source.rows:
        external_id = row.cells[mapping.columns.external_id]
        name = row.cells[mapping.columns.name]
        try:
            candidate = read_candidate(row, mapping)
            if candidate.external_id in lines:
                raise RowRejectedError(
                    f"the same identifier as line {lines[candidate.external_id]}"
                )
        except RowRejectedError as error:
            report.reject(row.line, str(error), external_id=external_id, name=name)
            continue
        lines[candidate.external_id] = row.line
        usable.append((candidate, row.cells))
    return usable


def _placed(candidates: Sequence[tuple[Candidate, dict[str, str]]]) -> list[Placed]:
    """Where each would be: its ward, and the point that the public may see. One query."""
    places = [Organisation(postcode=candidate.facts.postcode) for candidate, _ in candidates]
    place_organisations(places, exact=[candidate.facts.point for candidate, _ in candidates])
    return [
        Placed(candidate, cells, place)
        for (candidate, cells), place in zip(candidates, places, strict=True)
    ]


def _write(
    placed: list[Placed],
    mapping: RegisterMapping,
    terms: Terms,
    report: Report,
    *,
    only_in_leeds: bool,
) -> list[int]:
    """Decide and write; returns the ids of the listings that were made or changed."""
    entries = {
        entry.external_id: entry
        for entry in RegisterEntry.objects.filter(source=mapping.source.slug).select_related(
            "organisation", "listing"
        )
    }
    report.vanished = len(entries.keys() - {row.candidate.external_id for row in placed})
    if not Postcode.objects.exists():
        report.notes.append(
            "No postcodes are loaded, so wards are guessed from postcode sectors. Run "
            "`manage.py load_places` first to know who is in Leeds."
        )
    kept = []
    for row in placed:
        if only_in_leeds and row.place.ward_id is None:
            report.add(row.candidate, Outcome.OUTSIDE_LEEDS)
            continue
        kept.append(row)
        report.measure(row.candidate, row.cells, row.place)

    known = [row for row in kept if row.candidate.external_id in entries]
    new = [row for row in kept if row.candidate.external_id not in entries]
    changes = _changes(known, entries, mapping, report)
    others = KnownOrganisations.for_candidates([row.candidate for row in new])
    links, arrivals = [], []
    for row in new:
        organisation, why = others.find(row.candidate)
        if organisation is None:
            arrivals.append((row.candidate, row.place))
            report.add(row.candidate, Outcome.CREATED)
        else:
            links.append((row.candidate, organisation))
            report.add(row.candidate, Outcome.LINKED, why)
    link_entries(links, mapping)
    touched = create_entries(arrivals, mapping, terms)
    return touched + apply_changes(changes, mapping, terms, report)


def _changes(
    known: list[Placed],
    entries: dict[str, RegisterEntry],
    mapping: RegisterMapping,
    report: Report,
) -> list[Change]:
    """Report what stays as it is, and return what is to be written, locked.

    Most rows of a second import are unchanged, so only those that are not are locked; then they are
    looked at again, because somebody may have claimed one meanwhile.
    """
    differing = []
    for row in known:
        verdict = _verdict(row.candidate, entries[row.candidate.external_id], mapping)
        if verdict is None:
            differing.append(row)
        else:
            report.add(row.candidate, *verdict)
    locked = _locked([entries[row.candidate.external_id] for row in differing])
    changes = []
    for row in differing:
        entry = locked[row.candidate.external_id]
        verdict = _verdict(row.candidate, entry, mapping)
        if verdict is None and entry.listing is not None:
            changes.append(Change(row.candidate, row.place, entry, entry.listing))
        elif verdict is not None:
            report.add(row.candidate, *verdict)
    return changes


def _locked(entries: Sequence[RegisterEntry]) -> dict[str, RegisterEntry]:
    """The same entries by external id, read again with organisation and listing, and held."""
    # Always organisations, then listings, then entries, so that two who do so never deadlock.
    organisations = Organisation.objects.filter(pk__in=[entry.organisation_id for entry in entries])
    by_organisation = {row.pk: row for row in organisations.order_by("pk").select_for_update()}
    listings = Listing.objects.filter(pk__in=[entry.listing_id for entry in entries])
    by_listing = {row.pk: row for row in listings.order_by("pk").select_for_update()}
    again = RegisterEntry.objects.filter(pk__in=[entry.pk for entry in entries])
    found = {}
    for entry in again.order_by("pk").select_for_update():
        entry.organisation = by_organisation[entry.organisation_id]
        entry.listing = by_listing.get(entry.listing_id) if entry.listing_id else None
        found[entry.external_id] = entry
    return found


def _verdict(
    candidate: Candidate, entry: RegisterEntry, mapping: RegisterMapping
) -> tuple[Outcome, str] | tuple[Outcome] | None:
    """What a row means for the entry it already has, and why; None when it is to be written."""
    listing, date, why = entry.listing, mapping.source.date, ""
    if entry.removed_at is not None:
        why = "removed at the organisation's request"
    elif entry.claimed_at is not None:
        why = "claimed by the organisation"
    elif entry.facts.get("linked"):
        return Outcome.UNCHANGED, f"linked to {entry.organisation.name}"
    elif listing is None:
        why = "its listing was deleted"
    elif listing.origin != Listing.Origin.REGISTER:
        why = "taken over by its provider or a curator"
    elif entry.source_date > date:
        why = f"the entry is from a newer edition, {entry.source_date}"
    elif entry.facts == candidate.facts.as_json() and entry.source_date == date:
        return (Outcome.UNCHANGED,)
    return (Outcome.LEFT_ALONE, why) if why else None
