"""The menu, the lists of needs and offers, and a notice's page, as anybody meets them."""

import csv
import io
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brokerage import cards, notice_index, vocabulary
from brokerage.models import Kind, Notice, NoticeSkill, Skill
from tests.brokerage.acting import Two, in_days
from tests.brokerage.factories import make_need, make_offer
from tests.factories import make_organisation, make_postcode, make_ward

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds() -> None:
    vocabulary.load()


def listed(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.text


def test_the_menu_says_how_many_are_open(client: Client) -> None:
    mentoring = Kind.objects.get(code="mentoring")
    for notice in (make_need(kind=mentoring), make_need(kind=mentoring), make_offer()):
        notice_index.refresh([notice.pk])
    make_need(kind=mentoring, state=Notice.State.PAUSED)
    text = listed(client, "/brokerage/")
    for words in (mentoring.asks_of_host, mentoring.benefit_to_host, mentoring.benefit_to_giver):
        assert words in text
    assert 'href="/my/"' in text.partition('id="yours"')[2]
    assert "2 needs" in text
    assert "1 offer<" in text
    with CaptureQueriesContext(connection) as queries:
        listed(client, "/brokerage/")
    assert len(queries) == 2


def test_needs_and_offers_are_lists_of_their_own(client: Client) -> None:
    need, offer = make_need(title="Paint a hall"), make_offer(title="Painters")
    notice_index.refresh([need.pk, offer.pk])
    needs, offers = listed(client, "/brokerage/needs/"), listed(client, "/brokerage/offers/")
    assert "Paint a hall" in needs
    assert "Painters" not in needs
    assert "Painters" in offers
    assert "1 need from 1 organisation" in needs
    assert "1 offer from 1 organisation for ‘painters’" in listed(
        client, "/brokerage/offers/?q=painters"
    )


def test_filters_stand_in_the_address_and_can_be_taken_away(client: Client) -> None:
    make_ward()
    make_postcode("LS8 4AA")
    near = make_need(title="Near", latitude=53.83, longitude=-1.51, mode="in-person")
    far = make_need(title="Far", latitude=53.4, longitude=-2.2, places_max=4)
    remote = make_need(title="Anywhere", mode="remote", first_day=in_days(400))
    notice_index.refresh([near.pk, far.pk, remote.pk])
    text = listed(client, "/brokerage/needs/?near=LS8+4AA&within=5")
    assert "Far" not in text
    assert all(title in text for title in ("Near", "Anywhere"))
    text = listed(client, f"/brokerage/needs/?party=6&until={in_days(30):%d/%m/%Y}")
    assert "Near" in text
    assert "Far" not in text
    assert "Anywhere" not in text
    assert "For 6 people" in text
    text = listed(client, "/brokerage/needs/?mode=remote&party=4000")
    assert "Nothing here matches" in text
    assert "gives 1" in text


def test_a_row_is_drawn_once_and_again_when_it_has_changed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ward()
    make_postcode("LS8 4AA")
    need = make_need(title="<b>Paint</b>", latitude=53.83, longitude=-1.51)
    notice_index.refresh([need.pk])
    drawn: list[str] = []
    draw = cards._draw

    def counted(card: dict[str, Any]) -> str:
        drawn.append(card["title"])
        return draw(card)

    monkeypatch.setattr(cards, "_draw", counted)
    assert "&lt;b&gt;Paint" in listed(client, "/brokerage/needs/")
    assert " miles</span>" in listed(client, "/brokerage/needs/?near=LS8+4AA")
    assert len(drawn) == 1
    need.title = "Paint twice"
    need.save()
    notice_index.refresh([need.pk])
    assert "Paint twice" in listed(client, "/brokerage/needs/")
    assert len(drawn) == 2


def test_a_page_costs_four_statements_whatever_is_asked(client: Client) -> None:
    for number in range(25):
        notice_index.refresh([make_need(title=f"Need {number}").pk])
    address = "/brokerage/needs/?kind=team-day&party=3&since=2026-01-01&sort=ending&mode=in-person"
    listed(client, address)
    with CaptureQueriesContext(connection) as queries:
        listed(client, address)
    assert len(queries) <= 4
    assert "page=2" in listed(client, "/brokerage/needs/")
    assert client.get("/brokerage/needs/?page=9").status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("kind=nothing", "is not one of the choices"),
        ("party=-1", "whole number of people"),
        ("party=1e9", "whole number of people"),
        ("since=yesterday", "Enter a day"),
        ("since=2027-03-01&until=2027-02-01", "before the day in"),
        ("near=nowhere", "postcode"),
        ("within=3", "near which postcode"),
        ("sort=price", "one of the orders"),
        ("q=" + "x" * 300, "at most 200"),
    ],
)
def test_what_is_wrong_stands_beside_it_and_in_no_file(
    client: Client, query: str, words: str
) -> None:
    text = listed(client, f"/brokerage/needs/?{query}")
    assert words in text
    assert "was left out" in text
    for ending in ("csv", "atom"):
        response = client.get(f"/brokerage/needs/results.{ending}?{query}")
        assert response.status_code == 400
        assert words in response.text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "\x00",
        "x" * 10_000,
        "\u202eevil",
        "🙂",
        "' OR 1=1 --",
        "<script>",
        "-1",
        "9" * 40,
        "NaN",
    ],
)
@pytest.mark.parametrize(
    "name",
    ["q", "near", "within", "party", "since", "until", "sort", "kind", "skill", "mode", "page"],
)
def test_nothing_that_is_sent_breaks_a_list(client: Client, name: str, value: str) -> None:
    for address in ("/brokerage/needs/", "/brokerage/offers/results.csv"):
        response = client.get(address, {name: [value, value]})
        assert response.status_code in {200, 400, 404}
        if response.status_code == 200 and not response.streaming:
            assert "<script>" not in response.text.partition("</head>")[2].partition("<script ")[0]


@pytest.mark.django_db(transaction=True)
def test_the_files_hold_what_the_page_shows(client: Client) -> None:
    two = Two(need=make_need(title="=Paint", places_max=12))
    make_need(title="Other", state=Notice.State.PAUSED)
    notice_index.refresh([two.need.pk])
    two.proposed(seats=5)
    body = b"".join(client.get("/brokerage/needs/results.csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["Title"] for row in rows] == ["'=Paint"]
    assert rows[0]["How many"] == "2 to 12 people, 7 places left"
    feed = ElementTree.fromstring(client.get("/brokerage/needs/results.atom").content)  # noqa: S314
    titles = [node.text for node in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert f"=Paint, {two.need.organisation}" in titles


def test_a_page_of_a_need_says_everything_but_the_contact(client: Client) -> None:
    need = make_need(places_max=10, seats_held=4, causes=["green"], weekdays=[5, 1])
    NoticeSkill.objects.create(notice=need, skill=Skill.objects.get(code="gardening"), must=True)
    text = listed(client, need.get_absolute_url())
    for words in (
        need.benefit_to_host,
        need.benefit_to_giver,
        "2 to 10; 6 places left",
        "Must have",
        "Nature and climate",
        "on Mondays and Fridays",
        "Not said",
    ):
        assert words in text, words
    for secret in (need.contact_name, need.contact_email, need.contact_phone):
        assert secret not in text
    assert client.get(f"/brokerage/offers/{need.reference}/").status_code == 404


def test_money_goods_and_space_in_their_own_units(client: Client) -> None:
    rows = (("money", "£1,250; £1,000 left"), ("goods", "1,250 items"), ("space", "room-hours"))
    for code, words in rows:
        kind = Kind.objects.get(code=code)
        fields = {"kind": kind, "places_min": None, "places_max": None, "hours_each": None}
        offer = make_offer(**fields, amount=Decimal(1250), amount_held=Decimal(250))
        notice_index.refresh([offer.pk])
        assert words in listed(client, offer.get_absolute_url()).replace("1250", "1,250"), code
    assert "£1,250, £1,000 left" in listed(client, "/brokerage/offers/?kind=money")


@pytest.mark.parametrize(
    ("state", "words"), [("paused", "This is paused"), ("closed", "closed"), ("expired", "run out")]
)
def test_what_was_on_the_board_keeps_its_page(client: Client, state: str, words: str) -> None:
    assert words in listed(client, make_need(state=state).get_absolute_url())


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_was_never_on_it_has_none(client: Client, state: str) -> None:
    assert client.get(make_need(state=state).get_absolute_url()).status_code == 404


def test_what_is_made_up_says_so_everywhere(client: Client) -> None:
    need = make_need(organisation=make_organisation(is_example=True))
    notice_index.refresh([need.pk])
    for address in ("/brokerage/needs/", need.get_absolute_url()):
        assert "Example data" in listed(client, address)


def test_an_unchanged_list_is_not_sent_again(client: Client) -> None:
    notice_index.refresh([make_need().pk])
    first = client.get("/brokerage/needs/")
    again = client.get("/brokerage/needs/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    notice_index.refresh([make_need().pk])
    changed = client.get("/brokerage/needs/", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
