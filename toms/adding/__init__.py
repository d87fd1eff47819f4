"""How figures of one measure add up, over time and across organisations.

The rules are a version's ``value_kind``, ``agg_time`` and ``agg_entity``. First each organisation's
figures are added over time, then those totals across organisations: never the other way round, as
the largest of sums is not the sum of the largest.
"""

from toms.adding.figures import DifferentSeries, Figure, NotAFigure, Rules, Series, Total
from toms.adding.totals import across, over_time, total

__all__ = [
    "DifferentSeries",
    "Figure",
    "NotAFigure",
    "Rules",
    "Series",
    "Total",
    "across",
    "over_time",
    "total",
]
