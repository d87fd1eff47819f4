"""People who can help: nobody is shown before they agree, and whoever takes it back is gone."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from brokerage.helper_links import helper_token
from brokerage.models import Helper
from brokerage.part import BrokeragePart
from brokerage.services.people import (
    agree,
    ask_again,
    change_helper,
    remove_helper,
    take_back,
    version_of_helper,
)
from tests.accounts.racing import race
from tests.brokerage.acting import make_broker, today
from tests.brokerage.factories import make_helper
from tests.factories import make_user, make_ward
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

PAGE = "/brokerage/people/"
BROKER = "/broker/people/"


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Ada Beckwith",
        "role": "Relationship manager",
        "organisation_name": "Leeds Works",
        "helps_with": "Beginning",
        "sectors": ["third"],
        "email": "ada@example.org",
        "phone": "0113 496 0147",
        **fields,
    }


def link_of(helper: Helper) -> str:
    helper.refresh_from_db()
    return f"{PAGE}{helper_token(helper)}/"


def test_nobody_is_shown_before_they_agree_and_whoever_takes_it_back_is_gone(
    client: Client,
) -> None:
    broker = signed_in(make_broker())
    ward = make_ward("Gipton")
    broker.post(f"{BROKER}new/", typed(wards=[ward.pk]))
    helper = Helper.objects.get()
    mail = OutgoingMail.objects.get(to="ada@example.org")
    assert link_of(helper) in mail.text
    assert "Ada Beckwith" not in client.get(PAGE).text
    asked = client.get(link_of(helper)).text
    for shown in ("Ada Beckwith", "Leeds Works", "Gipton", "Third sector", "0113 496 0147"):
        assert shown in asked
    helper.refresh_from_db()
    assert helper.consented_at is None, "opening the page does nothing"
    for _ in range(2):
        assert client.post(link_of(helper), {"act": "agree"}).status_code == 302
    page = client.get(PAGE).text
    assert "<h1>1 person who can help</h1>" in page
    for shown in ("Ada Beckwith", "ada@example.org", "Gipton"):
        assert shown in page
    address = link_of(helper)
    client.post(address, {"act": "take-back"})
    assert not Helper.objects.exists()
    assert client.post(address, {"act": "agree"}).status_code == 404
    assert "Ada Beckwith" not in client.get(PAGE).text
    verbs = AuditEvent.objects.filter(object_type="brokerage.helper").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "named", "agreed to be shown", "took it back"
    ]  # fmt: skip


def test_a_change_is_not_shown_before_they_agree_anew(client: Client) -> None:
    helper = make_helper(name="Ada Beckwith", role="Broker")
    former = link_of(helper)
    broker = signed_in(make_broker())
    same = {"name": "Ada Beckwith", "role": "Broker", "email": helper.email}
    seen = version_of_helper(helper)
    broker.post(f"{BROKER}{helper.pk}/", {**same, "seen": seen})
    assert client.get(PAGE).text.count("Ada Beckwith") == 1, "nothing was changed"
    assert not OutgoingMail.objects.exists()
    broker.post(f"{BROKER}{helper.pk}/", {**same, "role": "Head of everything", "seen": seen})
    assert "Ada Beckwith" not in client.get(PAGE).text
    assert client.get(former).status_code == 404
    late = broker.post(f"{BROKER}{helper.pk}/", {**same, "role": "Clerk", "seen": seen})
    assert late.status_code == 409
    assert 'value="Clerk"' in late.text
    client.post(link_of(helper), {"act": "agree"})
    assert "Head of everything" in client.get(PAGE).text


def test_they_are_found_by_sector_and_ward(client: Client) -> None:
    gipton, armley = make_ward("Gipton"), make_ward("Armley")
    make_helper(name="Everybody’s Eve")
    make_helper(name="Third Theo", sectors=["third"], wards=[gipton, armley])
    make_helper(name="Public Pia", sectors=["public"], wards=[armley])
    for query, names in (
        ("", ["Eve", "Theo", "Pia"]),
        ("?sector=third", ["Eve", "Theo"]),
        (f"?ward={gipton.pk}", ["Eve", "Theo"]),
        (f"?sector=public&ward={gipton.pk}", ["Eve"]),
        (f"?sector=private&ward={armley.pk}", ["Eve"]),
    ):
        text = client.get(f"{PAGE}{query}").text
        found = [name for name in ("Eve", "Theo", "Pia") if name in text]
        assert found == names, query
    Helper.objects.filter(name="Everybody’s Eve").delete()
    assert "Show everybody" in client.get(f"{PAGE}?sector=private").text


@pytest.mark.parametrize(
    "query",
    ["sector=x", "ward=%00", "ward=" + "9" * 5000, "sector=third&sector=<b>", "ward='; DROP"],
)
def test_a_filter_that_is_none_is_said(client: Client, query: str) -> None:
    make_helper(name="Eve")
    text = client.get(f"{PAGE}?{query}").text
    assert "Choose one from the list." in text
    assert "Eve" in text
    assert "<b>" not in text.partition("<main")[2].replace("<b>What", "")


@pytest.mark.parametrize("token", ["x", "0" * 64, "é", "a" * 3000])
def test_a_made_up_link_opens_nothing(client: Client, token: str) -> None:
    Helper.objects.create(name="Eve", email="eve@example.org")
    response = client.get(f"{PAGE}{token}/")
    assert response.status_code == 404
    assert "Eve" not in response.text


def test_after_a_month_they_have_to_be_asked_again(client: Client) -> None:
    old = timezone.now() - datetime.timedelta(days=Helper.LINK_DAYS, minutes=1)
    helper = make_helper(consented_at=None, asked_at=old)
    page = client.get(link_of(helper)).text
    assert "too old to agree by" in page
    assert "No, thank you" in page
    assert client.post(link_of(helper), {"act": "agree"}).status_code == 409
    helper.refresh_from_db()
    assert helper.consented_at is None
    former = link_of(helper)
    broker = make_broker()
    ask_again(helper=helper, by=broker)
    with pytest.raises(Refused, match="a moment ago"):
        ask_again(helper=helper, by=broker)
    assert client.get(former).status_code == 404
    assert client.post(link_of(helper), {"act": "agree"}).status_code == 302
    with pytest.raises(Refused, match="agreed already"):
        ask_again(helper=helper, by=broker)


def test_who_never_answers_is_forgotten() -> None:
    long_ago = timezone.now() - datetime.timedelta(days=Helper.LINK_DAYS, hours=1)
    make_helper(name="Silent", asked_at=long_ago, consented_at=None)
    make_helper(name="Agreed", asked_at=long_ago)
    make_helper(name="Asked", consented_at=None)
    part = BrokeragePart()
    assert [part.retain(today()) for _ in range(2)] == [1, 0]
    assert set(Helper.objects.values_list("name", flat=True)) == {"Agreed", "Asked"}


def test_only_a_broker_names_anybody() -> None:
    helper, user = make_helper(), make_user()
    for act in (
        lambda: ask_again(helper=helper, by=user),
        lambda: remove_helper(helper=helper, by=user),
        lambda: change_helper(helper=helper, values={}, seen="", by=user),
    ):
        with pytest.raises(Refused, match="Only a broker"):
            act()
    assert Helper.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "\u200b", "Enter their name."),
        ("name", "x" * 121, "at most 120 characters"),
        ("email", "ada", "such as name@example.org"),
        ("email", "", "Enter their email address."),
        ("sectors", ["nothing"], "Choose one from the list."),
        ("wards", ["nothing"], "Choose one from the list."),
        ("role", "a\x07b", "characters that cannot be shown"),
    ],
)
def test_what_cannot_be_is_said_beside_it(field: str, value: Any, words: str) -> None:
    response = signed_in(make_broker()).post(f"{BROKER}new/", typed(**{field: value}))
    assert response.status_code == 200
    assert words in response.text
    assert not Helper.objects.exists()


def test_brokers_see_who_agreed_and_who_was_asked() -> None:
    make_helper(name="Agreed Ann")
    asked = make_helper(name="Asked Abe", consented_at=None)
    Helper.objects.filter(pk=asked.pk).update(asked_at=timezone.now() - datetime.timedelta(days=2))
    broker = signed_in(make_broker())
    text = broker.get(BROKER).text
    assert "1 agreed" in text
    assert "1 asked, not answered" in text
    broker.post(f"{BROKER}{asked.pk}/ask/")
    assert OutgoingMail.objects.filter(to=asked.email).count() == 1
    for _ in range(2):
        assert broker.post(f"{BROKER}{asked.pk}/remove/").status_code == 302
    assert not Helper.objects.filter(pk=asked.pk).exists()


def test_two_brokers_who_change_at_once() -> None:
    helper, broker = make_helper(), make_broker()
    seen = version_of_helper(helper)
    values = {**typed(), "wards": []}
    change_helper(helper=helper, values=values, seen=seen, by=broker)
    with pytest.raises(Overtaken):
        change_helper(helper=helper, values={**values, "role": "Clerk"}, seen=seen, by=broker)


@pytest.mark.django_db(transaction=True)
def test_agreeing_and_taking_back_at_once_leaves_nobody_shown() -> None:
    helper = make_helper(consented_at=None)
    race(helper, lambda: agree(helper=helper), lambda: take_back(helper=helper))
    assert not Helper.objects.exists()
