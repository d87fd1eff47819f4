"""What a host can take and a giver can spare, as its members say it."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership
from brokerage.models import Blackout, HostCapacity, HostMonth, ReleasedHours
from tests.brokerage.acting import Two, in_days, today
from tests.factories import make_membership
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership()


def at(member: Membership, end: str = "") -> str:
    return f"/my/{member.organisation.slug}/brokerage/capacity/{end}"


def page(client: Client, address: str, **said: Any) -> str:
    return client.post(address, said, follow=True).text


def test_a_host_sets_its_limits(member: Membership) -> None:
    client = signed_in(member.user)
    assert client.get(at(member)).status_code == 200
    text = page(client, at(member), groups_a_month="2", largest_party="15", paused="on")
    assert "hold from now on" in text
    row = HostCapacity.objects.get()
    assert (row.groups_a_month, row.largest_party, row.paused, row.most_pending) == (2, 15, True, 3)
    page(client, at(member), groups_a_month="")
    row.refresh_from_db()
    assert (row.groups_a_month, row.paused) == (None, False)


def test_lowering_a_limit_says_what_stays() -> None:
    two = Two()
    two.proposed(first_day=in_days(10))
    member = two.need.organisation.memberships.get()
    text = page(signed_in(member.user), at(member), groups_a_month="0")
    assert "1 groups are held" in text
    assert "They stay, and nothing new is taken there." in text
    assert HostMonth.objects.get().groups_held == 1


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "501", "9" * 30, "\x00"])
def test_what_is_no_limit_is_said(member: Membership, value: str) -> None:
    text = page(signed_in(member.user), at(member), groups_a_month=value)
    assert "Enter a whole number from 0 to 500" in text or "Null characters" in text
    assert not HostCapacity.objects.exists()


def test_days_off_come_and_go(member: Membership) -> None:
    client = signed_in(member.user)
    days = {"first_day": in_days(5).isoformat(), "last_day": in_days(9).isoformat()}
    for _ in range(2):
        assert "Nobody new comes" in page(client, at(member, "days/"), **days, reason="Harvest")
    row = Blackout.objects.get()
    assert "Harvest" in client.get(at(member)).text
    other = make_membership()
    page(signed_in(other.user), at(other, f"days/{row.pk}/remove/"))
    assert Blackout.objects.exists(), "another organisation's stays"
    for _ in range(2):
        assert "free again" in page(client, at(member, f"days/{row.pk}/remove/"))
    assert not Blackout.objects.exists()
    wrong = {**days, "last_day": today().isoformat()}
    assert "before the first" in page(client, at(member, "days/"), **wrong)


def test_hours_are_released_for_days_that_do_not_overlap(member: Membership) -> None:
    client = signed_in(member.user)
    days = {"first_day": "2027-01-01", "last_day": "2027-12-31"}
    assert "are released" in page(client, at(member, "hours/"), **days, hours="100")
    page(client, at(member, "hours/"), **days, hours="80.5")
    row = ReleasedHours.objects.get()
    assert row.hours == Decimal("80.5")
    text = page(
        client, at(member, "hours/"), first_day="2027-06-01", last_day="2028-01-01", hours=1
    )
    assert "from 1 January 2027 to 31 December 2027 already" in text
    ReleasedHours.objects.update(hours_held=70)
    text = page(client, at(member, "hours/"), **days, hours="10")
    assert "70 hours are held already" in text
    row.refresh_from_db()
    assert (row.hours, row.hours_held) == (Decimal(10), Decimal(70))
    assert "Enter hours" in page(client, at(member, "hours/"), **days, hours="-3")
    assert datetime.date(2027, 1, 1) == row.first_day


def test_only_members_see_it(member: Membership) -> None:
    client = signed_in(make_membership().user)
    assert client.get(at(member)).status_code == 404
    assert client.post(at(member, "hours/"), {}).status_code == 404
