"""What the brokerage board does when something reaches every app (see ``accounts.registry``)."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.registry import Panel, Part, Person, Waiting
from brokerage import notice_index
from brokerage.models import (
    Actual,
    CalendarKey,
    Contact,
    Exchange,
    ExchangeVersion,
    Feedback,
    Helper,
    HostCapacity,
    Notice,
    VerifierLink,
)
from brokerage.panels import (
    exchanges_panel,
    notices_panel,
    waiting_exchanges,
    waiting_for_brokers,
    waiting_notices,
)
from brokerage.services.acting import BY_ITSELF, lock_exchange
from brokerage.services.moving import move_to
from brokerage.services.proposing import end

State = Exchange.State

ERASED = "[removed]"
LEFT = "The organisation has left the site."


class BrokeragePart(Part):
    """Needs and offers, limits, exchanges and their results."""

    name = "brokerage"
    models = frozenset(
        {
            "brokerage.actual",
            "brokerage.blackout",
            "brokerage.calendarkey",
            "brokerage.contact",
            "brokerage.exchange",
            "brokerage.exchangeversion",
            "brokerage.feedback",
            "brokerage.helper",
            "brokerage.hostcapacity",
            "brokerage.hostmonth",
            "brokerage.notice",
            "brokerage.releasedhours",
            "brokerage.verifierlink",
        }
    )

    def panels(self, user: User, organisation: Organisation) -> list[Panel]:
        return [notices_panel(organisation), exchanges_panel(organisation)]

    def waiting(self, user: User) -> list[Waiting]:
        return [*waiting_exchanges(user), *waiting_notices(user), *waiting_for_brokers(user)]

    def organisation_changed(self, organisation: Organisation) -> None:
        """Its name stands on every card."""
        own = Notice.objects.filter(organisation=organisation)
        notice_index.refresh(own.values_list("pk", flat=True))

    def merge(self, *, keep: Organisation, gone: Organisation) -> None:
        move_to(keep, gone)

    def close(self, organisation: Organisation, *, actor_key: uuid.UUID) -> None:
        """It is on the board no more, and what was open ends; what happened stays, as the other
        side's sums rest on it.
        """
        for exchange in Exchange.objects.of(organisation).holding():
            now = lock_exchange(exchange, BY_ITSELF)
            agreed = now.state in {State.AGREED, State.AMENDED}
            now.versions.pending().update(status=ExchangeVersion.Status.REFUSED)
            state = State.CANCELLED if agreed else State.WITHDRAWN
            end(now, state, "ended", BY_ITSELF, reason=LEFT)
        notices = list(
            Notice.objects.filter(organisation=organisation).values_list("pk", flat=True)
        )
        Notice.objects.filter(pk__in=notices).update(
            state=Notice.State.CLOSED,
            contact_name="",
            contact_email="",
            contact_phone="",
            modified=timezone.now(),
        )
        HostCapacity.objects.filter(organisation=organisation).update(paused=True)
        CalendarKey.objects.filter(organisation=organisation).delete()
        notice_index.refresh(notices)

    def export(self, person: Person) -> dict[str, Any]:
        user = person.user
        return {
            "Contact on the brokerage board": list(
                _notices_of(person)
                .order_by("pk")
                .values("reference", "title", "contact_name", "contact_email", "contact_phone")
            ),
            "Contact in exchanges": list(
                _contacts_of(person)
                .order_by("pk")
                .values("exchange__reference", "side", "name", "email", "phone")
            ),
            "Terms you wrote": list(
                ExchangeVersion.objects.filter(made_by=user)
                .order_by("pk")
                .values("exchange__reference", "number", "note", "created")
            ),
            "Results you stated": list(
                Actual.objects.filter(made_by=user)
                .order_by("pk")
                .values("exchange__reference", "giver_hours", "amount", "words", "created")
            ),
            "What you said of exchanges": list(
                Feedback.objects.filter(user=user)
                .order_by("pk")
                .values("exchange__reference", "went", "again", "words", "created")
            ),
            "Results you were asked to confirm": list(
                _links_of(person)
                .order_by("pk")
                .values("actual__exchange__reference", "name", "email", "created", "used_at")
            ),
            "Your calendar": list(CalendarKey.objects.filter(user=user).values("created")),
            "People who can help": list(
                _helpers_of(person)
                .order_by("pk")
                .values(
                    "name",
                    "role",
                    "organisation_name",
                    "email",
                    "phone",
                    "consented_at",
                    "asked_anew_at",
                )
            ),
        }

    def erase(self, person: Person) -> None:
        """Names and addresses go; what was agreed and done stays with the two organisations."""
        _contacts_of(person).update(name=ERASED, email="", phone="", user=None)
        _links_of(person).delete()
        _helpers_of(person).delete()
        # Last, as it is the address that they are found by.
        _notices_of(person).update(
            contact_name="", contact_email="", contact_phone="", modified=timezone.now()
        )

    def retain(self, today: datetime.date) -> int:
        """Contacts of what ended long ago, links that ran out long ago, and whoever was asked to be
        named, or asked anew, and never answered.
        """
        now = timezone.now()
        long_ago = now - datetime.timedelta(days=settings.KEEP_EXCHANGE_CONTACTS_DAYS)
        contacts = Contact.objects.filter(
            exchange__state__in=Exchange.ENDED, exchange__state_since__lt=long_ago
        ).exclude(name=ERASED)
        links = VerifierLink.objects.filter(
            expires_at__lt=now - datetime.timedelta(days=settings.KEEP_VERIFIER_LINKS_DAYS)
        )
        gone = contacts.update(name=ERASED, email="", phone="", user=None)
        unanswered = Helper.objects.filter(
            consented_at=None, asked_at__lt=now - datetime.timedelta(days=Helper.LINK_DAYS)
        )
        # Who agreed once and is not shown any more stays as long again, so that a broker can ask.
        lapsed = Helper.objects.filter(
            asked_anew_at__lt=now - 2 * datetime.timedelta(days=Helper.LINK_DAYS)
        )
        _, by_kind = (unanswered | lapsed).delete()
        return gone + links.delete()[0] + by_kind.get("brokerage.Helper", 0)


def _notices_of(person: Person) -> QuerySet[Notice]:
    rows = Notice.objects.annotate(address_in=Lower("contact_email"))
    return rows.filter(address_in__in=person.addresses)


def _contacts_of(person: Person) -> QuerySet[Contact]:
    return Contact.objects.annotate(address_in=Lower("email")).filter(
        Q(address_in__in=person.addresses) | Q(user=person.user)
    )


def _links_of(person: Person) -> QuerySet[VerifierLink]:
    rows = VerifierLink.objects.annotate(address_in=Lower("email"))
    return rows.filter(address_in__in=person.addresses)


def _helpers_of(person: Person) -> QuerySet[Helper]:
    rows = Helper.objects.annotate(address_in=Lower("email"))
    return rows.filter(address_in__in=person.addresses)
