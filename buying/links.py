"""The links that open an enquiry: one for whoever asked, one for each provider.

The database keeps a hash alone, and yet each later mail has the same link: it is made anew out of
the secret key. A link whose hash was taken away opens nothing.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models.invitation import hash_of
from buying.models import Enquiry, Recipient
from tslsv.mail.links import absolute


def enquiry_token(enquiry: Enquiry) -> str:
    """The token of the asker's link; empty where it opens nothing any more. Runs no query."""
    return _token("asker", enquiry.pk, enquiry.link_hash)


def recipient_token(recipient: Recipient) -> str:
    """The token of a provider's link; likewise."""
    return _token("provider", recipient.pk, recipient.link_hash)


def new_enquiry_hash(enquiry: Enquiry) -> str:
    """What to keep of the asker's link. The row has its number already."""
    return hash_of(_make("asker", enquiry.pk, settings.SECRET_KEY))


def new_recipient_hash(recipient: Recipient) -> str:
    return hash_of(_make("provider", recipient.pk, settings.SECRET_KEY))


def enquiry_url(enquiry: Enquiry) -> str:
    """The whole address of the asker's page, for mails; empty where there is none any more.

    Once its asker has left the organisation it was asked for, its people sign in to open it.
    """
    token = enquiry_token(enquiry)
    if token and enquiry.asker_has_left():
        token = enquiry.reference or ""
    return absolute(reverse("buying:enquiry", args=[token])) if token else ""


def answer_url(recipient: Recipient) -> str:
    """The whole address at which a provider answers; likewise."""
    token = recipient_token(recipient)
    return absolute(reverse("buying:answer", args=[token])) if token else ""


def _token(side: str, pk: int, kept: str | None) -> str:
    """With the key it was made with: a former one may still be among those that count."""
    if not kept:
        return ""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _make(side, pk, key)
        if hash_of(token) == kept:
            return token
    return ""


def _make(side: str, pk: int, key: str) -> str:
    """256 bits, in letters and digits."""
    return salted_hmac(f"buying.links.{side}", str(pk), secret=key, algorithm="sha256").hexdigest()
