"""What has to reach every app: each registers its part in ``AppConfig.ready()``.

A lower app never names a higher one. So accounts cannot know that listings have to move when two
organisations are merged, or that a report holds the email of somebody who asks to be forgotten. It
asks every part instead (docs/adr/0006-a-registry-for-what-reaches-every-app.md).
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from accounts.models import Organisation, User


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, and the addresses they have shown to be theirs (in lower case).

    Only what is held under these addresses is theirs to see or to have removed.
    """

    user: User
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page under /my/: a template, which finds ``context`` whole."""

    heading: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: for this person, or on their behalf for somebody else.

    ``url`` and ``action`` (the words of its link) are where to go; empty when there is nothing to
    do but wait. ``whom`` names who has to act, such as "a curator"; empty means this person.
    """

    text: str
    organisation: Organisation | None = None
    url: str = ""
    action: str = ""
    whom: str = ""
    since: datetime.datetime | None = None


class Part:
    """One app's part. What an app has nothing of, it leaves as it is here.

    ``models`` names, as "app.model" in lower case, every model that points at a person or an
    organisation or holds an email address, and that this part takes care of; third-party tables
    have no app of ours, and are accounts' to cover. A test fails when a model is in no part.
    """

    name: str
    models: frozenset[str] = frozenset()

    def panels(self, user: User, organisation: Organisation) -> list[Panel]:
        """What ``/my/<organisation>/`` shows to this member."""
        return []

    def own_panels(self, user: User) -> list[Panel]:
        """What ``/my/`` shows of this person's own, beside their organisations."""
        return []

    def waiting(self, user: User) -> list[Waiting]:
        """What waits, over everything this person acts for."""
        return []

    def organisation_changed(self, organisation: Organisation) -> None:
        """Its name, place or contact is new; in the transaction that changed it, last."""

    def came_in(self, user: User, session: SessionBase) -> None:
        """They have just signed in; what their session held before is theirs from now on."""

    def merge(self, *, keep: Organisation, gone: Organisation) -> None:
        """Move every row from ``gone`` to ``keep``; both are locked. ``gone`` is then deleted.

        What is left behind stops the merge, so nothing is lost by forgetting it.
        """

    def close(self, organisation: Organisation, *, actor_key: uuid.UUID) -> None:
        """Nobody acts for it any more at its own wish: nothing of it may stay public."""

    def export(self, person: Person) -> dict[str, Any]:
        """What is held about this person, as JSON can hold it, headed by words for people."""
        return {}

    def erase(self, person: Person) -> None:
        """Remove what names this person and does not go with their user's row by itself."""

    def retain(self, today: datetime.date) -> int:
        """Remove what has been kept for as long as the settings say; returns how many rows.

        It may run twice on a day, and finds nothing the second time.
        """
        return 0


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Called in ``AppConfig.ready()``, which may run more than once. Raises ValueError for two of
    one name.
    """
    if not isinstance(part, type(_parts.get(part.name, part))):
        raise ValueError(f"There is a part called {part.name!r} already.")
    _parts[part.name] = part


def parts() -> tuple[Part, ...]:
    """Every part, lower apps first."""
    return tuple(_parts.values())


def panels(user: User, organisation: Organisation) -> list[Panel]:
    return [panel for part in parts() for panel in part.panels(user, organisation)]


def own_panels(user: User) -> list[Panel]:
    return [panel for part in parts() for panel in part.own_panels(user)]


def waiting(user: User) -> list[Waiting]:
    """Everything that waits: this person's own first, and of each the longest-waiting first."""
    found = [row for part in parts() for row in part.waiting(user)]
    return sorted(found, key=lambda row: (bool(row.whom), row.since is None, row.since or 0))


def organisation_changed(organisation: Organisation) -> None:
    for part in parts():
        part.organisation_changed(organisation)


def came_in(user: User, session: SessionBase) -> None:
    for part in parts():
        part.came_in(user, session)


def close(organisation: Organisation, *, actor_key: uuid.UUID) -> None:
    for part in _upper_first():
        part.close(organisation, actor_key=actor_key)


def merge(*, keep: Organisation, gone: Organisation) -> None:
    for part in _upper_first():
        part.merge(keep=keep, gone=gone)


def export(person: Person) -> dict[str, Any]:
    """Every part's answer, under headings of its own."""
    return {heading: rows for part in parts() for heading, rows in part.export(person).items()}


def erase(person: Person) -> None:
    for part in _upper_first():
        part.erase(person)


def _upper_first() -> Iterator[Part]:
    """Upper apps' rows rest on lower apps', so they go first."""
    return reversed(parts())
