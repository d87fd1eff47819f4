"""The provider list's daily work."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from providers import listing_index
from providers.services import alert_news, freshness

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=60)


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="refresh_listings_due")
def refresh_listings_due(timestamp: int) -> int:
    """Let claims run out and unconfirmed listings go; returns how many listings changed.

    It runs every hour and finds something in the first one of a day: a worker that was down at
    midnight is no later than an hour.
    """
    return listing_index.refresh_due(timezone.localdate())


# Both run several times a day, so that a worker that was down is no later than an hour, and only by
# day, when people read their mail. What has been asked or told is not due again.
@app.periodic(cron="25 8-17 * * *")
@app.task(queueing_lock="ask_whether_still_right", retry=AGAIN)
def ask_whether_still_right(timestamp: int) -> int:
    """Ask those whose listings nobody has confirmed for long; returns how many organisations."""
    return freshness.ask_who_is_due(timezone.localdate())


@app.periodic(cron="35 8-17 * * *")
@app.task(queueing_lock="warn_of_ending_claims", retry=AGAIN)
def warn_of_ending_claims(timestamp: int) -> int:
    """Warn those whose accreditations run out within 30 days; returns how many organisations."""
    return freshness.warn_of_ending_claims(timezone.localdate())


# "At once" means within these few minutes, in which somebody who publishes three offers may publish
# all of them: one mail tells of the three. While nothing has changed it costs three queries.
@app.periodic(cron="*/3 * * * *")
@app.task(queueing_lock="tell_what_is_new", retry=AGAIN)
def tell_what_is_new(timestamp: int) -> int:
    """Mail people what is new in the views that they watch; returns how many mails were made."""
    return alert_news.tell_due(timezone.now())
