"""Rows for tests: each function saves the smallest valid one, and takes any field by name.

They write rows only. A test that searches calls ``listing_index.refresh`` or ``rebuild`` itself.
"""

import datetime
import hashlib
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import (
    FormerSlug,
    Identifier,
    Invitation,
    Membership,
    Organisation,
    Role,
    User,
)
from places.models import Postcode, PostcodeSector, Ward
from providers.models import (
    Alert,
    Claim,
    EmbedHost,
    EntryRequest,
    Listing,
    ListingChange,
    NotDouble,
    Photo,
    ProblemReport,
    RegisterEntry,
    Registration,
    Shortlist,
    ShortlistItem,
    Synonym,
    Term,
)
from tslsv.mail.models import OutgoingMail

_numbers = count(1)


def make_user(email: str = "", **fields: Any) -> User:
    """Somebody who can sign in; the password is "a long password"."""
    fields.setdefault("password", "a long password")
    return User.objects.create_user(email or f"person{next(_numbers)}@example.org", **fields)


def make_confirmed_user(email: str = "", **fields: Any) -> User:
    """Somebody who can sign in, with an address they have shown to be theirs."""
    user = make_user(email, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_mail(**fields: Any) -> OutgoingMail:
    """A mail that waits to be sent, without a job."""
    number = next(_numbers)
    values = {
        "reference": f"M-{number}",
        "to": f"person{number}@example.org",
        "template": "hello",
        "subject": f"Mail {number}",
        "text": f"Text of mail {number}",
        "html": f"<!doctype html><title>Mail {number}</title><p>Text of mail {number}</p>",
        **fields,
    }
    return OutgoingMail.objects.create(**values)


def make_ward(name: str = "", **fields: Any) -> Ward:
    """A ward in the middle of Leeds, without an outline."""
    number = next(_numbers)
    values = {"code": f"E05{number:06}", "latitude": 53.8, "longitude": -1.55, **fields}
    return Ward.objects.create(name=name or f"Ward {number}", **values)


def make_sector(code: str = "LS1 1", **fields: Any) -> PostcodeSector:
    """A postcode sector that lies in Leeds as a whole."""
    counts = {"postcodes_in_leeds": 10, "postcodes_all": 10, "postcodes_in_mean": 10}
    values = {"latitude": 53.8, "longitude": -1.55, **counts, **fields}
    return PostcodeSector.objects.create(code=code, **values)


def make_postcode(unit: str = "LS1 1AA", **fields: Any) -> Postcode:
    """A loaded postcode, outside every ward unless one is given."""
    return Postcode.objects.create(
        unit=unit, **{"latitude": 53.7999, "longitude": -1.5501, **fields}
    )


def make_organisation(name: str = "", **fields: Any) -> Organisation:
    """An organisation with a name and nothing else."""
    number = next(_numbers)
    fields.setdefault("slug", f"organisation-{number}")
    return Organisation.objects.create(name=name or f"Organisation {number}", **fields)


def make_former_slug(organisation: Organisation, slug: str) -> FormerSlug:
    """An address that the organisation's page once had."""
    return FormerSlug.objects.create(organisation=organisation, slug=slug)


def make_identifier(organisation: Organisation, **fields: Any) -> Identifier:
    """A charity number that nobody else has."""
    values = {"scheme": "GB-CHC", "value": str(1_000_000 + next(_numbers)), **fields}
    return Identifier.objects.create(organisation=organisation, **values)


def make_membership(
    organisation: Organisation | None = None,
    user: User | None = None,
    role: str = Role.OWNER,
) -> Membership:
    """Somebody new who owns the organisation, which is new too unless it is given."""
    return Membership.objects.create(
        organisation=organisation or make_organisation(), user=user or make_user(), role=role
    )


def make_invitation(
    organisation: Organisation, token: str = "", email: str = "", **fields: Any
) -> Invitation:
    """An invitation sent now; the link with ``token`` opens it."""
    number, now = next(_numbers), timezone.now()
    token = token or f"token-{number}"
    values = {
        "token_hash": hashlib.sha256(token.encode()).hexdigest(),
        "sent_at": now,
        "expires_at": now + datetime.timedelta(days=14),
        **fields,
    }
    return Invitation.objects.create(
        organisation=organisation, email=email or f"invited{number}@example.org", **values
    )


def make_term(
    facet: str = Term.Facet.CATEGORY, code: str = "", label: str = "", **fields: Any
) -> Term:
    """A term of the vocabulary."""
    number = next(_numbers)
    values = {"description": "What it covers.", "position": number % 30_000, **fields}
    return Term.objects.create(
        facet=facet, code=code or f"term-{number}", label=label or f"Term {number}", **values
    )


def make_synonym(words: str, *terms: Term) -> Synonym:
    """Words that mean these terms."""
    synonym = Synonym.objects.create(words=words)
    synonym.terms.set(terms)
    return synonym


def make_listing(organisation: Organisation | None = None, **fields: Any) -> Listing:
    """A published listing, confirmed now, of a new organisation unless one is given.

    ``categories``, ``access_features`` and ``delivery_wards`` take lists of rows.
    """
    number = next(_numbers)
    many = {
        name: fields.pop(name, []) for name in ("categories", "access_features", "delivery_wards")
    }
    now = timezone.now()
    values = {
        "title": f"Listing {number}",
        "slug": f"listing-{number}",
        "state": Listing.State.PUBLISHED,
        "published_at": now,
        "confirmed_at": now,
        **fields,
    }
    if values["state"] == Listing.State.SUBMITTED:
        values = {"submitted_at": now, "reference": f"L-{number}", **values}
    listing = Listing.objects.create(organisation=organisation or make_organisation(), **values)
    for name, rows in many.items():
        if rows:
            getattr(listing, name).set(rows)
    return listing


def make_listing_change(listing: Listing, **fields: Any) -> ListingChange:
    """A new title for a listing, which waits for a curator."""
    values = {
        "values": {"title": "A new title"},
        "before": {"title": listing.title},
        "state": ListingChange.State.SUBMITTED,
        "submitted_at": timezone.now(),
        **fields,
    }
    return ListingChange.objects.create(listing=listing, **values)


def make_photo(listing: Listing, **fields: Any) -> Photo:
    """A live photo whose picture nobody can open; tests of pictures make real ones."""
    number = next(_numbers)
    values = {
        "position": 0,
        "alt": f"Photo {number}",
        "width": 1200,
        "height": 800,
        "digest": f"{number:064}",
        "large": b"large",
        "small": b"small",
        **fields,
    }
    return Photo.objects.create(listing=listing, **values)


def make_registration(listing: Listing | None = None, **fields: Any) -> Registration:
    """Somebody without an account who writes a draft, a new one unless it is given."""
    listing = listing or make_listing(state=Listing.State.DRAFT, published_at=None)
    fields.setdefault("email", f"registering{next(_numbers)}@example.org")
    return Registration.objects.create(listing=listing, **fields)


def make_shortlist(owner: User | None = None, **fields: Any) -> Shortlist:
    """A list of somebody's; without an owner, of a session that nobody has."""
    number = next(_numbers)
    if owner is None:
        fields.setdefault("holder_hash", f"holder-{number}")
    return Shortlist.objects.create(owner=owner, **{"name": f"List {number}", **fields})


def make_shortlist_item(
    shortlist: Shortlist, listing: Listing | None = None, **fields: Any
) -> ShortlistItem:
    """A listing on a list, a new one unless it is given."""
    listing = listing or make_listing()
    values = {"title": listing.title, "organisation_name": listing.organisation.name, **fields}
    return ShortlistItem.objects.create(shortlist=shortlist, listing=listing, **values)


def make_alert(user: User | None = None, **fields: Any) -> Alert:
    """A person's confirmed alert about everything, which has seen nothing; without a person, that
    of an address.
    """
    number, now = next(_numbers), timezone.now()
    values = {
        "user": user,
        "email": "" if user else f"reader{number}@example.org",
        "pace": Alert.Pace.AT_ONCE,
        "key": f"key-{number}",
        "confirmed_at": now,
        **fields,
    }
    return Alert.objects.create(**values)


def make_embed_host(organisation: Organisation, host: str = "", **fields: Any) -> EmbedHost:
    """A website that may frame views of this organisation, if somebody acts for it."""
    return EmbedHost.objects.create(
        organisation=organisation, host=host or f"www{next(_numbers)}.example.org", **fields
    )


def make_entry_request(organisation: Organisation, **fields: Any) -> EntryRequest:
    """Somebody wants to act for it, and waits for a curator."""
    values = {
        "wants": EntryRequest.Wants.CLAIM,
        "state": EntryRequest.State.WAITING,
        "email": f"asking{next(_numbers)}@example.org",
        **fields,
    }
    if values["state"] in {EntryRequest.State.GRANTED, EntryRequest.State.REFUSED}:
        values.setdefault("decided_at", timezone.now())
    return EntryRequest.objects.create(organisation=organisation, **values)


def make_not_double(one: Organisation, other: Organisation) -> NotDouble:
    """Two that a curator has told apart."""
    first, second = sorted((one, other), key=lambda row: row.pk)
    return NotDouble.objects.create(first=first, second=second)


def make_claim(organisation: Organisation, term: Term | None = None, **fields: Any) -> Claim:
    """A declared claim to a term of ethos, without an end."""
    if fields.get("level") == Claim.Level.CHECKED:
        fields.setdefault("checked_on", timezone.localdate())
    return Claim.objects.create(
        organisation=organisation, term=term or make_term(Term.Facet.ETHOS), **fields
    )


def make_register_entry(listing: Listing, **fields: Any) -> RegisterEntry:
    """Where a listing of origin ``register`` comes from."""
    values = {
        "source": "a-register",
        "source_name": "A public register",
        "source_url": "https://register.example.org/",
        "source_date": datetime.date(2023, 6, 30),
        "licence": "Open Government Licence v3.0",
        "external_id": f"row-{next(_numbers)}",
        **fields,
    }
    return RegisterEntry.objects.create(
        organisation=listing.organisation, listing=listing, **values
    )


def make_problem_report(organisation: Organisation, **fields: Any) -> ProblemReport:
    """A report that waits for a curator."""
    values = {"kind": ProblemReport.Kind.WRONG, "text": "The telephone number is old.", **fields}
    return ProblemReport.objects.create(organisation=organisation, **values)
