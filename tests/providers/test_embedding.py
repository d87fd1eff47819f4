"""An organisation's websites that may show views: who registers, removes and switches them."""

from functools import partial

import pytest
from django.test import Client

from accounts import registry
from accounts.models import AuditEvent, Organisation, Role, User
from accounts.refused import Refused
from accounts.services.organisation import close_organisation
from accounts.services.people import make_person
from providers.models import EmbedHost
from providers.services.embed_host import add_host, remove_host, switch_host
from tests.accounts.racing import race
from tests.factories import make_embed_host, make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in

db = pytest.mark.django_db
PAGE = "/my/burley-hall/embedding/"


@pytest.fixture
def hall(db: None) -> Organisation:
    return make_organisation("Burley Hall", slug="burley-hall")


@pytest.fixture
def owner(hall: Organisation) -> User:
    return make_membership(hall).user


@pytest.fixture
def client(owner: User) -> Client:
    return signed_in(owner)


def curator() -> User:
    made = make_person(email="curator@example.org", roles=("curator",))
    return User.objects.get(pk=made.pk)


def test_an_owner_adds_a_website_and_what_was_done_is_noted(
    client: Client, hall: Organisation, owner: User
) -> None:
    assert "None is registered yet." in words(client.get(PAGE).text)
    response = client.post(PAGE, {"host": "https://WWW.bücher.example/a", "ours": "on"})
    assert response["Location"] == PAGE
    assert EmbedHost.objects.allowed(hall) == ["www.xn--bcher-kva.example"]
    text = words(client.get(PAGE).text)
    assert "www.xn--bcher-kva.example may show views of the list now." in text
    event = AuditEvent.objects.get(object_type="providers.embedhost")
    assert (event.verb, event.actor_key) == ("registered", owner.audit_key)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({}, "Enter the address of the website"),
        ({"host": "www.example.org"}, "Tick this if it is so."),
        ({"host": "*.example.org", "ours": "on"}, "without a star"),
        ({"host": "http://example.org", "ours": "on"}, "https://"),
        ({"host": "a\0b", "ours": "on"}, "Null characters are not allowed."),
        ({"host": "x" * 10_000, "ours": "on"}, "Enter the address of the website"),
        ({"host": "<script>", "ours": "on"}, "Enter the address of the website"),
    ],
)
def test_a_bad_answer_is_said_and_kept(client: Client, answers: dict[str, str], error: str) -> None:
    response = client.post(PAGE, answers)
    assert response.status_code == 200
    assert error in words(response.text)
    assert "<title>Error: " in response.text
    assert not EmbedHost.objects.exists()
    if answers.get("host") == "*.example.org":
        assert 'value="*.example.org"' in response.text


def test_twice_is_once_and_there_is_an_end(
    client: Client, hall: Organisation, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbedHost, "MOST", 2)
    for host in ("a.example", "a.example", "b.example"):
        assert client.post(PAGE, {"host": host, "ours": "on"}).status_code == 302
    response = client.post(PAGE, {"host": "c.example", "ours": "on"})
    assert "You have 2 websites" in words(response.text)
    assert EmbedHost.objects.count() == 2


def test_removing_asks_first(client: Client, hall: Organisation) -> None:
    host = make_embed_host(hall, "a.example")
    path = f"{PAGE}{host.pk}/remove/"
    assert "there will be an empty frame" in words(client.get(path).text)
    assert EmbedHost.objects.exists()
    assert client.post(path)["Location"] == PAGE
    assert not EmbedHost.objects.exists()
    assert client.post(path).status_code == 404, "the second click"
    assert AuditEvent.objects.get().verb == "removed"


def test_another_organisations_website_is_not_found(client: Client) -> None:
    other = make_embed_host(make_organisation())
    assert client.post(f"{PAGE}{other.pk}/remove/").status_code == 404
    assert EmbedHost.objects.exists()


def test_who_is_no_owner_is_refused_by_the_services_too(hall: Organisation, owner: User) -> None:
    editor = make_membership(hall, role=Role.EDITOR).user
    outsider = make_membership().user
    host = make_embed_host(hall)
    for user in (editor, outsider):
        with pytest.raises(Refused):
            add_host(organisation=hall, host="a.example", by=user)
        with pytest.raises(Refused):
            remove_host(host=host, by=user)
    for user in (owner, editor):
        with pytest.raises(Refused):
            switch_host(host=host, off=True, by=user)


def test_a_curator_switches_one_off_and_its_owner_cannot_get_round_it(
    client: Client, hall: Organisation, owner: User
) -> None:
    host = make_embed_host(hall, "a.example")
    curates = signed_in(curator())
    page = f"/curate/organisations/{hall.pk}/"
    assert "a.example" in curates.get(page).text
    for _ in range(2):
        response = curates.post(f"{page}websites/{host.pk}/switch/", {"off": "yes"})
        assert response["Location"] == page
    assert EmbedHost.objects.allowed(hall) == []
    events = AuditEvent.objects.filter(object_type="providers.embedhost")
    assert [event.verb for event in events] == ["switched off"]
    assert "Switched off" in words(client.get(PAGE).text)
    for values in ({"host": "a.example", "ours": "on"},):
        assert "A curator has switched" in words(client.post(PAGE, values).text)
    client.post(f"{PAGE}{host.pk}/remove/")
    assert EmbedHost.objects.get().switched_off_at is not None
    curates.post(f"{page}websites/{host.pk}/switch/", {"off": "no"})
    assert EmbedHost.objects.allowed(hall) == ["a.example"]
    for bad in ({}, {"off": "perhaps"}):
        assert curates.post(f"{page}websites/{host.pk}/switch/", bad).status_code == 404


@db
def test_a_merger_keeps_them_and_one_that_is_off_stays_off() -> None:
    keep, gone = make_organisation(), make_organisation()
    make_embed_host(keep, "a.example")
    off = make_embed_host(gone, "a.example")
    EmbedHost.objects.filter(pk=off.pk).update(switched_off_at="2026-01-01T00:00Z")
    make_embed_host(gone, "b.example")
    make_membership(keep)
    registry.merge(keep=keep, gone=gone)
    assert set(EmbedHost.objects.values_list("organisation", "host")) == {
        (keep.pk, "a.example"),
        (keep.pk, "b.example"),
    }
    assert EmbedHost.objects.allowed(keep) == ["b.example"]


def test_a_closed_organisation_has_none(hall: Organisation, owner: User) -> None:
    make_embed_host(hall)
    close_organisation(organisation=hall, by=owner)
    assert not EmbedHost.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_add_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbedHost, "MOST", 1)
    hall = make_organisation()
    owner = make_membership(hall).user
    add = partial(add_host, organisation=hall, by=owner)
    outcomes = race(hall, partial(add, host="a.example"), partial(add, host="a.example"))
    assert set(outcomes) == {EmbedHost.objects.get()}
    outcomes = race(hall, partial(add, host="b.example"), partial(add, host="c.example"))
    assert all(isinstance(outcome, Refused) for outcome in outcomes)
