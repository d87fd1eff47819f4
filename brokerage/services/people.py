"""People who can help: asked by brokers, shown once they agree, gone once they take it back.

Whoever agreed is asked anew a year later, by the link that they have.
"""

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import is_broker
from accounts.refused import Overtaken, Refused
from brokerage.helper_links import ask_by_mail, helper_token, new_helper_hash
from brokerage.models import Helper
from tslsv.mail.outbox import BadAddress

COLUMNS = ("name", "role", "organisation_name", "helps_with", "sectors", "email", "phone")
"""What the form answers, wards aside; all of it is shown."""

FOR_BROKERS = "Only a broker names people who can help."
OVERTAKEN = "Somebody else has changed this since you opened it. Look at it again."
GONE = "This person is not on the list any more: they have taken it back, or were taken off."
TOO_OLD = "This link is too old to agree by. Ask a broker to send you another one."
AGREED = "They have agreed already, so there is nothing to ask."
BAD_ADDRESS = "No mail can be sent to this address."
ASKED_LATELY = "They were asked a moment ago. Give them a day before you ask again."
PAUSE = datetime.timedelta(hours=20)


class NoMail(Refused):
    """What was typed is no address that a mail can go to."""

    def __init__(self) -> None:
        super().__init__(BAD_ADDRESS)


def version_of_helper(helper: Helper) -> str:
    """What a form was about."""
    wards = sorted(helper.wards.values_list("pk", flat=True))
    said = repr([str(getattr(helper, name)) for name in COLUMNS] + wards)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def add_helper(*, values: Mapping[str, Any], by: User) -> Helper:
    """Write somebody down, and ask them by mail whether they agree.

    ``values`` are of ``COLUMNS``, and ``wards``. Raises NoMail, and Refused for who is no broker.
    """
    _check(by)
    helper = Helper.objects.create(**{name: values[name] for name in COLUMNS})
    helper.wards.set(values["wards"])
    _record("named", helper, by, [*COLUMNS, "wards"])
    _ask(helper)
    return helper


@transaction.atomic
def change_helper(*, helper: Helper, values: Mapping[str, Any], seen: str, by: User) -> Helper:
    """Change what would be shown. They are asked anew, and nothing is shown until they agree.

    Raises Overtaken, NoMail and Refused.
    """
    now = _lock(helper, by)
    if version_of_helper(now) != seen:
        raise Overtaken(OVERTAKEN)
    changed = [name for name in COLUMNS if getattr(now, name) != values[name]]
    if set(now.wards.all()) != set(values["wards"]):
        changed.append("wards")
    if not changed:
        return now
    for name in COLUMNS:
        setattr(now, name, values[name])
    now.wards.set(values["wards"])
    _record("changed", now, by, changed)
    _ask(now)
    return now


@transaction.atomic
def ask_again(*, helper: Helper, by: User) -> None:
    """Send the mail once more, with another link. Raises Refused."""
    now = _lock(helper, by)
    if now.is_shown:
        raise Refused(AGREED)
    if now.asked_at is not None and now.asked_at > timezone.now() - PAUSE:
        raise Refused(ASKED_LATELY)
    _record("asked again", now, by, [])
    _ask(now)


@transaction.atomic
def remove_helper(*, helper: Helper, by: User) -> None:
    """Take somebody off the list, with all that is known of them; done twice, once."""
    _check(by)
    _delete(helper, "took off", by)


@transaction.atomic
def agree(*, helper: Helper) -> Helper:
    """They agree, by their link, or agree anew for another year; done twice, it is done once.

    Raises Refused.
    """
    now = Helper.objects.select_for_update().filter(pk=helper.pk).first()
    if now is None or now.link_hash != helper.link_hash:
        raise Refused(GONE)
    if now.is_shown and now.asked_anew_at is None:
        return now
    if is_too_old(now):
        raise Refused(TOO_OLD)
    verb = "agreed anew" if now.consented_at else "agreed to be shown"
    now.consented_at, now.asked_anew_at, now.reminded_at = timezone.now(), None, None
    now.save(update_fields=["consented_at", "asked_anew_at", "reminded_at", "modified"])
    _record(verb, now, None, ["consented_at"])
    return now


def ask_and_remind(now: datetime.datetime) -> int:
    """Ask those anew who agreed a year ago, and remind who has not answered; returns how many.

    Whoever does not answer needs nothing done: ``Helper.is_shown`` looks at the day.
    """
    asked = sum(_ask_anew(pk, now) for pk in _due(Helper.objects.to_ask_anew(now)))
    return asked + sum(_remind(pk, now) for pk in _due(Helper.objects.to_remind(now)))


def _due(helpers: QuerySet[Helper]) -> list[int]:
    return list(helpers.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _ask_anew(pk: int, now: datetime.datetime) -> bool:
    helper = Helper.objects.to_ask_anew(now).select_for_update().filter(pk=pk).first()
    if helper is None:
        return False
    if not helper_token(helper):
        # Made with a key that is not known any more, so it cannot be mailed again.
        helper.asked_at = now
        helper.link_hash = new_helper_hash(helper)
    helper.asked_anew_at, helper.reminded_at = now, None
    helper.save()
    _record("asked anew", helper, None, [])
    return _mail(helper, "helper_asked_anew")


@transaction.atomic
def _remind(pk: int, now: datetime.datetime) -> bool:
    helper = Helper.objects.to_remind(now).select_for_update().filter(pk=pk).first()
    if helper is None:
        return False
    helper.reminded_at = now
    helper.save(update_fields=["reminded_at", "modified"])
    return _mail(helper, "helper_reminded")


def _mail(helper: Helper, template: str) -> bool:
    """Whoever no mail can reach does not answer, and is not shown any more in time."""
    try:
        ask_by_mail(helper, template)
    except BadAddress:
        return False
    return True


@transaction.atomic
def take_back(*, helper: Helper) -> None:
    """They do not want it, or no longer: what was written about them goes. Done twice, once."""
    _delete(helper, "took it back", None)


def is_too_old(helper: Helper) -> bool:
    """Whether they can no longer agree by the link that they have."""
    days = datetime.timedelta(days=Helper.LINK_DAYS)
    asked = helper.asked_last_at
    return asked is None or asked < timezone.now() - days


def _ask(helper: Helper) -> None:
    helper.asked_at = timezone.now()
    helper.consented_at = helper.asked_anew_at = helper.reminded_at = None
    helper.link_hash = new_helper_hash(helper)
    helper.save()
    try:
        ask_by_mail(helper, "helper_asked")
    except BadAddress as error:
        raise NoMail from error


def _check(by: User) -> None:
    if not is_broker(by):
        raise Refused(FOR_BROKERS)


def _lock(helper: Helper, by: User) -> Helper:
    _check(by)
    now = Helper.objects.select_for_update().filter(pk=helper.pk).first()
    if now is None:
        raise Refused(GONE)
    return now


def _delete(helper: Helper, verb: str, by: User | None) -> None:
    now = Helper.objects.select_for_update().filter(pk=helper.pk).first()
    if now is not None:
        _record(verb, now, by, [])
        now.delete()


def _record(verb: str, helper: Helper, by: User | None, fields: list[str]) -> None:
    key = by.audit_key if by else None
    AuditEvent.record(verb=verb, target=helper, actor_key=key, fields=fields)
