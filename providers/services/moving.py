"""Moving everything of one organisation to another, when a curator makes one of two."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEvent, Organisation
from providers import listing_index
from providers.models import (
    Claim,
    EmbedHost,
    EntryRequest,
    FormerListingAddress,
    Listing,
    NotDouble,
    ProblemReport,
    RegisterEntry,
)
from providers.slugs import first_free


def move_to(keep: Organisation, gone: Organisation) -> None:
    """Move listings, claims, register entries and reports; in the merge's transaction.

    Every address that a listing of either had leads to that listing afterwards.
    """
    _move_listings(keep, gone)
    _move_claims(keep, gone)
    ProblemReport.objects.filter(organisation=gone).update(organisation=keep)
    RegisterEntry.objects.filter(organisation=gone).update(organisation=keep)
    EntryRequest.objects.filter(organisation=gone).update(organisation=keep)
    _move_hosts(keep, gone)
    NotDouble.objects.filter(Q(first=gone) | Q(second=gone)).delete()
    if keep.memberships.exists() or gone.memberships.exists():
        # Somebody answers for it now, so an import leaves it alone.
        keep.register_entries.filter(claimed_at=None).update(claimed_at=timezone.now())
    listing_index.refresh(Listing.objects.filter(organisation=keep).values_list("pk", flat=True))


def _move_listings(keep: Organisation, gone: Organisation) -> None:
    taken = set(Listing.objects.filter(organisation=keep).values_list("slug", flat=True))
    for listing in Listing.objects.select_for_update().filter(organisation=gone).order_by("pk"):
        before = listing.slug
        listing.slug = first_free(before, taken)
        taken.add(listing.slug)
        if listing.slug != before:
            # The organisation's former address alone would lead to keep's listing of that name.
            FormerListingAddress.objects.update_or_create(
                organisation_slug=gone.slug, slug=before, defaults={"listing": listing}
            )
            for former in gone.former_slugs.all():
                FormerListingAddress.objects.update_or_create(
                    organisation_slug=former.slug, slug=before, defaults={"listing": listing}
                )
        listing.organisation = keep
        listing.save(update_fields=["organisation", "slug", "modified"])


def _move_hosts(keep: Organisation, gone: Organisation) -> None:
    """A website of both stays once; switched off for either, it stays off."""
    known = {row.host: row for row in EmbedHost.objects.filter(organisation=keep)}
    for row in EmbedHost.objects.select_for_update().filter(organisation=gone).order_by("pk"):
        same = known.get(row.host)
        if same is None:
            row.organisation = keep
            row.save(update_fields=["organisation"])
            continue
        same.switched_off_at = same.switched_off_at or row.switched_off_at
        same.save(update_fields=["switched_off_at"])
        row.delete()


def _move_claims(keep: Organisation, gone: Organisation) -> None:
    """Where both claim the same, the better known claim stands and the other is withdrawn."""
    order = list(Claim.Level)
    standing = {
        row.term_id: row for row in keep.claims.select_for_update().filter(withdrawn_at=None)
    }
    for claim in gone.claims.select_for_update().filter(withdrawn_at=None):
        other = standing.get(claim.term_id)
        if other is None:
            continue
        weaker = min(claim, other, key=lambda row: order.index(Claim.Level(row.level)))
        weaker.withdrawn_at = timezone.now()
        weaker.save(update_fields=["withdrawn_at"])
        AuditEvent.record(
            verb="withdrew as a double", target=weaker, organisation=keep, fields=["withdrawn_at"]
        )
    gone.claims.update(organisation=keep)
