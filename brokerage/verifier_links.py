"""The links by which somebody without an account confirms a result.

The database keeps a hash alone; the link is made anew out of the secret key.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models.invitation import hash_of
from brokerage.models import VerifierLink
from tslsv.mail.links import absolute


def new_verifier_hash(link: VerifierLink) -> str:
    """What to keep of a link whose row has its number already."""
    return hash_of(_make(link.pk, settings.SECRET_KEY))


def verifier_token(link: VerifierLink) -> str:
    """The token of the link, with the key it was made with; empty where that counts no more."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _make(link.pk, key)
        if hash_of(token) == link.link_hash:
            return token
    return ""


def verifier_url(link: VerifierLink) -> str:
    """The whole address, for mails; empty where it opens nothing any more."""
    token = verifier_token(link)
    return absolute(reverse("brokerage:verify", args=[token])) if token else ""


def _make(pk: int, key: str) -> str:
    """256 bits, in letters and digits."""
    return salted_hmac(
        "brokerage.verifier_links", str(pk), secret=key, algorithm="sha256"
    ).hexdigest()
