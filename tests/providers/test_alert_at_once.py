"""Two at once, and workers that are killed: one alert, one mail, nothing lost and nothing twice."""

import signal
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from providers import listing_index
from providers.models import Alert
from providers.services.alert import (
    ask_for_alert,
    confirm_alert,
    keep_alert,
    stop_alert,
    take_alerts_along,
)
from providers.services.alert_news import tell
from providers.tasks import tell_what_is_new
from tests.accounts.racing import race
from tests.factories import make_alert, make_confirmed_user, make_listing
from tests.job_worker import forget_heartbeats, job_worker, wait_until
from tests.providers.test_tasks import _queue, _states
from tests.search.worker import Worker
from tslsv.mail.models import OutgoingMail
from tslsv.tasks import retry_stalled_jobs

pytestmark = pytest.mark.django_db(transaction=True)
AMA = "ama@example.org"


def told() -> int:
    return OutgoingMail.objects.filter(template="alert_news").count()


def something_new() -> None:
    listing_index.refresh([make_listing().pk])


@pytest.fixture(autouse=True)
def index() -> None:
    something_new()


@pytest.mark.parametrize("door", ["signed in", "by mail"])
def test_two_clicks_make_one_alert(door: str) -> None:
    user = make_confirmed_user(AMA)

    def ask() -> None:
        if door == "signed in":
            keep_alert(user=user, query="q=teas", pace="daily")
        else:
            ask_for_alert(email=AMA, query="q=teas", pace="daily")

    workers = [Worker(ask) for _ in range(4)]
    for worker in workers:
        worker.finish()
    assert Alert.objects.count() == 1


def test_the_last_place_goes_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Alert, "MOST", 1)
    rows = [make_alert(email=AMA, query=f"q={n}", confirmed_at=None) for n in range(2)]

    def confirm(row: Alert) -> None:
        try:
            confirm_alert(alert=row)
        except Exception as error:  # noqa: BLE001 (looked at below)
            refusals.append(error)

    refusals: list[Exception] = []
    workers = [Worker(partial(confirm, row)) for row in rows]
    for worker in workers:
        worker.finish()
    assert Alert.objects.standing().count() == 1
    assert "more are not possible" in str(refusals[0])


def test_two_workers_tell_once() -> None:
    alert = make_alert(email=AMA)
    now = timezone.now()
    workers = [Worker(partial(tell, alert_id=alert.pk, now=now)) for _ in range(4)]
    for worker in workers:
        worker.finish()
    assert told() == 1


def test_a_stop_and_a_mail_at_once_leave_it_stopped() -> None:
    alert = make_alert(email=AMA)
    stop = partial(stop_alert, alert=alert)
    race(alert, stop, stop)
    assert not tell(alert_id=alert.pk, now=timezone.now())
    assert told() == 0


def test_two_sign_ins_at_once_take_an_alert_along_once() -> None:
    user = make_confirmed_user(AMA)
    alert = make_alert(email=AMA)
    along = partial(take_alerts_along, user=user)
    race(alert, along)
    along()
    assert Alert.objects.get().user_id == user.pk


def test_a_worker_that_is_killed_loses_nothing_and_tells_nothing_twice() -> None:
    alert = make_alert(email=AMA)
    _queue(tell_what_is_new)
    with transaction.atomic(), connection.cursor() as cursor:
        # While we hold the table of mails, the job can only wait in the middle of its work.
        cursor.execute("LOCK TABLE mail_outgoingmail IN ACCESS EXCLUSIVE MODE")
        with job_worker() as worker:
            wait_until(_somebody_waits)
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=10)
    alert.refresh_from_db()
    assert alert.seen == []
    assert told() == 0
    forget_heartbeats()
    _queue(retry_stalled_jobs)
    with job_worker():
        wait_until(lambda: told() == 1)
    _queue(tell_what_is_new)
    with job_worker("--one-shot"):
        wait_until(lambda: "todo" not in _states().get("tell_what_is_new", []))
    assert told() == 1


def _somebody_waits() -> bool:
    """Whether somebody waits for the table of mails."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted "
            "AND relation = 'mail_outgoingmail'::regclass"
        )
        return bool(cursor.fetchone()[0])
