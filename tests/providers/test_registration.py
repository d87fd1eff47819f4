"""Putting a new organisation on the list: services, and the link that proves an address."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation, Role, User
from accounts.models.invitation import hash_of
from accounts.refused import Refused
from accounts.services.retention import retain
from places.lookup import PostcodeError
from providers.matching import Who
from providers.models import Listing, RegisterEntry, Registration
from providers.services.registration import (
    OTHER_PERSON,
    OTHERS_ACT,
    REPLACED,
    NumberTaken,
    confirm_address,
    send_link,
    send_link_to,
    send_new_links,
    start_as_owner,
    start_registration,
)
from tests.accounts.racing import race
from tests.factories import (
    make_confirmed_user,
    make_identifier,
    make_listing,
    make_membership,
    make_register_entry,
    make_registration,
    make_user,
)
from tslsv.mail.models import OutgoingMail

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)

WHO = Who("Kestrelgate Youth Club", "LS8 4AA")
ATTEMPT = "a" * 43
SAM = "sam@example.org"


def start(who: Who = WHO, attempt: str = ATTEMPT, held: tuple[int, ...] = ()) -> Registration:
    return start_registration(who=who, attempt=attempt, held=held)


def begun(email: str = SAM, link: str = "the-link") -> Registration:
    """One whose link was mailed."""
    return make_registration(email=email, link_hash=hash_of(link))


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


# -- Beginning --------------------------------------------------------------------------------


@db
def test_nobody_acts_for_a_new_organisation_and_nothing_of_it_is_public(
    loaded_postcode: str,
) -> None:
    registration = start(Who("Kestrelgate  Youth Club", "LS8 4AA", "GB-CHC", "1090095"))
    listing = registration.listing
    organisation = listing.organisation
    assert (organisation.name, organisation.slug) == (WHO.name, "kestrelgate-youth-club")
    assert organisation.ward is not None
    assert organisation.ward.name == "Roundhay"
    assert (listing.state, listing.origin) == (Listing.State.DRAFT, Listing.Origin.PROVIDER)
    assert (registration.scheme, registration.number) == ("GB-CHC", "1090095")
    assert not organisation.memberships.exists()
    assert not organisation.identifiers.exists()
    assert verbs() == ["created", "started", "registered"]
    assert not AuditEvent.objects.exclude(actor_key=None).exists()


@db
def test_the_same_form_sent_twice_makes_one() -> None:
    assert start() == start() == start(Who("KESTRELGATE YOUTH CLUB", "LS8 4AA"))
    assert Organisation.objects.count() == Listing.objects.count() == 1


@db
def test_the_same_session_and_answers_within_half_an_hour_make_one() -> None:
    first = start()
    again = partial(start, attempt="b" * 43, held=(first.pk,))
    assert again() == first
    Registration.objects.update(created=timezone.now() - datetime.timedelta(minutes=31))
    assert again() != first


@db
def test_another_session_never_gets_what_was_begun() -> None:
    assert start() != start(attempt="b" * 43)


@db
def test_other_answers_make_another_one() -> None:
    assert start() != start(Who("Another", WHO.postcode)) != start(Who(WHO.name, "LS12 1AA"))


@real_db
def test_both_requests_of_a_double_click_make_one() -> None:
    def run(_: int) -> int:
        try:
            return start().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(run, range(4)))) == 1
    assert Organisation.objects.count() == Registration.objects.count() == 1


@db
def test_a_number_on_the_list_lets_nobody_past() -> None:
    there = make_listing().organisation
    make_identifier(there, scheme="GB-CHC", value="1090095")
    who = Who("Other", "LS8 4AA", "GB-CHC", "1090095")
    for act in (partial(start, who), partial(start_as_owner, who=who, by=make_user())):
        with pytest.raises(NumberTaken) as refused:
            act()
        assert refused.value.organisation == there
    assert Organisation.objects.count() == 1


@db
def test_a_number_of_somebody_who_is_not_public_says_nothing() -> None:
    hidden = make_listing(state="draft", published_at=None).organisation
    make_identifier(hidden, scheme="GB-CHC", value="1090095")
    assert start(Who("Other", "LS8 4AA", "GB-CHC", "1090095")).number == "1090095"


@db
def test_a_postcode_that_cannot_be_read_makes_nothing() -> None:
    with pytest.raises(PostcodeError):
        start(Who("Other", "nonsense"))
    assert not Organisation.objects.exists()


@db
def test_whoever_is_signed_in_owns_it_at_once() -> None:
    user = make_confirmed_user()
    who = Who("Kestrelgate", "LS8 4AA", "GB-CHC", "1090095")
    listing = start_as_owner(who=who, by=user)
    assert start_as_owner(who=who, by=user) == listing
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (user, Role.OWNER)
    assert membership.organisation == listing.organisation
    # The number waits for the curator who publishes.
    registration = Registration.objects.get()
    assert (registration.number, registration.user) == ("1090095", user)
    assert registration.email_confirmed_at is not None


@db
def test_without_a_number_whoever_is_signed_in_needs_no_registration() -> None:
    start_as_owner(who=WHO, by=make_confirmed_user())
    assert not Registration.objects.exists()


# -- The link ---------------------------------------------------------------------------------


@db
def test_a_link_is_mailed_and_only_its_hash_is_kept() -> None:
    registration = make_registration(email="")
    send_link_to(registration=registration, email=SAM)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.secret) == (SAM, True)
    (token,) = set(re.findall(r"/providers/join/resume/([\w-]+)/", mail.text))
    registration.refresh_from_db()
    assert (registration.email, registration.link_hash) == (SAM, hash_of(token))
    assert verbs() == ["gave an address for"]


@db
def test_a_new_link_replaces_the_old_one() -> None:
    registration = begun()
    send_link(registration=registration)
    with pytest.raises(Refused, match=REPLACED):
        confirm_address(registration=registration, by=None)
    assert not Membership.objects.exists()


@db
def test_no_link_where_no_mail_can_go_or_all_is_done() -> None:
    with pytest.raises(Refused):
        send_link_to(registration=make_registration(email=""), email="sám@example.org")
    done = make_registration(email=SAM, email_confirmed_at=timezone.now())
    send_link_to(registration=done, email="other@example.org")
    done.refresh_from_db()
    assert done.email == SAM
    assert not OutgoingMail.objects.exists()


@db
def test_new_links_go_to_the_address_for_what_it_began_alone() -> None:
    begun(link="one")
    begun(email="SAM@example.org", link="two")
    begun(email="other@example.org", link="three")
    make_registration(email=SAM, email_confirmed_at=timezone.now())
    assert send_new_links(email=SAM) == 2
    assert send_new_links(email="nobody@example.org") == 0
    assert {mail.to.lower() for mail in OutgoingMail.objects.all()} == {SAM}
    assert OutgoingMail.objects.count() == 2


# -- Confirming -------------------------------------------------------------------------------


@db
def test_pressing_the_button_makes_an_account_and_an_owner() -> None:
    registration = confirm_address(registration=begun(), by=None)
    user = User.objects.get()
    assert (user.email, registration.user) == (SAM, user)
    assert EmailAddress.objects.get(user=user).verified
    assert registration.email_confirmed_at is not None
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (user, Role.OWNER)
    assert membership.organisation == registration.listing.organisation
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == (SAM, "owner_now")
    assert verbs() == ["made", "became owner", "confirmed the address of"]


@db
def test_somebody_who_is_here_already_becomes_the_owner() -> None:
    user = make_confirmed_user("Sam@Example.org")
    assert confirm_address(registration=begun(), by=user).user == user
    assert User.objects.count() == 1


@db
def test_a_second_confirmed_address_is_theirs_too() -> None:
    user = make_confirmed_user()
    EmailAddress.objects.create(user=user, email=SAM, verified=True)
    assert confirm_address(registration=begun(), by=None).user == user


@db
def test_pressing_it_twice_changes_nothing_more() -> None:
    registration = begun()
    once = confirm_address(registration=registration, by=None)
    again = confirm_address(registration=registration, by=None)
    assert once.email_confirmed_at == again.email_confirmed_at
    assert OutgoingMail.objects.count() == Membership.objects.count() == 1


@real_db
def test_two_clicks_at_once_make_one_owner() -> None:
    registration = begun()
    click = partial(confirm_address, registration=registration, by=None)
    outcomes = race(registration.listing.organisation, click, click)
    assert outcomes == [registration, registration]
    assert Membership.objects.count() == User.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


@real_db
def test_two_links_of_one_address_at_once_make_one_person() -> None:
    one, two = begun(link="one"), begun(link="two")

    def run(registration: Registration) -> User | None:
        try:
            return confirm_address(registration=registration, by=None).user
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        people = set(pool.map(run, [one, two]))
    assert people == {User.objects.get()}
    assert Membership.objects.count() == 2


@db
def test_somebody_else_who_is_signed_in_gets_nothing() -> None:
    with pytest.raises(Refused, match=OTHER_PERSON):
        confirm_address(registration=begun(), by=make_confirmed_user())
    assert not Membership.objects.exists()
    assert not User.objects.filter(email=SAM).exists()


@db
def test_where_others_act_meanwhile_nobody_is_put_beside_them() -> None:
    registration = begun()
    make_membership(registration.listing.organisation)
    with pytest.raises(Refused, match=OTHERS_ACT):
        confirm_address(registration=registration, by=None)
    assert Membership.objects.count() == 1
    assert not User.objects.filter(email=SAM).exists()


@db
def test_an_import_leaves_it_alone_afterwards() -> None:
    """A curator may have made one of this and a register's entry meanwhile."""
    registration = begun()
    entry = make_register_entry(registration.listing)
    confirm_address(registration=registration, by=None)
    assert RegisterEntry.objects.get(pk=entry.pk).claimed_at is not None


# -- Keeping nothing for longer than need be ---------------------------------------------------


@db
def test_what_nobody_finishes_is_forgotten_with_all_that_it_held() -> None:
    now = timezone.now()
    old, long_ago = begun(link="old"), now - datetime.timedelta(days=61)
    written = begun(link="written")
    finished = make_registration(email_confirmed_at=now)
    Registration.objects.update(modified=long_ago)
    Listing.objects.exclude(pk=written.listing_id).update(modified=long_ago)
    retain(timezone.localdate())
    assert set(Registration.objects.all()) == {written, finished}
    assert not Organisation.objects.filter(listings=old.listing_id).exists()
    assert Organisation.objects.count() == 2
    assert retain(timezone.localdate())["providers"] == 0
