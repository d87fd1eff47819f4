"""People who can help: asked by brokers, shown once they agree, gone once they take it back."""

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import is_broker
from accounts.refused import Overtaken, Refused
from brokerage.helper_links import ask_by_mail, new_helper_hash
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
    now.consented_at = None
    _record("changed", now, by, changed)
    _ask(now)
    return now


@transaction.atomic
def ask_again(*, helper: Helper, by: User) -> None:
    """Send the mail once more, with another link. Raises Refused."""
    now = _lock(helper, by)
    if now.consented_at is not None:
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
    """They agree, by their link; done twice, it is done once. Raises Refused."""
    now = Helper.objects.select_for_update().filter(pk=helper.pk).first()
    if now is None or now.link_hash != helper.link_hash:
        raise Refused(GONE)
    if now.consented_at is not None:
        return now
    if is_too_old(now):
        raise Refused(TOO_OLD)
    now.consented_at = timezone.now()
    now.save(update_fields=["consented_at", "modified"])
    _record("agreed to be shown", now, None, ["consented_at"])
    return now


@transaction.atomic
def take_back(*, helper: Helper) -> None:
    """They do not want it, or no longer: what was written about them goes. Done twice, once."""
    _delete(helper, "took it back", None)


def is_too_old(helper: Helper) -> bool:
    """Whether they can no longer agree by the link that they have."""
    days = datetime.timedelta(days=Helper.LINK_DAYS)
    return helper.asked_at is None or helper.asked_at < timezone.now() - days


def _ask(helper: Helper) -> None:
    helper.asked_at = timezone.now()
    helper.link_hash = new_helper_hash(helper)
    helper.save()
    try:
        ask_by_mail(helper)
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
