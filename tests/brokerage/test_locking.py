"""An exchange that is locked is read as it is then, with all that it points at."""

import pytest
from django.db import transaction
from django.utils import timezone

from brokerage.models import Actual, Exchange
from brokerage.services.acting import BY_ITSELF, lock_exchange
from tests.accounts.racing import until_blocked
from tests.brokerage.factories import make_exchange
from tests.search.worker import Worker


@pytest.mark.django_db(transaction=True)
def test_a_result_that_is_confirmed_while_somebody_waits_is_seen() -> None:
    exchange = make_exchange(state="delivered")
    actual = Actual.objects.create(
        exchange=exchange, by="giver", people=8, giver_hours=48, happened_on=timezone.localdate()
    )
    seen: list[Actual | None] = []

    def read() -> None:
        with transaction.atomic():
            seen.append(lock_exchange(exchange, BY_ITSELF).confirmed)

    with transaction.atomic():
        Exchange.objects.select_for_update().get(pk=exchange.pk)
        worker = Worker(read)
        until_blocked(1)
        Exchange.objects.filter(pk=exchange.pk).update(confirmed=actual)
    worker.finish()
    assert seen == [actual]
