"""People who can help: nobody is shown before they agree, and whoever takes it back is gone."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.refused import Overtaken, Refused
from brokerage import tasks
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
from tslsv.ui.templatetags.ui import uk_date_short

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


def days_ago(days: int, **more: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days, **more)


def agreed_a_year_ago(**fields: Any) -> Helper:
    return make_helper(**{"asked_at": days_ago(370), "consented_at": days_ago(365), **fields})


def test_a_year_after_they_agreed_they_are_asked_anew(client: Client) -> None:
    helper = agreed_a_year_ago(name="Ada Beckwith")
    make_helper(name="Agreed Lately", consented_at=days_ago(364))
    make_helper(name="Never Answered", consented_at=None, asked_at=days_ago(365))
    agreed_a_year_ago(name="Made Up", is_example=True)
    assert [tasks.remind_helpers(0) for _ in range(2)] == [1, 0]
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == (helper.email, "helper_asked_anew")
    address = link_of(helper)
    assert address in mail.text
    assert "Ada Beckwith" in client.get(PAGE).text, "shown while they have time to answer"
    page = client.get(address).text
    assert "May we go on naming you?" in page
    assert "Yes, for another year" in page
    assert Helper.objects.get(pk=helper.pk).asked_anew_at, "opening the page does nothing"
    for _ in range(2):
        assert client.post(address, {"act": "agree"}).status_code == 302
    helper.refresh_from_db()
    assert helper.consented_at is not None
    assert helper.consented_at > days_ago(1), "a new year has begun"
    assert helper.asked_anew_at is None
    assert "You are on the list" in client.get(address).text
    assert tasks.remind_helpers(0) == 0
    verbs = AuditEvent.objects.filter(object_type="brokerage.helper", object_id=str(helper.pk))
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "asked anew", "agreed anew"
    ]  # fmt: skip


def test_they_are_reminded_once_and_then_not_shown(client: Client) -> None:
    helper = agreed_a_year_ago(name="Ada Beckwith", asked_anew_at=days_ago(13))
    assert tasks.remind_helpers(0) == 0
    Helper.objects.update(asked_anew_at=days_ago(14))
    assert [tasks.remind_helpers(0) for _ in range(2)] == [1, 0]
    mail = OutgoingMail.objects.get()
    assert mail.template == "helper_reminded"
    assert link_of(helper) in mail.text
    Helper.objects.update(asked_anew_at=days_ago(29, hours=23))
    assert "Ada Beckwith" in client.get(PAGE).text
    broker = signed_in(make_broker())
    assert "Shown until" in broker.get(BROKER).text
    Helper.objects.update(asked_anew_at=days_ago(30, minutes=1), reminded_at=None)
    assert "Ada Beckwith" not in client.get(PAGE).text
    assert tasks.remind_helpers(0) == 0
    page = client.get(link_of(helper)).text
    assert "too old to agree by" in page
    assert "No, thank you" in page
    assert client.post(link_of(helper), {"act": "agree"}).status_code == 409
    assert "1 asked, not answered" in broker.get(BROKER).text
    former = link_of(helper)
    broker.post(f"{BROKER}{helper.pk}/ask/")
    assert client.get(former).status_code == 404
    assert "Ada Beckwith" not in client.get(PAGE).text, "asked is not agreed"
    client.post(link_of(helper), {"act": "agree"})
    assert "Ada Beckwith" in client.get(PAGE).text


def test_brokers_see_when_somebody_is_asked_anew() -> None:
    helper = make_helper(consented_at=timezone.now())
    text = signed_in(make_broker()).get(BROKER).text
    assert "To be asked anew" in text
    assert helper.ask_anew_from is not None
    assert uk_date_short(helper.ask_anew_from) in text


@pytest.mark.parametrize("asked", [None, 0, 29, 30, 31])
@pytest.mark.parametrize("agreed", [True, False])
def test_a_row_and_a_query_agree_on_who_is_shown(asked: int | None, *, agreed: bool) -> None:
    helper = make_helper(
        consented_at=days_ago(365) if agreed else None,
        asked_anew_at=None if asked is None else days_ago(asked),
    )
    assert helper.is_shown == Helper.objects.shown().exists()
    assert helper.is_shown == (agreed and asked in {None, 0, 29})


def test_a_change_after_they_were_asked_anew_begins_again() -> None:
    helper = agreed_a_year_ago(asked_anew_at=days_ago(20), reminded_at=days_ago(6))
    seen = version_of_helper(helper)
    change_helper(helper=helper, values={**typed(), "wards": []}, seen=seen, by=make_broker())
    helper.refresh_from_db()
    assert (helper.consented_at, helper.asked_anew_at, helper.reminded_at) == (None,) * 3


def test_a_link_made_with_a_lost_key_is_made_anew(client: Client) -> None:
    helper = agreed_a_year_ago()
    Helper.objects.update(link_hash="0" * 64)
    assert tasks.remind_helpers(0) == 1
    assert link_of(helper) in OutgoingMail.objects.get().text
    assert client.post(link_of(helper), {"act": "agree"}).status_code == 302


def test_who_never_answers_is_forgotten() -> None:
    long_ago = timezone.now() - datetime.timedelta(days=Helper.LINK_DAYS, hours=1)
    make_helper(name="Silent", asked_at=long_ago, consented_at=None)
    make_helper(name="Agreed", asked_at=long_ago)
    make_helper(name="Asked", consented_at=None)
    agreed_a_year_ago(name="Asked anew", asked_anew_at=days_ago(59))
    part = BrokeragePart()
    assert [part.retain(today()) for _ in range(2)] == [1, 0]
    assert set(Helper.objects.values_list("name", flat=True)) == {"Agreed", "Asked", "Asked anew"}
    Helper.objects.filter(name="Asked anew").update(asked_anew_at=days_ago(60, minutes=1))
    assert [part.retain(today()) for _ in range(2)] == [1, 0]


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


@pytest.mark.django_db(transaction=True)
def test_being_asked_anew_and_taking_it_back_at_once_leaves_nobody() -> None:
    helper = agreed_a_year_ago()
    race(helper, lambda: tasks.remind_helpers(0), lambda: take_back(helper=helper))
    assert not Helper.objects.exists()
