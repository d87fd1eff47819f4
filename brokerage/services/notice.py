"""Needs and offers: writing them, and what puts them on the board and takes them off."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import is_broker, is_member
from accounts.refused import Overtaken, Refused
from brokerage import notice_index
from brokerage.models import Kind, Notice, NoticeSkill
from brokerage.notice_mails import tell_writers
from brokerage.references import free_notice_reference
from places.lookup import public_point, resolve

State = Notice.State

WRITTEN = (
    "title",
    "description",
    "benefit_to_host",
    "benefit_to_giver",
    "causes",
    "access",
    "requirements",
    "places_min",
    "places_max",
    "hours_each",
    "amount",
    "cost_contribution",
    "first_day",
    "last_day",
    "weekdays",
    "when_words",
    "mode",
    "postcode",
    "contact_name",
    "contact_email",
    "contact_phone",
    "expires_on",
)
"""What its form answers, by the names of its columns; skills come beside."""

LOOKED_AT = ("title", "description", "benefit_to_host", "benefit_to_giver", "when_words")
"""Words that a broker reads. Changed, they are read again; numbers and days are not."""

NOT_YOURS = "You no longer act for this organisation, so nothing was changed."
NOT_BROKER = "Only a broker may do this."
GONE = "This is not here any more."
MOVED_ON = "Somebody was quicker: this now says “{state}”. Nothing was changed."
MEANWHILE = (
    "Somebody else saved this while you were writing. Nothing is lost: what they saved stands "
    "beside the fields, and what you wrote is in them. Save again to put yours in its place."
)
INCOMPLETE = "Say what each side gains before it goes on the board."
RUN_OUT = "The day on which it leaves the board has passed. Choose another one first."
WINDOW_OVER = "The last day on which it can happen has passed. Choose another one first."
WRITE_WHY = "Say what should be different: they get your words."


@transaction.atomic
def begin(
    *,
    organisation: Organisation,
    side: Notice.Side,
    kind: Kind,
    values: Mapping[str, Any],
    skills: Mapping[int, bool],
    by: User,
    key: str,
) -> Notice:
    """Keep a new draft. ``values`` are by the names of ``WRITTEN``; ``skills`` are ids of skills,
    each with whether it must be there; ``key`` is the form's own: sent twice, it is kept once.

    Raises Refused when ``by`` does not act for the organisation.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    if not is_member(by, organisation):
        raise Refused(NOT_YOURS)
    before = Notice.objects.filter(organisation=organisation, form_key=key).first() if key else None
    if before is not None:
        return before
    notice = Notice(
        organisation=organisation,
        side=side,
        kind=kind,
        reference=free_notice_reference(side),
        form_key=key,
    )
    _write(notice, values)
    notice.save()
    _set_skills(notice, skills)
    _record("wrote", notice, by)
    return notice


@transaction.atomic
def save(
    *,
    notice: Notice,
    values: Mapping[str, Any],
    skills: Mapping[int, bool],
    by: User,
    seen: int,
) -> Notice:
    """Keep what was changed. ``seen`` is the revision that was looked at: when somebody else saved
    since, Overtaken is raised. On the board, words of an organisation that is not yet trusted go
    back to a broker; numbers and days count at once.
    """
    now = lock_notice(notice, by)
    if now.state == State.CLOSED:
        raise Overtaken(MOVED_ON.format(state=now.get_state_display()))
    if now.revision != seen:
        raise Overtaken(MEANWHILE)
    before = {name: getattr(now, name) for name in LOOKED_AT}
    _write(now, values)
    reworded = any(getattr(now, name) != before[name] for name in LOOKED_AT)
    on_board = now.state in {State.PUBLISHED, State.PAUSED, State.EXPIRED}
    if reworded and on_board and not now.organisation.trusted:
        _submit(now)
    _save(now)
    _set_skills(now, skills)
    _record("changed", now, by)
    notice_index.refresh([now.pk])
    return now


@transaction.atomic
def submit(*, notice: Notice, by: User) -> Notice:
    """Put it on the board at once where the organisation is trusted, else before a broker.

    Raises Refused while it does not say what each side gains, or its days have passed.
    """
    now = lock_notice(notice, by)
    _check_state(now, State.DRAFT, State.RETURNED)
    _check_whole(now)
    if now.organisation.trusted:
        _publish(now)
    else:
        _submit(now)
    _save(now)
    _record("submitted", now, by)
    notice_index.refresh([now.pk])
    return now


@transaction.atomic
def publish(*, notice: Notice, by: User, seen: int) -> Notice:
    """A broker has looked at it: it is on the board. Raises Overtaken when it was changed since."""
    now = lock_for_broker(notice, by)
    _check_state(now, State.SUBMITTED)
    if now.revision != seen:
        raise Overtaken(MEANWHILE)
    _check_whole(now)
    _publish(now)
    _save(now)
    _record("published", now, by)
    tell_writers(now, "notice_published")
    notice_index.refresh([now.pk])
    return now


@transaction.atomic
def send_back(*, notice: Notice, reason: str, by: User, seen: int) -> Notice:
    """A broker asks for something to be different; its writers get the words."""
    said = reason.strip()
    if not said:
        raise Refused(WRITE_WHY)
    now = lock_for_broker(notice, by)
    _check_state(now, State.SUBMITTED, State.PUBLISHED)
    if now.revision != seen:
        raise Overtaken(MEANWHILE)
    now.state, now.returned_because = State.RETURNED, said
    _save(now)
    _record("returned", now, by)
    tell_writers(now, "notice_returned", {"reason": said})
    notice_index.refresh([now.pk])
    return now


@transaction.atomic
def pause(*, notice: Notice, by: User) -> Notice:
    """Take it off the lists for a while; what goes on, goes on."""
    return _move(notice, by, State.PAUSED, "paused", State.PUBLISHED)


@transaction.atomic
def resume(*, notice: Notice, by: User) -> Notice:
    """Put it back. Raises Refused once its days have passed."""
    return _move(notice, by, State.PUBLISHED, "resumed", State.PAUSED)


@transaction.atomic
def close(*, notice: Notice, by: User) -> Notice:
    """It is over. Its page stays and says so; what was agreed about it goes on."""
    return _move(
        notice,
        by,
        State.CLOSED,
        "closed",
        State.DRAFT,
        State.SUBMITTED,
        State.RETURNED,
        State.PUBLISHED,
        State.PAUSED,
        State.EXPIRED,
    )


@transaction.atomic
def renew(*, notice: Notice, by: User | None) -> Notice:
    """Once more for as long as a new one; ``by`` is None for whoever has the mailed link.

    Done twice, it is renewed once. Raises Refused when its last day has passed, and Overtaken when
    it is closed or back with a broker.
    """
    now = lock_notice(notice, by)
    _check_state(now, State.PUBLISHED, State.PAUSED, State.EXPIRED)
    until = new_end()
    if now.expires_on == until and now.state != State.EXPIRED:
        return now
    now.expires_on, now.reminded_at = until, None
    if now.state == State.EXPIRED:
        now.state = State.PUBLISHED
    _check_days(now)
    _save(now)
    _record("renewed", now, by)
    notice_index.refresh([now.pk])
    return now


@transaction.atomic
def expire(*, notice: Notice) -> bool:
    """Its day has passed: it leaves the board. Returns whether it did."""
    now = lock_notice(notice, None)
    today = timezone.localdate()
    over = now.expires_on is not None and now.expires_on < today
    if now.state not in {State.PUBLISHED, State.PAUSED} or not over:
        return False
    now.state = State.EXPIRED
    _save(now)
    _record("ran out", now, None)
    tell_writers(now, "notice_over")
    notice_index.refresh([now.pk])
    return True


@transaction.atomic
def remind(*, notice: Notice) -> bool:
    """It leaves the board soon: its writers are asked whether to renew it. Once for each end."""
    now = lock_notice(notice, None)
    if now.state != State.PUBLISHED or now.reminded_at is not None:
        return False
    now.reminded_at = timezone.now()
    now.save(update_fields=["reminded_at"])
    tell_writers(now, "notice_ending")
    return True


def lock_notice(notice: Notice, by: User | None) -> Notice:
    """The notice as it is now, for who acts for its organisation (or None: a link, or time).

    Raises Refused when it has gone, and for who does not act for it any more.
    """
    found = (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "kind")
        .filter(pk=notice.pk)
        .first()
    )
    if found is None:
        raise Refused(GONE)
    if by is not None and not is_member(by, found.organisation):
        raise Refused(NOT_YOURS)
    return found


def lock_for_broker(notice: Notice, by: User) -> Notice:
    """The same for a broker. Raises Refused for anybody else."""
    if not is_broker(by):
        raise Refused(NOT_BROKER)
    return lock_notice(notice, None)


def new_end() -> datetime.date:
    """The day until which something stays on the board that is put there, or renewed, today."""
    return timezone.localdate() + datetime.timedelta(days=settings.NOTICE_DAYS)


def _move(notice: Notice, by: User, to: Notice.State, verb: str, *states: Notice.State) -> Notice:
    now = lock_notice(notice, by)
    if now.state == to:
        return now
    _check_state(now, *states)
    now.state = to
    if to == State.PUBLISHED:
        _check_days(now)
    _save(now)
    _record(verb, now, by)
    notice_index.refresh([now.pk])
    return now


def _check_state(notice: Notice, *states: Notice.State) -> None:
    if notice.state not in states:
        raise Overtaken(MOVED_ON.format(state=notice.get_state_display()))


def _check_whole(notice: Notice) -> None:
    if not notice.benefit_to_host.strip() or not notice.benefit_to_giver.strip():
        raise Refused(INCOMPLETE)
    _check_days(notice)


def _check_days(notice: Notice) -> None:
    today = timezone.localdate()
    if notice.last_day is not None and notice.last_day < today:
        raise Refused(WINDOW_OVER)
    if notice.expires_on is not None and notice.expires_on < today:
        raise Refused(RUN_OUT)


def _publish(notice: Notice) -> None:
    notice.state, notice.returned_because = State.PUBLISHED, ""
    notice.published_at = notice.published_at or timezone.now()
    notice.expires_on = notice.expires_on or new_end()


def _submit(notice: Notice) -> None:
    notice.state, notice.submitted_at = State.SUBMITTED, timezone.now()


def _write(notice: Notice, values: Mapping[str, Any]) -> None:
    for name in WRITTEN:
        setattr(notice, name, values[name])
    notice.ward_id, notice.latitude, notice.longitude = None, None, None
    if notice.postcode:
        place = resolve(notice.postcode)
        notice.ward_id = place.ward_code
        # As an organisation whose address is not public: the middle of its sector.
        if (point := public_point(notice.postcode, place.point)) is not None:
            notice.latitude, notice.longitude = point.latitude, point.longitude


def _save(notice: Notice) -> None:
    notice.revision += 1
    notice.save()


def _set_skills(notice: Notice, skills: Mapping[int, bool]) -> None:
    known: Collection[NoticeSkill] = list(notice.skill_links.all())
    for link in known:
        if link.skill_id not in skills:
            link.delete()
        elif link.must != skills[link.skill_id]:
            link.must = skills[link.skill_id]
            link.save(update_fields=["must"])
    there = {link.skill_id for link in known}
    NoticeSkill.objects.bulk_create(
        NoticeSkill(notice=notice, skill_id=pk, must=must)
        for pk, must in skills.items()
        if pk not in there
    )


def _record(verb: str, notice: Notice, by: User | None) -> None:
    AuditEvent.record(
        verb=verb,
        target=notice,
        organisation=notice.organisation,
        actor_key=by.audit_key if by else None,
    )
