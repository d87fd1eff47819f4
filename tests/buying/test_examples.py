"""Example buyers: loaded once, marked, and gone with the other examples."""

import datetime

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organisation
from buying import examples
from buying.figures.period import financial_year, year_of
from buying.figures.spend import report_of
from buying.mails import is_reachable
from buying.models import BuyingRules, Choice, ChoiceVersion, Enquiry, Recipient
from providers import examples as example_providers
from tests.buying.factories import make_filed
from tests.factories import make_membership, make_organisation, make_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(places: None, vocabulary: None) -> datetime.date:
    today = timezone.localdate()
    example_providers.load(today=today, count=60)
    return today


def test_they_show_everything_that_buying_has(today: datetime.date) -> None:
    number = examples.load(today=today)
    assert number == Choice.objects.filter(organisation__is_example=True).count() > 60
    assert BuyingRules.objects.filter(shared=True).count() == 2
    assert set(Enquiry.objects.values_list("state", flat=True)) == {"open", "closed", "expired"}
    assert Recipient.objects.filter(answer__kind="yes").exists()
    assert Recipient.objects.filter(answer__kind="no").exists()
    # Nobody seems to have left the site: what was answered can be taken up.
    assert all(map(is_reachable, Recipient.objects.select_related("organisation", "listing")))
    assert ChoiceVersion.objects.filter(number=2, stands=True, void=True).count() == 2
    assert ChoiceVersion.objects.filter(number=2, stands=True, void=False).count() == 4
    assert set(ChoiceVersion.objects.values_list("rule_met", flat=True)) == {True, False, None}
    chosen = ChoiceVersion.objects.filter(considered__chosen=True)
    assert not chosen.exclude(considered__name=F("supplier_name")).exists()
    buyer = Organisation.objects.get(slug=examples.BUYERS[0].slug)
    begins = year_of(today).start.year
    for year in (begins, begins - 1):
        report = report_of(buyer, financial_year(year))
        assert report.total.number >= 13
        leeds = next(each for each in report.sections if each.name == "leeds")
        assert leeds.lines[0].spend > 0


def test_they_are_loaded_once_and_never_beside_others(today: datetime.date) -> None:
    assert examples.load(today=today)
    assert examples.load(today=today) == 0
    Organisation.objects.filter(slug__in=[buyer.slug for buyer in examples.BUYERS]).delete()
    make_filed()
    assert examples.load(today=today) == 0


def test_without_example_providers_there_are_none(db: None) -> None:
    assert examples.load(today=timezone.localdate()) == 0
    assert not Organisation.objects.exists()


def test_the_city_shows_them_and_says_what_they_are(today: datetime.date, client: Client) -> None:
    examples.load(today=today)
    page = client.get("/buying/leeds/")
    assert "badge--example" in page.text
    assert "all of them made up" in page.text
    assert "In all" in page.text


def test_making_the_examples_anew_takes_them_along_and_leaves_the_real_ones(
    today: datetime.date,
) -> None:
    examples.load(today=today)
    supplier = Organisation.objects.filter(is_example=True).first()
    real = make_filed(supplier=supplier, supplier_name="An example")
    call_command("load_examples", "--replace", "--count=30", verbosity=0)
    assert not Choice.objects.filter(organisation__is_example=True).exists()
    real.refresh_from_db()
    assert (real.supplier, real.supplier_name) == (None, "An example")


def test_the_example_owner_owns_one_of_them_and_stays_away_once_somebody_else_does(
    today: datetime.date,
) -> None:
    examples.load(today=today)
    olive = make_user(is_example=True)
    provider = Organisation.objects.filter(is_example=True).order_by("pk").first()
    make_membership(provider, olive)
    for _ in range(2):
        examples.let_somebody_in()
    slug = examples.BUYERS[0].slug
    assert Membership.objects.filter(organisation__slug=slug).count() == 1
    page = signed_in(olive).get(f"/my/{slug}/buying/report/")
    assert page.status_code == 200
    assert "badge--example" in page.text


def test_nobody_is_let_in_without_example_people(today: datetime.date) -> None:
    examples.load(today=today)
    make_user()
    make_organisation()
    examples.let_somebody_in()
    assert not Membership.objects.exists()
