"""The provider list's daily work."""

from django.utils import timezone
from procrastinate.contrib.django import app

from providers import listing_index


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="refresh_listings_due")
def refresh_listings_due(timestamp: int) -> int:
    """Let claims run out and unconfirmed listings go; returns how many listings changed.

    It runs every hour and finds something in the first one of a day: a worker that was down at
    midnight is no later than an hour.
    """
    return listing_index.refresh_due(timezone.localdate())
