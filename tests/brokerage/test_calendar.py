"""Exchanges in calendars: feeds, their secret addresses, and the invitation in mails."""

import datetime
import email
import email.policy
import functools
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import AuditEvent, Membership, User
from accounts.refused import Refused
from brokerage.calendar_links import calendar_url
from brokerage.models import CalendarKey, Exchange
from brokerage.services.agreeing import (
    confirm_version,
    propose_change,
    reduce_places,
)
from brokerage.services.calendar_keys import make_key, switch_off
from brokerage.services.ending import cancel, reopen
from brokerage.services.proposing import decline
from tests.accounts.racing import race
from tests.brokerage.acting import Two, in_days, terms
from tests.factories import make_membership, make_user
from tests.signing_in import signed_in
from tslsv.mail.delivery import message_of
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
NINE, FOUR = datetime.time(9), datetime.time(16)


@pytest.fixture
def two() -> Two:
    return Two()


def agreed(two: Two, **said: Any) -> Exchange:
    exchange = two.introduced(**said)
    confirm_version(exchange=exchange, number=1, actor=two.host)
    exchange.refresh_from_db()
    return exchange


def address_of(user: User) -> str:
    """Of a person's feed, as a path."""
    url = calendar_url(make_key(organisation=None, by=user, seen=0))
    return url.removeprefix("http://testserver").removeprefix("http://localhost:8000")


def entries(user: User) -> list[Any]:
    response = Client().get(address_of(user))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert [str(calendar[name]) for name in ("version", "calscale")] == ["2.0", "GREGORIAN"]
    return list(calendar.walk("VEVENT"))


def entry(user: User) -> Any:
    (found,) = entries(user)
    return found


def person(actor: Any) -> User:
    assert isinstance(actor.user, User)
    return actor.user


def test_what_is_agreed_stands_in_the_feed_of_both_sides(two: Two) -> None:
    exchange = agreed(two, start_time=NINE, end_time=FOUR, place="The yard, by the gate")
    for actor in (two.host, two.giver):
        found = entry(person(actor))
        assert str(found["uid"]).startswith(f"{exchange.uid}@")
        assert found["status"] == "CONFIRMED"
        day = in_days(30)
        assert found.decoded("dtstart") == datetime.datetime.combine(day, NINE, LONDON)
        assert found.decoded("dtend") == datetime.datetime.combine(day, FOUR, LONDON)
        assert "rrule" not in found
        assert exchange.title in found["summary"]
        assert "The yard, by the gate" in found["location"]
        assert found["url"].endswith(exchange.get_absolute_url())


def test_nobody_is_in_a_calendar_before_the_introduction(two: Two) -> None:
    exchange = two.proposed()
    assert not entries(person(two.host))
    decline(exchange=exchange, reason="Not that week.", actor=two.host)
    assert not entries(person(two.giver))


def test_what_is_not_agreed_yet_is_tentative(two: Two) -> None:
    two.introduced()
    found = entry(person(two.giver))
    assert found["status"] == "TENTATIVE"
    assert "both sides have to confirm" in found["description"]
    assert found.decoded("dtstart") == in_days(30)
    assert found.decoded("dtend") == in_days(31)


def test_a_change_keeps_the_uid_and_raises_the_sequence(two: Two) -> None:
    exchange = agreed(two)
    before = entry(person(two.giver))
    propose_change(exchange=exchange, terms=terms(first_day=in_days(37)), actor=two.giver, seen=1)
    same = entry(person(two.giver))
    assert same.decoded("dtstart") == in_days(30), "as long as the other side has not agreed"
    confirm_version(exchange=exchange, number=2, actor=two.host)
    after = entry(person(two.giver))
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == in_days(37)
    reduce_places(exchange=exchange, seats=3, actor=two.giver, seen=2)
    fewer = entry(person(two.giver))
    assert fewer["sequence"] > after["sequence"]
    assert "Places: 3" in fewer["description"]


def test_what_is_cancelled_stays_as_cancelled(two: Two) -> None:
    exchange = agreed(two)
    before = entry(person(two.host))
    cancel(exchange=exchange, reason="The yard is flooded.", actor=two.host)
    after = entry(person(two.host))
    assert after["status"] == "CANCELLED"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == before.decoded("dtstart")
    reopen(exchange=exchange, reason="It has dried.", actor=two.broker)
    again = entry(person(two.host))
    assert again["status"] == "TENTATIVE"
    assert again["sequence"] > after["sequence"]


def test_what_goes_on_for_long_shows_its_first_and_last_day_and_the_review(two: Two) -> None:
    exchange = agreed(two, last_day=in_days(210), review_on=in_days(120))
    found = {str(row["uid"]).partition("@")[0]: row for row in entries(person(two.giver))}
    assert {uid: row.decoded("dtstart") for uid, row in found.items()} == {
        str(exchange.uid): in_days(30),
        f"{exchange.uid}-review": in_days(120),
        f"{exchange.uid}-last": in_days(210),
    }
    assert found[f"{exchange.uid}-review"]["summary"].startswith("Review of ")


def test_several_days_at_the_same_hours_leave_the_nights_free(two: Two) -> None:
    agreed(two, last_day=in_days(32), start_time=NINE, end_time=FOUR)
    found = entry(person(two.giver))
    assert found.decoded("dtend").date() == in_days(30)
    assert found["rrule"] == {"FREQ": ["DAILY"], "COUNT": [3]}


def test_no_contact_stands_in_a_calendar(two: Two) -> None:
    agreed(two, note="Ask for Gita at gita@example.org")
    for actor in (two.host, two.giver):
        text = Client().get(address_of(person(actor))).text
        for secret in ("Gita", "gita@", "Hana", "hana@", "496"):
            assert secret not in text


def test_a_feed_is_of_its_own_organisations_alone(two: Two) -> None:
    agreed(two)
    assert not entries(make_user())
    stranger = make_membership()
    key = make_key(organisation=stranger.organisation, by=stranger.user, seen=0)
    assert "VEVENT" not in Client().get(calendar_url(key)).text
    member = Membership.objects.get(user=person(two.host))
    assert entries(member.user)
    member.delete()
    assert not entries(member.user), "who has left sees nothing of it any more"


def test_the_organisation_has_a_feed_of_its_own(two: Two) -> None:
    exchange = agreed(two)
    page = signed_in(person(two.giver))
    address = reverse("my_brokerage:calendar_key", args=[two.giver_organisation.slug])
    assert "Make an address" in page.get(address).text
    shown = page.post(address, {"act": "make", "seen": "0"}, follow=True).text
    key = CalendarKey.objects.get(organisation=two.giver_organisation)
    assert calendar_url(key) in shown
    assert calendar_url(key).replace("http://", "webcal://") in shown
    text = Client().get(calendar_url(key)).text
    assert str(exchange.uid) in text
    assert str(key.link_hash) not in calendar_url(key), "the database alone opens nothing"


def test_an_address_made_anew_shuts_the_former(two: Two) -> None:
    user = person(two.giver)
    first = address_of(user)
    key = make_key(organisation=None, by=user, seen=1)
    assert Client().get(first).status_code == 404
    second = calendar_url(key)
    assert Client().get(second).status_code == 200
    # The second press of the same form.
    assert calendar_url(make_key(organisation=None, by=user, seen=1)) == second
    switch_off(organisation=None, by=user)
    assert Client().get(second).status_code == 404
    assert calendar_url(CalendarKey.objects.get()) == ""
    switch_off(organisation=None, by=user)
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if "calendar" in verb] == [
        "made a calendar's address",
        "made a calendar's address",
        "switched off a calendar",
    ]


def test_what_was_switched_off_is_not_found_again(two: Two) -> None:
    """Off and on: the address of before stays shut."""
    user = person(two.giver)
    first = address_of(user)
    switch_off(organisation=None, by=user)
    assert address_of(user) != first
    assert Client().get(first).status_code == 404


def test_who_does_not_act_for_it_makes_nothing(two: Two) -> None:
    with pytest.raises(Refused, match="no longer act"):
        make_key(organisation=two.giver_organisation, by=make_user(), seen=0)
    assert not CalendarKey.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "None", "0" * 64, "é", "a" * 5000])
def test_a_made_up_address_finds_nothing(token: str) -> None:
    CalendarKey.objects.create(user=make_user(), link_hash=None)
    assert Client().get(f"/brokerage/calendar/{token}.ics").status_code == 404


def test_somebody_locked_out_has_no_feed(two: Two) -> None:
    user = person(two.giver)
    address = address_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_a_program_that_has_it_is_told_so(two: Two) -> None:
    exchange = agreed(two)
    address = address_of(person(two.giver))
    response = Client().get(address)
    same = {"If-None-Match": response["ETag"]}
    assert Client().get(address, headers=same).status_code == 304
    cancel(exchange=exchange, reason="The yard is flooded.", actor=two.host)
    assert Client().get(address, headers=same).status_code == 200
    assert response["Cache-Control"] == "private, no-cache"


def test_what_is_long_over_leaves_the_feed(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed(two)
    for kept, is_shown in ((-30, True), (-31, False)):
        monkeypatch.setattr("brokerage.calendar.KEPT", datetime.timedelta(days=kept))
        assert bool(entries(person(two.giver))) is is_shown


def test_a_feed_costs_the_same_queries_whatever_it_holds(
    two: Two, django_assert_max_num_queries: Any
) -> None:
    agreed(two)
    address = address_of(person(two.giver))
    for number in range(3):
        other = Two()
        other.giver_organisation = two.giver_organisation
        other.giver = two.giver
        agreed(other, first_day=in_days(40 + number))
    with django_assert_max_num_queries(4):
        text = Client().get(address).text
    assert text.count("BEGIN:VEVENT") == 4


def invitations(exchange: Exchange) -> list[tuple[str, Any]]:
    """Method and entry of what the mails of an exchange carry, as a mail program reads them."""
    found: list[tuple[str, Any]] = []
    for row in OutgoingMail.objects.exclude(calendar="").order_by("pk"):
        raw = message_of(row).message().as_bytes()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        calendar = Calendar.from_ical(part.get_content())
        assert part.get_filename() == "exchange.ics"
        assert part["Content-Type"].params["method"] == str(calendar["method"])
        event: Any = calendar.walk("VEVENT")[0]
        assert str(event["attendee"]) == f"mailto:{row.to}"
        assert str(exchange.uid) in event["uid"]
        found.append((str(calendar["method"]), event))
    return found


def test_the_mails_invite_and_call_off(two: Two) -> None:
    exchange = agreed(two, seats=4)
    assert [(method, event["status"]) for method, event in invitations(exchange)] == [
        ("REQUEST", "CONFIRMED"),
        ("REQUEST", "CONFIRMED"),
    ]
    feed_entry = entry(person(two.giver))
    for _, event in invitations(exchange):
        assert event["uid"] == feed_entry["uid"]
        assert event["sequence"] == feed_entry["sequence"]
        assert event.decoded("dtstart") == feed_entry.decoded("dtstart")
    OutgoingMail.objects.all().delete()
    reduce_places(exchange=exchange, seats=3, actor=two.giver, seen=1)
    assert {method for method, _ in invitations(exchange)} == {"REQUEST"}
    OutgoingMail.objects.all().delete()
    cancel(exchange=exchange, reason="The yard is flooded.", actor=two.host)
    called_off = invitations(exchange)
    assert {method for method, _ in called_off} == {"CANCEL"}
    assert all(event["sequence"] > feed_entry["sequence"] for _, event in called_off)


def test_what_was_never_agreed_invites_nobody(two: Two) -> None:
    exchange = two.proposed()
    decline(exchange=exchange, reason="Not that week.", actor=two.host)
    assert not OutgoingMail.objects.exclude(calendar="").exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_address() -> None:
    user = make_user()
    key = make_key(organisation=None, by=user, seen=0)
    anew = functools.partial(make_key, organisation=None, by=user, seen=1)
    race(key, anew, anew)
    assert CalendarKey.objects.get().round == 2
