"""Mails of an exchange, to one of its sides.

What a side may not know of the other never reaches a template of its mails: the other's contact is
in the context only once both are introduced.
"""

from django.conf import settings

from accounts.addresses import people_of
from brokerage.calendar import invitation
from brokerage.models import Contact, Exchange, Side, VerifierLink
from brokerage.verifier_links import verifier_url
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

WITH_INVITATION = {"exchange_agreed", "exchange_reduced", "exchange_ended"}
"""Mails of what calendars have to show. One that ended before a day was agreed has none."""


def addresses_of(exchange: Exchange, side: Side) -> list[str]:
    """Where a side is reached: its contact, else everybody who acts for it.

    No mail leaves the machine for somebody made up.
    """
    organisation = exchange.organisation_of(side)
    if organisation.is_example and not settings.LOOPBACK:
        return []
    contact = exchange.contacts.filter(side=side).first()
    if contact is not None and contact.email:
        return [contact.email]
    notice = exchange.need if side == Side.HOST else exchange.offer
    if notice is not None and notice.contact_email:
        return [notice.contact_email]
    return people_of(organisation)


def tell(
    exchange: Exchange, side: Side, template: str, context: dict[str, object] | None = None
) -> int:
    """Queue ``emails/<template>.txt`` to this side; returns to how many.

    The context has besides: ``exchange``, ``side``, ``us`` and ``them`` (organisations), ``url`` of
    the exchange, ``contact`` (the other side's, once introduced), ``verify_url`` where ``link`` is
    given. All mails of one exchange to one side stand together.
    """
    said = dict(context or {})
    link = said.pop("link", None)
    about: dict[str, object] = {
        "exchange": exchange,
        "side": side,
        "us": exchange.organisation_of(side),
        "them": exchange.organisation_of(side.other),
        "url": absolute(exchange.get_absolute_url()),
        "contact": _contact(exchange, side.other),
        "verify_url": verifier_url(link) if isinstance(link, VerifierLink) else "",
        **said,
    }
    told = 0
    for address in addresses_of(exchange, side):
        calendar = invitation(exchange, to=address) if template in WITH_INVITATION else b""
        try:
            queue_mail(
                to=address,
                template=template,
                context=about,
                thread=f"exchange-{exchange.pk}-{side.value}",
                calendar=calendar.decode(),
            )
        except BadAddress:
            continue
        told += 1
    return told


def _contact(exchange: Exchange, side: Side) -> Contact | None:
    if not exchange.contacts_shown:
        return None
    return exchange.contacts.filter(side=side).first()
