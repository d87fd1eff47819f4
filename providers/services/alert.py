"""Mails about new offers: asking for them, confirming, changing, pausing and stopping them.

They are somebody's own wish, like a shortlist, so nothing of them is written to the audit.
"""

import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.addresses import confirmed_addresses
from accounts.models import User
from accounts.refused import Refused
from providers import alert_links, words
from providers.models import Alert
from providers.models.alert import new_alert_key
from providers.search import search_of
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail

GONE = "These mails are not here any more. Ask for them anew."
STOPPED = "These mails are stopped. Start them again first."
TOO_MANY = "You get mails about {most} views, and more are not possible. Stop one of them first."
VIEW_OVER = (
    "Part of this view is not on the list any more, so we cannot say what is new in it. Search "
    "anew, and ask for mails about what you find."
)


@transaction.atomic
def keep_alert(*, user: User, query: str, pace: str) -> Alert:
    """Somebody with a confirmed address is told from now on. Asked twice, it is one alert, and the
    later pace counts; one that was paused or stopped goes on.

    Raises Refused for a view that does not work, or when they have as many as are possible.
    """
    take_alerts_along(user=user)
    known = Alert.objects.select_for_update().filter(user=user, query=query).first()
    if known is None:
        _check_room(Alert.objects.filter(user=user))
        known = Alert(user=user, query=query, key=new_alert_key())
        _begin(known)
    elif known.stopped_at is not None:
        _check_room(Alert.objects.filter(user=user))
        _begin(known)
    known.pace, known.paused_at = pace, None
    known.save()
    return known


@transaction.atomic
def ask_for_alert(*, email: str, query: str, pace: str) -> None:
    """Mail a link to the address; nothing else is sent there before its button is pressed.

    Where the mails come already they stay as they are, and the mail says so: anybody can type
    somebody else's address. Raises Refused for an address that no mail can be sent to.
    """
    _lock_reader(email.lower())
    alert = Alert.objects.at(email).select_for_update().filter(query=query).first()
    if alert is None or alert.stopped_at is not None or alert.confirmed_at is None:
        alert = alert or Alert(email=email, query=query, key=new_alert_key())
        alert.pace, alert.confirmed_at, alert.stopped_at = pace, None, None
        alert.created = timezone.now()  # it is forgotten so long after it was last asked for
        alert.save()
    try:
        queue_mail(
            to=alert.email,
            template="alert_known" if alert.confirmed_at else "alert_asked",
            context={
                "alert": alert,
                "view": words.view_in_words(search_of(query)[0]),
                "url": absolute(alert_links.change_path(alert)),
                "days": settings.KEEP_ALERTS_DAYS,
            },
            secret=True,
        )
    except BadAddress as error:
        raise Refused(str(error)) from error


@transaction.atomic
def confirm_alert(*, alert: Alert) -> Alert:
    """Whoever reads the mail has pressed its button: they are told of what comes from now on.

    Done twice, it is done once. Raises Refused as ``keep_alert`` does.
    """
    now = _lock(alert)
    if now.stopped_at is not None:
        raise Refused(STOPPED)
    if now.confirmed_at is None:
        _check_room(_others(now))
        _begin(now)
        now.save()
    return now


@transaction.atomic
def set_pace(*, alert: Alert, pace: str) -> Alert:
    """How often. Nothing is lost: what is new since the last look comes with the next. Raises
    Refused.
    """
    now = _lock(alert)
    if now.stopped_at is not None:
        raise Refused(STOPPED)
    now.pace = pace
    now.save(update_fields=["pace"])
    return now


@transaction.atomic
def pause_alert(*, alert: Alert) -> Alert:
    """No mails until they go on; done twice, it is done once. Raises Refused."""
    now = _lock(alert)
    if now.stopped_at is not None:
        raise Refused(STOPPED)
    if now.paused_at is None:
        now.paused_at = timezone.now()
        now.save(update_fields=["paused_at"])
    return now


@transaction.atomic
def resume_alert(*, alert: Alert) -> Alert:
    """Go on after a pause or a stop; the next mail tells of what came meanwhile, too.

    Nobody's mails begin by this: one that was never confirmed stays so. Raises Refused as
    ``keep_alert`` does.
    """
    now = _lock(alert)
    if now.stopped_at is not None:
        _check_room(_others(now))
    if search_of(now.query)[0].errors:
        raise Refused(VIEW_OVER)
    now.paused_at = now.stopped_at = None
    # The version is that of before, so that the next look finds what came meanwhile.
    now.save(update_fields=["paused_at", "stopped_at"])
    return now


@transaction.atomic
def stop_alert(*, alert: Alert) -> Alert:
    """No more mails. Done twice, it is done once; it can be undone until it is forgotten. Raises
    Refused.
    """
    now = _lock(alert)
    if now.stopped_at is None:
        now.stopped_at = timezone.now()
        now.save(update_fields=["stopped_at"])
    return now


@transaction.atomic
def take_alerts_along(*, user: User) -> None:
    """What was asked for with an address of theirs, before they signed in, becomes their own.

    Where they have the same already, both become one that has told of what either has.
    """
    _lock_reader(f"user {user.pk}")
    theirs = Alert.objects.of(user, confirmed_addresses(user)).filter(user=None)
    mine = {row.query: row for row in Alert.objects.select_for_update().filter(user=user)}
    for row in theirs.filter(confirmed_at__isnull=False).select_for_update().order_by("pk"):
        same = mine.get(row.query)
        if same is None:
            row.user, row.email = user, ""
            row.save(update_fields=["user", "email"])
            mine[row.query] = row
            continue
        same.seen = sorted({*same.seen, *row.seen})
        if row.stopped_at is None:
            same.stopped_at = None
        same.save(update_fields=["seen", "stopped_at"])
        row.delete()


def forget_alerts(before: datetime.datetime) -> int:
    """Those that nobody confirmed since then, and those that were stopped by then; how many."""
    over = Q(confirmed_at=None, created__lt=before) | Q(stopped_at__lt=before)
    return Alert.objects.filter(over).delete()[0]


def _begin(alert: Alert) -> None:
    """Everything in the view counts as seen from this moment. Raises Refused."""
    search, opening = search_of(alert.query)
    if search.errors:
        raise Refused(VIEW_OVER)
    alert.seen, alert.seen_version = sorted(search.ids()), opening.version
    alert.confirmed_at = alert.looked_at = timezone.now()
    alert.paused_at = alert.stopped_at = None


def _others(alert: Alert) -> QuerySet[Alert]:
    """All of whoever gets its mails."""
    if alert.user_id is not None:
        return Alert.objects.filter(user=alert.user_id)
    return Alert.objects.at(alert.email)


def _check_room(rows: QuerySet[Alert]) -> None:
    if rows.filter(confirmed_at__isnull=False, stopped_at=None).count() >= Alert.MOST:
        raise Refused(TOO_MANY.format(most=Alert.MOST))


def _lock(alert: Alert) -> Alert:
    """The alert as it is now; nobody else counts or changes its reader's until the end."""
    _lock_reader(f"user {alert.user_id}" if alert.user_id else alert.email.lower())
    now = Alert.objects.select_for_update().filter(pk=alert.pk).first()
    if now is None:
        raise Refused(GONE)
    return now


def _lock_reader(name: str) -> None:
    """Nobody else makes an alert for this reader until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"alerts {name}"])
