"""Asking: the form, a look at it, the mailed link, and that nothing is sent twice."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from buying.models import Enquiry
from providers.models import Listing
from tests.buying.asking import ANSWERS, ask, ask_url, link_in, mails_to, send, sent, typed
from tests.factories import (
    make_confirmed_user,
    make_listing,
    make_membership,
    make_organisation,
    make_postcode,
    make_sector,
    make_ward,
)
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


def offer(name: str = "", **fields: Any) -> Listing:
    """On offer, of an organisation that can be mailed."""
    organisation = make_organisation(name, email=f"{name or 'x'}@provider.example".lower())
    return make_listing(organisation, **fields)


@pytest.fixture
def kitchen() -> Listing:
    return offer("Kitchen", title="Buffet lunches")


@pytest.fixture
def hall() -> Listing:
    return offer("Hall", title="Big hall")


def error_at(html: str, name: str) -> str:
    found = re.search(rf'id="id_{name}_error"[^>]*>(.*?)</p>', html, re.DOTALL)
    return words(found[1]).removeprefix("Error: ") if found else ""


# -- Whom -----------------------------------------------------------------------------------------


def test_nothing_chosen_says_how_to_choose(client: Client) -> None:
    text = words(client.get("/buying/ask/").text)
    assert "Choose one to five offers first." in text
    assert "session" not in client.cookies


def test_six_are_too_many_and_can_be_unticked(client: Client) -> None:
    listings = [offer(f"p{number}") for number in range(6)]
    html = client.get(ask_url(*listings)).text
    assert "You chose 6 providers. Choose up to five." in words(html)
    assert html.count('name="listing"') == 6
    assert 'name="email"' not in html
    assert client.post(ask_url(*listings), ANSWERS).status_code == 200
    assert not Enquiry.objects.exists()
    assert 'name="email"' in client.get(ask_url(*listings[:5])).text


def test_what_is_left_out_is_said(client: Client, kitchen: Listing) -> None:
    paused = offer("Printers", title="Posters", state=Listing.State.PAUSED)
    silent = make_listing(make_organisation("Silent Bowls"))
    pretend = make_listing(make_organisation("Pretend Cleaners", is_example=True))
    html = client.get(f"{ask_url(kitchen, paused, silent, pretend)}&listing=999999").text
    text = words(html)
    assert "Not asked, as it is paused: “Posters” of Printers." in text
    assert "we know no email address: Silent Bowls" in text
    assert "One offer that you chose is not on the site." in text
    assert "Pretend Cleaners: made up" in text
    assert "badge--example" in html
    assert "Ask 2 providers" in text


def test_two_offers_of_one_provider_are_one_enquiry(client: Client, kitchen: Listing) -> None:
    cakes = make_listing(kitchen.organisation, title="Cakes")
    assert "It gets one enquiry, about both." in words(client.get(ask_url(kitchen, cakes)).text)
    enquiry = send(client, kitchen, cakes)
    assert enquiry.recipients.get().title == "Buffet lunches and Cakes"


# -- What -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("title", "", "Say what you need in a few words."),
        ("title", "—", "Say what you need in a few words."),
        ("what", "x" * 2001, "Use at most 2,000 characters. You have written 2001."),
        ("name", "", "Enter your name."),
        ("email", "sam at buyer", "Enter an email address such as name@example.org."),
        ("email", "", "Enter your email address."),
        ("on_day", "2020-01-01", "This day has passed. Enter today or a later day."),
        ("on_day", "9999-01-01", "Enter a day within the next three years."),
        ("on_day", "soon", "Enter a date such as 31/03/2027."),
        ("answer_by", "2020-01-01", "This day has passed. Enter today or a later day."),
        ("answer_by", "2099-01-01", "Enter a day within the next 90 days."),
        ("answer_by", "", "Enter a date such as 31/03/2027."),
        ("number", "-1", "Enter a whole number, such as 30."),
        ("number", "many", "Enter a whole number, such as 30."),
        ("number", "9" * 30, "Enter a number of at most 1,000,000."),
        ("budget", "1.200,50", "Put a point before the pence"),
        ("budget", "-5", "Enter an amount that is not below zero."),
        ("budget", "1e9", "Enter an amount in pounds"),
        ("postcode", "nonsense", "postcode"),
        ("postcode", "x" * 50, "Enter a postcode, such as LS8 4AA."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    client: Client, kitchen: Listing, name: str, value: str, message: str
) -> None:
    answers = typed(client, kitchen, **{name: value})
    response = client.post(ask_url(kitchen), answers)
    assert response.status_code == 200
    assert message in error_at(response.text, name)
    assert "<title>Error: " in response.text
    kept = answers["name" if name == "title" else "title"]
    assert kept in response.text
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("name", [*ANSWERS, "when", "postcode", "access_needs", "asking_for"])
@pytest.mark.parametrize("value", ["\x00", "x\x00y", "<script>alert(1)</script>", "y" * 10_000])
def test_hostile_words_do_no_harm(client: Client, kitchen: Listing, name: str, value: str) -> None:
    response = client.post(ask_url(kitchen), typed(client, kitchen, **{name: value}))
    if response.status_code == 302:
        response = client.get(response["Location"])
    assert response.status_code in {200, 302}
    assert "<script>alert" not in response.text


def test_postcodes_in_any_shape_and_the_ward(client: Client, kitchen: Listing) -> None:
    make_postcode("LS8 4AA", ward=make_ward("Roundhay"))
    enquiry = send(client, kitchen, postcode="ls84aa", budget="£1,200.50", number="30")
    assert (enquiry.postcode, str(enquiry.ward)) == ("LS8 4AA", "Roundhay")
    assert (str(enquiry.budget), enquiry.number) == ("1200.50", 30)
    make_sector("LS1 1")
    assert send(client, kitchen, postcode="LS1 1").ward is None


# -- Check and send -------------------------------------------------------------------------------


def test_check_shows_all_and_leads_back_to_each_answer(client: Client, kitchen: Listing) -> None:
    check = ask(client, kitchen, budget="1200", when="at noon")
    html = client.get(check).text
    for word in (*ANSWERS.values(), "£1,200.00", "at noon", "Buffet lunches", "Not unless I say"):
        assert word in html, word
    back = re.search(r'href="(/buying/ask/[^"]*)#id_budget"', html)
    assert back
    form = client.get(back[1].replace("&amp;", "&")).text
    assert 'value="1200"' in form
    assert "at noon" in form
    assert "error-summary" not in form
    assert not Enquiry.objects.exists()


def test_a_draft_is_its_sessions_own(client: Client, kitchen: Listing) -> None:
    check = ask(client, kitchen)
    assert Client().get(check)["Location"] == "/buying/ask/"
    assert client.get(check).status_code == 200


def test_nothing_goes_out_before_the_mailed_link(client: Client, kitchen: Listing) -> None:
    enquiry = send(client, kitchen)
    assert (enquiry.state, enquiry.reference) == ("unconfirmed", None)
    assert [mail.to for mail in OutgoingMail.objects.all()] == [ANSWERS["email"]]
    link = link_in(mails_to(ANSWERS["email"])[0])
    somebody = Client()
    text = words(somebody.get(link).text)
    assert "Send your enquiry?" in text
    assert "Kitchen" in text
    enquiry.refresh_from_db()
    assert enquiry.state == "unconfirmed", "opening it changes nothing"
    assert somebody.post(link)["Location"] == link
    assert somebody.post(link)["Location"] == link
    enquiry.refresh_from_db()
    assert enquiry.state == "open"
    assert re.fullmatch(r"E-[2-9B-Z]{5}", enquiry.reference or "")
    assert len(mails_to("kitchen@provider.example")) == 1
    assert len(mails_to(ANSWERS["email"])) == 2
    assert enquiry.title in somebody.get(link).text
    verbs = AuditEvent.objects.filter(object_type="buying.enquiry").values_list("verb", flat=True)
    assert sorted(verbs) == ["sent", "wrote"]


def test_whoever_is_signed_in_sends_it_at_once(kitchen: Listing, hall: Listing) -> None:
    user = make_confirmed_user("sam@buyer.example", name="Sam Buyer")
    client = signed_in(user, second_factor=False)
    check = ask(client, kitchen, hall)
    assert "It goes out at once" in words(client.get(check).text)
    response = client.post(check, follow=True)
    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.user) == ("open", user)
    text = words(response.text)
    assert "Your enquiry is sent" in text
    assert str(enquiry.reference) in text
    assert client.get(f"/buying/enquiries/{enquiry.reference}/").status_code == 200
    assert Client().get(f"/buying/enquiries/{enquiry.reference}/").status_code == 404
    assert "Lunch for thirty" in client.get("/buying/enquiries/").text


def test_somebody_elses_address_has_to_be_confirmed(kitchen: Listing) -> None:
    client = signed_in(make_confirmed_user("kim@buyer.example"), second_factor=False)
    enquiry = send(client, kitchen)
    assert (enquiry.state, enquiry.user) == ("unconfirmed", None)


def test_a_member_asks_in_the_name_of_an_organisation(kitchen: Listing) -> None:
    user = make_confirmed_user("sam@buyer.example")
    council = make_membership(make_organisation("Leeds Library"), user).organisation
    other = make_organisation("Another")
    client = signed_in(user, second_factor=False)
    enquiry = send(client, kitchen, organisation=council.pk)
    assert (enquiry.organisation, enquiry.asking_for) == (council, "Leeds Library")
    response = client.post(ask_url(kitchen), typed(client, kitchen, organisation=other.pk))
    assert error_at(response.text, "organisation") == "Choose one of your organisations."
    response = client.post(
        ask_url(kitchen),
        typed(client, kitchen, organisation=council.pk, email="else@buyer.example"),
    )
    assert "give the address that you sign in with" in error_at(response.text, "email")
    colleague = make_membership(council).user
    page = f"/buying/enquiries/{enquiry.reference}/"
    assert signed_in(colleague, second_factor=False).get(page).status_code == 200


def test_sent_twice_back_and_in_two_windows_it_is_one(kitchen: Listing) -> None:
    client = signed_in(make_confirmed_user(ANSWERS["email"]), second_factor=False)
    one, two = ask(client, kitchen), ask(client, kitchen)
    assert one != two
    first = client.post(one)["Location"]
    assert client.post(one)["Location"] == first
    assert client.get(one)["Location"] == first, "the back button"
    client.post(two)
    assert Enquiry.objects.count() == 1
    assert len(mails_to("kitchen@provider.example")) == 1
    client.post(ask(client, kitchen, title="Another lunch"))
    assert Enquiry.objects.count() == 2


def test_once_it_has_ended_the_same_can_be_asked_again(kitchen: Listing) -> None:
    client = signed_in(make_confirmed_user(ANSWERS["email"]), second_factor=False)
    first = send(client, kitchen)
    client.post(f"/buying/enquiries/{first.reference}/close/")
    assert send(client, kitchen) != first


def test_a_lost_mail_is_sent_again_after_a_while(client: Client, kitchen: Listing) -> None:
    enquiry = send(client, kitchen)
    send(client, kitchen)
    assert len(mails_to(enquiry.email)) == 1
    Enquiry.objects.update(modified=timezone.now() - datetime.timedelta(minutes=11))
    send(client, kitchen)
    send(client, kitchen)
    assert Enquiry.objects.count() == 1
    first, second = mails_to(enquiry.email)
    assert link_in(first) == link_in(second)


def test_a_robot_is_answered_like_everybody(client: Client, kitchen: Listing) -> None:
    response = client.post(ask_url(kitchen), typed(client, kitchen, home_page="x"), follow=True)
    assert "Look into your mail" in words(response.text)
    assert not Enquiry.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_what_is_confirmed_too_late_is_not_sent(client: Client, kitchen: Listing) -> None:
    enquiry = send(client, kitchen)
    Enquiry.objects.update(answer_by=timezone.localdate() - datetime.timedelta(days=1))
    link = link_in(mails_to(enquiry.email)[0])
    response = client.post(link)
    assert response.status_code == 409
    assert "which has passed" in words(response.text)


def test_who_went_off_the_list_meanwhile_is_not_asked(
    client: Client, kitchen: Listing, hall: Listing
) -> None:
    enquiry = send(client, kitchen, hall)
    Listing.objects.filter(pk=hall.pk).update(state=Listing.State.ARCHIVED)
    client.post(link_in(mails_to(enquiry.email)[0]))
    assert [row.organisation_name for row in enquiry.recipients.all()] == ["Kitchen"]
    assert "Not asked, as they are not on offer any more: Hall." in mails_to(enquiry.email)[1].text
    lone = send(client, kitchen, title="Alone")
    Listing.objects.update(state=Listing.State.PAUSED)
    response = client.post(link_in(mails_to(lone.email)[-1]))
    assert response.status_code == 409
    assert "nothing was sent" in words(response.text)


def test_too_many_enquiries_are_stopped_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, client: Client, kitchen: Listing, hall: Listing
) -> None:
    monkeypatch.setattr("buying.views.ask.TO_ONE_PROVIDER_A_DAY", 1)
    send(client, kitchen)
    check = ask(client, kitchen, title="Another")
    response = client.post(check)
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert "Kitchen has had many enquiries today" in words(response.text)
    assert "Another" in response.text
    monkeypatch.setattr("buying.views.ask.FROM_ONE_ADDRESS_A_DAY", 1)
    assert client.post(ask(client, hall)).status_code == 429
    assert Enquiry.objects.count() == 1


def test_each_person_of_a_provider_gets_a_mail_and_the_offers_own_contact_goes_first() -> None:
    listing = make_listing()
    for address in ("kim@provider.example", "pat@provider.example"):
        make_membership(listing.organisation, make_confirmed_user(address))
    sent(listing)
    assert len(mails_to("kim@provider.example")) == len(mails_to("pat@provider.example")) == 1
    Listing.objects.update(email="lunch@provider.example")
    sent(listing, title="Another")
    assert len(mails_to("kim@provider.example")) == 1
    assert len(mails_to("lunch@provider.example")) == 1


def test_no_mail_leaves_for_somebody_made_up(settings: Any) -> None:
    example = make_organisation("Pretend", is_example=True, email="hello@pretend.example")
    settings.LOOPBACK = False
    enquiry = sent(make_listing(example))
    assert not mails_to("hello@pretend.example")
    assert enquiry.recipients.get().link_hash
    settings.LOOPBACK = True
    sent(make_listing(example), title="Another")
    assert len(mails_to("hello@pretend.example")) == 1


def test_the_doors_to_it(client: Client, kitchen: Listing) -> None:
    page = client.get(kitchen.get_absolute_url()).text
    assert f'href="/buying/ask/?listing={kitchen.pk}"' in page
    compare = client.get(f"/providers/compare/?listing={kitchen.pk}").text
    assert f'href="/buying/ask/?listing={kitchen.pk}"' in compare
    organisation = client.get(kitchen.organisation.get_absolute_url()).text
    assert 'formaction="/buying/ask/"' in organisation
