"""What is held about a person: all of it comes out, nobody else's does, and all of it goes."""

import json
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test import Client

from accounts import registry
from accounts.models import AuditEvent, Identifier, Membership, Organisation, Role, User
from accounts.services.membership import leave
from accounts.services.personal_data import (
    StillNeeded,
    erase_person,
    export_person,
    last_owner_of,
)
from providers import listing_index
from providers.models import Claim, ProblemReport
from tests.accounts.racing import race
from tests.accounts.zyxelda import EMAIL, IP, NAME, SECOND, SECRET, Zyxelda, make_zyxelda
from tests.factories import (
    make_confirmed_user,
    make_membership,
    make_organisation,
    make_problem_report,
    make_user,
)

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zyxelda(db: None) -> Zyxelda:
    return make_zyxelda()


def traces(*words: str) -> list[str]:
    """Every column of every table in which one of the words stands, whatever its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        )
        columns = cursor.fetchall()
        assert len(columns) > 200
        found = []
        for table, column in columns:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE ANY(%s)',
                [[f"%{word}%" for word in words]],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return sorted(found)


def as_json(user: User) -> str:
    return json.dumps(export_person(user), cls=DjangoJSONEncoder, ensure_ascii=False)


def test_zyxelda_has_a_row_in_every_covered_table(zyxelda: Zyxelda) -> None:
    """Else the tests below would say nothing about a table."""
    empty = {
        model
        for part in registry.parts()
        for model in part.models
        if not apps.get_model(model)._default_manager.exists()
    }
    # Addresses that a listing once had name nobody.
    assert empty <= {"providers.formerlistingaddress"}


# -- To take along ----------------------------------------------------------------------------


def test_everything_held_about_a_person_comes_out(zyxelda: Zyxelda) -> None:
    text = as_json(zyxelda.user)
    held = json.loads(text)
    assert held["You"]["email"] == EMAIL
    assert held["You"]["name"] == NAME
    for heading, rows in held.items():
        assert rows, f"nothing under {heading!r}"
    for word in (SECOND, IP, "Zyxelda's browser", "employer", "Holbeck Kitchen", "totp"):
        assert word in text, word
    assert len(held["Invitations to you"]) == 2
    assert len(held["Problems you reported"]) == 1
    assert len(held["Mails to you"]) == 2


def test_nobody_elses_and_no_secret_comes_out(zyxelda: Zyxelda) -> None:
    text = as_json(zyxelda.user)
    for word in (
        "kim@example.org",
        "Kim Other",
        "invited@example.org",
        "someone@example.org",
        "staff@example.org",
        SECRET,
        "a-token-for-elsewhere",
        zyxelda.user.password,
        str(zyxelda.browser.session.session_key),
        "token_hash",
    ):
        assert word not in text, word


@db
def test_an_address_that_is_not_confirmed_brings_nothing_out() -> None:
    """Or anybody could sign up with somebody else's and read what is held under it."""
    make_problem_report(make_organisation("Burley Hall"), email=EMAIL, text="It was me.")
    thief = make_user(EMAIL)
    assert "It was me." not in as_json(thief)
    EmailAddress.objects.create(user=thief, email=EMAIL)
    assert "It was me." not in as_json(thief)


# -- To erase ---------------------------------------------------------------------------------


def test_nothing_is_left_of_a_person_anywhere(zyxelda: Zyxelda) -> None:
    words = ("zyxelda", "quent", IP)
    assert len(traces(*words)) > 15
    key, pk = zyxelda.user.audit_key, zyxelda.user.pk
    erase_person(user=zyxelda.user)
    assert traces(*words) == []
    assert not User.objects.filter(pk=pk).exists()
    # What was done stays, under a key that nobody answers to.
    verbs = set(AuditEvent.objects.filter(actor_key=key).values_list("verb", flat=True))
    assert {"changed", "left", "erased"} <= verbs
    erase_person(user=zyxelda.user)  # once more does no harm


def test_what_others_rely_on_stays(zyxelda: Zyxelda) -> None:
    erase_person(user=zyxelda.user)
    kitchen = Organisation.objects.get(pk=zyxelda.kitchen.pk)
    assert (kitchen.contact_name, kitchen.email) == ("", "")
    assert kitchen.phone == "0113 496 0101"
    assert Membership.objects.filter(organisation=kitchen).count() == 1
    assert kitchen.listings.count() == 1
    assert kitchen.former_slugs.count() == 1
    number = Identifier.objects.get()
    assert (number.checked_by, number.checked_on is None) == (None, False)
    assert Claim.objects.get().checked_by is None
    report = ProblemReport.objects.get(email="")
    assert report.text == "Write to [removed] about it."
    assert ProblemReport.objects.filter(email="someone@example.org").exists()
    assert listing_index.differences() == []


def test_they_are_signed_out_wherever_they_are(zyxelda: Zyxelda) -> None:
    other = Client()
    kim = User.objects.get(email="kim@example.org")
    other.force_login(kim)
    assert zyxelda.browser.get("/my/").status_code == 200
    erase_person(user=zyxelda.user)
    assert zyxelda.browser.get("/my/").status_code == 302
    assert other.get("/my/").status_code == 200
    assert Session.objects.count() == 1


@db
def test_an_address_that_is_not_confirmed_takes_nothing_of_others_away() -> None:
    kitchen = make_organisation("Holbeck Kitchen", email=EMAIL, contact_name=NAME)
    make_problem_report(kitchen, email=EMAIL)
    erase_person(user=make_user(EMAIL, name=NAME))
    kitchen.refresh_from_db()
    assert (kitchen.email, kitchen.contact_name) == (EMAIL, NAME)
    assert ProblemReport.objects.get().email == EMAIL


@db
def test_a_contact_of_the_same_name_elsewhere_is_somebody_else() -> None:
    kitchen = make_organisation("Holbeck Kitchen", contact_name="Sam")
    erase_person(user=make_confirmed_user(name="Sam"))
    kitchen.refresh_from_db()
    assert kitchen.contact_name == "Sam"


@db
def test_the_last_owner_is_not_erased() -> None:
    user = make_confirmed_user()
    alone, shared = make_organisation("Alone"), make_organisation("Shared")
    for organisation in (alone, shared):
        make_membership(organisation, user)
    make_membership(shared)
    make_membership(alone, role=Role.EDITOR)
    assert last_owner_of(user) == [alone]
    with pytest.raises(StillNeeded) as caught:
        erase_person(user=user)
    assert caught.value.organisations == [alone]
    assert User.objects.filter(pk=user.pk).exists()
    assert Membership.objects.count() == 4


@real_db
def test_of_two_last_owners_one_is_erased_and_the_other_stays() -> None:
    kitchen = make_organisation()
    one, other = make_membership(kitchen).user, make_membership(kitchen).user
    race(kitchen, partial(erase_person, user=one), partial(leave, organisation=kitchen, by=other))
    assert Membership.objects.owners().filter(organisation=kitchen).count() == 1
