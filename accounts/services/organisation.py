"""Making an organisation, changing what it says of itself, and closing it."""

import datetime
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import registry
from accounts.models import AuditEvent, FormerSlug, Organisation, Role, User
from accounts.models.membership import Membership
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from accounts.services.locking import lock_members, lock_organisation, lock_slugs, own_membership
from accounts.services.place import place_organisation
from accounts.slugs import RESERVED
from places.distance import Point

#: What members may write. Where it is, and its address (slug), follow from these.
DETAILS = (
    "name",
    "sector",
    "legal_form",
    "size_band",
    "summary",
    "website",
    "contact_name",
    "email",
    "phone",
    "postcode",
    "address",
    "address_public",
)
#: What may be written for one that nobody acts for yet, by whoever puts it on the list.
FACTS = (
    "name",
    "postcode",
    "sector",
    "legal_form",
    "size_band",
    "summary",
    "website",
    "phone",
    "address",
    "address_public",
)
CONTACT = ("contact_name", "email", "phone", "address")
SLUG_ROOM = 80
SAME_WITHIN = datetime.timedelta(minutes=10)
"""The same person making the same organisation again within this time is a form sent twice."""

HAS_MEMBERS = "Somebody acts for this organisation now, so only they change its details."
NOT_ALONE = "Other people still act for this organisation. Hand it over or remove them first."


class Changed(Refused):
    """Somebody else saved these details first. ``now`` is what stands."""

    def __init__(self, now: Organisation) -> None:
        super().__init__("Somebody else changed these details while you were writing.")
        self.now = now


@transaction.atomic
def create_organisation(*, name: str, postcode: str, by: User) -> Organisation:
    """A new organisation, placed by its postcode; the person becomes its owner.

    A form sent twice makes one: the same person, name and postcode within ten minutes. Raises
    PostcodeError when the postcode cannot be read.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    organisation = Organisation(name=" ".join(name.split()), postcode=postcode)
    place_organisation(organisation)
    same = (
        Organisation.objects.of(by)
        .filter(
            name=organisation.name,
            postcode=organisation.postcode,
            created__gte=timezone.now() - SAME_WITHIN,
        )
        .first()
    )
    if same is not None:
        return same
    _add(organisation, by.audit_key)
    Membership.objects.create(user=by, organisation=organisation, role=Role.OWNER)
    return organisation


@transaction.atomic
def found_organisation(*, name: str, postcode: str) -> Organisation:
    """A new organisation that nobody acts for yet, placed by its postcode.

    Raises PostcodeError when the postcode cannot be read.
    """
    organisation = Organisation(name=" ".join(name.split()), postcode=postcode)
    place_organisation(organisation)
    _add(organisation, None)
    return organisation


def _add(organisation: Organisation, actor_key: uuid.UUID | None) -> None:
    lock_slugs()
    organisation.slug = free_slug(organisation.name)
    organisation.save()
    AuditEvent.record(
        verb="created", target=organisation, organisation=organisation, actor_key=actor_key
    )


def free_slug(name: str, *, of: Organisation | None = None) -> str:
    """An address made of the name that no page, organisation or former address has.

    ``of`` keeps the address it has when it is made of that name already, and may take back one
    that it once had. Call ``lock_slugs`` first.
    """
    base = (slugify(name) or "organisation")[:SLUG_ROOM].strip("-")
    slug, number = base, 1
    while not _is_free(slug, of):
        number += 1
        ending = f"-{number}"
        slug = base[: SLUG_ROOM - len(ending)].rstrip("-") + ending
    return slug


def _is_free(slug: str, of: Organisation | None) -> bool:
    if slug in RESERVED:
        return False
    if of is not None and of.slug == slug:
        return True
    former = FormerSlug.objects.filter(slug=slug)
    if of is not None:
        former = former.exclude(organisation=of)
    return not former.exists() and not Organisation.objects.filter(slug=slug).exists()


@transaction.atomic
def update_organisation(
    *, organisation: Organisation, values: Mapping[str, object], seen: datetime.datetime, by: User
) -> Organisation:
    """Write ``values`` (every name of ``DETAILS``), and say so in the audit.

    ``seen`` is when what the person was shown had last been changed. Raises Changed when somebody
    has saved something else since, Refused when ``by`` does not act for it any more, and
    PostcodeError when the postcode cannot be read. A new name gives a new address; the old one
    redirects for ever.
    """
    now = lock_organisation(organisation)
    own_membership(lock_members(now), by, owner=False)
    return _write(now, {name: values[name] for name in DETAILS}, seen, by.audit_key)


@transaction.atomic
def describe_organisation(
    *,
    organisation: Organisation,
    values: Mapping[str, object],
    seen: datetime.datetime,
    actor_key: uuid.UUID | None,
) -> Organisation:
    """Write ``values`` (every name of ``FACTS``) of one that nobody acts for.

    The caller has checked who may. Raises Changed and PostcodeError as ``update_organisation``
    does, and Refused once somebody acts for it.
    """
    now = lock_organisation(organisation)
    if lock_members(now):
        raise Refused(HAS_MEMBERS)
    return _write(now, {name: values[name] for name in FACTS}, seen, actor_key)


def _write(
    now: Organisation,
    values: Mapping[str, object],
    seen: datetime.datetime,
    actor_key: uuid.UUID | None,
) -> Organisation:
    written = [name for name in values if getattr(now, name) != values[name]]
    if written and now.modified != seen:
        raise Changed(now)
    if not written:
        return now
    before = now.slug
    for name in written:
        setattr(now, name, values[name])
    if "name" in written:
        _rename(now)
    if {"postcode", "address_public"} & set(written):
        _place_again(now, moved="postcode" in written)
    now.save()
    fields = [*written, *(["slug"] if now.slug != before else [])]
    AuditEvent.record(
        verb="changed", target=now, organisation=now, actor_key=actor_key, fields=fields
    )
    registry.organisation_changed(now)
    return now


def _rename(organisation: Organisation) -> None:
    lock_slugs()
    before = organisation.slug
    organisation.slug = free_slug(organisation.name, of=organisation)
    if organisation.slug != before:
        FormerSlug.objects.filter(slug=organisation.slug).delete()
        FormerSlug.objects.create(slug=before, organisation=organisation)


def _place_again(organisation: Organisation, *, moved: bool) -> None:
    """A point that a register gave stays the exact one until the postcode changes."""
    exact = None
    if not moved and organisation.latitude is not None and organisation.longitude is not None:
        exact = Point(organisation.latitude, organisation.longitude)
    place_organisation(organisation, exact=exact)


@transaction.atomic
def close_organisation(*, organisation: Organisation, by: User) -> None:
    """The last member gives it up: nothing of it stays public, and nobody acts for it.

    The row stays, since others' records may rest on it; its contact details go. Raises Refused
    while somebody else still belongs.
    """
    now = lock_organisation(organisation)
    members = lock_members(now)
    own_membership(members, by, owner=True)
    if len(members) > 1:
        raise Refused(NOT_ALONE)
    for name in CONTACT:
        setattr(now, name, "")
    was_public, now.address_public = now.address_public, False
    if was_public:
        _place_again(now, moved=False)
    now.save()
    now.invitations.unanswered().update(revoked_at=timezone.now())
    members[0].delete()
    AuditEvent.record(
        verb="closed",
        target=now,
        organisation=now,
        actor_key=by.audit_key,
        fields=[*CONTACT, "address_public"],
    )
    registry.close(now, actor_key=by.audit_key)


@transaction.atomic
def set_trusted(*, organisation: Organisation, trusted: bool, by: User) -> Organisation:
    """Say whether its edits go live without waiting for a curator. Said twice, it is said once.

    Raises Refused for who is no curator, and when it has gone.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    now = lock_organisation(organisation)
    if now.trusted == trusted:
        return now
    now.trusted = trusted
    now.save(update_fields=["trusted", "modified"])
    AuditEvent.record(
        verb="trusted" if trusted else "stopped trusting",
        target=now,
        organisation=now,
        actor_key=by.audit_key,
        fields=["trusted"],
    )
    return now
