"""The link that shows a shortlist to whoever has it.

It is the list's own random key, signed: who reads the database alone, say a backup, cannot make it,
and its owner can see it again.
"""

from django.core import signing

from providers.models import Shortlist

SALT = "providers.shortlist"


class DeadLink(ValueError):
    """Not a link of ours, or one that has run out or was taken back."""


def make(shortlist: Shortlist) -> str:
    """The token of a list that is shared."""
    return signing.Signer(salt=SALT, sep=".").sign(shortlist.share_key or "")


def read(token: str) -> Shortlist:
    """The list that the token opens. Raises DeadLink. One query."""
    try:
        key = signing.Signer(salt=SALT, sep=".").unsign(token)
    except (signing.BadSignature, UnicodeError) as error:
        raise DeadLink from error
    found = Shortlist.objects.shared().filter(share_key=key).first()
    if found is None:
        raise DeadLink
    return found
