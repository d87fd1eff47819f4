"""The filters of the register: what can be asked for, and what is wrong with a bad value."""

from toms.measure_index import FACETS as INDEXED
from toms.models import Measure
from tslsv.ui.filtering import ManyFilter, QueryFilter, SortFilter
from tslsv.ui.list_filter import ListFilter


class MeasureFilter(ListFilter):
    """The register's form."""

    SORTS = (
        ("relevance", "Relevance"),
        ("register", "Themes and outcomes"),
        ("title", "Title"),
    )
    FACETS = INDEXED

    q = QueryFilter(label="What do you want to count?")
    sort = SortFilter(choices=SORTS)
    theme = ManyFilter(label="Theme")
    outcome = ManyFilter(label="Outcome")
    status = ManyFilter(label="Status")
    baseline = ManyFilter(label="Baseline")
    level = ManyFilter(label="Level")
    suits = ManyFilter(label="Suits")
    basis = ManyFilter(label="New or sustained")
    profile = ManyFilter(label="For")
    kind = ManyFilter(label="Kind of value")
    unit = ManyFilter(label="Unit")
    policy = ManyFilter(label="Serves")

    class Meta:
        model = Measure
        fields: tuple[str, ...] = ()
