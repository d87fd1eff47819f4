"""The filters of needs and offers: what can be asked for, and what is wrong with a bad value."""

from typing import Any

from brokerage.models import Notice
from places.near import NearFilter, near_filter, within_filter
from tslsv.ui.filtering import DayFilter, ManyFilter, QueryFilter, SortFilter, WholeFilter

_PARTY_SENTENCE = f"Enter a whole number of people, from 1 to {Notice.MOST_PLACES:,}."
_DAY_SENTENCE = "Enter a day such as 5/2/2027."


class NoticeFilter(NearFilter):
    """The form of both lists."""

    SORTS = (
        ("relevance", "Relevance"),
        ("distance", "Nearest"),
        ("newest", "Newest"),
        ("ending", "Ending soonest"),
        ("title", "Title"),
    )
    FACETS = ("kind", "skill", "mode", "ward", "cause", "requirement", "access")

    q = QueryFilter(label="What is it about?")
    near = near_filter()
    within = within_filter()
    party = WholeFilter(
        label="People",
        min_value=1,
        max_value=Notice.MOST_PLACES,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _PARTY_SENTENCE),
    )
    since = DayFilter(label="From", error_messages={"invalid": _DAY_SENTENCE})
    until = DayFilter(label="Until", error_messages={"invalid": _DAY_SENTENCE})
    sort = SortFilter(choices=SORTS)
    kind = ManyFilter(label="Kind")
    skill = ManyFilter(label="Skill")
    mode = ManyFilter(label="In person or remotely")
    ward = ManyFilter(label="Ward")
    cause = ManyFilter(label="Cause")
    requirement = ManyFilter(label="Requirements")
    access = ManyFilter(label="Access")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()

    def read(self) -> dict[str, Any]:
        """As of any list; a period that ends before it begins has no end."""
        found = super().read()
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.form.add_error("until", "This is before the day in “From”.")
            found["until"] = None
        return found
