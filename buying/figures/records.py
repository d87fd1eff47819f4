"""The purchases under one number of the report."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Organisation
from buying.figures import claimed
from buying.figures.breakdowns import NONE, all_breakdowns
from buying.figures.period import Period
from buying.figures.spend import ALL, CLAIM, FACETS, purchases_of
from buying.figures.terms import Terms, label
from buying.models import ChoiceVersion
from providers.models import Claim


class NoSuchNumber(LookupError):
    """The report has no number of that name."""


@dataclass(frozen=True, slots=True)
class Records:
    """Purchases, the newest first, and what they have in common."""

    label: str
    purchases: QuerySet[ChoiceVersion]


def records_of(organisation: Organisation, period: Period, only: str) -> Records:
    """Those of ``only``: "all", or the table and the line of it, such as "leeds:yes".

    Raises NoSuchNumber. Two queries besides reading them.
    """
    purchases = (
        purchases_of(organisation)
        .filter(decided_on__range=tuple(period))
        .select_related("choice", "supplier", "category")
        .order_by("-decided_on", "-pk")
    )
    if only == ALL:
        return Records("All purchases", purchases)
    name, _, key = only.partition(":")
    terms = Terms.of(*FACETS)
    if name == CLAIM:
        return _of_claim(purchases, terms, key)
    for breakdown in all_breakdowns(terms):
        if breakdown.name == name and key in breakdown.labels:
            return Records(breakdown.labels[key], purchases.filter(breakdown.where(key)))
    raise NoSuchNumber(only)


def _of_claim(purchases: QuerySet[ChoiceVersion], terms: Terms, key: str) -> Records:
    if key == NONE:
        return Records("No claim was known", claimed.without_any(purchases))
    facet, _, rest = key.partition(".")
    code, _, level = rest.partition(".")
    term = next((t for t in terms.by_id.values() if (t.facet, t.code) == (facet, code)), None)
    if term is None or level not in Claim.Level.values:
        raise NoSuchNumber(key)
    claims = claimed.claims_of(purchases, terms).filter(means=term.pk, level=level)
    return Records(f"{label(term)}, {level}", purchases.filter(pk__in=claims.values("version")))
