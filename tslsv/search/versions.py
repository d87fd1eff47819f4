"""Versions of what pages rest on beside an index: rows of their own among the states.

A page reads them with its first query, so that a process knows whether what it remembers still
holds.
"""

from django.db.models import F

from tslsv.search.models import SearchState


def raise_version(name: str) -> None:
    """Say that what goes by this name has changed; from the caller's commit on."""
    SearchState.objects.get_or_create(name=name)
    SearchState.objects.filter(name=name).update(version=F("version") + 1)
