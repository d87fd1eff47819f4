"""The ways in which purchases are divided: each purchase is in one line of each, so that every one
of them adds up to the total.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from accounts.models import Organisation
from buying.figures.terms import Terms, label
from buying.models import Choice, ChoiceVersion
from places.models import Ward

YES, NO, UNKNOWN, NONE = "yes", "no", "unknown", "none"
OUTSIDE = "outside"
PLACE_UNKNOWN = "Place not known"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One division. ``group`` is what the database groups by, ``key`` turns that into the key of a
    line, and ``where`` says which purchases a line is about.
    """

    name: str
    heading: str
    definition: str
    group: Any
    key: Callable[[Any], str]
    labels: Mapping[str, str]
    where: Callable[[str], Q]
    always: bool = False
    """Whether lines without a purchase are shown, too."""

    def summed(
        self, purchases: QuerySet[ChoiceVersion], **sums: Any
    ) -> list[tuple[str, dict[str, Any]]]:
        """The sums of each group, with the key of the line that it belongs to. One query.

        Several groups may belong to one line.
        """
        rows: QuerySet[Any, Any] = (
            purchases.order_by().annotate(group=self.group).values("group").annotate(**sums)
        )
        return [(self.key(row["group"]), row) for row in rows]


def all_breakdowns(terms: Terms) -> tuple[Breakdown, ...]:
    """In the order of the page. One query, for the names of wards."""
    return (
        Breakdown(
            "leeds",
            "In Leeds",
            "Inside Leeds means that the provider is based in one of the 33 wards, whatever its "
            "postcode begins with, on the day that the purchase was filed. Where nobody wrote down "
            "a postcode, the place is not known, and is not guessed.",
            Case(
                When(supplier_in_leeds=True, then=Value(YES)),
                When(supplier_in_leeds=False, then=Value(NO)),
                default=Value(UNKNOWN),
                output_field=CharField(),
            ),
            str,
            {YES: "Inside Leeds", NO: "Outside Leeds", UNKNOWN: PLACE_UNKNOWN},
            lambda key: Q(supplier_in_leeds={YES: True, NO: False, UNKNOWN: None}[key]),
            always=True,
        ),
        Breakdown(
            "sector",
            "By sector",
            "Third sector means charities, social enterprises, co-operatives and community groups. "
            "The sector is what the provider’s entry on the list said on the day of filing; of one "
            "that is not on the list it is not known.",
            F("supplier_sector"),
            lambda value: value or UNKNOWN,
            {
                **{value: str(name) for value, name in Organisation.Sector.choices},
                UNKNOWN: "Sector not known",
            },
            lambda key: Q(supplier_sector="" if key == UNKNOWN else key),
            always=True,
        ),
        _by_category(terms),
        _by_ward(),
        Breakdown(
            "origin",
            "By where it was chosen",
            "Chosen here means that the choice was made and written down on this site; bought "
            "elsewhere, that it was recorded afterwards.",
            F("choice__origin"),
            str,
            {value: str(name) for value, name in Choice.Origin.choices},
            lambda key: Q(choice__origin=key),
            always=True,
        ),
    )


def _by_category(terms: Terms) -> Breakdown:
    mains = {pk: terms.main(pk) for pk in terms.by_id if terms.by_id[pk].facet == "category"}
    places = terms.places()
    ordered = sorted(
        {main.pk: main for main in mains.values()}.values(), key=lambda t: places[t.pk]
    )
    by_code = {main.code: main for main in ordered}

    def where(key: str) -> Q:
        if key == NONE:
            return Q(category__isnull=True)
        return Q(category__in=terms.under(by_code[key]))

    return Breakdown(
        "category",
        "By category",
        "The main category of what was bought. Where a category was merged into another one since, "
        "the purchase counts under the one that is in use now.",
        F("category"),
        lambda pk: NONE if pk is None else mains[pk].code,
        {**{code: label(main) for code, main in by_code.items()}, NONE: "No category"},
        where,
    )


def _by_ward() -> Breakdown:
    wards = dict(Ward.objects.order_by("name").values_list("code", "name"))

    def where(key: str) -> Q:
        if key == OUTSIDE:
            return Q(supplier_ward__isnull=True, supplier_in_leeds=False)
        if key == UNKNOWN:
            return Q(supplier_ward__isnull=True) & ~Q(supplier_in_leeds=False)
        return Q(supplier_ward=key)

    return Breakdown(
        "ward",
        "By ward",
        "The ward that the provider is based in, on the day of filing. It may work all over Leeds.",
        Coalesce(
            Cast("supplier_ward", CharField()),
            Case(
                When(supplier_in_leeds=False, then=Value(OUTSIDE)),
                default=Value(UNKNOWN),
                output_field=CharField(),
            ),
        ),
        str,
        {**wards, OUTSIDE: "Outside Leeds", UNKNOWN: PLACE_UNKNOWN},
        where,
    )
