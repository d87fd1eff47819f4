"""Whose an enquiry is: whoever asked, by whichever address, or whom it was asked for."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Membership, Organisation, User
from buying.links import enquiry_url
from buying.models import Enquiry, Message, Recipient
from buying.services import answering
from buying.services.answering import Answer
from providers.models import Listing
from tests.buying.asking import mails_to, sent
from tests.factories import make_confirmed_user, make_listing, make_membership, make_organisation
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

MINE = "/buying/enquiries/"


def kitchen() -> Listing:
    """An offer of a provider that mail reaches."""
    cook = make_confirmed_user(f"cook{Organisation.objects.count()}@example.org")
    return make_listing(make_membership(make_organisation(), cook).organisation)


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills")


@pytest.fixture
def sam(buyer: Organisation) -> User:
    user = make_confirmed_user("sam@buyer.example", name="Sam")
    make_membership(buyer, user)
    return user


@pytest.fixture
def enquiry(buyer: Organisation, sam: User) -> Enquiry:
    """Asked by Sam for the library; there is one provider."""
    found = sent(kitchen(), email="sam@buyer.example")
    Enquiry.objects.update(user=sam, organisation=buyer)
    found.refresh_from_db()
    return found


def link_of(enquiry: Enquiry) -> str:
    return "/buying/" + enquiry_url(enquiry).partition("/buying/")[2]


def test_what_was_asked_by_a_mailed_link_is_among_ones_own() -> None:
    by_link = sent(kitchen(), email="Nia@Example.org", title="A room for nine")
    others = sent(kitchen(), email="sue@example.org", title="A room for ten")
    nia = make_confirmed_user("nia@example.org")
    text = signed_in(nia).get(MINE).text
    assert "A room for nine" in text
    assert str(by_link.reference) in text
    assert others.title not in text


def test_an_address_that_nobody_confirmed_shows_nothing() -> None:
    sent(kitchen(), email="nia@example.org", title="A room for nine")
    user = make_confirmed_user("other@example.org")
    EmailAddress.objects.create(user=user, email="nia@example.org", verified=False)
    assert "A room for nine" not in signed_in(user).get(MINE).text


def test_who_has_left_opens_nothing_of_the_organisation_any_more(
    enquiry: Enquiry, sam: User, buyer: Organisation
) -> None:
    address = link_of(enquiry)
    assert Client().get(address).status_code == 200
    colleague = make_membership(buyer).user
    Membership.objects.filter(user=sam).delete()
    for client in (Client(), signed_in(sam)):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}close/").status_code == 404
    assert enquiry.title not in signed_in(sam).get(MINE).text
    # Whoever acts for it now finds it, and reads on.
    page = signed_in(colleague)
    assert enquiry.title in page.get(MINE).text
    assert page.get(link_of(enquiry)).status_code == 200
    enquiry.refresh_from_db()
    assert enquiry.is_open


def test_who_has_left_is_told_nothing_any_more(
    enquiry: Enquiry, sam: User, buyer: Organisation
) -> None:
    colleague = make_membership(buyer, make_confirmed_user("olu@buyer.example")).user
    Membership.objects.filter(user=sam).delete()
    before = len(mails_to("sam@buyer.example"))
    recipient = Recipient.objects.get()
    said = Answer(Message.Kind.YES, "We can do this.", None)
    answering.answer(recipient=recipient, said=said, by=None, key="", seen=None)
    assert len(mails_to("sam@buyer.example")) == before
    (mail,) = mails_to(colleague.email)
    assert "We can do this." in mail.text
    assert "/buying/enquiries/E-" in mail.text
    assert str(enquiry.link_hash) not in mail.text


def test_the_address_of_who_has_left_is_not_given_away(
    enquiry: Enquiry, sam: User, buyer: Organisation
) -> None:
    colleague = make_membership(buyer).user
    Membership.objects.filter(user=sam).delete()
    recipient = Recipient.objects.get()
    page = signed_in(colleague).post(f"{link_of(enquiry)}{recipient.pk}/give-address/", follow=True)
    assert "no longer acts for your organisation" in page.text
    recipient.refresh_from_db()
    assert recipient.address_given_at is None


def test_what_was_asked_for_oneself_stays_ones_own(sam: User) -> None:
    own = sent(kitchen(), email="sam@buyer.example", title="A room for my choir")
    Membership.objects.filter(user=sam).delete()
    assert Client().get(link_of(own)).status_code == 200
    assert "A room for my choir" in signed_in(sam).get(MINE).text
