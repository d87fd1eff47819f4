"""The two parameters that say where: ``near``, a postcode, and ``within``, miles from it."""

from decimal import Decimal
from typing import Any

from places.lookup import Found, PostcodeError, resolve
from tslsv.ui.choices import Choices
from tslsv.ui.filtering import LONGEST_QUERY, NumberFilter, TextFilter
from tslsv.ui.list_filter import Asked, ListFilter
from tslsv.ui.panel import Facet, distance_field

MILES = (1, 2, 5, 10)
"""What a list offers; an address may ask for others."""

MOST_MILES = 500
_MILES_SENTENCE = f"Enter a number of miles from 0.1 to {MOST_MILES}."


def near_filter() -> TextFilter:
    """The parameter ``near``."""
    return TextFilter(label="Near", max_length=LONGEST_QUERY)


def within_filter() -> NumberFilter:
    """The parameter ``within``."""
    return NumberFilter(
        label="Within",
        min_value=Decimal("0.1"),
        max_value=MOST_MILES,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _MILES_SENTENCE),
    )


class NearFilter(ListFilter):
    """A list's form that knows where. ``place`` is where ``near`` is, once the form is clean.

    Subclasses declare both parameters, where they want them.
    """

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data, choices=choices)
        self.place: Found | None = None

    def find_place(self, typed: str) -> Found:
        """Where that is. Raises PostcodeError."""
        return resolve(typed)

    def read(self) -> dict[str, Any]:
        """As of any list; ``within`` counts only where a place was found."""
        found = super().read()
        form = self.form
        if found.get("near"):
            try:
                self.place = self.find_place(found["near"])
            except PostcodeError as error:
                form.add_error("near", str(error))
                found["near"] = ""
        if found.get("within") and self.place is None and "near" not in form.errors:
            form.add_error("within", "Say near which postcode, so that miles can be counted.")
        if self.place is None:
            found["within"] = None
        return found


class AskedNear(Asked):
    """What was asked of a list that knows where."""

    filter: NearFilter

    @property
    def place(self) -> Found | None:
        return self.filter.place


def asked_miles(number: object) -> str:
    """As somebody asked for them: "2 miles", "1 mile", "0.5 miles"."""
    text = f"{float(str(number)):g}"
    return "1 mile" if text == "1" else f"{text} miles"


def distance_facet(asked: AskedNear, form_id: str, hint: str) -> Facet:
    """The select "Within" of a panel, with what was asked for among what is offered."""
    within = asked.wanted.get("within")
    offered = sorted({*MILES, within}) if within is not None else MILES
    select = distance_field(
        asked.errors,
        form_id,
        f"Within, from {asked.place.text if asked.place else 'the place you give'}",
        [(f"{float(number):g}", asked_miles(number), number == within) for number in offered],
        hint=hint,
    )
    return Facet("within", "Distance", before=select)
