"""The link by which somebody says whether they want to be among the people who can help.

The database keeps a hash alone; the link is made anew out of the secret key, and another one each
time a broker asks. Asked anew after a year, they are mailed the link that they have.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models.invitation import hash_of
from brokerage.models import Helper
from tslsv.mail.links import absolute
from tslsv.mail.outbox import queue_mail


def new_helper_hash(helper: Helper) -> str:
    """What to keep of the link of somebody who is asked now; ``asked_at`` says when."""
    return hash_of(_make(helper, settings.SECRET_KEY))


def helper_token(helper: Helper) -> str:
    """The token of the link, with the key it was made with; empty where that counts no more."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _make(helper, key)
        if hash_of(token) == helper.link_hash:
            return token
    return ""


def ask_by_mail(helper: Helper, template: str) -> None:
    """Queue ``emails/<template>.txt``, which asks by their link.

    No mail leaves the machine for somebody made up. Raises ``tslsv.mail.outbox.BadAddress``.
    """
    if helper.is_example and not settings.LOOPBACK:
        return
    url = absolute(reverse("brokerage:consent", args=[helper_token(helper)]))
    queue_mail(to=helper.email, template=template, context={"helper": helper, "url": url})


def _make(helper: Helper, key: str) -> str:
    """256 bits, in letters and digits."""
    about = f"{helper.pk}-{helper.asked_at.isoformat() if helper.asked_at else ''}"
    return salted_hmac("brokerage.helper_links", about, secret=key, algorithm="sha256").hexdigest()
