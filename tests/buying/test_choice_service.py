"""Filing a choice, correcting it, and what is remembered of the provider."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.refused import Overtaken, Refused
from buying.models import Choice, ChoiceVersion, Threshold
from buying.rule_applied import line_for
from buying.services.choice import begin_choice, begin_correction, discard_draft, file_version
from providers.models import Claim
from tests.accounts.racing import race
from tests.buying.factories import make_considered, make_rules
from tests.factories import (
    make_claim,
    make_membership,
    make_organisation,
    make_postcode,
    make_term,
    make_ward,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library")


@pytest.fixture
def by(buyer: Organisation) -> User:
    return make_membership(buyer).user


def filled(buyer: Organisation, by: User, **fields: Any) -> ChoiceVersion:
    """A draft of which everything is written down that has to be."""
    version = begin_choice(organisation=buyer, by=by)
    values = {
        "what": "Lunch for thirty",
        "amount": Decimal("240.00"),
        "decided_on": timezone.localdate(),
        "supplier_name": "A kitchen",
        **fields,
    }
    for name, value in values.items():
        setattr(version, name, value)
    version.save()
    return version


def test_a_draft_is_filed_and_stands(buyer: Organisation, by: User) -> None:
    version = file_version(version=filled(buyer, by), by=by)
    assert list(ChoiceVersion.objects.standing()) == [version]
    assert version.filed_by == by
    verbs = AuditEvent.objects.filter(object_type="buying.choice").values_list("verb", flat=True)
    assert list(verbs) == ["filed", "began"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": ""}, "Say what was needed."),
        ({"amount": None}, "Say the amount."),
        (
            {"supplier_name": "", "decided_on": None},
            "Say which provider was chosen and the day.",
        ),
    ],
)
def test_what_is_missing_is_said(
    buyer: Organisation, by: User, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        file_version(version=filled(buyer, by, **fields), by=by)
    assert not ChoiceVersion.objects.filed().exists()


def test_outsiders_and_those_who_left_change_nothing(buyer: Organisation, by: User) -> None:
    version = filled(buyer, by)
    other = make_membership().user
    for work in (
        lambda: begin_choice(organisation=buyer, by=other),
        lambda: file_version(version=version, by=other),
        lambda: begin_correction(choice=version.choice, by=other),
        lambda: discard_draft(version=version, by=other),
    ):
        with pytest.raises(Refused, match="no longer act"):
            work()
    assert ChoiceVersion.objects.drafts().get() == version


def test_a_correction_takes_over_and_the_first_version_stays(buyer: Organisation, by: User) -> None:
    draft = filled(buyer, by)
    make_considered(draft, name="A kitchen", answer="yes", price=Decimal(240), chosen=True)
    make_considered(draft, name="Another", answer="none")
    first = file_version(version=draft, by=by)
    second = begin_correction(choice=first.choice, by=by)
    assert begin_correction(choice=first.choice, by=by) == second
    names = list(second.considered.values_list("name", "answer", "price", "chosen"))
    assert names == [
        ("A kitchen", "yes", Decimal("240.00"), True),
        ("Another", "none", None, False),
    ]
    with pytest.raises(Refused, match="what the correction is for"):
        file_version(version=second, by=by)
    second.amount, second.correction = Decimal("250.00"), "The bill was higher."
    second.save()
    file_version(version=second, by=by)
    first.refresh_from_db()
    assert (first.stands, first.amount) == (False, Decimal("240.00"))
    assert ChoiceVersion.objects.standing().get().amount == Decimal("250.00")


def test_a_draft_that_is_given_up_leaves_what_was_filed(buyer: Organisation, by: User) -> None:
    first = file_version(version=filled(buyer, by), by=by)
    discard_draft(version=begin_correction(choice=first.choice, by=by), by=by)
    assert ChoiceVersion.objects.get() == first
    discard_draft(version=begin_choice(organisation=buyer, by=by), by=by)
    assert Choice.objects.count() == 1
    with pytest.raises(Overtaken):
        discard_draft(version=first, by=by)


def test_a_form_sent_twice_begins_one(buyer: Organisation, by: User) -> None:
    one = begin_choice(organisation=buyer, by=by, start_hash="a" * 64)
    assert begin_choice(organisation=buyer, by=by, start_hash="a" * 64) == one


def test_the_buyers_own_reference_is_used_once(buyer: Organisation, by: User) -> None:
    one = begin_choice(organisation=buyer, by=by, own_reference="PO 17")
    with pytest.raises(Refused, match=one.choice.reference):
        begin_choice(organisation=buyer, by=by, own_reference="PO 17")
    other = make_membership()
    begin_choice(organisation=other.organisation, by=other.user, own_reference="PO 17")


@pytest.mark.django_db(transaction=True)
def test_two_who_file_the_same_file_it_once(buyer: Organisation, by: User) -> None:
    version = filled(buyer, by)
    outcomes = race(
        version.choice,
        lambda: file_version(version=version, by=by),
        lambda: file_version(version=version, by=by),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert ChoiceVersion.objects.filed().count() == 1
    assert AuditEvent.objects.filter(verb="filed").count() == 1


def test_the_provider_is_written_down_as_it_was(buyer: Organisation, by: User) -> None:
    ward = make_ward()
    kitchen = make_organisation("Holbeck Kitchen", sector="third", postcode="LS11 9AA", ward=ward)
    living_wage = make_claim(kitchen, make_term("accreditation"), level=Claim.Level.CHECKED)
    make_claim(kitchen, make_term("edi_led"))
    make_claim(kitchen, withdrawn_at=timezone.now())
    version = file_version(version=filled(buyer, by, supplier=kitchen), by=by)
    kitchen.name, kitchen.sector, kitchen.ward = "Another name", "private", None
    kitchen.save()
    living_wage.delete()
    version.refresh_from_db()
    assert (version.supplier_name, version.supplier_sector) == ("Holbeck Kitchen", "third")
    assert (version.supplier_postcode, version.supplier_ward) == ("LS11 9", ward)
    assert version.supplier_in_leeds is True
    (then,) = version.claims_then.all()
    assert (then.term, then.level) == (living_wage.term, "checked")


def test_a_provider_that_was_typed_is_placed_by_its_postcode(buyer: Organisation, by: User) -> None:
    ward = make_ward()
    make_postcode("LS1 1AA", ward=ward)
    make_postcode("BD1 1AA")
    for typed, postcode, code, inside in (
        ("ls11aa", "LS1 1AA", ward.code, True),
        ("BD1 1AA", "BD1 1AA", None, False),
        ("", "", None, None),
        ("somewhere", "somewhe", None, None),
    ):
        version = filled(buyer, by, supplier_postcode=typed[:7])
        version = file_version(version=version, by=by)
        assert (version.supplier_postcode, version.supplier_ward_id) == (postcode, code)
        assert version.supplier_in_leeds is inside


def test_the_line_of_the_rules_that_applies(buyer: Organisation) -> None:
    assert line_for(buyer, Decimal(10)) is None
    rules = make_rules(buyer)
    limits = (Decimal(500), Decimal("500.01"), Decimal(90_000))
    found = [line_for(buyer, amount) for amount in limits]
    assert [line.ask if line else None for line in found] == [2, None, None]
    Threshold.objects.create(rules=rules, up_to=None, ask=5)
    Threshold.objects.create(rules=rules, up_to=Decimal(5000), ask=3)
    found = [line_for(buyer, amount) for amount in limits]
    assert [line.ask if line else None for line in found] == [2, 3, 5]


@pytest.mark.parametrize(
    ("answers", "met"), [(["yes", "none"], True), (["yes", "not-asked"], False)]
)
def test_a_rule_is_met_by_asking(
    buyer: Organisation, by: User, answers: list[str], met: bool
) -> None:
    rules = make_rules(buyer)
    version = filled(buyer, by)
    for answer in answers:
        make_considered(version, answer=answer)
    version = file_version(version=version, by=by)
    rules.delete()
    version.refresh_from_db()
    assert (version.rule_met, version.rule_ask) == (met, 2)
    assert version.rule_up_to == Decimal(500)
