"""Making one of two terms that mean the same."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.refused import Overtaken, Refused
from providers.models import Claim, Listing, ListingChange, Synonym, Term
from providers.services.vocabulary import (
    OVERTAKEN,
    lock_facet,
    record,
    refresh_listings,
    version_of_term,
)

CHANGE_FIELDS = {Term.Facet.CATEGORY: "categories", Term.Facet.ACCESS: "access_features"}
"""Where a change that waits names terms by their codes."""


@transaction.atomic
def merge_terms(*, term: Term, into: Term, seen: str, by: User) -> int:
    """Everything that has ``term`` has ``into`` instead; returns how many listings that touched.

    ``term`` is retired, and its code means ``into`` for ever; what it was called still finds it, as
    a synonym. Of two claims that become the same the better known one stands. Raises Overtaken
    when ``term`` is not as it was seen or ``into`` has been retired.
    """
    # First, since whoever accepts a change holds it while they give its terms to the listing.
    changes = _lock_changes(term)
    terms = {row.pk: row for row in lock_facet(term.facet, by)}
    now, target = terms.get(term.pk), terms.get(into.pk)
    if now is None or target is None or not target.active or version_of_term(now) != seen:
        raise Overtaken(OVERTAKEN)
    _check(now, target, terms.values())
    # And now whoever is about to give the term to something has to wait.
    Term.objects.select_for_update().get(pk=now.pk)
    touched = set(Listing.objects.carrying([now.pk]).values_list("pk", flat=True))
    _move_listings(now, target)
    _move_claims(now, target)
    _rewrite(changes, now, target)
    now.children.update(parent=target)
    _keep_words(now, target)
    now.predecessors.update(successor=target)
    now.active, now.successor = False, target
    now.save(update_fields=["active", "successor"])
    record("merged", now, by, ["active", "successor"])
    record("took in another", target, by, [])
    refresh_listings([target.pk])
    return len(touched)


def _check(term: Term, into: Term, terms: Iterable[Term]) -> None:
    if term.pk == into.pk or term.facet != into.facet:
        raise Refused("Choose another term of the same kind.")
    has_narrower = any(row.parent_id == term.pk for row in terms)
    if has_narrower and into.parent_id:
        raise Refused(
            f"“{term.label}” has narrower terms, and “{into.label}” cannot have any. "
            "Merge it into a main one, or move the narrower ones first."
        )


def _lock_changes(term: Term) -> list[ListingChange]:
    name = CHANGE_FIELDS.get(Term.Facet(term.facet))
    if name is None:
        return []
    named = Q(**{f"values__{name}__contains": term.code})
    named |= Q(**{f"before__{name}__contains": term.code})
    changes = ListingChange.objects.open().filter(named)
    return list(changes.select_for_update(no_key=True).order_by("pk"))


def _move_listings(term: Term, into: Term) -> None:
    for through in (Listing.categories.through, Listing.access_features.through):
        rows = through._default_manager
        double = rows.filter(term=into).values_list("listing_id", flat=True)
        rows.filter(term=term, listing__in=double).delete()
        rows.filter(term=term).update(term=into)


def _move_claims(term: Term, into: Term) -> None:
    order = list(Claim.Level)
    claims = Claim.objects.select_for_update(of=("self",)).order_by("pk")
    standing = {row.organisation_id: row for row in claims.filter(term=into, withdrawn_at=None)}
    for claim in claims.filter(term=term, withdrawn_at=None).select_related("organisation"):
        other = standing.get(claim.organisation_id)
        if other is None:
            continue
        weaker = min(claim, other, key=lambda row: order.index(Claim.Level(row.level)))
        weaker.withdrawn_at = timezone.now()
        weaker.save(update_fields=["withdrawn_at"])
        AuditEvent.record(
            verb="withdrew as a double",
            target=weaker,
            organisation=claim.organisation,
            fields=["withdrawn_at"],
        )
    Claim.objects.filter(term=term).update(term=into)


def _rewrite(changes: list[ListingChange], term: Term, into: Term) -> None:
    """Changes that wait mean the other term. That is no change of theirs, so their time stays."""
    name = CHANGE_FIELDS.get(Term.Facet(term.facet), "")
    for change in changes:
        for values in (change.values, change.before):
            if term.code in values.get(name, []):
                others = set(values[name]) - {term.code}
                values[name] = sorted(others | {into.code})
        change.save(update_fields=["values", "before"])


def _keep_words(term: Term, into: Term) -> None:
    """Whoever types what it was called, or a synonym of it, finds the other one."""
    for synonym in term.synonyms.all():
        synonym.terms.add(into)
        synonym.terms.remove(term)
    words = " ".join(term.label.lower().split())
    longest = Synonym._meta.get_field("words").max_length or 0
    if words != into.label.lower() and len(words) <= longest:
        Synonym.objects.get_or_create(words=words)[0].terms.add(into)
