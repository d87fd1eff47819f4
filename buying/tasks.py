"""What happens to enquiries by itself."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from buying.services import deadlines

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=60)


# Several times a day, so that a worker that was down is no later than an hour, and by day, when
# people read their mail. What was done is not due again.
@app.periodic(cron="15 8-17 * * *")
@app.task(queueing_lock="remind_providers", retry=AGAIN)
def remind_providers(timestamp: int) -> int:
    """Remind providers that are asked for an answer by tomorrow; returns how many."""
    return deadlines.remind_who_is_due(timezone.localdate())


@app.periodic(cron="45 6-21 * * *")
@app.task(queueing_lock="end_enquiries", retry=AGAIN)
def end_enquiries(timestamp: int) -> int:
    """End enquiries whose day has passed in Leeds; returns how many."""
    return deadlines.expire_who_is_due(timezone.localdate())
