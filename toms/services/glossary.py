"""The glossary that a new register starts with."""

import tomllib
from pathlib import Path

from django.db import transaction

from toms.models import GlossaryTerm

GLOSSARY = Path(__file__).parents[1] / "data" / "glossary.toml"


def starter() -> dict[str, dict[str, str]]:
    """What the file explains, by slug."""
    terms: dict[str, dict[str, str]] = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))["terms"]
    return terms


@transaction.atomic
def load() -> int:
    """Add the terms that are missing; returns how many. One that is there belongs to curators."""
    terms = starter()
    known = set(GlossaryTerm.objects.values_list("slug", flat=True))
    made = [
        GlossaryTerm(slug=slug, words=term["words"], meaning=term["meaning"])
        for slug, term in terms.items()
        if slug not in known
    ]
    # Two that start at once: the other's are the same.
    GlossaryTerm.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)
