"""Making one organisation of two."""

from django.db import transaction
from django.db.models import ForeignObjectRel, Model, QuerySet
from django.utils import timezone

from accounts import registry
from accounts.models import AuditEvent, FormerSlug, Organisation, Role, User
from accounts.models.audit import MERGED_IN
from accounts.refused import Refused
from accounts.services.locking import GONE, lock_slugs

#: What the one that stays takes over where it says nothing itself.
FILLED = (
    "sector",
    "legal_form",
    "size_band",
    "summary",
    "website",
    "email",
    "phone",
    "contact_name",
)
PLACE = ("postcode", "ward_id", "latitude", "longitude", "public_latitude", "public_longitude")


class LeftBehind(RuntimeError):
    """Some app has not moved its rows; the merge is undone, since deleting would lose them."""


@transaction.atomic
def merge_organisations(*, keep: Organisation, gone: Organisation, by: User) -> Organisation:
    """Move everything of ``gone`` to ``keep`` and delete ``gone``; its addresses lead to ``keep``.

    The caller has checked that ``by`` is a curator. Raises Refused when they are the same, when
    one has gone already, or when one is example data and the other is not.
    """
    if keep.pk == gone.pk:
        raise Refused("These are the same organisation.")
    rows = {
        row.pk: row
        for row in Organisation.objects.select_for_update()
        .filter(pk__in=[keep.pk, gone.pk])
        .order_by("pk")
    }
    if len(rows) < 2:
        raise Refused(GONE)
    keep, gone = rows[keep.pk], rows[gone.pk]
    if keep.is_example != gone.is_example:
        raise Refused("One of them is example data. Example data is never mixed with real data.")
    fields = _fill(keep, gone)
    keep.save()
    registry.merge(keep=keep, gone=gone)
    lock_slugs()
    FormerSlug.objects.filter(organisation=gone).update(organisation=keep)
    gone_id, former = gone.pk, gone.slug
    _check_nothing_is_left(gone)
    gone.delete()
    FormerSlug.objects.create(slug=former, organisation=keep)
    AuditEvent.record(
        verb=MERGED_IN,
        target=Organisation(pk=gone_id),
        organisation=keep,
        actor_key=by.audit_key,
        fields=fields,
    )
    registry.organisation_changed(keep)
    return keep


def _fill(keep: Organisation, gone: Organisation) -> list[str]:
    """Fill what ``keep`` leaves empty; returns the names of the fields."""
    names = [name for name in FILLED if not getattr(keep, name) and getattr(gone, name)]
    # A place that was shown roughly must not become exact because the other's address is public.
    same_rule = keep.address_public == gone.address_public
    if not keep.postcode and gone.postcode and same_rule:
        names += [*PLACE, *([] if keep.address else ["address"])]
    for name in names:
        setattr(keep, name, getattr(gone, name))
    return [name.removesuffix("_id") for name in names]


def move_memberships(*, keep: Organisation, gone: Organisation) -> None:
    """Whoever acts for either acts for ``keep``, by the higher of two roles."""
    here = {row.user_id: row for row in keep.memberships.select_for_update()}
    for row in gone.memberships.select_for_update():
        other = here.get(row.user_id)
        if other is None:
            row.organisation = keep
            row.save(update_fields=["organisation"])
            continue
        if row.role == Role.OWNER:
            other.role = Role.OWNER
            other.save(update_fields=["role"])
        row.delete()


def move_invitations(*, keep: Organisation, gone: Organisation) -> None:
    """Links in mails go on working; where both have asked an address, the other one's does."""
    asked = {
        email.lower() for email in keep.invitations.unanswered().values_list("email", flat=True)
    }
    for row in gone.invitations.unanswered():
        if row.email.lower() in asked:
            row.revoked_at = timezone.now()
            row.save(update_fields=["revoked_at"])
    gone.invitations.update(organisation=keep)


def _check_nothing_is_left(gone: Organisation) -> None:
    for relation in gone._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model is AuditEvent:
            continue  # the audit keeps the old number, and history is found by it
        manager = relation.related_model._base_manager
        left: QuerySet[Model] = manager.filter(**{relation.field.name: gone.pk})
        if left.exists():
            raise LeftBehind(f"{relation.related_model._meta.label} still points at {gone.pk}")
