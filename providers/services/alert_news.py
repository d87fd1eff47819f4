"""Telling people what is new in the views that they watch.

A job looks every few minutes (``providers.tasks``). Nothing hangs on whoever saves a listing: what
changes what a view finds is in the index by then, whether it came by a curator, an import, an edit
or a claim, and its version says that something changed.
"""

import datetime
import logging

from django.db import transaction
from django.utils import timezone

from providers import alert_links, words
from providers.cards import cards_shown_on, listing_url
from providers.listing_index import SCHEMA
from providers.models import Alert
from providers.search import search_of
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail
from tslsv.search.models import SearchState
from tslsv.search.paging import read_cards

log = logging.getLogger(__name__)

LISTED = 20
"""So many new offers are named in one mail; of more it says how many."""


def tell_due(now: datetime.datetime) -> int:
    """Look again for every alert whose time has come; returns how many mails were made.

    Safe to repeat and to run twice at once. Each alert has a transaction of its own, and one that
    fails does not stop the others; raises ExceptionGroup once all have had their turn.
    """
    state = SearchState.objects.filter(name=SCHEMA.name).first()
    if state is None:
        return 0
    due = Alert.objects.due(now)
    # Nothing has changed since they last looked. The bulk of them, on most runs.
    due.filter(seen_version=state.version).update(looked_at=now)
    told, errors = 0, []
    for pk in due.order_by("looked_at", "pk").values_list("pk", flat=True):
        try:
            told += tell(alert_id=pk, now=now)
        except Exception as error:  # noqa: BLE001 (raised below, together)
            log.warning("Alert %d could not be told: %s.", pk, type(error).__name__)
            errors.append(error)
    if errors:
        raise ExceptionGroup("Some people could not be told what is new.", errors)
    return told


@transaction.atomic
def tell(*, alert_id: int, now: datetime.datetime) -> bool:
    """One mail with what is new for this alert; whether there was any.

    The mail and what it told of are written together, so a worker that is killed loses nothing, and
    nothing is told twice. A view that does not work any more says so, once, and is paused.
    """
    alert = (
        Alert.objects.due(now)
        .select_related("user")
        .select_for_update(of=("self",), skip_locked=True)
        .filter(pk=alert_id)
        .first()
    )
    if alert is None:  # told, paused or stopped meanwhile, or being told by another
        return False
    before = alert.looked_at
    search, opening = search_of(alert.query)
    alert.looked_at, alert.seen_version = now, opening.version
    if search.errors:
        alert.paused_at = now
        alert.save(update_fields=["looked_at", "seen_version", "paused_at"])
        problems = [found[0] for found in search.errors.values()]
        return _mail(alert, "alert_over", {"problems": problems}, before)
    ids = set(search.ids()) - set(alert.seen)
    today = timezone.localdate(now)
    cards = cards_shown_on(read_cards(SCHEMA, ids), today) if ids else []
    if not cards:
        alert.save(update_fields=["looked_at", "seen_version"])
        return False
    alert.seen = sorted({*alert.seen, *(pk for pk, _ in cards)})
    alert.told_at = now
    alert.save(update_fields=["looked_at", "seen_version", "seen", "told_at"])
    offers = [{"card": card, "url": absolute(listing_url(card))} for _, card in cards[:LISTED]]
    about = {"offers": offers, "total": len(cards), "more": len(cards) - len(offers)}
    return _mail(alert, "alert_news", {**about, "view": words.view_in_words(search)}, before)


def _mail(
    alert: Alert, template: str, context: dict[str, object], before: datetime.datetime
) -> bool:
    """Queue it, and say whether it can go anywhere; where it cannot, the alert is paused."""
    stop = absolute(alert_links.stop_path(alert))
    try:
        queue_mail(
            to=alert.address,
            template=template,
            context={
                "alert": alert,
                "view_url": absolute(alert.view_url),
                "change_url": absolute(alert_links.change_path(alert)),
                "stop_url": stop,
                **context,
            },
            key=f"alert {alert.pk} after {before.isoformat()}",
            unsubscribe_url=stop,
        )
    except BadAddress:
        Alert.objects.filter(pk=alert.pk).update(paused_at=alert.looked_at)
        return False
    return True
