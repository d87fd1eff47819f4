"""How tests ask: a client that fills in the form, checks it and sends it."""

import re
from typing import Any

from django.test import Client

from buying.links import new_recipient_hash, recipient_token
from buying.models import Enquiry, Recipient
from buying.sorting import sort_out
from providers.models import Listing
from tslsv.mail.models import OutgoingMail

ANSWERS = {
    "title": "Lunch for thirty",
    "what": "A cold lunch with something for vegans.",
    "name": "Sam Buyer",
    "email": "sam@buyer.example",
}


def ask_url(*listings: Listing) -> str:
    return "/buying/ask/?" + "&".join(f"listing={row.pk}" for row in listings)


def typed(client: Client, *listings: Listing, **answers: Any) -> dict[str, Any]:
    """What a browser sends: the fields as the page shows them, with these answers."""
    html = client.get(ask_url(*listings)).text
    by = re.search(r'name="answer_by" value="([^"]*)"', html)
    assert by, html
    return {**ANSWERS, "answer_by": by[1], **answers}


def ask(client: Client, *listings: Listing, **answers: Any) -> str:
    """From the form to the look at it; returns that page's address."""
    response = client.post(ask_url(*listings), typed(client, *listings, **answers))
    assert response.status_code == 302, response.text
    return str(response["Location"])


def send(client: Client, *listings: Listing, **answers: Any) -> Enquiry:
    """The whole way; unconfirmed unless the address is the client's own."""
    response = client.post(ask(client, *listings, **answers))
    assert response.status_code == 302, response.text
    return Enquiry.objects.latest("pk")


def sent(*listings: Listing, client: Client | None = None, **answers: Any) -> Enquiry:
    """An enquiry that its asker has confirmed by the mailed link."""
    client = client or Client()
    enquiry = send(client, *listings, **answers)
    path = link_in(mails_to(enquiry.email)[-1])
    assert client.post(path).status_code == 302
    enquiry.refresh_from_db()
    return enquiry


def mails_to(address: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(to__iexact=address).order_by("pk"))


def link_in(mail: OutgoingMail) -> str:
    """The path of the page that the mail opens."""
    found = re.search(r"https?://[^/\s]+(/buying/(?:enquiries|answer)/[0-9a-f]{64}/)", mail.text)
    assert found, mail.text
    return found[1]


def path_of(recipient: Recipient) -> str:
    """Where its provider answers; a row that a factory made gets its link first."""
    if not recipient.link_hash:
        recipient.link_hash = new_recipient_hash(recipient)
        recipient.save(update_fields=["link_hash"])
    return f"/buying/answer/{recipient_token(recipient)}/"


def asked_of(*listings: Listing) -> list[Any]:
    return sort_out(listings).asked
