"""Whose account an address is that somebody has just shown to be theirs, by a mailed link."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import AuditEvent, User
from accounts.refused import Refused
from accounts.services.people import CLOSED, UNPROVED, person_of
from tests.factories import make_confirmed_user, make_user

db = pytest.mark.django_db

SAM = "sam@example.org"


@db
def test_nobody_yet_is_somebody_new() -> None:
    user = person_of(address=" Sam@Example.org ")
    assert user.email == SAM
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert AuditEvent.objects.get().verb == "made"
    assert person_of(address=SAM) == user


@db
def test_a_sign_up_that_nobody_completed_is_not_taken_over() -> None:
    """It may be somebody else's, who still has a page open that waits for this address."""
    theirs = User.objects.create_user(SAM)
    EmailAddress.objects.create(user=theirs, email=SAM, verified=False, primary=True)
    found = person_of(address=SAM)
    assert found.pk != theirs.pk
    assert not User.objects.filter(pk=theirs.pk).exists()
    assert EmailAddress.objects.get().user == found


@db
def test_an_account_with_an_unconfirmed_address_is_asked_to_sign_in_first() -> None:
    user = make_user(SAM)  # with a password
    EmailAddress.objects.create(user=user, email=SAM, verified=False, primary=True)
    with pytest.raises(Refused, match=UNPROVED):
        person_of(address=SAM)
    assert list(User.objects.all()) == [user]


@db
def test_a_closed_account_stays_closed() -> None:
    make_confirmed_user(SAM, is_active=False)
    with pytest.raises(Refused, match=CLOSED):
        person_of(address=SAM)


@db
def test_whoever_only_wants_to_change_to_the_address_is_not_its_person() -> None:
    other = make_confirmed_user()
    EmailAddress.objects.create(user=other, email=SAM, verified=False)
    assert person_of(address=" Sam@Example.org ") != other
