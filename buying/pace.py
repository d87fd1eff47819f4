"""How soon a provider usually answers."""

import datetime
import math
import statistics

from accounts.models import Organisation
from buying.models import Recipient

LEAST = 3
"""With fewer answers nothing is said: one slow week would stand for all."""
MOST = 30
"""The newest answers count, so that it can get better."""
DAY = datetime.timedelta(days=1)


def usually_answers(organisation: Organisation) -> str:
    """Such as "Usually answers within 2 days", once there are three answers; else empty.

    Half of its newest answers came within that time, counted to the first word back. One query.
    """
    rows = (
        Recipient.objects.sent()
        .filter(organisation=organisation, first_answer_at__isnull=False)
        .order_by("-first_answer_at")
        .values_list("enquiry__sent_at", "first_answer_at")[:MOST]
    )
    took = [(answered - sent) / DAY for sent, answered in rows if sent and answered]
    if len(took) < LEAST:
        return ""
    days = max(1, math.ceil(statistics.median(took)))
    return f"Usually answers within {'a day' if days == 1 else f'{days} days'}"
