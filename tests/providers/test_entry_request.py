"""Asking to act for what is here already, or to have it taken off the list: the services."""

import datetime
import re
from functools import partial
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Organisation, Role, User
from accounts.models.invitation import hash_of
from accounts.refused import Overtaken, Refused
from accounts.services.merge import merge_organisations
from accounts.services.people import make_person
from providers import listing_index
from providers.models import EntryRequest, Listing, ListingIndexRow, RegisterEntry
from providers.services.entry_request import (
    EXPIRED,
    REPLACED,
    USED,
    WithCurator,
    answer_mail,
    ask,
    grant,
    refuse,
)
from providers.services.registration import OTHER_PERSON
from tests.accounts.racing import race
from tests.factories import (
    make_confirmed_user,
    make_entry_request,
    make_listing,
    make_listing_change,
    make_membership,
    make_organisation,
    make_register_entry,
    make_user,
)
from tests.providers.guild_register import BAKERY, CHOIR, MAPPING, Import
from tslsv.mail.models import OutgoingMail

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)

State, Wants = EntryRequest.State, EntryRequest.Wants
OWN = "info@beckchoir.example"
WEBSITE = "https://www.beckchoir.example/"


@pytest.fixture
def choir() -> Organisation:
    """From a register, with a website of its own; nobody acts for it."""
    return make_choir()


def make_choir(name: str = "Beck Choir", website: str = WEBSITE) -> Organisation:
    organisation = make_organisation(name, website=website)
    listing = make_listing(organisation, origin="register", email="old@beckchoir.example")
    make_register_entry(listing, facts={"website": website})
    return organisation


@pytest.fixture
def curator() -> User:
    return make_person(email="curator@example.org", roles=("curator",))


def asked(
    organisation: Organisation,
    wants: str = Wants.CLAIM,
    email: str = OWN,
    text: str = "I sing there.",
    by: User | None = None,
) -> EntryRequest:
    return ask(organisation=organisation, wants=wants, email=email, name="Sam", text=text, by=by)


def by_link() -> EntryRequest:
    """What the link in the latest mail opens."""
    mail = OutgoingMail.objects.filter(secret=True).order_by("-pk")[0]
    (token,) = set(re.findall(r"/providers/claims/([\w-]+)/", mail.text))
    return EntryRequest.objects.with_token(token).get()


def verbs(request: EntryRequest) -> list[str]:
    return list(
        AuditEvent.objects.filter(object_type="providers.entryrequest", object_id=str(request.pk))
        .order_by("pk")
        .values_list("verb", flat=True)
    )


# -- Asking -----------------------------------------------------------------------------------


@db
def test_an_address_at_its_own_website_gets_a_link(choir: Organisation) -> None:
    request = asked(choir, email=f" {OWN.upper()} ")
    assert (request.state, request.wants, request.email) == (State.MAILED, Wants.CLAIM, OWN)
    assert request.expires_at is not None
    lasts = request.expires_at - timezone.now()
    assert datetime.timedelta(days=6, hours=23) < lasts <= datetime.timedelta(days=7)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template, mail.secret) == (OWN, "entry_link", True)
    assert "I sing there." not in mail.text  # or anybody could send words of their own
    assert by_link() == request
    assert verbs(request) == ["asked"]
    assert not Membership.objects.exists()


@db
def test_any_other_address_waits_for_a_curator(choir: Organisation) -> None:
    user = make_user()
    request = asked(choir, email="sam@gmail.com", by=user)
    assert (request.state, request.link_hash, request.user) == (State.WAITING, None, user)
    assert list(EntryRequest.objects.waiting()) == [request]
    assert not OutgoingMail.objects.exists()
    assert AuditEvent.objects.get().actor_key == user.audit_key


@db
@pytest.mark.parametrize("wants", [Wants.CLAIM, Wants.DISPUTE])
def test_where_somebody_acts_it_is_a_dispute_for_a_curator(choir: Organisation, wants: str) -> None:
    make_membership(choir)
    request = asked(choir, wants)
    assert (request.wants, request.state) == (Wants.DISPUTE, State.WAITING)
    assert asked(choir, Wants.REMOVE).state == State.WAITING
    assert not OutgoingMail.objects.exists()


@db
def test_where_nobody_acts_there_is_no_dispute(choir: Organisation) -> None:
    assert asked(choir, Wants.DISPUTE).wants == Wants.CLAIM


@db
def test_asked_twice_is_asked_once(choir: Organisation) -> None:
    assert asked(choir) == asked(choir, email=OWN.upper())
    assert asked(choir, email="a@gmail.com") == asked(choir, email="a@gmail.com")
    assert EntryRequest.objects.count() == 2
    assert OutgoingMail.objects.count() == 1
    # Somebody who can type the address cannot put other words in place of theirs.
    assert asked(choir, email="a@gmail.com", text="Other").text == "Other"
    assert EntryRequest.objects.count() == 3


@db
def test_asked_again_later_a_new_link_replaces_the_old_one(choir: Organisation) -> None:
    first = asked(choir)
    EntryRequest.objects.update(modified=timezone.now() - datetime.timedelta(minutes=11))
    again = asked(choir)
    assert again.pk == first.pk
    assert again.link_hash != first.link_hash
    assert OutgoingMail.objects.count() == 2
    with pytest.raises(Refused, match=REPLACED):
        answer_mail(request=first, by=None)


@real_db
def test_both_requests_of_a_double_click_are_one() -> None:
    choir = make_choir()
    one, two = race(choir, partial(asked, choir), partial(asked, choir))
    assert one == two
    assert EntryRequest.objects.count() == OutgoingMail.objects.count() == 1


# -- The mailed link --------------------------------------------------------------------------


@db
def test_the_link_makes_an_owner_once(choir: Organisation) -> None:
    asked(choir)
    request = answer_mail(request=by_link(), by=None)
    user = User.objects.get(email=OWN)
    assert (request.state, request.user) == (State.GRANTED, user)
    assert Membership.objects.get().role == Role.OWNER
    assert RegisterEntry.objects.get().claimed_at is not None
    assert verbs(request) == ["asked", "claimed"]
    assert OutgoingMail.objects.filter(template="owner_now", to=OWN).count() == 1
    with pytest.raises(Refused, match=USED):
        answer_mail(request=request, by=None)
    assert Membership.objects.count() == 1


@db
def test_the_link_takes_it_off_the_list(choir: Organisation) -> None:
    listing = choir.listings.get()
    make_listing_change(listing)
    listing_index.refresh([listing.pk])
    assert ListingIndexRow.objects.exists()
    asked(choir, Wants.REMOVE)
    request = answer_mail(request=by_link(), by=make_user())
    listing.refresh_from_db()
    assert (listing.state, listing.email) == (Listing.State.ARCHIVED, "")
    assert not ListingIndexRow.objects.filter(object_id=listing.pk).exists()
    assert RegisterEntry.objects.get().removed_at is not None
    assert not Membership.objects.exists()
    assert not User.objects.filter(email=OWN).exists()
    assert verbs(request) == ["asked", "removed"]
    assert AuditEvent.objects.filter(verb="archived on request").count() == 1


@db
def test_the_link_runs_out(choir: Organisation) -> None:
    request = asked(choir)
    EntryRequest.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused, match=EXPIRED):
        answer_mail(request=request, by=None)
    assert not Membership.objects.exists()


@db
def test_somebody_else_who_is_signed_in_gets_nothing(choir: Organisation) -> None:
    request = asked(choir)
    with pytest.raises(Refused, match=OTHER_PERSON):
        answer_mail(request=request, by=make_confirmed_user())
    assert not Membership.objects.exists()
    request.refresh_from_db()
    assert request.state == State.MAILED
    assert answer_mail(request=request, by=make_confirmed_user(OWN)).state == State.GRANTED


@db
def test_where_somebody_acts_meanwhile_a_curator_settles_it(choir: Organisation) -> None:
    claim, removal = asked(choir), asked(choir, Wants.REMOVE)
    make_membership(choir)
    for request in (claim, removal):
        with pytest.raises(WithCurator):
            answer_mail(request=request, by=None)
        request.refresh_from_db()
        assert (request.state, request.link_hash) == (State.WAITING, None)
    assert (claim.wants, removal.wants) == (Wants.DISPUTE, Wants.REMOVE)
    assert Membership.objects.count() == 1
    assert choir.listings.get().state == Listing.State.PUBLISHED


@db
def test_where_the_address_settles_nothing_any_more_a_curator_does(choir: Organisation) -> None:
    request = asked(choir)
    make_organisation(website=WEBSITE)
    with pytest.raises(WithCurator):
        answer_mail(request=request, by=None)
    request.refresh_from_db()
    assert (request.wants, request.state) == (Wants.CLAIM, State.WAITING)


@real_db
def test_of_two_claims_at_once_one_makes_an_owner() -> None:
    choir = make_choir()
    one, two = asked(choir), asked(choir, email="chair@beckchoir.example")

    def press(request: EntryRequest) -> str:
        try:
            return str(answer_mail(request=request, by=None).state)
        except WithCurator:
            return "with a curator"

    outcomes = race(choir, partial(press, one), partial(press, two))
    assert sorted(map(str, outcomes)) == ["granted", "with a curator"]
    assert Membership.objects.count() == 1
    assert EntryRequest.objects.get(state=State.WAITING).wants == Wants.DISPUTE


@real_db
def test_two_clicks_on_one_link_make_one_owner() -> None:
    choir = make_choir()
    click = partial(answer_mail, request=asked(choir), by=None)
    outcomes = race(choir, click, click)
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    assert Membership.objects.count() == 1


# -- A curator decides ------------------------------------------------------------------------


@db
def test_a_claim_that_is_granted_is_mailed_a_link(choir: Organisation, curator: User) -> None:
    request = asked(choir, email="sam@gmail.com")
    granted = grant(request=request, by=curator, answer="We rang the office.")
    assert (granted.state, granted.decided_by) == (State.GRANTED, curator)
    assert RegisterEntry.objects.get().claimed_at is not None
    assert not Membership.objects.exists()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template, mail.secret) == ("sam@gmail.com", "claim_granted", True)
    assert "We rang the office." in mail.text
    assert granted.expires_at is not None
    assert granted.expires_at > timezone.now() + datetime.timedelta(days=13)
    answer_mail(request=by_link(), by=None)
    assert Membership.objects.get().user.email == "sam@gmail.com"
    with pytest.raises(Refused, match=USED):
        answer_mail(request=by_link(), by=None)
    assert verbs(request) == ["asked", "granted", "claimed"]


@db
def test_a_dispute_that_is_granted_lets_them_in_beside_the_others(
    choir: Organisation, curator: User
) -> None:
    owner = make_membership(choir).user
    request = asked(choir, email="sam@gmail.com")
    grant(request=request, by=curator)
    answer_mail(request=by_link(), by=None)
    assert {row.user.email for row in Membership.objects.owners()} == {
        owner.email, "sam@gmail.com",
    }  # fmt: skip
    assert OutgoingMail.objects.get(template="owner_added").to == owner.email


@db
def test_a_claim_granted_too_late_is_a_dispute(choir: Organisation, curator: User) -> None:
    """When it was granted nobody acted for it, so the curator judged something else."""
    grant(request=asked(choir, email="sam@gmail.com"), by=curator)
    make_membership(choir)
    with pytest.raises(WithCurator):
        answer_mail(request=by_link(), by=None)
    request = EntryRequest.objects.get()
    assert (request.wants, request.state) == (Wants.DISPUTE, State.WAITING)
    assert grant(request=request, by=curator).state == State.GRANTED


@db
def test_a_removal_that_is_granted_is_done_at_once(choir: Organisation, curator: User) -> None:
    request = asked(choir, Wants.REMOVE, email="sam@gmail.com")
    grant(request=request, by=curator)
    assert choir.listings.get().state == Listing.State.ARCHIVED
    assert RegisterEntry.objects.get().removed_at is not None
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == ("sam@gmail.com", "removal_granted")
    events = AuditEvent.objects.exclude(verb="asked")
    assert {event.actor_key for event in events} == {curator.audit_key, None}


@db
def test_a_refusal_says_why(choir: Organisation, curator: User) -> None:
    request = asked(choir, email="sam@gmail.com")
    refused = refuse(request=request, by=curator, answer="The office does not know you.")
    assert (refused.state, refused.answer) == (State.REFUSED, "The office does not know you.")
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == ("sam@gmail.com", "request_refused")
    assert "The office does not know you." in mail.text
    assert verbs(request) == ["asked", "refused"]


@db
def test_what_is_decided_is_decided(choir: Organisation, curator: User) -> None:
    request = asked(choir, email="sam@gmail.com")
    refuse(request=request, by=curator, answer="No.")
    for act in (grant, refuse):
        with pytest.raises(Overtaken):
            act(request=request, by=curator, answer="")
    mailed = asked(choir)
    with pytest.raises(Overtaken):
        grant(request=mailed, by=curator)


@db
@pytest.mark.parametrize("act", [grant, refuse])
def test_only_curators_decide(choir: Organisation, act: partial[EntryRequest]) -> None:
    request = asked(choir, email="sam@gmail.com")
    for user in (make_user(), make_user(is_superuser=True, is_staff=True)):
        with pytest.raises(Refused):
            act(request=request, by=user, answer="")
    request.refresh_from_db()
    assert request.state == State.WAITING


@real_db
def test_two_curators_at_once_decide_once() -> None:
    choir = make_choir()
    curators = [make_person(email=f"c{n}@example.org", roles=("curator",)) for n in (1, 2)]
    request = asked(choir, email="sam@gmail.com")
    outcomes = race(
        choir,
        partial(grant, request=request, by=curators[0]),
        partial(refuse, request=request, by=curators[1], answer="No."),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert OutgoingMail.objects.count() == 1


# -- What follows -----------------------------------------------------------------------------


@pytest.fixture
def roll(tmp_path: Path, vocabulary: None, places: None) -> Import:
    mapping = tmp_path / "guild.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return Import(tmp_path, mapping)


@db
@pytest.mark.parametrize("wants", [Wants.CLAIM, Wants.REMOVE])
def test_an_import_never_undoes_it(roll: Import, client: Client, wants: str) -> None:
    assert roll.rows(BAKERY, CHOIR)["created"] == 2
    bakery = Organisation.objects.get(name="Ada's Bakery")
    page = bakery.get_absolute_url()
    assert asked(bakery, wants, email="ada@ada.example").state == State.MAILED
    answer_mail(request=by_link(), by=None)
    roll.redate("2025-03-31")
    outcomes = roll.rows({**BAKERY, "Known as": "Ada's Other Bakery", "Web": "evil.example"}, CHOIR)
    assert outcomes["left alone"] == 1
    bakery.refresh_from_db()
    assert (bakery.name, bakery.website) == ("Ada's Bakery", "http://www.ada.example")
    assert Organisation.objects.count() == 2
    assert client.get(page).status_code == (404 if wants == Wants.REMOVE else 200)


@db
@pytest.mark.parametrize("wants", [Wants.CLAIM, Wants.REMOVE])
def test_another_register_does_not_bring_it_back(roll: Import, wants: str) -> None:
    roll.rows(BAKERY)
    asked(Organisation.objects.get(), wants, email="ada@ada.example")
    answer_mail(request=by_link(), by=None)
    text = roll.mapping.read_text(encoding="utf-8")
    roll.mapping.write_text(text.replace("guild-roll", "other-roll"), encoding="utf-8")
    assert roll.rows({**BAKERY, "Roll no": "77"})["linked"] == 1
    assert Organisation.objects.count() == Listing.objects.count() == 1


@db
def test_two_that_become_one_keep_their_requests(choir: Organisation, curator: User) -> None:
    keep = make_listing().organisation
    request = asked(choir)
    merge_organisations(keep=keep, gone=choir, by=curator)
    request.refresh_from_db()
    # Its website and register entry have moved with it, so the address still settles it.
    assert answer_mail(request=request, by=None).state == State.GRANTED
    assert Membership.objects.get().organisation == keep


@db
def test_only_the_hash_of_the_link_is_kept(choir: Organisation) -> None:
    request = asked(choir)
    mail = OutgoingMail.objects.get()
    (token,) = set(re.findall(r"/providers/claims/([\w-]+)/", mail.text))
    values = EntryRequest.objects.filter(pk=request.pk).values().get()
    assert values["link_hash"] == hash_of(token)
    assert not [name for name, value in values.items() if token in str(value)]


@db
def test_a_request_that_waits_needs_no_link(choir: Organisation) -> None:
    """What has no link cannot be answered by one."""
    request = make_entry_request(choir)
    with pytest.raises(Refused):
        answer_mail(request=request, by=None)
