"""Two sides and a broker, for tests of exchanges."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import BROKER
from brokerage.models import Exchange, Kind, Notice, Side
from brokerage.services.acting import Actor, Who
from brokerage.services.delivering import Figures
from brokerage.services.proposing import Reach, introduce, propose
from tests.brokerage.factories import make_need
from tests.factories import make_membership, make_user


def make_broker() -> User:
    """Somebody who runs the board, in a session that has shown a second factor."""
    user = make_user()
    user.groups.add(Group.objects.get_or_create(name=BROKER)[0])
    return user


def today() -> datetime.date:
    return timezone.localdate()


def in_days(days: int) -> datetime.date:
    return today() + datetime.timedelta(days=days)


def terms(**fields: Any) -> dict[str, Any]:
    """Four people for six hours in thirty days."""
    return {"seats": 4, "hours_each": Decimal(6), "first_day": in_days(30), **fields}


def figures(**fields: Any) -> Figures:
    """24 hours today, of four people, hosted for five hours."""
    values: dict[str, Any] = {
        "happened_on": today(),
        "people": 4,
        "giver_hours": Decimal(24),
        "host_hours": Decimal(5),
        **fields,
    }
    return Figures(**values)


@dataclass
class Two:
    """A host with a need, a giver, and who acts for each."""

    need: Notice = field(default_factory=make_need)
    giver_organisation: Organisation = field(init=False)
    host: Actor = field(init=False)
    giver: Actor = field(init=False)
    broker: Actor = field(init=False)

    def __post_init__(self) -> None:
        of_giver = make_membership()
        self.giver_organisation = of_giver.organisation
        of_host = make_membership(organisation=self.need.organisation)
        self.giver = Actor.of(Side.GIVER, of_giver.user)
        self.host = Actor.of(Side.HOST, of_host.user)
        self.broker = Actor(Who.BROKER, make_broker())

    @property
    def kind(self) -> Kind:
        return self.need.kind

    def proposed(self, *, key: str = "", clash_seen: bool = False, **said: Any) -> Exchange:
        """The giver's proposal."""
        return propose(
            need=self.need,
            offer=None,
            other=self.giver_organisation,
            side=Side.GIVER,
            terms=terms(**said),
            contact=Reach("Gita Giver", "gita@example.org", "0113 496 0188"),
            actor=self.giver,
            key=key,
            clash_seen=clash_seen,
        )

    def introduced(self, **said: Any) -> Exchange:
        """The same, taken up by the host."""
        return introduce(
            exchange=self.proposed(**said),
            contact=Reach("Hana Host", "hana@example.org"),
            actor=self.host,
        )
