"""What happens on the board by itself."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from brokerage import notice_index
from brokerage.services import notice_deadlines, nudging, people

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=60)


# Reminders go out by day, when people read their mail, and several times, so that a worker that was
# down is no later than an hour. What was done is not due again.
@app.periodic(cron="20 8-17 * * *")
@app.task(queueing_lock="remind_exchanges", retry=AGAIN)
def remind_exchanges(timestamp: int) -> int:
    """Remind of proposals and of results, and warn of checks that run out; returns how many."""
    now = timezone.now()
    return (
        nudging.remind_unanswered(now)
        + nudging.remind_of_results(now)
        + nudging.warn_of_checks(timezone.localdate())
    )


@app.periodic(cron="50 * * * *")
@app.task(queueing_lock="end_exchanges", retry=AGAIN)
def end_exchanges(timestamp: int) -> int:
    """End what nobody took up, and close what was delivered long ago; returns how many."""
    return nudging.end_by_time(timezone.now())


@app.periodic(cron="25 8-17 * * *")
@app.task(queueing_lock="remind_notices", retry=AGAIN)
def remind_notices(timestamp: int) -> int:
    """Ask whether needs and offers that leave the board soon are still right; returns how many."""
    return notice_deadlines.remind_who_is_due(timezone.localdate())


@app.periodic(cron="30 8-17 * * *")
@app.task(queueing_lock="remind_helpers", retry=AGAIN)
def remind_helpers(timestamp: int) -> int:
    """Ask people who can help whether it still holds, a year after they agreed, and remind them;
    returns how many.
    """
    return people.ask_and_remind(timezone.now())


@app.periodic(cron="10 0-6 * * *")
@app.task(queueing_lock="end_notices", retry=AGAIN)
def end_notices(timestamp: int) -> int:
    """Take needs and offers off the board whose day has passed in Leeds; returns how many."""
    today = timezone.localdate()
    return notice_deadlines.expire_who_is_due(today) + notice_index.refresh_due(today)
