"""What chosen providers claimed on the day that a choice of them was filed."""

from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from buying.figures.terms import Terms
from buying.models import ChoiceVersion, ClaimThen
from providers.models import Claim

_RANK = Case(
    *(When(level=level, then=Value(rank)) for rank, level in enumerate(Claim.Level.values)),
    output_field=IntegerField(),
)


def claims_of(purchases: QuerySet[ChoiceVersion], terms: Terms) -> QuerySet[Any, Any]:
    """The claims of these purchases, with the id of the term that each means now in ``means``.

    Where two terms became one, a purchase may have claims to both: then the better known one is
    kept, so that it counts once.
    """
    merged = terms.merged()
    rows = ClaimThen.objects.filter(version__in=purchases.order_by().values("pk"))
    if not merged:
        return rows.annotate(means=F("term"))
    means = Case(
        *(When(term=pk, then=Value(now)) for pk, now in merged.items()),
        default=F("term"),
        output_field=IntegerField(),
    )
    better = ClaimThen.objects.annotate(means=means, rank=_RANK).filter(
        Q(rank__gt=OuterRef("rank")) | Q(rank=OuterRef("rank"), pk__lt=OuterRef("pk")),
        version=OuterRef("version"),
        means=OuterRef("means"),
    )
    return rows.annotate(means=means, rank=_RANK).filter(~Exists(better))


def summed(
    purchases: QuerySet[ChoiceVersion], terms: Terms, *by: str, **sums: Any
) -> QuerySet[Any, Any]:
    """The sums for each term (``means``), and each value of ``by``. One query when it is read."""
    rows: QuerySet[Any, Any] = claims_of(purchases, terms).order_by().values("means", *by)
    found: QuerySet[Any, Any] = rows.annotate(**sums)
    return found


def without_any(purchases: QuerySet[ChoiceVersion]) -> QuerySet[ChoiceVersion]:
    """Purchases of whose provider no claim was known."""
    return purchases.filter(~Exists(ClaimThen.objects.filter(version=OuterRef("pk"))))
