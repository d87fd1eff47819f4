"""Counting searches that found nothing."""

import re

from django.db import connection, transaction
from django.utils import timezone

from tslsv.search.words import fold

LONGEST = 100
# An address, or a number long enough to be a telephone or an account: somebody's, not a need.
_PERSONAL = re.compile(r"@|\d[\d\s-]{4,}\d")


@transaction.atomic
def count_empty_search(*, words: str) -> None:
    """Add one to the times these words found nothing; nothing else about the search is kept.

    Words that hold an email address or a long number are not counted, since they may be personal.
    """
    folded = fold(words)
    if not folded or len(folded) > LONGEST or _PERSONAL.search(folded):
        return
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO providers_emptysearch AS e (words, times, first_on, last_on)
            VALUES (%s, 1, %s, %s)
            ON CONFLICT (words) DO UPDATE SET times = e.times + 1, last_on = EXCLUDED.last_on
            """,
            [folded, today, today],
        )
