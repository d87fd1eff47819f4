"""Rows of the brokerage app for tests: each function saves the smallest valid one.

They write rows only: nothing is held, indexed, audited or mailed.
"""

import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from brokerage.helper_links import new_helper_hash
from brokerage.models import (
    Actual,
    Contact,
    Exchange,
    ExchangeVersion,
    Helper,
    HostCapacity,
    HourlyRate,
    Kind,
    Notice,
    ReleasedHours,
    Side,
    Skill,
)
from brokerage.references import free_exchange_reference, free_notice_reference
from tests.factories import make_organisation

_numbers = count(1)


def make_kind(code: str = "", **fields: Any) -> Kind:
    """One that takes people on set dates and asks for no checks."""
    number = next(_numbers)
    values = {
        "code": code or f"kind-{number}",
        "label": f"Kind {number}",
        "description": "A group helps for a day.",
        "asks_of_host": "Work for a day, and somebody who leads it.",
        "asks_of_giver": "People, for a day.",
        "gives": "40 hours of work.",
        "benefit_to_host": "A garden cleared.",
        "benefit_to_giver": "A day together.",
        "unit": Kind.Unit.PERSON_HOURS,
        "schedule": Kind.Schedule.SET,
        "position": number,
        **fields,
    }
    return Kind.objects.create(**values)


def make_skill(code: str = "", **fields: Any) -> Skill:
    number = next(_numbers)
    values = {
        "code": code or f"skill-{number}",
        "label": f"Skill {number}",
        "description": "Knowing how.",
        "position": number,
        **fields,
    }
    return Skill.objects.create(**values)


def make_need(**fields: Any) -> Notice:
    """A need on the board, for up to 12 people on any day, of a host of its own."""
    return _make_notice(Notice.Side.NEED, fields)


def make_offer(**fields: Any) -> Notice:
    """An offer on the board, of up to 12 people on any day, of a giver of its own."""
    return _make_notice(Notice.Side.OFFER, fields)


def _make_notice(side: Notice.Side, fields: dict[str, Any]) -> Notice:
    number, now = next(_numbers), timezone.now()
    values = {
        "side": side,
        "reference": free_notice_reference(side),
        "state": Notice.State.PUBLISHED,
        "title": f"Clear the paths {number}",
        "description": "Clear the paths and plant a hedge.",
        "benefit_to_host": "Paths that a wheelchair can use.",
        "benefit_to_giver": "A day outdoors, led by growers.",
        "places_min": 2,
        "places_max": 12,
        "hours_each": Decimal(6),
        "contact_name": "Sam Host",
        "contact_email": f"contact{number}@example.org",
        "contact_phone": "0113 496 0147",
        "published_at": now,
        "expires_on": timezone.localdate() + datetime.timedelta(days=90),
        **fields,
    }
    if "organisation" not in values:
        values["organisation"] = make_organisation()
    if "kind" not in values:
        values["kind"] = Kind.objects.filter(code="team-day").first() or make_kind("team-day")
    return Notice.objects.create(**values)


def make_capacity(**fields: Any) -> HostCapacity:
    """A host that has set no limit but that of pending proposals."""
    if "organisation" not in fields:
        fields["organisation"] = make_organisation()
    return HostCapacity.objects.create(**fields)


def make_released(**fields: Any) -> ReleasedHours:
    """100 hours of this year."""
    year = timezone.localdate().year
    values = {
        "first_day": datetime.date(year, 1, 1),
        "last_day": datetime.date(year, 12, 31),
        "hours": Decimal(100),
        **fields,
    }
    if "organisation" not in values:
        values["organisation"] = make_organisation()
    return ReleasedHours.objects.create(**values)


def make_rate(**fields: Any) -> HourlyRate:
    """Twenty pounds for an hour, in a series of its own, since 2025."""
    number = next(_numbers)
    values = {
        "code": f"rate-{number}",
        "label": f"Rate {number}",
        "pounds": Decimal(20),
        "source": "Published in 2025",
        "holds_from": datetime.date(2025, 4, 1),
        **fields,
    }
    return HourlyRate.objects.create(**values)


def make_helper(**fields: Any) -> Helper:
    """Somebody who agreed to be named, for every sector and all of Leeds; with a link."""
    number, now = next(_numbers), timezone.now()
    values = {
        "name": f"Helper {number}",
        "email": f"helper{number}@example.org",
        "asked_at": now,
        "consented_at": now,
        **fields,
    }
    wards = values.pop("wards", [])
    helper = Helper.objects.create(**values)
    helper.wards.set(wards)
    helper.link_hash = new_helper_hash(helper)
    helper.save(update_fields=["link_hash"])
    return helper


def make_exchange(**fields: Any) -> Exchange:
    """A giver's proposal to a need, with its first version and both contacts. It holds nothing."""
    need = fields.pop("need", None) or make_need()
    version = fields.pop("version", {})
    values = {
        "reference": free_exchange_reference(),
        "need": need,
        "host": need.organisation,
        "kind": need.kind,
        "title": need.title,
        "benefit_to_host": need.benefit_to_host,
        "benefit_to_giver": need.benefit_to_giver,
        "proposed_by": Side.GIVER,
        "holds_until": timezone.now() + datetime.timedelta(days=10),
        **fields,
    }
    if "giver" not in values:
        values["giver"] = make_organisation()
    exchange = Exchange.objects.create(**values)
    make_exchange_version(exchange=exchange, **version)
    for side, name in ((Side.HOST, "Hana Host"), (Side.GIVER, "Gita Giver")):
        Contact.objects.create(
            exchange=exchange, side=side, name=name, email=f"{side.value}@example.org"
        )
    return exchange


def make_exchange_version(**fields: Any) -> ExchangeVersion:
    """Eight people for six hours in thirty days, proposed by the giver."""
    values = {
        "number": 1,
        "by": Side.GIVER,
        "first_day": timezone.localdate() + datetime.timedelta(days=30),
        "last_day": timezone.localdate() + datetime.timedelta(days=30),
        "seats": 8,
        "hours_each": Decimal(6),
        **fields,
    }
    return ExchangeVersion.objects.create(**values)


def make_result(
    exchange: Exchange, *, confirmed: bool = True, state: str = "delivered", **fields: Any
) -> Actual:
    """What the giver says happened today, and the host confirms unless told otherwise."""
    actual = Actual.objects.create(
        exchange=exchange,
        by="giver",
        confirmed_by="host" if confirmed else "",
        confirmed_at=timezone.now() if confirmed else None,
        **{"happened_on": timezone.localdate(), **fields},
    )
    Exchange.objects.filter(pk=exchange.pk).update(
        state=state, confirmed=actual if confirmed else None
    )
    return actual
