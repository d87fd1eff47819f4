"""What higher apps say of a provider, on its page and those of its offers."""

import pytest
from django.test import Client

from accounts.models import Organisation
from providers import facts_from_above
from tests.factories import make_listing

pytestmark = pytest.mark.django_db


def loud(organisation: Organisation) -> str:
    return f"{organisation} is known above"


def silent(organisation: Organisation) -> str:
    return ""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_from_above, "_facts", {})
    for fact in (loud, silent, loud):
        facts_from_above.register(fact)


@pytest.mark.usefixtures("registered")
def test_what_is_said_is_shown_once(client: Client) -> None:
    listing = make_listing()
    words = f"{listing.organisation} is known above"
    assert facts_from_above.facts_of(listing.organisation) == [words]
    for page in (listing.get_absolute_url(), listing.organisation.get_absolute_url()):
        assert client.get(page).text.count(words) == 1


@pytest.mark.usefixtures("registered")
def test_what_is_paused_says_nothing(client: Client) -> None:
    listing = make_listing(state="paused")
    assert "is known above" not in client.get(listing.get_absolute_url()).text
