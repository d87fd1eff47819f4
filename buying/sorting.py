"""Which of the offers that somebody chose are asked about, and which are not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import Truncator, get_text_list

from accounts.models import Organisation
from buying.mails import addresses_of
from buying.models import Enquiry, Recipient
from providers.models import Listing


@dataclass(slots=True)
class Asked:
    """One provider and the offers it is asked about, the first of which it is mailed for."""

    organisation: Organisation
    listings: list[Listing] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As the conversation is called."""
        longest = Recipient._meta.get_field("title").max_length or 0
        titles = get_text_list([row.title for row in self.listings], "and")
        return Truncator(titles).chars(longest)


@dataclass(slots=True)
class Sorted:
    """``asked`` are as many as were chosen, which may be too many; of the others it is said why."""

    asked: list[Asked]
    paused: list[Listing]
    unreachable: list[Listing]

    @property
    def too_many(self) -> bool:
        return len(self.asked) > Enquiry.MOST_PROVIDERS

    @property
    def twice(self) -> list[Asked]:
        """Providers of which several offers were chosen: they are asked once."""
        return [row for row in self.asked if len(row.listings) > 1]

    @property
    def made_up(self) -> list[str]:
        """Names of providers that are example data."""
        return [row.organisation.name for row in self.asked if row.organisation.is_example]


def sort_out(listings: Iterable[Listing]) -> Sorted:
    """Offers with their organisations, in the order in which they were chosen. A query each.

    Somebody made up is asked like everybody, though no mail goes to them.
    """
    by_organisation: dict[int, Asked] = {}
    found = Sorted([], [], [])
    for listing in listings:
        organisation = listing.organisation
        if listing.state != Listing.State.PUBLISHED:
            found.paused.append(listing)
        elif not organisation.is_example and not addresses_of(listing):
            found.unreachable.append(listing)
        else:
            asked = by_organisation.setdefault(organisation.pk, Asked(organisation))
            asked.listings.append(listing)
    found.asked = list(by_organisation.values())
    return found
