"""Which days a report is about."""

import datetime

from buying.figures.period import Period, year_of
from buying.purchases.lines import EARLIEST
from providers.forms.figures import PeriodForm


class ReportForm(PeriodForm):
    """This financial year where nobody asks for other days; in addresses "from" and "to"."""

    earliest = EARLIEST

    @staticmethod
    def usual_period(today: datetime.date) -> tuple[datetime.date, datetime.date]:
        return year_of(today)

    def add_prefix(self, field_name: str) -> str:
        return {"start": "from", "end": "to"}.get(field_name, field_name)

    @property
    def days(self) -> Period:
        return Period(*self.period)
