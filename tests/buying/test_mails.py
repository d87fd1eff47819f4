"""The mails of an enquiry, read as a person would: who writes, what about, and what to press."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.services.people import make_person
from buying.services import deadlines
from tests.buying.asking import link_in, mails_to, path_of, sent
from tests.buying.test_deadlines import DAY
from tests.factories import make_listing, make_organisation
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

SAM, KIM = "sam@buyer.example", "kim@kitchen.example"
# Those that end a matter have nothing to press.
WITHOUT_A_LINK = {
    "enquiry_stopped", "enquiry_stopped_for_provider", "enquiry_report_settled",
}  # fmt: skip


def everything_happens() -> None:
    """One enquiry of each end, through which every mail there is goes out."""
    kitchen = make_listing(make_organisation("Holbeck Kitchen", email=KIM), title="Buffet lunches")
    everything: dict[str, Any] = {
        "email": SAM,
        "when": "at noon",
        "number": "30",
        "access_needs": "A lift.\n\nA loop.",
    }
    client = Client()
    for end in ("close", "expire", "stop"):
        enquiry = sent(kitchen, title=f"Lunch to {end}", **everything)
        row = enquiry.recipients.get()
        own, page = link_in(mails_to(SAM)[-1]), path_of(row)
        client.post(page, {"kind": "question", "text": "How many?\nAnd when?"})
        client.post(f"{own}{row.pk}/write/", {f"to-{row.pk}-text": "Thirty."})
        client.post(f"{page}message/", {"text": "Thank you."})
        if end == "close":
            client.post(page, {"kind": "yes", "price": "240", "text": "With plates."})
            client.post(f"{own}{row.pk}/give-address/")
            client.post(f"{own}{row.pk}/accept/", {"gives_address": "on"})
            client.post(f"{own}thank/", {"recipients": [row.pk], "words": "It was lovely."})
            client.post(f"{own}close/")
        elif end == "expire":
            enquiry.sent_at = enquiry.created - 3 * DAY
            enquiry.save()
            deadlines.remind_who_is_due(deadlines.reminder_day(enquiry.answer_by))
            deadlines.expire(enquiry=enquiry, today=enquiry.answer_by + DAY)
        else:
            client.post(f"{page}not-genuine/", {"report": "Advertising."})
            curator = signed_in(make_person(email="curator@example.org", roles=("curator",)))
            curator.post(f"/curate/enquiries/{row.pk}/", {"outcome": "stop"})


def test_every_mail_says_what_a_person_needs() -> None:
    everything_happens()
    mails = list(OutgoingMail.objects.order_by("pk"))
    templates = {mail.template for mail in mails}
    assert len(templates) >= 14, templates
    for mail in mails:
        about = (mail.template, mail.to)
        html = " ".join(strip_tags(mail.html.partition("</style>")[2]).split())
        if mail.template != "enquiry_confirm":
            assert re.match(r"E-[2-9B-Z]{5}[:,] ", mail.subject), about
        for part in (mail.text, mail.html):
            assert mail.reference in part, about
            assert "{{" not in part, about
            assert "None" not in part, about
        assert mail.subject in html.replace("&quot;", '"'), about
        links = re.findall(r"http://[^\s]+/buying/\S+", mail.text)
        assert len(links) == (0 if mail.template in WITHOUT_A_LINK else 1), about
        buttons = re.findall(r'class="button" href="([^"]*)"', mail.html)
        assert buttons == links, about
        assert "\n\n\n" not in mail.text, about
        assert not re.search(r" [.,]|\.\.|, ,", mail.text), about


def test_the_first_mail_to_a_provider_has_all_it_needs() -> None:
    everything_happens()
    mail = next(mail for mail in mails_to(KIM) if mail.template == "enquiry_asked")
    assert mail.text.startswith(
        "Sam Buyer asks whether you could do this. It is about Buffet lunches.\n\n"
        "> A cold lunch with something for vegans.\n\n"
        "- When: at noon\n- How many: 30\n- Answer by: "
    )
    assert "Access needs:\n\n> A lift.\n>\n> A loop.\n\nSay yes, no, or ask back." in mail.text
    assert "<blockquote>" in mail.html
    assert SAM not in mail.text + mail.html
