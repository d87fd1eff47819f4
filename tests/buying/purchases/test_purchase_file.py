"""A file of purchases: checked, matched, recorded once, and correcting what is filed."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.refused import Refused
from buying.models import Choice, ChoiceVersion, PurchaseFile, PurchaseLine
from buying.services.choice import begin_correction, file_version
from buying.services.purchase import record_purchase
from buying.services.purchase_file import (
    Answer,
    check_file,
    correct_from_line,
    decide_matches,
    record_file,
    remove_file,
)
from providers.models import Claim
from tests.accounts.racing import race
from tests.buying.factories import make_rules
from tests.buying.purchases.csv_files import csv_of, purchase
from tests.factories import (
    make_claim,
    make_identifier,
    make_listing,
    make_membership,
    make_organisation,
    make_postcode,
    make_term,
    make_ward,
)

pytestmark = pytest.mark.django_db
State = PurchaseLine.State


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library")


@pytest.fixture
def by(buyer: Organisation) -> User:
    return make_membership(buyer).user


@pytest.fixture
def kitchen() -> Organisation:
    """On the list, third sector, in a ward, with a checked claim and a charity number."""
    ward = make_ward("Armley")
    kitchen = make_organisation(
        "Holbeck Kitchen", sector="third", postcode="LS11 9AA", ward=ward, address_public=True
    )
    make_listing(kitchen)
    make_identifier(kitchen, value="1234567")
    make_claim(kitchen, level=Claim.Level.CHECKED)
    return kitchen


def checked(buyer: Organisation, by: User, *lines: dict[str, str]) -> PurchaseFile:
    return check_file(organisation=buyer, by=by, name="spring.csv", data=csv_of(lines))


def states(file: PurchaseFile) -> list[str]:
    return list(file.lines.values_list("state", flat=True))


def decide(file: PurchaseFile, by: User, is_supplier: bool) -> None:
    answers = {
        Answer(line.provider_key, line.supplier_id or 0, is_supplier)
        for line in file.lines.undecided()
    }
    assert decide_matches(file=file, by=by, answers=answers)


def test_checking_records_nothing(buyer: Organisation, by: User) -> None:
    file = checked(buyer, by, purchase(1), purchase(2, amount="1.200,50"), purchase(3))
    assert states(file) == ["new", "wrong", "new"]
    assert not Choice.objects.exists()
    assert file.lines.get(line=3).errors[0].startswith("Amount excluding VAT: Put a point")


def test_what_is_good_is_recorded_with_all_that_filing_writes_down(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    make_rules(buyer)
    make_postcode("LS1 1AA", ward=make_ward("Beeston"))
    lunches = make_term(code="buffet-lunches", label="Buffet lunches")
    file = checked(
        buyer,
        by,
        purchase(1, supplier="Holbeck Kitchen", charity_number="1234567"),
        purchase(2, supplier="Holbeck Kitchen", charity_number="1234567", amount="900"),
        purchase(3, supplier="A caterer", postcode="LS1 1AA", category="Buffet lunches"),
        purchase(4, decided_on="bad"),
    )
    decide(file, by, True)
    assert record_file(file=file, by=by) == 3
    one, two, three = ChoiceVersion.objects.standing().order_by("choice__own_reference")
    assert (one.supplier, one.supplier_name, one.supplier_sector) == (
        kitchen,
        "Holbeck Kitchen",
        "third",
    )
    assert (one.supplier_ward, one.supplier_in_leeds) == (kitchen.ward, True)
    assert [claim.level for claim in one.claims_then.all()] == ["checked"]
    assert [claim.level for claim in two.claims_then.all()] == ["checked"]
    assert (one.rule_ask, one.rule_met, two.rule_ask) == (2, None, None)
    assert three.supplier is None
    assert three.supplier_ward is not None
    assert three.supplier_ward.name == "Beeston"
    assert (three.amount, three.decided_on) == (Decimal(3), datetime.date(2026, 5, 1))
    assert (three.category, three.filed_by) == (lunches, by)
    assert three.choice.origin == Choice.Origin.ELSEWHERE
    filed = AuditEvent.objects.filter(verb="filed", actor_key=by.audit_key, organisation=buyer)
    assert {int(event.object_id) for event in filed} == set(
        Choice.objects.values_list("pk", flat=True)
    )
    file.refresh_from_db()
    assert (file.state, states(file)) == ("recorded", ["recorded"] * 3 + ["wrong"])


def test_the_bulk_form_writes_what_filing_one_writes(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    make_rules(buyer)
    file = checked(buyer, by, purchase(1, supplier="Holbeck Kitchen", postcode="LS11 9AA"))
    decide(file, by, True)
    record_file(file=file, by=by)
    record_purchase(
        organisation=buyer,
        by=by,
        values={
            "what": "Lunch",
            "amount": Decimal(1),
            "decided_on": datetime.date(2026, 5, 1),
            "supplier_name": "Holbeck Kitchen",
            "supplier_postcode": "LS11 9AA",
        },
        supplier_id=kitchen.pk,
        start_hash="a" * 64,
    )
    own = {"id", "choice_id", "filed_at", "created", "modified"}
    bulk, single = (
        {name: value for name, value in row.items() if name not in own}
        for row in ChoiceVersion.objects.order_by("pk").values()
    )
    assert bulk == single
    claims = [
        list(version.claims_then.values_list("term", "level"))
        for version in ChoiceVersion.objects.all()
    ]
    assert claims[0] == claims[1] != []


def test_the_same_file_and_the_same_references_add_nothing(buyer: Organisation, by: User) -> None:
    file = checked(buyer, by, purchase(1), purchase(2))
    assert record_file(file=file, by=by) == 2
    assert record_file(file=file, by=by) == 0
    again = checked(buyer, by, purchase(1), purchase(2))
    assert again == file
    assert states(again) == ["same", "same"]
    longer = checked(buyer, by, purchase(2), purchase(1), purchase(3))
    assert states(longer) == ["same", "same", "new"]
    assert record_file(file=longer, by=by) == 1
    assert Choice.objects.count() == 3


def test_a_reference_that_came_in_meanwhile_is_compared(buyer: Organisation, by: User) -> None:
    one = checked(buyer, by, purchase(1), purchase(2))
    other = checked(buyer, by, purchase(2, amount="9.00"), purchase(1))
    record_file(file=one, by=by)
    assert record_file(file=other, by=by) == 0
    assert states(other) == ["differs", "same"]


def test_another_buyer_has_references_of_its_own(buyer: Organisation, by: User) -> None:
    other = make_membership()
    for organisation, person in ((buyer, by), (other.organisation, other.user)):
        assert record_file(file=checked(organisation, person, purchase(1)), by=person) == 1


def test_nothing_is_matched_without_a_person(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    named = purchase(1, supplier="The Holbeck Kitchen Ltd", postcode="ls119aa")
    file = checked(buyer, by, named, purchase(2))
    line = file.lines.get(line=2)
    assert (line.supplier, line.match, line.is_supplier) == (kitchen, "name", None)
    assert record_file(file=file, by=by) == 1
    decide(file, by, False)
    assert record_file(file=file, by=by) == 1
    version = ChoiceVersion.objects.get(choice__own_reference="PO-1")
    assert (version.supplier, version.supplier_name) == (None, "The Holbeck Kitchen Ltd")


def test_one_answer_is_for_every_line_of_a_provider_and_stays_when_checked_anew(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    lines = [purchase(n, supplier="Holbeck Kitchen", postcode="LS11 9AA") for n in range(1, 8)]
    file = checked(buyer, by, *lines)
    assert file.lines.undecided().by_provider().count() == 1
    decide(file, by, True)
    assert checked(buyer, by, *lines) == file
    assert file.lines.filter(is_supplier=True, decided_by=by, supplier=kitchen).count() == 7
    assert record_file(file=file, by=by) == 7


def test_a_number_goes_before_a_name_and_a_postcode_that_is_not_public_is_not_compared(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    refuge = make_organisation("Armley Women", postcode="LS12 1AB")
    make_listing(refuge)
    hidden = make_organisation("Quiet House", postcode="LS9 9ZZ")  # nothing of it is public
    make_listing(hidden, state="draft", published_at=None)
    file = checked(
        buyer,
        by,
        purchase(1, supplier="Armley Women", charity_number="1234567"),
        purchase(2, supplier="Armley Womens", postcode="LS12 1AB"),
        purchase(3, supplier="Armley Womens", postcode="LS12 1ZZ"),
        purchase(4, supplier="Quiet House", postcode="LS9 9ZZ"),
        purchase(5, supplier="Harehills Library"),
    )
    found = [(line.supplier, line.match) for line in file.lines.select_related("supplier")]
    assert found == [
        (kitchen, "number"),
        (refuge, "name"),
        (refuge, "name"),  # the door does not matter, so nobody can guess it
        (None, "none"),
        (None, "none"),
    ]


def test_examples_and_real_organisations_are_not_matched(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    Organisation.objects.filter(pk=kitchen.pk).update(is_example=True)
    file = checked(buyer, by, purchase(1, supplier="Holbeck Kitchen", charity_number="1234567"))
    assert file.lines.get().supplier is None


def test_a_line_that_differs_says_how_and_corrects_what_is_filed(
    buyer: Organisation, by: User
) -> None:
    record_file(file=checked(buyer, by, purchase(1), purchase(2)), by=by)
    file = checked(buyer, by, purchase(1, amount="12.50", decided_on="2/5/2026"), purchase(2))
    line = file.lines.get(state=State.DIFFERS)
    assert line.differences == [
        "The amount: filed is £1, the file says £12.50.",
        "The day: filed is 1 May 2026, the file says 2 May 2026.",
    ]
    assert ChoiceVersion.objects.standing().get(choice=line.choice).amount == Decimal(1)
    filed = correct_from_line(line=line, by=by, why="The bill came.")
    assert (filed.number, filed.amount, filed.correction) == (2, Decimal("12.50"), "The bill came.")
    assert ChoiceVersion.objects.standing().count() == 2
    with pytest.raises(Refused, match="nothing to correct"):
        correct_from_line(line=line, by=by, why="Once more.")


def test_a_correction_that_somebody_has_begun_is_left_alone(buyer: Organisation, by: User) -> None:
    record_file(file=checked(buyer, by, purchase(1)), by=by)
    line = checked(buyer, by, purchase(1, amount="12.50")).lines.get()
    begin_correction(choice=Choice.objects.get(), by=by)
    with pytest.raises(Refused, match="begun already"):
        correct_from_line(line=line, by=by, why="The bill came.")


def test_what_never_happened_differs(buyer: Organisation, by: User) -> None:
    record_file(file=checked(buyer, by, purchase(1)), by=by)
    draft = begin_correction(choice=Choice.objects.get(), by=by)
    draft.void, draft.correction = True, "Cancelled."
    draft.save()
    file_version(version=draft, by=by)
    line = checked(buyer, by, purchase(1)).lines.get()
    assert line.differences == ["Here it says that this purchase never happened."]


def test_outsiders_and_those_who_left_change_nothing(buyer: Organisation, by: User) -> None:
    file = checked(buyer, by, purchase(1))
    other = make_membership().user
    for work in (
        lambda: checked(buyer, other, purchase(2)),
        lambda: record_file(file=file, by=other),
        lambda: decide_matches(file=file, by=other, answers=[]),
        lambda: remove_file(file=file, by=other),
        lambda: correct_from_line(line=file.lines.get(), by=other, why="x"),
    ):
        with pytest.raises(Refused, match="no longer act"):
            work()
    assert not Choice.objects.exists()


def test_removing_a_file_leaves_what_was_recorded(buyer: Organisation, by: User) -> None:
    file = checked(buyer, by, purchase(1))
    record_file(file=file, by=by)
    remove_file(file=file, by=by)
    assert not PurchaseFile.objects.exists()
    assert ChoiceVersion.objects.standing().count() == 1
    with pytest.raises(Refused, match="not here any more"):
        record_file(file=file, by=by)


@pytest.mark.django_db(transaction=True)
def test_recorded_twice_at_once_it_is_recorded_once(buyer: Organisation, by: User) -> None:
    file = checked(buyer, by, *(purchase(number) for number in range(1, 30)))
    kim = make_membership(buyer).user
    outcomes = race(
        buyer, lambda: record_file(file=file, by=by), lambda: record_file(file=file, by=kim)
    )
    assert sorted(outcomes, key=str) == [0, 29]
    assert ChoiceVersion.objects.standing().count() == 29


@pytest.mark.django_db(transaction=True)
def test_two_files_of_one_reference_at_once_record_it_once(buyer: Organisation, by: User) -> None:
    one, other = checked(buyer, by, purchase(1)), checked(buyer, by, purchase(1), purchase(2))
    race(buyer, lambda: record_file(file=one, by=by), lambda: record_file(file=other, by=by))
    assert Choice.objects.count() == 2


def test_as_many_queries_for_many_lines_as_for_few(
    buyer: Organisation, by: User, kitchen: Organisation
) -> None:
    counts = []
    for size in (3, 60):
        lines = [
            purchase(size * 100 + n, supplier="Holbeck Kitchen", postcode="LS11 9AA")
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as queries:
            file = checked(buyer, by, *lines)
            decide(file, by, True)
            record_file(file=file, by=by)
        counts.append(len(queries))
        assert file.lines.filter(state=State.RECORDED).count() == size
    assert counts[0] == counts[1]


def test_days_of_today_are_fine(buyer: Organisation, by: User) -> None:
    today = timezone.localdate()
    file = checked(buyer, by, purchase(1, decided_on=today.isoformat()))
    assert states(file) == ["new"]
