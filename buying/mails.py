"""Mails of an enquiry: to whoever asked, and to each provider.

What one side may not know of the other never reaches a template of theirs: the asker's address is
in the context of a provider's mail only once it was given.
"""

from django.conf import settings

from accounts.addresses import people_of
from accounts.models import Organisation
from buying.links import answer_url, enquiry_url
from buying.models import Enquiry, Message, Recipient
from buying.reply_address import reply_address
from providers.models import Listing
from tslsv.mail.outbox import BadAddress, queue_mail


def addresses_of(listing: Listing) -> list[str]:
    """Where an offer's provider is asked: its own contact, else everybody who acts for it."""
    return [listing.email] if listing.email else people_of(listing.organisation)


def is_reachable(recipient: Recipient) -> bool:
    """Whether anybody may be written to for it: not who closed, or asked to be taken off the list.

    Runs a query once its offer is gone.
    """
    organisation, listing = recipient.organisation, recipient.listing
    if organisation is None or not recipient.link_hash:
        return False
    if listing is not None and listing.state in {Listing.State.PUBLISHED, Listing.State.PAUSED}:
        return True
    return organisation.memberships.exists()


def provider_addresses(recipient: Recipient) -> list[str]:
    """The same of a conversation, as it is today; nobody where the provider has gone.

    No mail leaves the machine for somebody made up.
    """
    organisation = recipient.organisation
    if organisation is None or not is_reachable(recipient):
        return []
    if _stays_here(organisation):
        return []
    listing = recipient.listing
    if listing is not None and listing.email and listing.organisation_id == organisation.pk:
        return [listing.email]
    return people_of(organisation)


def asker_addresses(enquiry: Enquiry) -> list[str]:
    """Where whoever asked is told; nobody once they were erased.

    Once they have left the organisation that they asked for, it is those who act for it now.
    """
    if enquiry.organisation is not None and enquiry.asker_has_left():
        return [] if _stays_here(enquiry.organisation) else people_of(enquiry.organisation)
    return [enquiry.email] if enquiry.email else []


def tell_provider(
    recipient: Recipient, template: str, context: dict[str, object] | None = None
) -> int:
    """Queue ``emails/<template>.txt`` to everybody who answers for it; returns to how many.

    The context has besides: ``recipient``, ``enquiry``, ``url`` (where they answer),
    ``by_mail`` (whether they may answer the mail itself) and ``address`` (the asker's, once given).
    Who must not hear of it is not told: the asker may not ask them, or they said that it is no
    genuine enquiry.
    """
    if recipient.withheld or recipient.not_genuine_at is not None:
        return 0
    enquiry = recipient.enquiry
    about = {
        "recipient": recipient,
        "enquiry": enquiry,
        "url": answer_url(recipient),
        "address": enquiry.email if recipient.address_is_known() else "",
        **(context or {}),
    }
    return sum(
        _queue(address, template, about, recipient, Message.By.PROVIDER)
        for address in provider_addresses(recipient)
    )


def tell_asker(
    enquiry: Enquiry,
    template: str,
    context: dict[str, object] | None = None,
    *,
    recipient: Recipient | None = None,
) -> int:
    """The same to whoever asked; with ``recipient``, in the conversation with that one."""
    about = {
        "enquiry": enquiry,
        "recipient": recipient,
        "url": enquiry_url(enquiry),
        **(context or {}),
    }
    return sum(
        _queue(address, template, about, recipient or enquiry, Message.By.ASKER)
        for address in asker_addresses(enquiry)
    )


def _queue(
    address: str,
    template: str,
    context: dict[str, object],
    about: Recipient | Enquiry,
    to: Message.By,
) -> int:
    reply_to = reply_address(about, to) if isinstance(about, Recipient) else ""
    try:
        queue_mail(
            to=address,
            template=template,
            context={"by_mail": bool(reply_to), **context},
            thread=_thread(about, to),
            reply_to=reply_to,
        )
    except BadAddress:
        return 0
    return 1


def _stays_here(organisation: Organisation) -> bool:
    """Whether it is made up, and this is no machine to try things out on."""
    return organisation.is_example and not settings.LOOPBACK


def _thread(about: Recipient | Enquiry, to: Message.By) -> str:
    """One for each side of each conversation: nothing in it tells how many were asked."""
    kind = "enquiry" if isinstance(about, Enquiry) else "conversation"
    return f"{kind}-{about.pk}-{to.value}"
