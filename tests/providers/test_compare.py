"""Comparing: the same facts in the same order, what differs and what nobody told us in words."""

import datetime
import re
from copy import deepcopy

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from providers.models import Claim, Listing, Term
from tests.conftest import Cast
from tests.factories import make_claim, make_listing
from tests.providers.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

FACTS = [
    "Category", "Price", "Group size", "Notice needed", "Where", "How to pay", "Access",
    "Sector", "Ward", "Confirmed",
]  # fmt: skip


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def address(*listings: Listing) -> str:
    return "/providers/compare/?" + "&".join(f"listing={row.pk}" for row in listings)


def table(html: str) -> dict[str, list[str]]:
    """Each question, with its mark, and what each offer says."""
    rows = {}
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.DOTALL):
        name = words(re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL)[0])
        rows[name] = [words(cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
    return rows


def test_the_same_questions_in_the_same_order(client: Client, cast: Cast) -> None:
    html = client.get(address(cast.buffet, cast.big_hall)).text
    rows = table(html)
    plain = [name.removesuffix(" Differs") for name in rows]
    assert plain[: len(FACTS)] == FACTS
    assert rows["Price Differs"] == ["From £6.50 a head", "Free"]
    assert rows["Group size Differs"] == ["Up to 60 people", "Up to 120 people"]
    assert rows["Sector"] == ["Third sector", "Third sector"], "the same, so without a mark"
    assert "Compare 2 offers" in words(html)
    other = table(client.get(address(cast.big_hall, cast.posters)).text)
    assert [name.removesuffix(" Differs") for name in other][: len(FACTS)] == FACTS


def test_unknown_is_said_and_is_no_difference(client: Client, cast: Cast) -> None:
    rows = table(client.get(address(cast.buffet, cast.big_hall, cast.register_entry)).text)
    assert rows["Notice needed"] == ["2 days", "Not stated", "Not stated"]
    assert rows["How to pay"] == ["Invoice or purchase order", "Not stated", "Not stated"]
    assert rows["Access"][1] == "Step-free entrance"
    assert rows["Price Differs"][2] == "Not stated"
    assert rows["Confirmed Differs"][2] == "Not yet, from a public register"


def test_claims_have_their_levels(client: Client, cast: Cast) -> None:
    html = client.get(address(cast.buffet, cast.big_hall, cast.posters)).text
    rows = table(html)
    assert rows[_name(rows, "iving")] == [
        "Checked", "Evidenced", "Not stated",
    ]  # fmt: skip
    assert _name(rows, "iving").endswith("Differs")
    assert rows["Led by women"] == ["Declared", "Not stated", "Not stated"]
    assert html.count("tag--checked") == 1
    Claim.objects.filter(level="checked").update(
        valid_to=timezone.localdate() - datetime.timedelta(days=1)
    )
    rows = table(client.get(address(cast.buffet, cast.big_hall)).text)
    assert rows[_name(rows, "iving")] == ["Not stated", "Evidenced"], "it has run out"


def _name(rows: dict[str, list[str]], part: str) -> str:
    (found,) = [name for name in rows if part in name]
    return found


def test_it_is_a_table_that_a_screen_reader_reads(client: Client, cast: Cast) -> None:
    html = client.get(address(cast.buffet, cast.big_hall)).text
    assert '<div class="scroll" role="region" aria-labelledby="compare" tabindex="0">' in html
    assert 'id="compare"' in html
    (head,) = re.findall(r"<thead>(.*?)</thead>", html, re.DOTALL)
    assert head.count('<th scope="col">') == 3
    assert "Buffet lunches" in head
    assert '<th scope="rowgroup" colspan="3">' in html
    widths = {
        row.count("<td>") for row in re.findall(r"<tr><th scope=.row.>.*?</tr>", html, re.DOTALL)
    }
    assert widths == {2}


def test_the_address_alone_says_what_is_compared(client: Client, cast: Cast) -> None:
    one, other = Client(), Client()
    path = address(cast.buffet, cast.big_hall)
    response = one.get(path)
    assert response.text == other.get(path).text
    assert not one.cookies
    assert '<meta name="robots" content="noindex">' in response.text
    canonical = f'<link rel="canonical" href="http://testserver{path}">'.replace("&", "&amp;")
    assert canonical in response.text
    twice = client.get(f"{path}&listing={cast.buffet.pk}&listing=&other=1").text
    assert canonical in twice
    reverse = client.get(address(cast.big_hall, cast.buffet)).text
    assert table(reverse)["Price Differs"] == ["Free", "From £6.50 a head"]
    without = address(cast.big_hall).replace("/providers/compare/", "")
    assert (
        f'<a href="/providers/compare/{without}" aria-label="Leave out: Buffet lunches">Leave out'
        in response.text
    )
    add = path.replace("compare/", "shortlist/add/").replace("&", "&amp;")
    assert f'href="{add}"' in response.text
    assert client.post(path).status_code == 405


def test_more_than_four_are_asked_about_in_words_beside(client: Client, cast: Cast) -> None:
    response = client.get(address(*cast.listings[:5]))
    text = words(response.text)
    assert "<title>Error: " in response.text
    assert text.count("You chose 5 offers. Choose up to four.") == 2
    assert "<table" not in response.text
    assert response.text.count(" checked>") == 5, "what was chosen is kept"
    assert client.get(address(*cast.listings[:4])).text.count('<th scope="col">') == 5


def test_one_or_none_says_what_to_do(client: Client, cast: Cast) -> None:
    text = words(client.get(address(cast.buffet)).text)
    assert "There is only one here." in text
    assert "From £6.50 a head" in text
    text = words(client.get("/providers/compare/").text)
    assert "Choose two to four offers first." in text
    assert client.get("/providers/compare/?listing=").status_code == 200


def test_paused_and_unconfirmed_offers_say_so(client: Client, cast: Cast) -> None:
    Listing.objects.filter(pk=cast.buffet.pk).update(state="paused")
    Listing.objects.filter(pk=cast.posters.pk).update(
        confirmed_at=timezone.now() - datetime.timedelta(days=400)
    )
    text = words(client.get(address(cast.buffet, cast.posters)).text)
    assert "Buffet lunches Holbeck Kitchen Paused" in text
    assert "Posters Woodhouse Printers Not confirmed for over a year" in text


def test_two_offers_of_one_organisation(client: Client, cast: Cast) -> None:
    rows = table(client.get(address(cast.buffet, cast.cakes)).text)
    assert rows["Led by women"] == ["Declared", "Declared"]
    assert rows["Where Differs"] == ["All over Leeds", "Armley"]


def test_it_takes_as_many_queries_for_four_as_for_two(client: Client, cast: Cast) -> None:
    counts = []
    for listings in (cast.listings[1:3], cast.listings[1:5]):
        client.get(address(*listings))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(*listings))
        counts.append(len(queries))
    assert counts[0] == counts[1] < 7


def test_words_of_others_are_inert(client: Client, cast: Cast) -> None:
    bad = make_listing(title="<script>alert(1)</script>", organisation=cast.hall)
    make_claim(cast.hall, Term.objects.filter(facet="accreditation")[0], reference="<b>")
    html = client.get(address(bad, cast.buffet)).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
