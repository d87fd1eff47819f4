"""A shortlist that somebody shows to others by a link."""

import datetime
import re
from copy import deepcopy

import pytest
from django.test import Client
from django.utils import timezone

from providers.models import Shortlist
from tests.conftest import Cast
from tests.factories import make_shortlist
from tests.providers.reading import words
from tests.providers.test_shortlist import START, act, add, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def shared_path(client: Client, found: Shortlist) -> str:
    link = re.search(
        r'value="http://testserver(/providers/shortlist/shared/[^"]+)"', page(client, found)
    )
    assert link is not None
    return link[1]


def test_a_link_shows_the_list_and_changes_nothing(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet, cast.big_hall, name="Lunch for thirty")
    act(client, found, f"{found.items.all()[0].pk}/note", note="Ring Sam.")
    assert act(client, found, "share") == 302
    path = shared_path(client, found)
    reader = Client()
    response = reader.get(path)
    text = words(response.text)
    assert "Lunch for thirty A shortlist that somebody shared with you." in text
    assert "Ring Sam." in text
    assert "Telephone +44 113 496 0101" in text
    assert '<meta name="robots" content="noindex">' in response.text
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert not reader.cookies
    main = response.text.split("<main")[1]
    assert 'method="post"' not in main
    assert f"{START}{found.pk}/" not in main
    assert reader.post(path).status_code == 405
    assert reader.get(found.get_absolute_url()).status_code == 404
    assert shared_path(client, found) == path, "it can be seen again"


def test_a_link_ends_when_it_is_stopped_replaced_or_over(client: Client, cast: Cast) -> None:
    found = add(client, cast.buffet)
    reader = Client()
    act(client, found, "share")
    first = shared_path(client, found)
    act(client, found, "share")
    assert shared_path(client, found) == first, "pressed twice, it is one link"
    act(client, found, "share", anew="yes")
    second = shared_path(client, found)
    assert reader.get(first).status_code == 404
    assert reader.get(second).status_code == 200
    for _ in range(2):
        assert act(client, found, "share/stop") == 302
    assert reader.get(second).status_code == 404
    assert 'value="http' not in page(client, found)
    act(client, found, "share")
    third = shared_path(client, found)
    assert third not in {first, second}
    Shortlist.objects.update(shared_until=timezone.now())
    response = reader.get(third)
    assert response.status_code == 404
    assert "This link opens no list" in response.text
    assert "Make a link" in page(client, found)
    act(client, found, "delete")
    assert reader.get(third).status_code == 404


@pytest.mark.parametrize("token", ["x", "x.y", "é.é", "." * 300, "k" * 43, ":"])
def test_no_other_word_opens_a_list(client: Client, token: str) -> None:
    make_shortlist(share_key="k" * 43, shared_until=timezone.now() + datetime.timedelta(days=1))
    assert client.get(f"{START}shared/{token}/").status_code == 404
