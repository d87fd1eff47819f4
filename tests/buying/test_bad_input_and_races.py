"""Bad input and races, as people meet them. The finer cases stand with what they are about."""

import codecs
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.merge import merge_organisations
from accounts.services.organisation import close_organisation
from buying.models import Choice, ChoiceVersion, Enquiry, Message, PurchaseFile, Recipient
from buying.services import abuse, answering, asking, deadlines, ending
from buying.services.answering import Answer
from buying.services.choice import begin_choice
from providers.models import Listing
from tests.accounts.racing import race
from tests.buying.asking import ask, link_in, mails_to, path_of, send, sent
from tests.buying.factories import make_answer, make_considered, make_rules
from tests.buying.purchases.csv_files import csv_of, purchase
from tests.buying.test_choice_pages import WHOLE
from tests.buying.test_choice_pages import page as draft_page
from tests.buying.test_choice_pages import sent as draft_form
from tests.factories import (
    make_claim,
    make_confirmed_user,
    make_listing,
    make_membership,
    make_organisation,
    make_sector,
    make_user,
    make_ward,
)
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
YES = {"kind": "yes", "price": "£1,200.50", "reason": "", "text": "Delivery is in it."}
PURCHASES = "/my/harehills/buying/purchases/"


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills")


@pytest.fixture
def by(buyer: Organisation) -> User:
    user = make_confirmed_user("olu@buyer.example", name="Olu Adeyemi")
    return make_membership(buyer, user).user


@pytest.fixture
def kitchen() -> Listing:
    organisation = make_organisation("Holbeck Kitchen", email="hello@kitchen.example")
    return make_listing(organisation, title="Buffet lunches")


# -- Two people file the same choice ----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_people_file_the_same_choice(buyer: Organisation, by: User, kitchen: Listing) -> None:
    draft = begin_choice(organisation=buyer, by=by)
    make_considered(draft, name="Holbeck Kitchen", organisation=kitchen.organisation, answer="yes")
    row = draft.considered.get()
    form = draft_form(draft, **WHOLE, amount="£1,200.50", chosen=row.pk, tells_provider="on")
    pages: dict[str, Any] = {}

    def file(name: str, user: User) -> Callable[[], None]:
        client = signed_in(user)
        typed = form | {"reason": f"{name} found it the best."}

        def press() -> None:
            pages[name] = client.post(draft_page(draft), typed)

        return press

    kim = make_membership(buyer, make_confirmed_user("kim@buyer.example")).user
    race(draft.choice, file("Olu", by), file("Kim", kim))
    (won,) = [name for name, page in pages.items() if page.status_code == 302]
    (lost,) = set(pages) - {won}
    assert pages[lost].status_code == 409
    said = words(pages[lost].text)
    assert "Somebody filed this in the meantime." in said
    assert "What you typed is still below" in said
    assert f"{lost} found it the best." in pages[lost].text
    version = ChoiceVersion.objects.get()
    assert (version.stands, version.reason) == (True, f"{won} found it the best.")
    assert version.amount == Decimal("1200.50")
    assert len(mails_to("hello@kitchen.example")) == 1, "the provider hears of it once"


# -- A provider answers after expiry ----------------------------------------------------------


def test_a_provider_answers_after_expiry(client: Client, kitchen: Listing) -> None:
    asked = sent(kitchen).recipients.get()
    Enquiry.objects.update(answer_by=timezone.localdate() - datetime.timedelta(days=1))
    assert deadlines.expire_who_is_due(timezone.localdate()) == 1
    mails = OutgoingMail.objects.count()
    for _ in range(2):
        response = client.post(path_of(asked), YES)
        assert response.status_code == 409
        assert "this came too late to count as one" in words(response.text)
        assert "Yes, for £1,200.50.\n\nDelivery is in it." in response.text
    assert (Message.objects.count(), OutgoingMail.objects.count()) == (0, mails)
    # Nothing is lost: the same words go as a message, and once.
    form = {"text": "Yes, for £1,200.50.", "key": "k" * 22}
    for _ in range(2):
        client.post(f"{path_of(asked)}message/", form)
    assert Message.objects.get().text == "Yes, for £1,200.50."
    assert "£1,200.50" in mails_to("sam@buyer.example")[-1].text


# -- An enquiry to a provider that was merged or erased ---------------------------------------


def test_an_enquiry_to_a_provider_that_was_merged(client: Client, kitchen: Listing) -> None:
    asked = sent(kitchen).recipients.get()
    link = path_of(asked)
    keep = make_organisation("Bigger Kitchen", email="hello@bigger.example")
    merge_organisations(keep=keep, gone=kitchen.organisation, by=make_user())
    assert client.get(link).status_code == 200
    assert client.post(link, YES).status_code == 302
    asked.refresh_from_db()
    assert asked.organisation == keep
    assert asked.answer is not None
    assert asked.answer.price == Decimal("1200.50")


def test_a_provider_is_merged_before_the_enquiry_is_sent(client: Client, kitchen: Listing) -> None:
    """Of two who became one, one is asked and gets one mail; the asker reads why."""
    keep = make_organisation("Bigger Kitchen", email="hello@bigger.example")
    enquiry = send(client, kitchen, make_listing(keep))
    merge_organisations(keep=keep, gone=kitchen.organisation, by=make_user())
    assert client.post(link_in(mails_to(enquiry.email)[-1])).status_code == 302
    row = enquiry.recipients.get()
    assert row.organisation == keep
    assert len(mails_to("hello@bigger.example")) == 1
    assert not mails_to("hello@kitchen.example")
    told = mails_to(enquiry.email)[-1].text
    assert "not on offer any more: Holbeck Kitchen." in " ".join(told.split())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["answers", "asks", "is accepted", "reports"])
def test_a_provider_is_merged_while_something_is_said(kitchen: Listing, act: str) -> None:
    """Neither waits for the other for ever, and both are done."""
    asked = sent(kitchen).recipients.get()
    keep, curator = make_organisation("Bigger Kitchen"), make_user()
    if act == "is accepted":
        make_answer(asked)

    def work() -> Message | Recipient:
        if act == "is accepted":
            return ending.accept(recipient=asked, gives_address=True, by=None)
        if act == "reports":
            return abuse.report_not_genuine(recipient=asked, words="Nobody is there.", by=None)
        kind = Message.Kind.YES if act == "answers" else Message.Kind.QUESTION
        said = Answer(kind, "Of course.")
        return answering.answer(recipient=asked, said=said, by=None, key="k" * 22, seen=None)

    outcomes = race(
        asked,
        work,
        lambda: merge_organisations(keep=keep, gone=kitchen.organisation, by=curator),
    )
    assert isinstance(outcomes[0], Message | Recipient), outcomes
    assert outcomes[1] == keep
    asked.refresh_from_db()
    assert asked.organisation == keep
    done = {
        "answers": asked.answer == outcomes[0],
        "asks": asked.first_answer_at is not None,
        "is accepted": asked.accepted_at is not None and asked.address_given_at is not None,
        "reports": keep.blocked_askers.count() == 1,
    }
    assert done[act]


@pytest.mark.django_db(transaction=True)
def test_a_provider_is_merged_while_somebody_asks_it(kitchen: Listing) -> None:
    keep, curator, gone = make_organisation("Bigger Kitchen"), make_user(), kitchen.organisation
    client = Client()
    check = ask(client, kitchen)
    pages: list[Any] = []
    race(
        gone,
        lambda: pages.append(client.post(check)),
        lambda: merge_organisations(keep=keep, gone=gone, by=curator),
    )
    (page,) = pages
    if page.status_code == 409:
        assert "Please send it once more." in words(page.text)
        assert client.post(check).status_code == 302
    assert Recipient.objects.get().organisation == keep


def test_an_enquiry_to_a_provider_that_was_erased(client: Client, kitchen: Listing) -> None:
    enquiry = sent(kitchen)
    asked = enquiry.recipients.get()
    link = path_of(asked)
    organisation = kitchen.organisation
    kitchen.delete()
    organisation.delete()
    response = client.post(link, YES)
    assert response.status_code == 410
    assert "is not on the site any more" in words(response.text)
    assert not Message.objects.exists()
    # Whoever asked keeps what they asked, and reads that nothing comes.
    asker = client.get(link_in(mails_to(enquiry.email)[-1]))
    assert asker.status_code == 200
    assert "Holbeck Kitchen" in asker.text
    assert "Not on the site any more" in asker.text


def test_a_provider_is_erased_before_the_enquiry_is_sent(client: Client, kitchen: Listing) -> None:
    enquiry = send(client, kitchen)
    organisation = kitchen.organisation
    kitchen.delete()
    organisation.delete()
    response = client.post(link_in(mails_to(enquiry.email)[-1]))
    assert response.status_code == 409
    assert "nothing was sent" in words(response.text)
    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.UNCONFIRMED


def test_a_provider_that_gave_up_its_account(client: Client, kitchen: Listing) -> None:
    cook = make_confirmed_user("cook@kitchen.example")
    make_membership(kitchen.organisation, cook)
    enquiry = sent(kitchen)
    link = path_of(enquiry.recipients.get())
    close_organisation(organisation=kitchen.organisation, by=cook)
    assert client.post(link, YES).status_code == 404
    assert not Message.objects.exists()
    asker = client.get(link_in(mails_to(enquiry.email)[-1]))
    assert "Not on the site any more" in asker.text


@pytest.mark.django_db(transaction=True)
def test_a_provider_is_merged_while_the_enquiry_is_sent(client: Client, kitchen: Listing) -> None:
    enquiry, curator = send(client, kitchen), make_user()
    row = enquiry.recipients.get()
    keep = make_organisation("Bigger Kitchen", email="hello@bigger.example")
    race(
        row,
        lambda: asking.confirm_enquiry(enquiry=enquiry),
        lambda: merge_organisations(keep=keep, gone=kitchen.organisation, by=curator),
    )
    row = Recipient.objects.get()
    assert row.organisation == keep
    assert row.link_hash
    kitchens = [*mails_to("hello@bigger.example"), *mails_to("hello@kitchen.example")]
    assert len(kitchens) == 1


# -- A file with a mark, in Latin-1, with formulas, of 10,000 lines ---------------------------


@pytest.mark.parametrize(
    "save",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("latin-1"),
        lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    ],
)
def test_a_file_however_a_program_saved_it(
    buyer: Organisation, by: User, save: Callable[[str], bytes]
) -> None:
    text = csv_of(
        [
            purchase(1, supplier="Café Olé", amount="£1,200.50"),
            purchase(2, what='=HYPERLINK("http://evil.example","x")', supplier="@SUM(1)"),
            purchase(3, amount="1.200,50"),
            purchase(4, amount="-5"),
            purchase(5, amount="1e9"),
        ]
    ).decode()
    client, data, here = signed_in(by), save(text), ""
    for new in (2, 0):
        here = client.post(PURCHASES, {"file": SimpleUploadedFile("p.csv", data)})["Location"]
        page = words(client.get(f"{here}?show=wrong").text)
        for said in ("Put a point before the pence", "not below zero", "Enter an amount in pounds"):
            assert said in page
        before = Choice.objects.count()
        client.post(f"{here}record/")
        assert Choice.objects.count() == before + new
    one, formula = ChoiceVersion.objects.standing().order_by("amount").reverse()
    assert (one.supplier_name, one.amount) == ("Café Olé", Decimal("1200.50"))
    assert formula.supplier_name == "@SUM(1)", "kept as it was written"
    for address in (f"{here}lines.csv", "/my/harehills/buying/choices.csv"):
        sheet = client.get(address).text
        assert "'=HYPERLINK" in sheet
        assert ",=HYPERLINK" not in sheet.replace('"', "")
        assert "'@SUM(1)" in sheet


def test_ten_thousand_lines_of_as_many_providers(
    buyer: Organisation, by: User, kitchen: Listing
) -> None:
    """Looked at line by line, then recorded once, with as few queries as for one line."""
    make_sector("LS11 9", main_ward=make_ward("Armley"))
    make_rules(buyer)
    make_claim(kitchen.organisation)
    few, many = (
        [
            purchase(first + n, supplier=f"{first + n:x} Bakers", postcode=f"LS11 9A{last}")
            for n, last in enumerate(("ABDEFGHJLN" * 1_000)[:number])
        ]
        for first, number in ((20_001, 1), (1, 9_999))
    )
    many.append(purchase(10_000, amount="x"))
    client, counts, here = signed_in(by), [], ""
    for lines in (few, many):
        data = csv_of(lines)
        with CaptureQueriesContext(connection) as checking:
            here = client.post(PURCHASES, {"file": SimpleUploadedFile("p.csv", data)})["Location"]
        with CaptureQueriesContext(connection) as recording:
            assert client.post(f"{here}record/").status_code == 302
        counts.append((len(checking), len(recording)))
    assert ChoiceVersion.objects.standing().count() == 10_000
    assert ChoiceVersion.objects.filter(supplier_ward=None).count() == 0
    # Rows are saved 2,000 at a time, so that a few more statements are five times as many.
    for one, all_of_them in zip(*counts, strict=True):
        assert all_of_them < one + 30, counts
    client.post(f"{here}record/")
    assert Choice.objects.count() == 10_000
    file = PurchaseFile.objects.get(name="p.csv", lines__line=10_001)
    assert file.lines.numbers() == {"recorded": 9_999, "wrong": 1}
    assert client.get(f"{here}lines.csv").text.count("Enter an amount in pounds") == 1
    too_many = csv_of(purchase(n) for n in range(1, 10_002))
    response = client.post(PURCHASES, {"file": SimpleUploadedFile("p.csv", too_many)})
    assert "more than 10,000 lines" in words(response.text)
