"""Checking an offer, sending it in, taking it back; and changing what is public."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role
from providers.models import Listing, ListingChange, Registration
from providers.services.listing_states import UNTITLED, publish, send_back
from providers.services.locking import version_of
from tests.accounts.rows import snapshot
from tests.factories import (
    make_claim,
    make_listing_change,
    make_membership,
    make_organisation,
    make_photo,
    make_registration,
    make_term,
    make_ward,
)
from tests.providers.reading import words
from tests.providers.test_offer_doors import holding
from tests.providers.writers import curator, make_complete
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


def member(listing: Listing, role: str = Role.OWNER) -> tuple[Client, str]:
    """A browser of somebody who acts for it, and where its pages are."""
    user = make_membership(listing.organisation, role=role).user
    slug = listing.organisation.slug
    return signed_in(user, second_factor=False), f"/my/{slug}/offers/{listing.pk}/"


def state(listing: Listing) -> str:
    return Listing.objects.get(pk=listing.pk).state


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """To whom a link was mailed that proves the address."""
    mailed: list[str] = []

    def send_link(*, registration: Registration) -> None:
        mailed.append(registration.email)

    monkeypatch.setattr("providers.services.registrant.send_link", send_link)
    return mailed


# -- Checking and sending in ------------------------------------------------------------------


def test_every_answer_is_there_with_a_way_to_change_it() -> None:
    listing = make_complete(description="Two mains.", payment=["invoice"], capacity=60)
    make_photo(listing, alt="A table")
    make_claim(listing.organisation, make_term("ethos", label="Fair pay"))
    client, start = member(listing)
    html = client.get(f"{start}check/").text
    text = words(html)
    for answer in ("Buffet lunches", "Buffets", "Cold platters.", "Two mains.", "A table",
                   "Ask for a price", "60 people", "Invoice", "Fair pay",
                   "hello@kitchen.example (of Holbeck Kitchen)"):  # fmt: skip
        assert answer in text
    assert "within 3 working days" in text
    for section in ("basics", "description", "photos", "price", "practical", "place", "contact",
                    "access", "ethos", "edi", "accreditations"):  # fmt: skip
        assert f'href="{start}{section}/"' in html
    assert client.get(f"{start}price/").status_code == 200


def test_sending_in_leads_to_the_reference_and_what_happens_next(settings: Settings) -> None:
    settings.CURATION_DAYS = 1
    listing = make_complete()
    client, start = member(listing)
    assert client.post(f"{start}send/")["Location"] == f"{start}sent/"
    text = words(client.get(f"{start}sent/").text)
    reference = Listing.objects.get().reference
    assert reference
    assert reference in text
    assert "A curator looks at it within 1 working day." in text
    assert "Look into your mail" not in text


def test_pressed_twice_or_after_going_back_it_is_the_same_page() -> None:
    listing = make_complete()
    client, start = member(listing)
    for _ in range(3):
        assert client.post(f"{start}send/")["Location"] == f"{start}sent/"
    assert OutgoingMail.objects.count() == 1
    assert client.get(f"{start}check/")["Location"] == start
    publish(listing=listing, by=curator(), seen=version_of(Listing.objects.get()))
    response = client.post(f"{start}send/", follow=True)
    assert response.redirect_chain == [(start, 302)]
    assert "It is published now, so nothing was changed." in words(response.text)
    assert "Cora" not in response.text
    assert client.get(f"{start}sent/")["Location"] == start


def test_what_is_missing_is_said_and_led_to() -> None:
    make_ward()
    listing = make_complete(title=UNTITLED, categories=[], summary="", delivery="wards",
                            organisation=make_organisation(slug="kitchen"))  # fmt: skip
    client, start = member(listing)
    response = client.post(f"{start}send/")
    assert response.status_code == 422
    assert "<title>Error: " in response.text
    assert "5 answers are still missing" in words(response.text)
    targets = re.findall(rf'href="({start}\w+/)#(\w+)"', response.text)
    assert len(targets) == 5
    for address, field in targets:
        assert f'id="{field}"' in client.get(address).text
    assert "Send it in" not in words(client.get(f"{start}check/").text)
    assert state(listing) == "draft"


def test_who_registers_is_told_to_look_into_their_mail(links: list[str]) -> None:
    registration = make_registration(make_complete(), email="sam@example.org")
    client, start = holding(registration), f"/providers/join/{registration.listing_id}/"
    for _ in range(2):
        assert client.post(f"{start}send/")["Location"] == f"{start}sent/"
    assert links == ["sam@example.org"]
    text = words(client.get(f"{start}sent/").text)
    assert "We have sent a link to sam@example.org." in text
    mail = OutgoingMail.objects.get()
    assert (mail.template, mail.to) == ("listing_submitted", "sam@example.org")
    assert "First, please open the link in our other mail" in mail.text
    assert f"/providers/join/{registration.listing_id}/" in mail.text


def test_sent_in_again_after_a_change_the_link_is_mailed_again(links: list[str]) -> None:
    registration = make_registration(make_complete())
    client, start = holding(registration), f"/providers/join/{registration.listing_id}/"
    client.post(f"{start}send/")
    client.post(f"{start}take-back/")
    client.post(f"{start}send/")
    assert len(links) == 2


def test_a_link_mailed_a_moment_ago_goes_on_working(links: list[str]) -> None:
    now = timezone.now()
    registration = make_registration(make_complete(), email="sam@example.org", link_sent_at=now)
    client, start = holding(registration), f"/providers/join/{registration.listing_id}/"
    client.post(f"{start}send/")
    assert (state(registration.listing), links) == ("submitted", [])
    registration.link_sent_at = now - datetime.timedelta(hours=2)
    registration.save()
    client.post(f"{start}take-back/")
    client.post(f"{start}send/")
    assert links == ["sam@example.org"]


def test_who_registers_needs_an_address(links: list[str]) -> None:
    registration = make_registration(make_complete(), email="")
    client, start = holding(registration), f"/providers/join/{registration.listing_id}/"
    response = client.post(f"{start}send/")
    assert response.status_code == 422
    assert f'href="{start}basics/#id_email"' in response.text
    assert (state(registration.listing), links) == ("draft", [])


def test_what_a_curator_has_is_read_only_until_it_is_taken_back() -> None:
    listing = make_complete("submitted")
    client, start = member(listing)
    html = client.get(start).text
    assert "Take it back to change it" in words(html)
    assert f'href="{start}basics/"' not in html
    for page in ("basics/", "photos/", "accreditations/", "edi/"):
        response = client.post(f"{start}{page}", {"summary": "New."}, follow=True)
        assert response.redirect_chain == [(start, 302)]
        assert "A curator is looking at it now." in words(response.text)
    client.post(f"{start}take-back/")
    assert state(listing) == "draft"


def test_a_curators_question_stands_above_and_goes_with_sending_in() -> None:
    listing = make_complete("submitted")
    client, start = member(listing)
    send_back(listing=listing, reason="Which <days>?", by=curator(), seen=version_of(listing))
    html = client.get(start).text
    assert "A curator sent it back, and asks: Which <days>?" in words(html)
    assert "<days>" not in html
    client.post(f"{start}send/")
    assert state(listing) == "submitted"
    assert "Which &lt;days" not in client.get(start).text


# -- Down and back ----------------------------------------------------------------------------


def test_pause_resume_take_down_and_bring_back() -> None:
    listing = make_complete("published")
    client, start = member(listing, Role.EDITOR)
    for page, then in (("pause", "paused"), ("resume", "published")):
        assert client.post(f"{start}{page}/")["Location"] == start
        assert state(listing) == then
    question = words(client.get(f"{start}archive/").text)
    assert "Then pause it instead" in question
    assert state(listing) == "published"
    client.post(f"{start}archive/")
    assert state(listing) == "archived"
    assert "Bring it back" in words(client.get(start).text)
    client.post(f"{start}restore/")
    assert state(listing) == "draft"


def test_still_right_is_said_by_a_button() -> None:
    listing = make_complete("published")
    client, start = member(listing)
    before = Listing.objects.get().confirmed_at
    assert before
    client.post(f"{start}confirm/")
    after = Listing.objects.get().confirmed_at
    assert after
    assert after > before


@pytest.mark.parametrize("page", ["pause", "resume", "confirm", "restore", "take-back",
                                  "changes/send"])  # fmt: skip
def test_a_button_of_an_old_page_says_what_has_happened(page: str) -> None:
    listing = make_complete("archived" if page != "restore" else "published")
    client, start = member(listing)
    response = client.post(f"{start}{page}/", follow=True)
    assert 'class="notice notice--error"' in response.text
    assert state(listing) == ("archived" if page != "restore" else "published")


# -- What is public ---------------------------------------------------------------------------


def change_summary(client: Client, start: str, summary: str) -> Any:
    html = client.get(f"{start}description/").text
    stamp = re.search(r'name="seen" value="([^"]*)"', html)
    assert stamp
    return client.post(
        f"{start}description/", {"seen": stamp[1], "description": summary}, follow=True
    )


def test_changes_wait_differ_are_sent_and_given_up() -> None:
    listing = make_complete("published", description="Old words.")
    client, start = member(listing)
    page = change_summary(client, start, "New words.")
    text = words(page.text)
    assert "Saved. The public sees what was there before" in text
    assert "The public still sees what was there before" in text
    assert "Description What the public sees Old words. What you want New words." in text
    public = listing.get_absolute_url()
    assert "Old words." in words(Client().get(public).text)
    client.post(f"{start}changes/send/")
    assert ListingChange.objects.get().state == "submitted"
    assert "Your changes are with a curator" in words(client.get(start).text)
    question = words(client.get(f"{start}changes/give-up/").text)
    assert "Description What the public sees Old words. What you want New words." in question
    client.post(f"{start}changes/give-up/")
    assert ListingChange.objects.get().state == "withdrawn"
    assert client.post(f"{start}changes/give-up/")["Location"] == start
    assert "Old words." in words(client.get(f"{start}description/").text)


def test_a_trusted_organisation_changes_at_once() -> None:
    listing = make_complete("published", description="Old words.")
    listing.organisation.trusted = True
    listing.organisation.save()
    client, start = member(listing)
    page = change_summary(client, start, "New words.")
    assert "The public still sees" not in words(page.text)
    assert "New words." in words(Client().get(listing.get_absolute_url()).text)


def test_what_a_curator_asked_about_changes_stands_above() -> None:
    listing = make_complete("published")
    make_listing_change(listing, state="returned", return_reason="How <hot>?")
    client, start = member(listing)
    html = client.get(start).text
    assert "A curator sent your changes back, and asks: How <hot>?" in words(html)
    assert "Send the changes to a curator" in words(html)


# -- Preview ----------------------------------------------------------------------------------


def test_a_preview_is_the_page_with_what_is_written_and_writes_nothing() -> None:
    listing = make_complete("published", description="Old words.")
    make_photo(listing, alt="Old photo")
    new = make_photo(listing, alt="x", position=None)
    make_listing_change(
        listing,
        state="draft",
        submitted_at=None,
        values={
            "title": "Teas", "description": "New <b>words</b>.", "pricing": "free",
            "categories": [make_term("category", label="Tea rooms").code],
            "photos": [{"id": new.pk, "alt": "New photo"}],
        },
        before={},
    )  # fmt: skip
    client, start = member(listing)
    before = snapshot()
    html = client.get(f"{start}preview/").text
    assert snapshot() == before
    text = words(html)
    assert "This is a preview. The public still sees what was there before." in text
    for shown in ("Teas", "New <b>words</b>.", "Free", "Tea rooms"):
        assert shown in text
    assert 'alt="New photo"' in html
    assert "<b>words" not in html
    for gone in ("Old words", "Buffets", "Old photo"):
        assert gone not in html
    assert '<meta name="robots" content="noindex">' in html
    assert "application/ld+json" not in html
    assert "canonical" not in html
    public = words(Client().get(listing.get_absolute_url()).text)
    assert "Old words." in public


@pytest.mark.parametrize("at", ["draft", "submitted", "returned", "paused", "archived"])
def test_what_is_not_public_has_a_preview_for_its_writers_alone(at: str) -> None:
    listing = make_complete(at)
    client, start = member(listing)
    text = words(client.get(f"{start}preview/").text)
    assert "This is a preview." in text
    assert "Nobody has confirmed this" not in text
    stranger = signed_in(make_membership().user, second_factor=False)
    assert stranger.get(f"{start}preview/").status_code == 404


def test_a_draft_of_nothing_has_a_preview() -> None:
    listing = make_complete(title=UNTITLED, summary="", categories=[])
    client, start = member(listing)
    assert client.get(f"{start}preview/").status_code == 200


# -- /my/ -------------------------------------------------------------------------------------


def test_the_panel_leads_to_everything() -> None:
    organisation = make_organisation("Holbeck Kitchen", slug="kitchen")
    rows = {
        at: make_complete(at, organisation=organisation, title=f"It is {at}", slug=at)
        for at in Listing.State.values
    }
    client, _ = member(rows["draft"])
    for page in ("/my/", "/my/kitchen/"):
        html = client.get(page).text
        assert 'action="/my/kitchen/offers/new/"' in html
        for at, row in rows.items():
            start = f"/my/kitchen/offers/{row.pk}/"
            assert f'href="{start}"' in html
            assert f'href="{start}preview/"' in html
            assert (f'formaction="{start}pause/"' in html) is (at == "published")
            assert (f'formaction="{start}resume/"' in html) is (at == "paused")
            assert (f'formaction="{start}restore/"' in html) is (at == "archived")
            assert (f'href="{start}archive/"' in html) is (at != "archived")


def test_what_waits_has_a_link_to_go_on() -> None:
    organisation = make_organisation(slug="kitchen")
    made = {
        at: make_complete(at, organisation=organisation, title=f"It is {at}", slug=at)
        for at in ("draft", "returned", "submitted", "published")
    }
    make_listing_change(made["published"])
    client, _ = member(made["draft"])
    html = client.get("/my/").text
    for row in made.values():
        assert re.search(rf'<dd><a href="/my/kitchen/offers/{row.pk}/">', html)
    assert "Your changes to “It is published” wait" in words(html)


def test_the_panel_takes_as_many_queries_for_one_as_for_many(
    django_assert_num_queries: Any,
) -> None:
    listing = make_complete("published")
    client, _ = member(listing)
    client.get("/my/")
    with CaptureQueriesContext(connection) as one:
        client.get("/my/")
    for number in range(5):
        row = make_complete("published", organisation=listing.organisation, slug=f"n{number}")
        make_listing_change(row)
    with django_assert_num_queries(len(one)):
        client.get("/my/")
