"""All exchanges, as brokers look through them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.brokerage.acting import make_broker
from tests.brokerage.factories import make_exchange, make_need
from tests.factories import make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

PAGE = "/broker/exchanges/"


def test_they_are_found_by_title_reference_side_and_state() -> None:
    page = signed_in(make_broker())
    assert "Nobody has proposed anything yet" in page.get(PAGE).text
    need = make_need(title="Paint the hall", organisation=make_organisation("Burley Hall"))
    painted = make_exchange(need=need, giver=make_organisation("Kirkgate Paints"))
    other = make_exchange(need=make_need(title="Dig the beds"), state="agreed")
    for query in ("q=paint", "q=burley", "q=KIRKGATE", f"q={painted.reference.lower()}",
                  "state=proposed", "q=paint&state=proposed"):  # fmt: skip
        text = page.get(f"{PAGE}?{query}").text
        assert "<h1>1 exchange</h1>" in text, query
        assert painted.reference in text
        assert other.reference not in text
    assert "<h1>2 exchanges</h1>" in page.get(f"{PAGE}?state=nothing").text
    assert "None is like that" in page.get(f"{PAGE}?q=%00%25nothing").text


def test_a_list_costs_the_same_however_long_and_turns_its_pages() -> None:
    page, need = signed_in(make_broker()), make_need()
    page.get(PAGE)  # the first one of a session
    counts = []
    for number in (1, 52):
        for _ in range(number):
            make_exchange(need=need)
        with CaptureQueriesContext(connection) as queries:
            page.get(f"{PAGE}?state=proposed")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "?state=proposed&amp;page=2" in page.get(f"{PAGE}?state=proposed").text
    assert page.get(f"{PAGE}?page=2").text.count('<li class="result">') == 3
    for wrong in ("3", "x", "-1", "9" * 50):
        assert page.get(f"{PAGE}?page={wrong}").status_code == 404
