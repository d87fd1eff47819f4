"""The whole life of an exchange on its pages, by whom, and what nobody else sees."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from brokerage.models import Exchange, Notice, VerifierLink
from brokerage.services.agreeing import confirm_version, propose_change
from brokerage.services.delivering import claim
from brokerage.verifier_links import verifier_token
from tests.brokerage.acting import Two, figures, in_days, make_broker, terms, today
from tests.brokerage.factories import make_need, make_offer
from tests.brokerage.test_states import REACHED
from tests.factories import make_membership
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

State = Exchange.State


def of(user: User | None) -> Client:
    assert user is not None
    return signed_in(user)


def at(exchange: Exchange, end: str = "") -> str:
    return f"/brokerage/exchanges/{exchange.reference}/{end}"


def contact(**fields: str) -> dict[str, str]:
    return {"contact_name": "Hana", "contact_email": "hana@example.org", **fields}


def proposal(two: Two, **fields: Any) -> dict[str, Any]:
    return {
        "organisation": two.giver_organisation.pk,
        "seats": "12",
        "hours_each": "6",
        "first_day": today().isoformat(),
        "mode": "in-person",
        "key": "form",
        **contact(contact_name="Gita", contact_email="gita@example.org"),
        **fields,
    }


def test_from_a_proposal_to_a_confirmed_result(client: Client) -> None:
    two = Two()
    giver, host = of(two.giver.user), of(two.host.user)
    page = giver.get(two.need.get_absolute_url()).text
    assert "Propose your help" in page
    address = f"{two.need.get_absolute_url()}propose/"
    assert two.need.title in giver.get(address).text
    for _ in range(2):
        response = giver.post(address, proposal(two))
        assert response.status_code == 302
    exchange = Exchange.objects.get()
    assert "has it" in giver.get(at(exchange)).text
    assert "It is for you to answer" in host.get(at(exchange)).text
    host.post(at(exchange, "introduce/"), contact())
    assert "hana@example.org" in giver.get(at(exchange)).text
    assert "Confirm version 1" in host.get(at(exchange)).text
    host.post(at(exchange, "versions/1/confirm/"))
    exchange.refresh_from_db()
    assert exchange.state == State.AGREED
    giver.post(at(exchange, "places/"), {"seats": "9", "seen": "1"})
    assert exchange.versions.agreed().get().seats == 9
    said = {"happened_on": today().isoformat(), "people": "9", "giver_hours": "50"}
    giver.post(at(exchange, "result/"), said)
    assert "Until you confirm it, it counts nowhere" in host.get(at(exchange)).text
    mail = OutgoingMail.objects.get(template="exchange_claimed")
    found = re.search(r"/brokerage/verify/\w+/", mail.text)
    assert found is not None
    assert "Yes, that is right" in client.get(found[0]).text
    exchange.refresh_from_db()
    assert exchange.confirmed is None, "reading changes nothing"
    assert client.post(found[0]).status_code == 302
    assert client.post(found[0]).status_code == 409
    assert "Thank you" in client.get(found[0]).text
    for side in (giver, host):
        side.post(at(exchange, "feedback/"), {"went": "well", "again": "yes", "words": "Good."})
    exchange.refresh_from_db()
    assert exchange.state == State.CLOSED
    assert "Good." in host.get(at(exchange)).text


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("who", ["host", "giver", "broker"])
def test_every_state_has_a_page_and_every_step_on_it_opens(state: str, who: str) -> None:
    two = Two()
    exchange = REACHED[state](two)
    browser = of(getattr(two, who).user)
    page = browser.get(at(exchange))
    assert page.status_code == 200
    for address in re.findall(r'href="(/brokerage/exchanges/[^"]+)"', page.text):
        assert browser.get(address.replace("&amp;", "&")).status_code == 200, address


@pytest.mark.parametrize("end", ["", "introduce/", "change/", "why/decline/", "result/", "decide/"])
def test_nobody_else_learns_that_it_is_there(end: str, client: Client) -> None:
    two = Two()
    exchange = two.proposed()
    stranger, other = of(make_membership().user), of(Two(need=make_need()).host.user)
    for browser in (stranger, other):
        assert browser.get(at(exchange, end)).status_code == 404
        assert browser.post(at(exchange, end), {"reason": "No."}).status_code in {404, 405}
    assert client.get(at(exchange, end)).status_code == 302
    asleep = make_broker()
    asleep.groups.clear()
    assert of(asleep).get(at(exchange, end)).status_code == 404
    exchange.refresh_from_db()
    assert exchange.state == State.PROPOSED


SECRETS = ("gita@example.org", "0113 496 0188", "Gita Giver")


def test_no_page_shows_a_contact_before_the_introduction() -> None:
    two = Two()
    exchange = two.proposed()
    host = of(two.host.user)
    ends = ["", "introduce/", "why/decline/", "why/ask-a-broker/", "contact/", "change/"]
    slug = two.need.organisation.slug
    pages = [at(exchange, end) for end in ends]
    pages += [f"/my/{slug}/brokerage/exchanges/", f"/my/{slug}/brokerage/with/{exchange.giver_id}/"]
    pages += [two.need.get_absolute_url(), "/brokerage/needs/", "/brokerage/needs/results.atom"]
    for page in pages:
        text = host.get(page).text
        for secret in SECRETS:
            assert secret not in text, (page, secret)
    for ended in ("decline", "ask-a-broker"):
        host.post(at(exchange, f"why/{ended}/"), {"reason": "No."})
    text = host.get(at(exchange)).text
    assert not any(secret in text for secret in SECRETS), "nor after it was declined"
    giver = of(two.giver.user).get(at(exchange)).text
    assert two.need.contact_email not in giver


def test_what_was_typed_is_kept_when_it_cannot_be() -> None:
    two = Two()
    giver = of(two.giver.user)
    address = f"{two.need.get_absolute_url()}propose/"
    for fields, words in (
        ({"seats": "13"}, "12 of the 12 places"),
        ({"seats": ""}, "Say how many people"),
        ({"seats": "-2"}, "whole number"),
        ({"seats": "1e9"}, "whole number"),
        ({"first_day": "2020-01-01"}, "has passed"),
        ({"first_day": "soon"}, "Enter a date"),
        ({"start_time": "15:00", "end_time": "09:00"}, "end after it starts"),
        ({"contact_email": "gita"}, "email address"),
        ({"organisation": "999999"}, "Choose one of yours"),
        ({"cost_contribution": "6,50"}, "point before the pence"),
        ({"note": "x" * 2001}, "at most 2,000"),
    ):
        response = giver.post(address, proposal(two, place="Behind the hall", **fields))
        assert response.status_code == 200
        assert words in response.text, fields
        assert "Behind the hall" in response.text
    assert not Exchange.objects.exists()


def test_a_clash_offers_to_go_on_all_the_same() -> None:
    two = Two()
    exchange = two.introduced()
    confirm_version(exchange=exchange, number=1, actor=two.host)
    other = Two(need=make_need(organisation=two.need.organisation, kind=two.kind))
    giver = of(other.giver.user)
    address = f"{other.need.get_absolute_url()}propose/"
    fields = proposal(other, first_day=in_days(30).isoformat())
    text = giver.post(address, fields).text
    assert "go on all the same" in text
    assert giver.post(address, {**fields, "clash_seen": "on"}).status_code == 302


def test_a_host_asks_for_an_offer_with_its_own_need() -> None:
    offer = make_offer()
    two = Two(need=make_need(kind=offer.kind))
    make_membership(organisation=offer.organisation)
    host = of(two.host.user)
    address = f"{offer.get_absolute_url()}propose/"
    fields = proposal(two, organisation=two.need.organisation_id, own=two.need.pk, seats="4")
    assert host.post(address, fields).status_code == 302
    exchange = Exchange.objects.get()
    assert (exchange.need, exchange.offer) == (two.need, offer)
    assert "Why these two go together" in host.get(at(exchange)).text


def test_who_acts_for_nobody_is_told_what_to_do_first() -> None:
    need = make_need()
    own = make_membership(organisation=need.organisation)
    for user in (own.user, make_broker()):
        assert "First, your organisation" in of(user).get(f"{need.get_absolute_url()}propose/").text
    Notice.objects.update(state="closed")
    stranger = make_membership().user
    assert "This is over" in of(stranger).get(f"{need.get_absolute_url()}propose/").text


def test_a_change_made_meanwhile_is_told() -> None:
    two = Two()
    exchange = two.introduced()
    propose_change(exchange=exchange, terms=terms(seats=8), actor=two.giver)
    host = of(two.host.user)
    fields = {"seats": "5", "hours_each": "6", "mode": "in-person", "seen": "1", "place": "Yard"}
    response = host.post(at(exchange, "change/"), fields)
    assert response.status_code == 409
    assert "not the version that you read" in response.text
    assert "Yard" in response.text
    text = host.post(at(exchange, "versions/1/confirm/"), follow=True).text
    assert "not the version that you read" in text


def test_a_pending_change_stands_beside_what_is_agreed() -> None:
    two = Two()
    exchange = two.introduced()
    confirm_version(exchange=exchange, number=1, actor=two.host)
    propose_change(exchange=exchange, terms=terms(seats=8), actor=two.giver)
    text = of(two.host.user).get(at(exchange)).text
    assert "The change on the table" in text
    assert "<td>4</td><td><b>8</b></td>" in text


def test_a_broker_decides_with_a_reason() -> None:
    two = Two()
    exchange = REACHED[State.DISPUTED](two)
    broker = of(two.broker.user)
    assert exchange.title in broker.get("/broker/").text
    fields = {"happened": "yes", "happened_on": today().isoformat(), "giver_hours": "12"}
    assert "both sides read it" in broker.post(at(exchange, "decide/"), fields).text
    broker.post(at(exchange, "decide/"), {**fields, "reason": "Both say noon."})
    exchange.refresh_from_db()
    assert exchange.confirmed is not None
    no = {"happened": "no", "reason": "It was another day."}
    assert broker.post(at(exchange, "decide/"), no).status_code == 302
    exchange.refresh_from_db()
    assert exchange.state == State.NOT_DELIVERED
    assert (
        of(two.host.user).post(at(exchange, "decide/"), {**fields, "reason": "x"}).status_code
        == 200
    )


def test_feedback_is_the_others_to_read_only_if_its_writer_says_so() -> None:
    two = Two()
    exchange = REACHED[State.DELIVERED](two)
    giver, host = of(two.giver.user), of(two.host.user)
    giver.post(at(exchange, "feedback/"), {"went": "mixed", "words": "Cold tea."})
    assert "Cold tea." not in host.get(at(exchange)).text
    assert "Cold tea." in of(two.broker.user).get(at(exchange)).text
    host.post(at(exchange, "feedback/"), {"went": "well", "words": "Lovely.", "shared": "on"})
    assert "Lovely." in giver.get(at(exchange)).text


def test_lists_and_the_history_of_two() -> None:
    two = Two()
    exchange = REACHED[State.CLOSED](two)
    slug = two.need.organisation.slug
    host = of(two.host.user)
    assert exchange.title in host.get(f"/my/{slug}/brokerage/exchanges/").text
    text = host.get(f"/my/{slug}/brokerage/with/{exchange.giver_id}/").text
    assert "<dd>24</dd>" in text
    assert host.get(f"/my/{slug}/brokerage/with/999999/").status_code == 404
    stranger = of(make_membership().user)
    assert stranger.get(f"/my/{slug}/brokerage/exchanges/").status_code == 404


def test_a_link_that_is_nobodys(client: Client) -> None:
    assert client.get("/brokerage/verify/nonsense/").status_code == 404
    two = Two()
    exchange = two.introduced(first_day=today())
    confirm_version(exchange=exchange, number=1, actor=two.host)
    claim(exchange=exchange, figures=figures(), actor=two.giver)
    old = verifier_token(VerifierLink.objects.get())
    claim(exchange=exchange, figures=figures(people=3), actor=two.giver)
    assert "changed since" in client.post(f"/brokerage/verify/{old}/").text
    exchange.refresh_from_db()
    assert exchange.confirmed is None
