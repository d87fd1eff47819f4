"""What held of a provider on the day that a choice of it was filed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.utils import timezone

from accounts.models import Identifier, Organisation
from accounts.services.place import place_organisations
from buying.models import ChoiceVersion, ClaimThen
from providers.models import Claim, Term

SNAPSHOT = (
    "supplier_name",
    "supplier_sector",
    "supplier_legal_form",
    "supplier_number",
    "supplier_postcode",
    "supplier_ward_id",
    "supplier_in_leeds",
)
KEPT = (Term.Facet.ETHOS, Term.Facet.ACCREDITATION)
"""Never who leads it and whom it serves: those are its own to withdraw."""
BATCH = 2_000
"""Rows that one statement saves."""


def is_same_supplier(one: ChoiceVersion, other: ChoiceVersion) -> bool:
    """Whether both chose the same: on the list, or typed with the same name and postcode."""
    if one.supplier_id is not None or other.supplier_id is not None:
        return one.supplier_id == other.supplier_id
    typed = ((row.supplier_name, row.supplier_postcode) for row in (one, other))
    return next(typed) == next(typed)


def keep_supplier(version: ChoiceVersion, before: ChoiceVersion) -> None:
    """Set, but do not save, what an earlier version says of the same provider."""
    for name in SNAPSHOT:
        setattr(version, name, getattr(before, name))


def remember_suppliers(versions: Sequence[ChoiceVersion]) -> None:
    """Set, but do not save, who and where the provider of each draft is today. At most two queries.

    Of one on the list they are read from its row, and only what is public of its place; of another
    the name and the postcode stay as they were typed, and the postcode says the ward. It is in
    Leeds in one of the 33 wards, outside where its postcode lies in none, else nobody knows.
    A postcode that cannot be read is kept as it was typed, and says nothing.
    """
    numbers = _numbers({row.supplier_id for row in versions if row.supplier_id is not None})
    places = _places(row.supplier_postcode for row in versions if row.supplier is None)
    for version in versions:
        supplier = version.supplier
        if supplier is None:
            _typed(version, places[version.supplier_postcode])
            continue
        version.supplier_name, version.supplier_sector = supplier.name, supplier.sector
        version.supplier_legal_form = supplier.legal_form
        version.supplier_number = numbers.get(supplier.pk, "")
        version.supplier_postcode = supplier.public_postcode
        version.supplier_ward_id = supplier.ward_id
        has_place = bool(supplier.postcode) or supplier.latitude is not None
        version.supplier_in_leeds = _in_leeds(supplier.ward_id, known=has_place)


def _numbers(suppliers: Collection[int]) -> dict[int, str]:
    """The first register number of each that has one. No query for nobody."""
    if not suppliers:
        return {}
    rows = Identifier.objects.filter(organisation__in=suppliers)
    firsts = rows.order_by("organisation_id", "scheme", "value").distinct("organisation_id")
    return {row.organisation_id: f"{row.scheme}-{row.value}" for row in firsts}


def _places(postcodes: Iterable[str]) -> dict[str, Organisation | None]:
    """Where each typed postcode lies, as a row that nobody saves; None of what is no postcode."""
    placed = {text: Organisation(postcode=text) for text in postcodes}
    unread = {id(row.organisation) for row in place_organisations(list(placed.values()))}
    return {text: None if id(row) in unread else row for text, row in placed.items()}


def _typed(version: ChoiceVersion, place: Organisation | None) -> None:
    version.supplier_sector = version.supplier_legal_form = version.supplier_number = ""
    version.supplier_ward_id = version.supplier_in_leeds = None
    if place is not None:
        version.supplier_postcode, version.supplier_ward_id = place.postcode, place.ward_id
        version.supplier_in_leeds = _in_leeds(place.ward_id, known=bool(place.postcode))


def keep_claims(version: ChoiceVersion, before: ChoiceVersion) -> None:
    """Write down what an earlier version says that the same provider claimed."""
    version.claims_then.all().delete()
    ClaimThen.objects.bulk_create(
        ClaimThen(version=version, term_id=row.term_id, level=row.level)
        for row in before.claims_then.all()
    )


def remember_claims(versions: Sequence[ChoiceVersion]) -> None:
    """Write down what the providers of saved drafts claim today; what was there before goes.

    A few queries, however many drafts.
    """
    ClaimThen.objects.filter(version__in=versions).delete()
    suppliers = {row.supplier_id for row in versions if row.supplier_id is not None}
    if not suppliers:
        return
    claims: dict[int, list[Claim]] = defaultdict(list)
    for claim in (
        Claim.objects.standing(timezone.localdate())
        .filter(organisation__in=suppliers, term__facet__in=KEPT)
        .order_by("term_id")
    ):
        claims[claim.organisation_id].append(claim)
    ClaimThen.objects.bulk_create(
        (
            ClaimThen(version=version, term_id=claim.term_id, level=claim.level)
            for version in versions
            for claim in claims[version.supplier_id or 0]
        ),
        batch_size=BATCH,
    )


def _in_leeds(ward_code: str | None, *, known: bool) -> bool | None:
    if ward_code is not None:
        return True
    return False if known else None
