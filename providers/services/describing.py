"""What is said of an organisation by whoever puts it on the list, while nobody acts for it yet."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from accounts.models import Organisation
from accounts.refused import Refused
from accounts.services.locking import lock_organisation
from accounts.services.organisation import describe_organisation
from providers.models import Listing
from providers.permissions import Author
from providers.services.listing_edits import TAKEN_DOWN, WITH_CURATOR
from providers.services.locking import lock_to_write


@transaction.atomic
def describe(
    *, listing: Listing, values: Mapping[str, object], seen: datetime.datetime, author: Author
) -> Organisation:
    """Write ``values`` (every name of ``accounts.services.organisation.FACTS``) of the listing's
    organisation, and find its place anew; returns it as it stands now.

    Raises Refused for who may not write the listing, while a curator looks at it, or when it was
    taken down; and what ``describe_organisation`` raises.
    """
    lock_organisation(listing.organisation)
    now = lock_to_write(listing.pk, author)
    if now.state == Listing.State.SUBMITTED:
        raise Refused(WITH_CURATOR)
    if now.state == Listing.State.ARCHIVED:
        raise Refused(TAKEN_DOWN)
    return describe_organisation(
        organisation=now.organisation, values=values, seen=seen, actor_key=author.key
    )
