"""A provider answers from a mailed link or signed in; what both sides may then do."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Role
from buying.models import Enquiry, Message, Recipient
from buying.part import BuyingPart
from providers.models import Listing
from tests.buying.asking import mails_to, path_of
from tests.buying.factories import make_answer, make_enquiry, make_message, make_recipient
from tests.buying.test_ask import error_at
from tests.factories import make_confirmed_user, make_listing, make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

YES = {"kind": "yes", "price": "£240", "reason": "", "text": "Delivery is in it."}
NO = {"kind": "no", "price": "", "reason": "busy", "text": ""}
QUESTION = {"kind": "question", "price": "", "reason": "", "text": "How many are vegan?"}


@pytest.fixture
def asked() -> Recipient:
    organisation = make_organisation("Holbeck Kitchen", email="hello@kitchen.example")
    enquiry = make_enquiry(email="sam@buyer.example", link_hash="x")
    row = make_recipient(enquiry, make_listing(organisation, title="Buffet lunches"))
    path_of(row)
    return row


def test_a_yes_is_kept_shown_and_mailed(client: Client, asked: Recipient) -> None:
    page = path_of(asked)
    html = client.get(page).text
    for word in ("Lunch for thirty", "Sam Buyer", "something for vegans", "Answers wanted by"):
        assert word in html
    response = client.post(page, YES, follow=True)
    assert response.redirect_chain[0][0] == page
    assert "Yes, for £240.00, excluding VAT" in words(response.text)
    asked.refresh_from_db()
    assert asked.answer is not None
    assert (asked.answer.kind, asked.answer.text) == ("yes", "Delivery is in it.")
    assert asked.answer.price == 240
    (mail,) = mails_to("sam@buyer.example")
    assert mail.subject == f"{asked.enquiry.reference}, Holbeck Kitchen: Lunch for thirty"
    assert "Yes, for £240.00, excluding VAT" in mail.text
    assert "> Delivery is in it." in mail.text
    assert "Now all have answered" in mail.text
    assert AuditEvent.objects.filter(verb="answered", object_id=str(asked.pk)).exists()


def test_a_question_is_no_answer_yet(client: Client, asked: Recipient) -> None:
    client.post(path_of(asked), QUESTION)
    asked.refresh_from_db()
    assert asked.answer is None
    assert asked.first_answer_at is not None
    (mail,) = mails_to("sam@buyer.example")
    assert "asks you something" in mail.text
    assert "all have answered" not in mail.text


def test_a_no_has_a_reason_and_an_answer_can_be_changed(client: Client, asked: Recipient) -> None:
    page = path_of(asked)
    client.post(page, NO)
    asked.refresh_from_db()
    assert "Change your answer" in client.get(page).text
    response = client.post(page, {**YES, "seen": str(asked.answer_id)})
    assert response.status_code == 302
    asked.refresh_from_db()
    assert asked.answer is not None
    assert asked.answer.in_short == "Yes, for £240.00"
    first, second = mails_to("sam@buyer.example")
    assert "No: not free then" in first.text
    assert "has changed its answer" in second.text
    assert "all have answered" not in second.text


@pytest.mark.parametrize(
    ("answers", "name", "message"),
    [
        ({"kind": ""}, "kind", "Choose yes, a question or no."),
        ({"kind": "maybe"}, "kind", "Choose yes, a question or no."),
        ({**YES, "price": "", "text": ""}, "price", "Enter your price"),
        ({**YES, "price": "1.200,50"}, "price", "Put a point before the pence"),
        ({**YES, "price": "-5"}, "price", "not below zero"),
        ({**YES, "price": "1e9"}, "price", "Enter an amount in pounds"),
        ({**NO, "reason": ""}, "reason", "Choose a reason"),
        ({**NO, "reason": "xyz"}, "reason", "Choose a reason from the list."),
        ({**QUESTION, "text": ""}, "text", "Write your question."),
        ({**YES, "text": "x" * 4001}, "text", "Use at most 4000 characters."),
        ({**YES, "text": "x\x00"}, "text", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    client: Client, asked: Recipient, answers: dict[str, str], name: str, message: str
) -> None:
    response = client.post(path_of(asked), {**YES, **answers})
    assert response.status_code == 200
    assert message in error_at(response.text, name)
    assert "<title>Error: " in response.text
    assert not Message.objects.exists()


def test_what_belongs_to_another_answer_does_not_count(client: Client, asked: Recipient) -> None:
    assert client.post(path_of(asked), {**NO, "price": "nonsense"}).status_code == 302
    assert Message.objects.get().price is None


def test_the_same_form_sent_twice_says_it_once(client: Client, asked: Recipient) -> None:
    form = {**QUESTION, "key": "k" * 22}
    client.post(path_of(asked), form)
    client.post(path_of(asked), form)
    assert Message.objects.count() == len(mails_to("sam@buyer.example")) == 1


def test_a_colleague_who_was_faster_is_shown_and_nothing_is_lost(
    client: Client, asked: Recipient
) -> None:
    make_answer(asked, yes=False)
    response = client.post(path_of(asked), {**YES, "seen": "", "text": "Mine."})
    assert response.status_code == 409
    text = words(response.text)
    assert "Somebody else of your organisation answered while you wrote." in text
    assert "No: not free then" in text
    assert "Mine." in response.text
    assert f'name="seen" value="{asked.answer_id}"' in response.text
    again = {**YES, "seen": str(asked.answer_id), "text": "Mine."}
    assert client.post(path_of(asked), again).status_code == 302


def test_too_late_is_kept_and_can_be_sent_as_a_message(client: Client, asked: Recipient) -> None:
    Enquiry.objects.update(state="expired", ended_at=timezone.now())
    page = path_of(asked)
    assert "Answers were wanted by" in words(client.get(page).text)
    response = client.post(page, YES)
    assert response.status_code == 409
    assert "this came too late to count as one" in words(response.text)
    assert "Yes, for £240.00.\n\nDelivery is in it." in response.text
    assert not Message.objects.exists()
    client.post(f"{page}message/", {"text": "Yes, for £240.00."})
    message = Message.objects.get()
    assert (message.kind, message.by) == ("message", "provider")
    assert "> Yes, for £240.00." in mails_to("sam@buyer.example")[0].text


@pytest.mark.parametrize(
    ("state", "said"), [("closed", "has closed this enquiry"), ("stopped", "has stopped")]
)
def test_what_is_over_takes_nothing(
    client: Client, asked: Recipient, state: str, said: str
) -> None:
    Enquiry.objects.update(state=state, ended_at=timezone.now())
    page = path_of(asked)
    assert said in words(client.get(page).text)
    for path, form in ((page, YES), (f"{page}message/", {"text": "Hello"})):
        response = client.post(path, form)
        assert response.status_code == 409
        assert said in words(response.text)
    assert not Message.objects.exists()


def test_members_answer_under_my_and_outsiders_find_nothing(asked: Recipient) -> None:
    assert asked.organisation is not None
    editor = make_membership(asked.organisation, role=Role.EDITOR).user
    client = signed_in(editor, second_factor=False)
    base = f"/my/{asked.organisation.slug}/enquiries/"
    assert "Waiting for your answer" in client.get(base).text
    assert "Sam Buyer asks: Lunch for thirty" in words(client.get("/my/").text)
    page = f"{base}{asked.pk}/"
    assert client.post(page, YES)["Location"] == page
    assert Message.objects.get().user == editor
    assert "Yes, for £240.00" in client.get(base).text
    assert "asks: Lunch" not in words(client.get("/my/").text)
    stranger = signed_in(make_membership().user, second_factor=False)
    assert stranger.get(page).status_code == stranger.post(page, YES).status_code == 404
    other = make_recipient()
    assert client.get(f"{base}{other.pk}/").status_code == 404


def test_a_conversation_passes_through_the_site(asked: Recipient) -> None:
    page, reference = path_of(asked), asked.enquiry.reference
    user = make_confirmed_user("sam@buyer.example")
    Enquiry.objects.update(user=user)
    buyer = signed_in(user, second_factor=False)
    own = f"/buying/enquiries/{reference}/"
    response = buyer.post(
        f"{own}{asked.pk}/write/", {f"to-{asked.pk}-text": "Four are vegan."}, follow=True
    )
    assert "Your message to Holbeck Kitchen is on its way." in words(response.text)
    (mail,) = mails_to("hello@kitchen.example")
    assert mail.subject == f"{reference}: Lunch for thirty"
    assert "> Four are vegan." in mail.text
    assert "Four are vegan." in Client().get(page).text
    empty = buyer.post(f"{own}{asked.pk}/write/", {f"to-{asked.pk}-text": " "})
    assert "Write your message." in words(empty.text)


def test_mails_of_a_conversation_stand_together(client: Client, asked: Recipient) -> None:
    from tslsv.mail.delivery import message_of

    client.post(path_of(asked), QUESTION)
    client.post(path_of(asked), YES)
    sent = [message_of(mail).message() for mail in mails_to("sam@buyer.example")]
    assert len({message["Subject"] for message in sent}) == 1
    assert len({message["In-Reply-To"] for message in sent}) == 1
    assert sent[0]["References"] == sent[0]["In-Reply-To"]
    assert len({message["Message-ID"] for message in sent}) == 2
    assert "Reply-To" not in sent[0]


# -- What whoever asked does ----------------------------------------------------------------------


@pytest.fixture
def buyer(asked: Recipient) -> Client:
    user = make_confirmed_user("sam@buyer.example")
    Enquiry.objects.update(user=user)
    return signed_in(user, second_factor=False)


def own_page(asked: Recipient) -> str:
    return f"/buying/enquiries/{asked.enquiry.reference}/"


def test_an_answer_is_taken_up_with_or_without_the_address(buyer: Client, asked: Recipient) -> None:
    path = f"{own_page(asked)}{asked.pk}/accept/"
    refused = buyer.post(path, {"gives_address": "on"})
    assert (refused.status_code, "have not said yes" in refused.text) == (409, True)
    make_answer(asked)
    assert "Take it up" in buyer.get(own_page(asked)).text
    buyer.post(path)
    buyer.post(path)
    (mail,) = mails_to("hello@kitchen.example")
    assert "would like to take up your answer" in mail.text
    assert "sam@buyer.example" not in mail.text + mail.html
    buyer.post(path, {"gives_address": "on"})
    assert "sam@buyer.example" in mails_to("hello@kitchen.example")[1].text
    assert "sam@buyer.example" in Client().get(path_of(asked)).text


def test_the_address_is_given_once(buyer: Client, asked: Recipient) -> None:
    path = f"{own_page(asked)}{asked.pk}/give-address/"
    assert "It cannot be taken back." in words(buyer.get(path).text)
    assert not mails_to("hello@kitchen.example")
    buyer.post(path)
    buyer.post(path)
    (mail,) = mails_to("hello@kitchen.example")
    assert "sam@buyer.example" in mail.text


def test_thanks_and_closing_are_told_once(buyer: Client, asked: Recipient) -> None:
    make_answer(asked)
    other = make_recipient(
        asked.enquiry,
        make_listing(make_organisation("Hall", email="hello@hall.example")),
        link_hash="another",
    )
    thank, close = f"{own_page(asked)}thank/", f"{own_page(asked)}close/"
    assert "Choose whom to thank." in words(buyer.post(thank).text)
    assert buyer.post(thank, {"recipients": ["999"]}).status_code == 200
    for _ in range(2):
        buyer.post(thank, {"recipients": [asked.pk], "words": "It was lovely."})
        buyer.post(close)
    subjects = [mail.text.split("\n")[0] for mail in mails_to("hello@kitchen.example")]
    assert subjects[0].startswith("Sam Buyer thanks you for your answer")
    assert subjects[1].startswith("Sam Buyer has closed this enquiry")
    assert len(subjects) == 2
    (closed,) = mails_to("hello@hall.example")
    assert "You need not answer any more." in closed.text
    assert "Closed" in buyer.get(own_page(asked)).text
    blocked = buyer.post(f"{own_page(asked)}{other.pk}/write/", {f"to-{other.pk}-text": "Hello"})
    assert (blocked.status_code, "You have closed this enquiry" in blocked.text) == (409, True)


# -- Organisations that change --------------------------------------------------------------------


def test_a_merged_provider_goes_on_talking(client: Client, asked: Recipient) -> None:
    keep = make_organisation("Bigger Kitchen", email="hello@bigger.example")
    assert asked.organisation is not None
    page = path_of(asked)
    BuyingPart().merge(keep=keep, gone=asked.organisation)
    assert client.post(page, YES).status_code == 302
    asked.refresh_from_db()
    assert asked.organisation == keep
    twin = make_recipient(make_enquiry(), make_listing(keep))
    make_recipient(twin.enquiry, make_listing(make_organisation("Twin")))


def test_a_provider_that_has_gone_is_said_to_both(buyer: Client, asked: Recipient) -> None:
    page = path_of(asked)
    Recipient.objects.update(organisation=None)
    response = Client().get(page)
    assert (response.status_code, "is not on the site any more" in response.text) == (410, True)
    assert Client().post(page, YES).status_code == 410
    assert "Not on the site any more" in buyer.get(own_page(asked)).text
    form = {f"to-{asked.pk}-text": "Hello"}
    said = buyer.post(f"{own_page(asked)}{asked.pk}/write/", form)
    assert (said.status_code, "so nothing reaches it" in words(said.text)) == (409, True)


def test_a_closed_organisation_leaves_the_conversation(buyer: Client, asked: Recipient) -> None:
    page, user = path_of(asked), make_confirmed_user()
    assert asked.organisation is not None
    BuyingPart().close(asked.organisation, actor_key=user.audit_key)
    assert Client().get(page).status_code == 404
    assert "Not on the site any more" in buyer.get(own_page(asked)).text


def test_who_was_taken_off_the_list_hears_no_more(buyer: Client, asked: Recipient) -> None:
    Listing.objects.update(state="archived")
    form = {f"to-{asked.pk}-text": "Hello"}
    buyer.post(f"{own_page(asked)}{asked.pk}/write/", form)
    assert not mails_to("hello@kitchen.example")
    assert "Not on the site any more" in buyer.get(own_page(asked)).text
    assert asked.organisation is not None
    make_membership(asked.organisation, make_confirmed_user("kim@kitchen.example"))
    assert "Not on the site any more" not in buyer.get(own_page(asked)).text
    buyer.post(f"{own_page(asked)}{asked.pk}/write/", form)
    assert len(mails_to("kim@kitchen.example")) == 1


def test_a_new_key_makes_no_new_link(settings: Any, asked: Recipient) -> None:
    page = path_of(asked)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60
    assert path_of(asked) == page
    settings.SECRET_KEY_FALLBACKS = []
    assert path_of(asked) == "/buying/answer//"
    assert Client().get(page).status_code == 200


def test_how_soon_a_provider_answers(client: Client, asked: Recipient) -> None:
    assert asked.organisation is not None
    page = asked.organisation.get_absolute_url()
    for number, hours in enumerate((5, 30, 100)):
        assert "Usually answers" not in client.get(page).text
        now = timezone.now()
        row = make_recipient(
            make_enquiry(sent_at=now - datetime.timedelta(hours=hours)),
            make_listing(asked.organisation, title=f"Offer {number}"),
        )
        make_message(row)
        Recipient.objects.filter(pk=row.pk).update(first_answer_at=now)
    assert "Usually answers within 2 days" in client.get(page).text
    assert asked.listing is not None
    assert "Usually answers within 2 days" in client.get(asked.listing.get_absolute_url()).text
    Recipient.objects.update(withheld=True)
    assert "Usually answers" not in client.get(page).text
