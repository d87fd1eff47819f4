"""The secret addresses of calendar feeds.

The database keeps a hash alone; the address is made anew out of the secret key, so that its owner
can read it again.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models.invitation import hash_of
from brokerage.models import CalendarKey
from tslsv.mail.links import absolute


def new_calendar_hash(key: CalendarKey) -> str:
    """What to keep of the address of this round. The row has its number already."""
    return hash_of(_make(key, settings.SECRET_KEY))


def calendar_url(key: CalendarKey) -> str:
    """The whole address; empty where the feed is switched off, or made with a key that counts no
    more.
    """
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _make(key, secret)
        if hash_of(token) == key.link_hash:
            return absolute(reverse("brokerage:calendar", args=[token]))
    return ""


def _make(key: CalendarKey, secret: str) -> str:
    """256 bits, in letters and digits."""
    return salted_hmac(
        "brokerage.calendar_links", f"{key.pk}-{key.round}", secret=secret, algorithm="sha256"
    ).hexdigest()
