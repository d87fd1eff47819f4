"""Mails about a need or an offer, to those who wrote it; and the link that renews it."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.addresses import people_of
from brokerage.models import Notice
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

SALT = "brokerage.renew"
LINK_DAYS = 90


class DeadLink(ValueError):
    """Not a link of ours, or one that has run out."""


def renew_token(notice: Notice) -> str:
    """Opens the page with the button that renews this notice, and nothing else; for 90 days."""
    return signing.dumps([notice.pk], salt=SALT)


def read_token(token: str) -> int:
    """The id of the notice that a token is about. Raises DeadLink."""
    try:
        (pk,) = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError, UnicodeError) as error:
        raise DeadLink from error
    return int(pk)


def tell_writers(notice: Notice, template: str, context: dict[str, object] | None = None) -> int:
    """Queue ``emails/<template>.txt`` to everybody who acts for its organisation; returns to how
    many. The context has besides: ``notice``, ``url`` (where they write it), ``page`` (its own
    page) and ``renew_url``. No mail leaves the machine for somebody made up.
    """
    organisation = notice.organisation
    if organisation.is_example and not settings.LOOPBACK:
        return 0
    about: dict[str, object] = {
        "notice": notice,
        "organisation": organisation,
        "url": absolute(
            reverse("my_brokerage:my_notice", args=[organisation.slug, notice.reference])
        ),
        "page": absolute(notice.get_absolute_url()),
        "renew_url": absolute(reverse("brokerage:renew", args=[renew_token(notice)])),
        **(context or {}),
    }
    told = 0
    for address in people_of(organisation):
        try:
            queue_mail(to=address, template=template, context=about)
        except BadAddress:
            continue
        told += 1
    return told
