"""The link by which another employer takes places that a giver passes on.

Nothing is kept of it: it says itself which places of which version it is about, so it dies as soon
as the giver changes anything, or once somebody took them.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tslsv.mail.links import absolute

SALT = "brokerage.passing"


class DeadLink(ValueError):
    """Not a link of ours, or one that has run out."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Places of one exchange, as its version of this number says."""

    exchange_id: int
    number: int
    seats: int


def passing_token(passed: Passed) -> str:
    """Opens the page on which they are taken, for as long as a proposal may wait."""
    return signing.dumps([passed.exchange_id, passed.number, passed.seats], salt=SALT)


def passing_url(passed: Passed) -> str:
    """The whole address, for mails."""
    return absolute(reverse("brokerage:take_places", args=[passing_token(passed)]))


def read_passed(token: str) -> Passed:
    """What a token is about. Raises DeadLink."""
    seconds = settings.PROPOSAL_DAYS * 24 * 3600
    try:
        exchange_id, number, seats = signing.loads(token, salt=SALT, max_age=seconds)
        return Passed(int(exchange_id), int(number), int(seats))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise DeadLink from error
