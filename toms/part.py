"""What the register does when something reaches every app (see ``accounts.registry``)."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.registry import Panel, Part, Person, Waiting
from toms.models import Adoption, Comment, MeasureVersion, Release
from toms.models.comment import CommentQuerySet
from toms.panels import uses_panel, waiting_comments

SOMEBODY = "Somebody"
"""Stands for the name of a writer who asked to be forgotten; what they said stays, as answers and
changes rest on it.
"""


class TomsPart(Part):
    """Who wrote a version, adopted a release or commented on it, and who uses which release."""

    name = "toms"
    models = frozenset({"toms.adoption", "toms.comment", "toms.measureversion", "toms.release"})

    def panels(self, user: User, organisation: Organisation) -> list[Panel]:
        return [uses_panel(organisation)]

    def waiting(self, user: User) -> list[Waiting]:
        return waiting_comments(user)

    def merge(self, *, keep: Organisation, gone: Organisation) -> None:
        Comment.objects.filter(organisation=gone).update(organisation=keep)
        here = keep.toms_adoptions.standing().values("release")
        both = gone.toms_adoptions.standing().filter(release__in=here)
        both.update(withdrawn_at=timezone.now())
        gone.toms_adoptions.update(organisation=keep)

    def close(self, organisation: Organisation, *, actor_key: uuid.UUID) -> None:
        organisation.toms_adoptions.standing().update(withdrawn_at=timezone.now())

    def export(self, person: Person) -> dict[str, Any]:
        return {
            "Versions of measures you wrote": list(
                MeasureVersion.objects.filter(made_by=person.user)
                .order_by("pk")
                .values("measure__code", "major", "minor", "patch", "title", "created")
            ),
            "Releases you adopted": list(
                Release.objects.filter(adopted_by=person.user)
                .order_by("pk")
                .values("slug", "title", "adopted_on")
            ),
            "What you said of the Leeds TOMs": list(
                _comments_of(person)
                .order_by("pk")
                .values("release__title", "stance", "text", "name", "email", "state", "created")
            ),
            "Comments you decided or answered": list(
                Comment.objects.filter(Q(looked_at_by=person.user) | Q(responded_by=person.user))
                .order_by("pk")
                .values("release__title", "state", "response", "responded_at")
            ),
            "Releases you signed an organisation up to": list(
                Adoption.objects.filter(by=person.user)
                .order_by("pk")
                .values("organisation__name", "release__title", "since", "withdrawn_at")
            ),
        }

    def erase(self, person: Person) -> None:
        """The words of a public comment stay without a name; others go."""
        mine = _comments_of(person)
        mine.exclude(state=Comment.State.PUBLISHED).delete()
        mine.update(name=SOMEBODY, email="", user=None, link_hash=None, start_hash=None)

    def retain(self, today: datetime.date) -> int:
        """Comments that nobody confirmed, and addresses of those that were dealt with long ago."""
        now = timezone.now()
        unconfirmed = Comment.objects.filter(
            state=Comment.State.UNCONFIRMED,
            modified__lt=now - datetime.timedelta(days=settings.KEEP_UNCONFIRMED_COMMENTS_DAYS),
        )
        old = Comment.objects.exclude(email="").filter(
            release__closes_on__lt=today
            - datetime.timedelta(days=settings.KEEP_COMMENT_EMAILS_DAYS)
        )
        return unconfirmed.delete()[0] + old.update(email="", link_hash=None, start_hash=None)


def _comments_of(person: Person) -> CommentQuerySet:
    return Comment.objects.annotate(address_in=Lower("email")).filter(
        Q(address_in__in=person.addresses) | Q(user=person.user)
    )
