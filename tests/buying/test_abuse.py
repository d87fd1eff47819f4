"""Enquiries that are none: reports, blocks that nobody is told of, and what curators see."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.people import make_person
from buying.models import BlockedAsker, Enquiry, Message, Recipient
from buying.patterns import patterns, pseudonym
from tests.buying.asking import link_in, mails_to, path_of, sent
from tests.buying.factories import make_blocked_asker, make_enquiry, make_recipient
from tests.factories import make_listing, make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

SAM = "sam@buyer.example"
KITCHEN, HALL = "hello@kitchen.example", "hello@hall.example"


@pytest.fixture
def curator() -> Client:
    return signed_in(make_person(email="curator@example.org", roles=("curator",)))


@pytest.fixture
def asked() -> Recipient:
    kitchen = make_listing(make_organisation("Kitchen", email=KITCHEN), title="Lunches")
    hall = make_listing(make_organisation("Hall", email=HALL), title="Hall")
    return sent(kitchen, hall, email=SAM).recipients.get(title="Lunches")


def own_page(enquiry: Enquiry) -> str:
    return link_in(mails_to(enquiry.email)[0])


def test_a_report_blocks_for_that_provider_and_can_be_taken_back(asked: Recipient) -> None:
    page, client = path_of(asked), Client()
    client.get(f"{page}not-genuine/")
    assert not BlockedAsker.objects.exists()
    for _ in range(2):
        client.post(f"{page}not-genuine/", {"report": "Advertising."})
    block = BlockedAsker.objects.get()
    assert (block.who, block.organisation) == (SAM, asked.organisation)
    text = words(client.get(page).text)
    assert "You said that this is not a genuine enquiry." in text
    assert client.post(page, {"kind": "question", "text": "Hello?"}).status_code == 409
    before = len(mails_to(KITCHEN))
    Client().post(f"{own_page(asked.enquiry)}{asked.pk}/write/", {f"to-{asked.pk}-text": "Buy"})
    assert Message.objects.count() == 1, "to them it looks as if it was sent"
    assert len(mails_to(KITCHEN)) == before
    client.post(f"{page}genuine/")
    assert not BlockedAsker.objects.exists()
    assert "Buy" in client.get(page).text


def test_whom_a_provider_blocked_asks_it_in_vain_and_is_not_told(asked: Recipient) -> None:
    make_blocked_asker(SAM.upper(), organisation=asked.organisation)
    assert asked.listing is not None
    other = make_listing(make_organisation("Bowls", email="hello@bowls.example"))
    told = len(mails_to(KITCHEN))
    enquiry = sent(asked.listing, other, email=SAM, title="Another")
    assert len(mails_to(KITCHEN)) == told
    assert len(mails_to("hello@bowls.example")) == 1
    text = words(Client().get(own_page(enquiry)).text)
    assert "Nobody has answered yet." in text
    withheld = enquiry.recipients.get(withheld=True)
    assert Client().get(path_of(withheld)).status_code == 404
    assert asked.organisation is not None
    member = signed_in(make_membership(asked.organisation).user, second_factor=False)
    assert "Another" not in member.get(f"/my/{asked.organisation.slug}/enquiries/").text
    assert "Kitchen: " in mails_to(SAM)[-1].text, (
        "named like everybody in the mail of what was sent"
    )


@pytest.mark.parametrize("who", [SAM, "@buyer.example"])
def test_whom_curators_block_reaches_nobody(asked: Recipient, curator: Client, who: str) -> None:
    response = curator.post("/curate/enquiries/block/", {"who": who.upper(), "why": "Spam"})
    assert response.status_code == 302
    assert curator.post("/curate/enquiries/block/", {"who": who}).status_code == 409
    assert asked.listing is not None
    told = len(mails_to(KITCHEN))
    enquiry = sent(asked.listing, email=SAM, title="Another")
    assert len(mails_to(KITCHEN)) == told
    assert enquiry.state == "open"
    Client().post(f"{own_page(asked.enquiry)}{asked.pk}/write/", {f"to-{asked.pk}-text": "Buy"})
    assert len(mails_to(KITCHEN)) == told
    block = BlockedAsker.objects.get()
    curator.post(f"/curate/enquiries/blocks/{block.pk}/unblock/")
    sent(asked.listing, email=SAM, title="A third")
    assert len(mails_to(KITCHEN)) == told + 1


@pytest.mark.parametrize("who", ["", "nonsense", "@", "@@x", "@x y", "asker-000000", "x" * 300])
def test_what_cannot_be_blocked_is_said(curator: Client, who: str) -> None:
    response = curator.post("/curate/enquiries/block/", {"who": who})
    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert not BlockedAsker.objects.exists()


def test_a_curator_stops_it_for_everybody(asked: Recipient, curator: Client) -> None:
    Client().post(f"{path_of(asked)}not-genuine/", {"report": "Advertising."})
    assert "1 reported enquiry waits" in words(curator.get("/my/").text)
    page = f"/curate/enquiries/{asked.pk}/"
    assert "Advertising." in curator.get(page).text
    assert "Choose what it is." in words(curator.post(page).text)
    assert curator.post(page, {"outcome": "stop"}).status_code == 302
    assert curator.post(page, {"outcome": "stop"}).status_code == 409
    asked.enquiry.refresh_from_db()
    assert asked.enquiry.state == "stopped"
    assert "has stopped it" in mails_to(SAM)[-1].text
    assert "stopped it" in mails_to(HALL)[-1].text
    assert "what came of your report" in mails_to(KITCHEN)[-1].subject
    assert "Advertising." not in curator.get(page).text
    own = own_page(asked.enquiry)
    assert "Stopped by a curator" in Client().get(own).text
    hall = asked.enquiry.recipients.get(title="Hall")
    said = Client().post(f"{own}{hall.pk}/write/", {f"to-{hall.pk}-text": "Hello"})
    assert said.status_code == 409


def test_meant_well_leaves_it_as_it_is(asked: Recipient, curator: Client) -> None:
    Client().post(f"{path_of(asked)}not-genuine/")
    curator.post(f"/curate/enquiries/{asked.pk}/", {"outcome": "fine"})
    asked.enquiry.refresh_from_db()
    assert asked.enquiry.state == "open"
    assert BlockedAsker.objects.exists(), "that is the provider's to decide"
    assert "meant well" in mails_to(KITCHEN)[-1].text
    assert "No report waits" in curator.get("/curate/enquiries/").text


def test_who_is_no_curator_settles_nothing(asked: Recipient) -> None:
    Recipient.objects.update(not_genuine_at=timezone.now())
    broker = signed_in(make_person(email="broker@example.org", roles=("broker",)))
    asleep = signed_in(User.objects.get(email="broker@example.org"), second_factor=False)
    for client in (broker, asleep):
        assert client.get(f"/curate/enquiries/{asked.pk}/").status_code in {302, 404}


def test_what_nobody_reported_cannot_be_opened(asked: Recipient, curator: Client) -> None:
    assert curator.get(f"/curate/enquiries/{asked.pk}/").status_code == 404


def test_patterns_count_and_name_nobody_before_a_report(curator: Client) -> None:
    busy = "busy@buyer.example"
    for _ in range(3):
        enquiry = make_enquiry(email=busy)
        make_recipient(enquiry)
        make_recipient(enquiry)
    make_recipient(make_enquiry(email="quiet@buyer.example"))
    found = patterns()
    assert [(row.who, row.enquiries, row.providers, row.reports) for row in found] == [
        (pseudonym(busy), 3, 6, 0),
        (pseudonym("quiet@buyer.example"), 1, 1, 0),
    ]
    html = curator.get("/curate/enquiries/").text
    assert busy not in html
    assert pseudonym(busy) in html
    curator.post("/curate/enquiries/block/", {"who": pseudonym(busy)})
    assert BlockedAsker.objects.get().who == busy
    assert busy not in curator.get("/curate/enquiries/").text
    Recipient.objects.filter(enquiry__email=busy).update(not_genuine_at=timezone.now())
    assert busy in curator.get("/curate/enquiries/").text
    assert curator.get("/curate/enquiries/?page=99").status_code == 404
    assert curator.get("/curate/enquiries/?page=x").status_code == 404
