"""A curator takes a listing down for somebody who rings up."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import AuditEvent, Identifier, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Refused
from accounts.services.identifier import add_identifier
from accounts.services.organisation import found_organisation
from providers.models import Listing
from providers.permissions import Author
from providers.services.listing_edits import start_listing


@dataclass(frozen=True, slots=True)
class Caller:
    """What they say on the telephone; only the name is always there."""

    name: str
    postcode: str = ""
    scheme: str = ""
    number: str = ""
    email: str = ""
    phone: str = ""


@transaction.atomic
def take_down(*, caller: Caller, by: User) -> Listing:
    """A new organisation that nobody acts for, with a draft that the curator writes.

    The caller's address and telephone are the organisation's until its owner says otherwise. Raises
    Refused for who is no curator or when the number is another's, and PostcodeError.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    organisation = found_organisation(name=caller.name, postcode=caller.postcode)
    organisation.email, organisation.phone = caller.email, caller.phone
    organisation.save(update_fields=["email", "phone", "modified"])
    AuditEvent.record(
        verb="took down",
        target=organisation,
        organisation=organisation,
        actor_key=by.audit_key,
        fields=["name", "postcode", "email", "phone"],
    )
    if caller.number:
        add_identifier(organisation=organisation, scheme=caller.scheme, value=caller.number, by=by)
    return write_for(organisation=organisation, by=by)


@transaction.atomic
def write_for(*, organisation: Organisation, by: User) -> Listing:
    """A draft of an organisation that is here already and that nobody acts for.

    Raises Refused for who is no curator, and once somebody acts for it.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    if organisation.memberships.exists():
        raise Refused("Somebody acts for this organisation. They write its listings themselves.")
    return start_listing(
        organisation=organisation, origin=Listing.Origin.CURATOR, author=Author(by)
    )


def holder_of(scheme: str, number: str) -> Organisation | None:
    """The organisation that has this number, if any. One query."""
    found = Identifier.objects.filter(scheme=scheme, value=number).select_related("organisation")
    held = found.first()
    return held.organisation if held else None
