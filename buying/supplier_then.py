"""What held of a provider on the day that a choice of it was filed."""

from django.utils import timezone

from accounts.models import Organisation
from accounts.services.place import place_organisation
from buying.models import ChoiceVersion, ClaimThen
from places.lookup import PostcodeError
from providers.models import Claim, Term

SNAPSHOT = (
    "supplier_name",
    "supplier_sector",
    "supplier_postcode",
    "supplier_ward_id",
    "supplier_in_leeds",
)
KEPT = (Term.Facet.ETHOS, Term.Facet.ACCREDITATION)
"""Never who leads it and whom it serves: those are its own to withdraw."""


def remember_supplier(version: ChoiceVersion) -> None:
    """Set, but do not save, name, sector, postcode and ward of the provider of a draft.

    Of one on the list they are read from its row, and only what is public of its place; of another
    the name and the postcode stay as they were typed, and the postcode says the ward. It is in
    Leeds in one of the 33 wards, outside where its postcode lies in none, else nobody knows.
    A postcode that cannot be read is kept as it was typed, and says nothing.
    """
    supplier = version.supplier
    if supplier is not None:
        version.supplier_name, version.supplier_sector = supplier.name, supplier.sector
        version.supplier_postcode = supplier.public_postcode
        version.supplier_ward_id = supplier.ward_id
        has_place = bool(supplier.postcode) or supplier.latitude is not None
        version.supplier_in_leeds = _in_leeds(supplier.ward_id, known=has_place)
        return
    typed = Organisation(postcode=version.supplier_postcode)
    try:
        place_organisation(typed)
    except PostcodeError:
        version.supplier_ward_id = version.supplier_in_leeds = None
        return
    version.supplier_postcode, version.supplier_ward_id = typed.postcode, typed.ward_id
    version.supplier_in_leeds = _in_leeds(typed.ward_id, known=bool(typed.postcode))


def remember_claims(version: ChoiceVersion) -> None:
    """Write down what the provider of a saved draft claims today; what was there before goes."""
    version.claims_then.all().delete()
    if version.supplier is None:
        return
    ClaimThen.objects.bulk_create(
        ClaimThen(version=version, term_id=claim.term_id, level=claim.level)
        for claim in Claim.objects.standing(timezone.localdate())
        .filter(organisation=version.supplier, term__facet__in=KEPT)
        .order_by("term_id")
    )


def _in_leeds(ward_code: str | None, *, known: bool) -> bool | None:
    if ward_code is not None:
        return True
    return False if known else None
