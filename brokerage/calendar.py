"""Exchanges as entries of calendars: in feeds, and as the invitation in mails.

No entry names a contact: a calendar is shown to more people than a page of the site.
"""

import datetime
from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from icalendar import Calendar, Event, Timezone, vCalAddress

from brokerage.models import Exchange, ExchangeEvent, ExchangeVersion
from brokerage.models.exchange import ExchangeQuerySet
from brokerage.terms_words import facts_of_terms
from tslsv.mail.links import absolute

State = Exchange.State
Status = ExchangeVersion.Status

LONDON = ZoneInfo("Europe/London")
KEPT = datetime.timedelta(days=365)
"""How long after its day an entry stays in a feed."""
REFRESH = datetime.timedelta(hours=1)
GONE = (State.CANCELLED, State.WITHDRAWN, State.EXPIRED, State.NOT_DELIVERED)
"""States that calendars show as cancelled."""
NEVER_INTRODUCED = (State.PROPOSED, State.DECLINED)
SHOWN_FACTS = ("When", "Review", "Places", "How much", "Where")

# The rules since 1996. A calendar program needs those of the days that it shows, and no others.
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def feed(exchanges: ExchangeQuerySet, name: str) -> bytes:
    """A whole feed called ``name``: of these exchanges those that were introduced and have a day,
    until a year after it. Two queries.
    """
    calendar = _calendar()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.refresh_interval = REFRESH
    calendar.add("x-published-ttl", "PT1H")
    for exchange in _with_a_day(exchanges):
        for event in _events(exchange, exchange.versions.all()):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def invitation(exchange: Exchange, *, to: str) -> bytes:
    """The entry of an exchange for the mail to one address: METHOD:REQUEST while it stands, and
    CANCEL once it will not be. Empty where both sides never agreed a day.

    Of what goes on for long it holds the first day; the words say when the others are. The UID is
    that of the feed.
    """
    versions = list(exchange.versions.all())
    if not any(version.status == Status.AGREED for version in versions):
        return b""
    event = next(iter(_events(exchange, versions)), None)
    if event is None:
        return b""
    calendar = _calendar()
    calendar.add("method", "CANCEL" if exchange.state in GONE else "REQUEST")
    organizer = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organizer.params["CN"] = settings.SITE_NAME
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{to}")
    # Answers are given on the site: an answer of a calendar program would reach nobody.
    attendee.params["RSVP"] = "FALSE"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    event.add("attendee", attendee)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Brokerage board//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(Timezone.from_ical(VTIMEZONE))
    return calendar


def _with_a_day(exchanges: ExchangeQuerySet) -> ExchangeQuerySet:
    since = timezone.localdate() - KEPT
    introduced = ExchangeEvent.objects.filter(exchange=OuterRef("pk"), to_state=State.INTRODUCED)
    lately = ExchangeVersion.objects.filter(exchange=OuterRef("pk"), last_day__gte=since)
    return (
        exchanges.exclude(state__in=NEVER_INTRODUCED)
        .filter(~Q(state__in=[State.WITHDRAWN, State.EXPIRED]) | Exists(introduced))
        .filter(Exists(lately))
        .select_related("host", "giver", "kind")
        .prefetch_related("versions")
        .order_by("pk")
    )


def _events(exchange: Exchange, versions: Iterable[ExchangeVersion]) -> list[Event]:
    """One entry; of what goes on for long one for its first day, its review and its last day, as a
    block of months would hide everything else.
    """
    version = _shown(exchange, versions)
    if version is None or version.first_day is None or version.last_day is None:
        return []
    first, last = version.first_day, version.last_day
    if not version.is_long:
        event = _entry(exchange, version, "", "")
        _add_times(event, version, first, last)
        return [event]
    days = [("", "First day of ", first)]
    if version.review_on is not None:
        days.append(("-review", "Review of ", version.review_on))
    days.append(("-last", "Last day of ", last))
    events = []
    for end, prefix, day in days:
        event = _entry(exchange, version, end, prefix)
        _add_whole_days(event, day, day)
        events.append(event)
    return events


def _shown(exchange: Exchange, versions: Iterable[ExchangeVersion]) -> ExchangeVersion | None:
    """What is agreed; else what is proposed; of what came to nothing, what was said last."""
    by_number = sorted(versions, key=lambda version: version.number)
    for status in (Status.AGREED, Status.PENDING):
        found = [version for version in by_number if version.status == status]
        if found:
            return found[-1]
    return by_number[-1] if by_number and exchange.state in GONE else None


def _entry(exchange: Exchange, version: ExchangeVersion, end: str, prefix: str) -> Event:
    event = Event()
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    event.add("uid", f"{exchange.uid}{end}@{host}")
    event.add("sequence", exchange.sequence)
    # As RFC 5545 has it where nothing is sent to anybody: when it was last changed.
    event.add("dtstamp", exchange.modified.astimezone(datetime.UTC))
    event.add("last-modified", exchange.modified.astimezone(datetime.UTC))
    event.add("status", _status(exchange, version))
    url = absolute(exchange.get_absolute_url())
    is_example = exchange.host.is_example or exchange.giver.is_example
    title = f"{'Example: ' if is_example else ''}{prefix}{exchange.title}"
    event.add("summary", f"{title} ({exchange.giver} at {exchange.host})")
    facts = dict(facts_of_terms(exchange, version))
    event.add("location", facts["Where"])
    said = [f"{name}: {facts[name]}" for name in SHOWN_FACTS if name in facts]
    event.add("description", "\n".join([_words(exchange, version), *said, "", url]))
    event.add("url", url)
    return event


def _status(exchange: Exchange, version: ExchangeVersion) -> str:
    if exchange.state in GONE:
        return "CANCELLED"
    return "CONFIRMED" if version.status == Status.AGREED else "TENTATIVE"


def _words(exchange: Exchange, version: ExchangeVersion) -> str:
    if exchange.state in GONE:
        return f"{exchange.get_state_display()} on {date_format(exchange.state_since, 'j F Y')}."
    if version.status == Status.AGREED:
        return f"{exchange.get_state_display()}."
    return "Not agreed yet: both sides have to confirm it."


def _add_times(
    event: Event, version: ExchangeVersion, first: datetime.date, last: datetime.date
) -> None:
    start, end = version.start_time, version.end_time
    if start is None:
        _add_whole_days(event, first, last)
        return
    event.add("dtstart", datetime.datetime.combine(first, start, LONDON))
    if end is not None and end > start:
        # The same hours every day, so that the nights stay free.
        event.add("dtend", datetime.datetime.combine(first, end, LONDON))
    elif end is not None:
        event.add("dtend", datetime.datetime.combine(last, end, LONDON))
        return
    if last > first:
        event.add("rrule", {"freq": "daily", "count": (last - first).days + 1})


def _add_whole_days(event: Event, first: datetime.date, last: datetime.date) -> None:
    event.add("dtstart", first)
    # The end is the day after.
    event.add("dtend", last + datetime.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
