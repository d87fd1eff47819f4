"""Counting searches that found nothing."""

from django.db import connection, transaction
from django.utils import timezone

from tslsv.search.words import fold

LONGEST = 100
MOST_DIGITS = 5
"""With more of them the words may hold a telephone number or an account."""


@transaction.atomic
def count_empty_search(*, words: str) -> None:
    """Add one to the times these words found nothing; nothing else about the search is kept.

    Words that hold an email address or a long number are not counted, since they may be personal.
    """
    folded = fold(words)
    personal = "@" in folded or sum(letter.isdigit() for letter in folded) > MOST_DIGITS
    if not folded or len(folded) > LONGEST or personal:
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
