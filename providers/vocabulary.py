"""The vocabulary a new site starts with, and loading it without undoing a curator's work.

The files in ``providers/data`` are where terms and synonyms begin; the database is where they live.
Loading adds what is missing and retires what the file names as retired. It never overwrites: once a
term is there, its label, description, parent and order belong to the curators, and so do terms that
they add and synonyms whose meaning they change.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import AuditEvent
from providers import listing_index
from providers.models import Listing, Synonym, Term

DATA = Path(__file__).parent / "data"

# Room between two neighbours on the page, so that a curator can put a term in between.
STEP = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One term of the file. ``parent`` is the code of a term of the same facet, or empty."""

    facet: str
    code: str
    label: str
    description: str
    parent: str
    position: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the files say. Terms are named by (facet, code); a parent stands before its children."""

    entries: tuple[Entry, ...]
    retired: tuple[tuple[str, str], ...]
    synonyms: dict[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Report:
    """How many terms were added, left alone and retired, and how many synonyms were added."""

    created: int
    unchanged: int
    retired: int
    synonyms: int


def read(folder: Path = DATA) -> Vocabulary:
    """Read ``vocabulary.toml`` and ``synonyms.toml``. Raises ``tomllib.TOMLDecodeError``."""
    terms = tomllib.loads((folder / "vocabulary.toml").read_text(encoding="utf-8"))
    words = tomllib.loads((folder / "synonyms.toml").read_text(encoding="utf-8"))
    return Vocabulary(
        entries=tuple(_entries(terms)),
        retired=tuple((facet, code) for facet, codes in terms["retired"].items() for code in codes),
        synonyms=_synonyms(words),
    )


def _entries(terms: dict[str, Any]) -> Iterator[Entry]:
    position = count(STEP, STEP)
    facet = Term.Facet.CATEGORY.value
    for top in terms["category"]:
        yield Entry(facet, top["code"], top["label"], top["description"], "", next(position))
        for code, label, description in top["children"]:
            yield Entry(facet, code, label, description, top["code"], next(position))
    for facet, rows in terms["facets"].items():
        for position_in_facet, (code, label, description) in enumerate(rows, start=1):
            yield Entry(facet, code, label, description, "", position_in_facet * STEP)


def _synonyms(words: dict[str, Any]) -> dict[str, tuple[tuple[str, str], ...]]:
    synonyms: dict[str, tuple[tuple[str, str], ...]] = {}
    for facet, codes in words.items():
        for code, phrases in codes.items():
            for phrase in phrases:
                synonyms[phrase] = (*synonyms.get(phrase, ()), (facet, code))
    return synonyms


@transaction.atomic
def load(vocabulary: Vocabulary | None = None) -> Report:
    """Bring the database up to the files, or to ``vocabulary``. Safe to repeat, in few queries."""
    wanted = vocabulary or read()
    terms = {(term.facet, term.code): term for term in Term.objects.all()}
    unchanged = sum((entry.facet, entry.code) in terms for entry in wanted.entries)
    report = Report(
        created=_create(wanted.entries, terms),
        unchanged=unchanged,
        retired=_retire([terms[key] for key in wanted.retired if key in terms]),
        synonyms=_create_synonyms(wanted.synonyms, terms),
    )
    if report.created or report.retired or report.synonyms:
        listing_index.touch()
    return report


def _create(entries: tuple[Entry, ...], terms: dict[tuple[str, str], Term]) -> int:
    """Add the missing terms to the database and to ``terms``: parents first, for their ids."""
    created = 0
    for has_parent in (False, True):
        missing = [
            Term(
                facet=entry.facet,
                code=entry.code,
                label=entry.label,
                description=entry.description,
                parent=terms[entry.facet, entry.parent] if has_parent else None,
                position=entry.position,
            )
            for entry in entries
            if bool(entry.parent) == has_parent and (entry.facet, entry.code) not in terms
        ]
        Term.objects.bulk_create(missing)
        terms.update({(term.facet, term.code): term for term in missing})
        created += len(missing)
    return created


def _retire(terms: list[Term]) -> int:
    """Turn off those that are still on, and bring the listings that carry them up to date.

    Not what a curator has brought back: theirs is the last word, at every start of the program.
    """
    active = {str(term.pk): term.pk for term in terms if term.active}
    if not active:
        return 0
    decided = AuditEvent.objects.filter(
        object_type=Term._meta.label_lower, object_id__in=active, fields__contains=["active"]
    )
    kept = set(decided.values_list("object_id", flat=True))
    ids = [pk for key, pk in active.items() if key not in kept]
    if ids:
        Term.objects.filter(pk__in=ids).update(active=False)
        listing_index.refresh(Listing.objects.carrying(ids).values_list("pk", flat=True))
    return len(ids)


def _create_synonyms(
    synonyms: dict[str, tuple[tuple[str, str], ...]], terms: dict[tuple[str, str], Term]
) -> int:
    """Add the missing words. One that is there keeps its terms, even if it has none."""
    known = set(Synonym.objects.values_list("words", flat=True))
    missing = [Synonym(words=words) for words in synonyms if words not in known]
    Synonym.objects.bulk_create(missing)
    link = Synonym.terms.through
    link.objects.bulk_create(
        link(synonym_id=synonym.pk, term_id=term_id)
        for synonym in missing
        # Two terms that a curator has merged are one.
        for term_id in {terms[key].successor_id or terms[key].pk for key in synonyms[synonym.words]}
    )
    return len(missing)
