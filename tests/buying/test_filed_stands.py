"""The database itself keeps what was filed."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Organisation
from buying.models import ChoiceVersion, ClaimThen, Considered, Recipient
from providers.models import Claim
from tests.buying.factories import (
    make_choice,
    make_considered,
    make_enquiry,
    make_filed,
    make_recipient,
    make_version,
)
from tests.factories import make_listing, make_organisation, make_term, make_user, make_ward

pytestmark = pytest.mark.django_db

POINTERS = {
    ChoiceVersion: {"supplier", "filed_by", "modified", "stands"},
    Considered: {"organisation", "listing", "recipient"},
    ClaimThen: set[str](),
}
OTHER = {
    models.CharField: "x",
    models.TextField: "x",
    models.DecimalField: Decimal("9.99"),
    models.BooleanField: True,
    models.PositiveSmallIntegerField: 9,
    models.DateField: timezone.localdate().replace(year=2001),
    models.DateTimeField: timezone.now().replace(year=2001),
}


@pytest.fixture
def filed() -> ChoiceVersion:
    supplier = make_organisation()
    version = make_version(
        supplier=supplier,
        supplier_ward=make_ward(),
        filed_by=make_user(),
        category=make_term(),
    )
    recipient = make_recipient(listing=make_listing(supplier))
    make_considered(
        version, organisation=supplier, listing=recipient.listing, recipient=recipient, chosen=True
    )
    ClaimThen.objects.create(version=version, term=make_term("ethos"), level=Claim.Level.DECLARED)
    version.filed_at, version.stands = timezone.now(), True
    version.save()
    return version


def refused(query: models.QuerySet[models.Model], **change: object) -> bool:
    try:
        with transaction.atomic():
            query.update(**change) if change else query._raw_delete(query.db)
    except IntegrityError as error:
        return "What was filed stands" in str(error)
    return False


@pytest.mark.parametrize("model", POINTERS)
def test_only_pointers_of_what_was_filed_may_change(
    filed: ChoiceVersion, model: type[models.Model]
) -> None:
    row = model._default_manager.all()
    tried = 0
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in POINTERS[model]:
            continue
        value = None if field.is_relation else OTHER[type(field)]
        if field.name in {"version", "choice"}:
            value = make_version().pk if field.name == "version" else make_choice().pk
        if value == field.value_from_object(row.get()):
            value = False if value is True else None
        tried += 1
        assert refused(row, **{field.name: value}), field.name
    assert tried > 1
    assert model is not ChoiceVersion or not refused(row, stands=False)
    for name in POINTERS[model] - {"modified", "stands"}:
        assert not refused(row, **{name: None}), name


def test_what_was_filed_is_not_deleted_nor_added_to(filed: ChoiceVersion) -> None:
    for model in POINTERS:
        assert refused(model._default_manager.all())
    with pytest.raises(IntegrityError, match="INSERT refused"), transaction.atomic():
        make_considered(filed, name="Somebody else")
    with pytest.raises(IntegrityError, match="INSERT refused"), transaction.atomic():
        ClaimThen.objects.create(version=filed, term=make_term("ethos"), level="checked")


def test_a_draft_may_change_and_go() -> None:
    version = make_version()
    make_considered(version)
    version.what = "Something else"
    version.save()
    version.considered.all().delete()
    version.delete()
    assert not ChoiceVersion.objects.exists()


def test_a_buyer_with_records_is_kept_and_an_example_goes_whole(filed: ChoiceVersion) -> None:
    buyer = filed.choice.organisation
    with pytest.raises(ProtectedError):
        buyer.delete()
    Organisation.objects.update(is_example=True)
    Organisation.objects.all().delete()
    assert not ChoiceVersion.objects.exists()


def test_what_an_enquiry_leads_to_outlives_it(filed: ChoiceVersion) -> None:
    enquiry = make_enquiry()
    filed.choice.enquiry = enquiry
    filed.choice.save()
    enquiry.delete()
    Recipient.objects.all().delete()
    considered = Considered.objects.get()
    assert (considered.recipient, considered.name) == (None, "Burley Hall")
    filed.choice.refresh_from_db()
    assert filed.choice.enquiry is None


@pytest.mark.parametrize("missing", ["what", "amount", "decided_on", "supplier_name"])
def test_only_what_is_whole_is_filed(missing: str) -> None:
    without: dict[str, Any] = {missing: {"what": "", "supplier_name": ""}.get(missing)}
    with pytest.raises(IntegrityError, match="choice_filed_is_whole"):
        make_filed(**without)


def test_one_version_stands_and_it_is_filed(filed: ChoiceVersion) -> None:
    with pytest.raises(IntegrityError, match="choice_one_stands"), transaction.atomic():
        ChoiceVersion.objects.filter(pk=make_version(filed.choice).pk).update(
            stands=True, filed_at=timezone.now()
        )
    with pytest.raises(IntegrityError, match="choice_standing_is_filed"), transaction.atomic():
        make_version(stands=True)


def test_a_choice_has_one_draft() -> None:
    version = make_version()
    with pytest.raises(IntegrityError, match="choice_one_draft"):
        make_version(version.choice)
