"""Days that a report is about, and those before that it is held against."""

import calendar
import datetime
from typing import NamedTuple

from providers.models.listing import months_before

FIRST_MONTH = 4
"""Financial years of public bodies and most charities begin on 1 April."""
ONE_DAY = datetime.timedelta(days=1)


class Period(NamedTuple):
    """From a day to a day, both included."""

    start: datetime.date
    end: datetime.date

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins.

        Of whole months it is as many whole months, so that a leap year moves nothing; else as many
        days.
        """
        end = self.start - ONE_DAY
        if self.start.day == 1 and (self.end + ONE_DAY).day == 1:
            after = self.end + ONE_DAY
            months = (after.year - self.start.year) * 12 + after.month - self.start.month
            return Period(months_before(self.start, months), end)
        return Period(self.start - (self.end - self.start) - ONE_DAY, end)


def year_of(day: datetime.date) -> Period:
    """The financial year that the day is in."""
    return financial_year(day.year if day.month >= FIRST_MONTH else day.year - 1)


def financial_year(begins: int) -> Period:
    """From 1 April of the year to 31 March of the next one."""
    last = calendar.monthrange(begins + 1, FIRST_MONTH - 1)[1]
    return Period(
        datetime.date(begins, FIRST_MONTH, 1), datetime.date(begins + 1, FIRST_MONTH - 1, last)
    )


def year_name(begins: int) -> str:
    """As people write it: "2026/27"."""
    return f"{begins}/{(begins + 1) % 100:02}"
