"""Asking somebody, and what they answer: services and pages."""

import datetime
import re
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Invitation, Membership, Organisation, Role, User
from accounts.models.invitation import hash_of
from accounts.refused import Refused
from accounts.services.invitation import (
    ANSWERED,
    BELONGS,
    EXPIRED,
    MAILS_A_DAY,
    REPLACED,
    REVOKED,
    TOO_MANY,
    UNCONFIRMED,
    USED,
    OtherAddress,
    accept,
    decline,
    invite,
    resend,
    revoke,
)
from tests.accounts.racing import race
from tests.factories import (
    make_confirmed_user,
    make_invitation,
    make_membership,
    make_organisation,
    make_user,
)
from tslsv.mail.models import OutgoingMail

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)
SAM = "sam@example.org"


@pytest.fixture
def kitchen() -> Organisation:
    return make_organisation("Holbeck Kitchen", slug="holbeck-kitchen")


@pytest.fixture
def owner(kitchen: Organisation) -> User:
    return make_membership(kitchen, make_confirmed_user("olu@example.org", name="Olu")).user


def token_in_mail() -> str:
    """The token in the latest mail."""
    mail = OutgoingMail.objects.order_by("-pk")[0]
    (token,) = set(re.findall(r"/my/invitations/([\w-]+)/", mail.text))
    return str(token)


def later(invitation: Invitation, **by: float) -> None:
    """As if it had been sent so long ago."""
    ago = datetime.timedelta(**by)
    invitation.sent_at -= ago
    invitation.expires_at -= ago
    invitation.save()


# -- Asking -----------------------------------------------------------------------------------


@db
def test_an_owner_asks_an_address(kitchen: Organisation, owner: User) -> None:
    invitation = invite(organisation=kitchen, email=" Sam@Example.ORG ", role=Role.EDITOR, by=owner)
    assert (invitation.email, invitation.role, invitation.times_sent) == (SAM, "editor", 1)
    lasts = invitation.expires_at - invitation.sent_at
    assert lasts == datetime.timedelta(days=14)
    mail = OutgoingMail.objects.get()
    assert mail.to == SAM
    assert mail.secret
    assert "Olu asks you to act for Holbeck Kitchen" in mail.text
    token = token_in_mail()
    assert invitation.token_hash == hash_of(token)
    event = AuditEvent.objects.get()
    assert (event.verb, event.fields, event.actor_key) == ("invited", ["role"], owner.audit_key)


@db
def test_only_the_hash_of_the_token_is_kept(kitchen: Organisation, owner: User) -> None:
    invitation = invite(organisation=kitchen, email=SAM, role=Role.EDITOR, by=owner)
    token = token_in_mail()
    values = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert not [name for name, value in values.items() if token in str(value)]
    assert not AuditEvent.objects.filter(fields__contains=[token]).exists()


@db
def test_asking_twice_in_a_minute_is_a_form_sent_twice(kitchen: Organisation, owner: User) -> None:
    first = invite(organisation=kitchen, email=SAM, role=Role.EDITOR, by=owner)
    assert invite(organisation=kitchen, email=SAM, role=Role.EDITOR, by=owner) == first
    assert OutgoingMail.objects.count() == 1
    # With another role something else is asked.
    again = invite(organisation=kitchen, email=SAM, role=Role.OWNER, by=owner)
    assert (again.pk, again.role, again.times_sent) == (first.pk, "owner", 2)
    assert OutgoingMail.objects.count() == 2


@db
def test_nobody_who_belongs_is_asked(kitchen: Organisation, owner: User) -> None:
    for email in (owner.email, owner.email.upper()):
        with pytest.raises(Refused, match=BELONGS):
            invite(organisation=kitchen, email=email, role=Role.EDITOR, by=owner)


@db
@pytest.mark.parametrize("role", [Role.EDITOR, None])
def test_only_owners_ask(kitchen: Organisation, owner: User, role: Role | None) -> None:
    user = make_membership(kitchen, role=role).user if role else make_user()
    invitation = make_invitation(kitchen)
    with pytest.raises(Refused):
        invite(organisation=kitchen, email=SAM, role=Role.EDITOR, by=user)
    with pytest.raises(Refused):
        resend(invitation=invitation, by=user)
    with pytest.raises(Refused):
        revoke(invitation=invitation, by=user)
    assert not OutgoingMail.objects.exists()


@db
def test_an_address_that_mail_cannot_reach_is_refused_and_nothing_is_kept(
    kitchen: Organisation, owner: User
) -> None:
    with pytest.raises(Refused):
        invite(organisation=kitchen, email="sám@example.org", role=Role.EDITOR, by=owner)
    assert not Invitation.objects.exists()
    assert not AuditEvent.objects.exists()


@db
def test_an_organisation_sends_so_many_invitations_a_day(
    kitchen: Organisation, owner: User
) -> None:
    for number in range(MAILS_A_DAY):
        invite(organisation=kitchen, email=f"p{number}@example.org", role=Role.EDITOR, by=owner)
    with pytest.raises(Refused, match=TOO_MANY):
        invite(organisation=kitchen, email=SAM, role=Role.EDITOR, by=owner)
    other = make_membership()
    invite(organisation=other.organisation, email=SAM, role=Role.EDITOR, by=other.user)


@db
def test_sent_again_it_has_a_new_link_and_the_old_one_dies(
    client: Client, kitchen: Organisation, owner: User
) -> None:
    invitation = invite(organisation=kitchen, email=SAM, role=Role.EDITOR, by=owner)
    old = token_in_mail()
    later(invitation, days=20)
    again = resend(invitation=invitation, by=owner)
    new = token_in_mail()
    assert old != new
    assert not again.expired
    assert again.times_sent == 2
    assert client.get(f"/my/invitations/{old}/").status_code == 404
    assert client.get(f"/my/invitations/{new}/").status_code == 200


@db
def test_taken_back_it_cannot_be_accepted_nor_sent_again(
    kitchen: Organisation, owner: User
) -> None:
    invitation = make_invitation(kitchen, email=SAM)
    revoke(invitation=invitation, by=owner)
    sam = make_confirmed_user(SAM)
    with pytest.raises(Refused, match=REVOKED):
        accept(invitation=invitation, by=sam)
    for work in (resend, revoke):
        with pytest.raises(Refused, match=ANSWERED):
            work(invitation=invitation, by=owner)


# -- Answering --------------------------------------------------------------------------------


@db
@pytest.mark.parametrize("role", Role)
def test_whoever_accepts_belongs(kitchen: Organisation, role: Role) -> None:
    sam = make_confirmed_user(SAM)
    invitation = make_invitation(kitchen, email="SAM@example.org", role=role)
    for _ in range(2):  # a double click does no harm
        assert accept(invitation=invitation, by=sam).role == role
    assert Membership.objects.get().user == sam
    invitation.refresh_from_db()
    assert invitation.accepted_by == sam
    assert AuditEvent.objects.get().verb == "accepted"


@db
def test_an_invitation_works_once(kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, email=SAM)
    accept(invitation=invitation, by=make_confirmed_user(SAM))
    with pytest.raises(Refused, match=re.escape(USED)):
        accept(invitation=invitation, by=make_confirmed_user(), with_other_address=True)
    assert Membership.objects.count() == 1


@db
def test_an_invitation_runs_out(kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, email=SAM, expires_at=timezone.now())
    with pytest.raises(Refused, match=re.escape(EXPIRED)):
        accept(invitation=invitation, by=make_confirmed_user(SAM))


@db
def test_another_address_has_to_say_that_it_is_meant(kitchen: Organisation) -> None:
    invitation, kim = make_invitation(kitchen, email=SAM), make_confirmed_user("kim@example.org")
    with pytest.raises(OtherAddress):
        accept(invitation=invitation, by=kim)
    assert not Membership.objects.exists()
    accept(invitation=invitation, by=kim, with_other_address=True)
    assert Membership.objects.get().user == kim


@db
def test_an_address_that_is_not_confirmed_does_not_count(kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, email=SAM)
    with pytest.raises(Refused, match=re.escape(UNCONFIRMED)):
        accept(invitation=invitation, by=make_user(SAM), with_other_address=True)
    assert not Membership.objects.exists()


@db
def test_an_editor_who_accepts_as_owner_becomes_one_and_no_owner_falls(
    kitchen: Organisation,
) -> None:
    sam = make_confirmed_user(SAM)
    mine = make_membership(kitchen, sam, Role.EDITOR)
    accept(invitation=make_invitation(kitchen, email=SAM, role=Role.OWNER), by=sam)
    mine.refresh_from_db()
    assert mine.role == Role.OWNER
    accept(invitation=make_invitation(kitchen, email=SAM, role=Role.EDITOR), by=sam)
    mine.refresh_from_db()
    assert mine.role == Role.OWNER


@db
def test_declined_it_is_over(kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, email=SAM)
    for _ in range(2):
        decline(invitation=invitation, by=None)
    with pytest.raises(Refused, match="declined"):
        accept(invitation=invitation, by=make_confirmed_user(SAM))
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_key) == ("declined", None)


@real_db
def test_of_two_people_who_accept_at_once_one_belongs(kitchen: Organisation) -> None:
    sam, kim = make_confirmed_user(SAM), make_confirmed_user("kim@example.org")
    invitation = make_invitation(kitchen, email=SAM)
    outcomes = race(
        kitchen,
        partial(accept, invitation=invitation, by=sam),
        partial(accept, invitation=invitation, by=kim, with_other_address=True),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Membership", "Refused"]
    assert Membership.objects.count() == 1
    assert AuditEvent.objects.count() == 1


@real_db
def test_a_double_click_at_once_makes_one_membership(kitchen: Organisation) -> None:
    sam = make_confirmed_user(SAM)
    invitation = make_invitation(kitchen, email=SAM)
    work = partial(accept, invitation=invitation, by=sam)
    outcomes = race(kitchen, work, work)
    assert outcomes[0] == outcomes[1] == Membership.objects.get()


@real_db
def test_accepting_while_it_is_taken_back_is_one_or_the_other(kitchen: Organisation) -> None:
    owner, sam = make_membership(kitchen).user, make_confirmed_user(SAM)
    invitation = make_invitation(kitchen, email=SAM)
    race(
        kitchen,
        partial(accept, invitation=invitation, by=sam),
        partial(revoke, invitation=invitation, by=owner),
    )
    invitation.refresh_from_db()
    belongs = Membership.objects.filter(user=sam).exists()
    assert belongs == (invitation.accepted_at is not None) == (invitation.revoked_at is None)


@real_db
def test_accepting_while_it_is_sent_again_needs_the_new_link(kitchen: Organisation) -> None:
    owner, sam = make_membership(kitchen).user, make_confirmed_user(SAM)
    invitation = make_invitation(kitchen, email=SAM)
    later(invitation, hours=1)
    seen = Invitation.objects.get(pk=invitation.pk)
    resend(invitation=invitation, by=owner)
    with pytest.raises(Refused, match=re.escape(REPLACED)):
        accept(invitation=seen, by=sam)


# -- Pages ------------------------------------------------------------------------------------


def page(token: str) -> str:
    return f"/my/invitations/{token}/"


@db
def test_without_an_account_the_page_leads_through_sign_up_and_back(
    client: Client, kitchen: Organisation, owner: User
) -> None:
    make_invitation(kitchen, "the-token", invited_by=owner)
    response = client.get(page("the-token"))
    html = response.text
    assert "Olu asks you to be an editor" in html
    assert f"?next={page('the-token')}" in html
    assert SAM not in html
    # Accepting needs a sign-in; nothing has happened.
    client.post(page("the-token"), {"answer": "accept"})
    assert not Membership.objects.exclude(user=owner).exists()


@db
def test_reading_the_page_changes_nothing(client: Client, kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, "the-token", SAM)
    client.force_login(make_confirmed_user(SAM))
    for _ in range(2):
        assert client.get(page("the-token")).status_code == 200
        assert client.head(page("the-token")).status_code == 200
    before = invitation.accepted_at
    invitation.refresh_from_db()
    assert invitation.accepted_at == before is None


@db
def test_accepting_by_the_button(client: Client, kitchen: Organisation) -> None:
    make_invitation(kitchen, "the-token", SAM)
    sam = make_confirmed_user(SAM)
    client.force_login(sam)
    for _ in range(2):
        response = client.post(page("the-token"), {"answer": "accept"})
        assert (response.status_code, response["Location"]) == (302, "/my/holbeck-kitchen/")
    assert Membership.objects.get().user == sam


@db
def test_another_address_is_shown_and_asked_to_be_confirmed(
    client: Client, kitchen: Organisation
) -> None:
    make_invitation(kitchen, "the-token", SAM)
    kim = make_confirmed_user("kim@example.org")
    client.force_login(kim)
    html = client.get(page("the-token")).text
    assert SAM in html
    assert "kim@example.org" in html
    response = client.post(page("the-token"), {"answer": "accept"})
    assert response.status_code == 200
    assert "<title>Error:" in response.text
    assert not Membership.objects.exists()
    client.post(page("the-token"), {"answer": "accept", "other_address": "on"})
    assert Membership.objects.get().user == kim


@db
@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("accepted_at", "accepted already"),
        ("declined_at", "You declined"),
        ("revoked_at", "taken back"),
        ("expires_at", "run out"),
    ],
)
def test_a_dead_link_says_what_to_do(
    client: Client, kitchen: Organisation, field: str, words: str
) -> None:
    make_invitation(kitchen, "the-token", SAM, **{field: timezone.now()})
    for user in (None, make_confirmed_user(SAM)):
        if user:
            client.force_login(user)
        response = client.get(page("the-token"))
        assert response.status_code == 410
        assert words in response.text
        assert "Decline" not in response.text
        response = client.post(page("the-token"), {"answer": "accept"})
        assert not Membership.objects.exists()


@db
@pytest.mark.parametrize("token", ["x", "a" * 3000, "🍰", "%00", "../../etc", "<script>"])
def test_a_link_that_nobody_knows(client: Client, token: str) -> None:
    response = client.get(page(token))
    assert response.status_code in {400, 404}
    assert "<script>" not in response.text.partition("<main")[2]


@db
def test_declining_without_an_account(client: Client, kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, "the-token", SAM)
    assert "You declined" in client.post(page("the-token"), {"answer": "decline"}).text
    invitation.refresh_from_db()
    assert invitation.declined_at is not None


@db
def test_an_invitation_waits_on_ones_own_page(client: Client, kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, email=SAM)
    client.force_login(make_confirmed_user(SAM))
    html = client.get("/my/").text
    assert "You are asked to act for it" in html
    assert "Holbeck Kitchen" in html
    path = f"/my/invited/{invitation.pk}/"
    assert path in html
    client.post(path, {"answer": "accept"})
    assert Membership.objects.count() == 1
    assert "asked to act" not in client.get("/my/").text


@db
def test_it_waits_for_nobody_else(client: Client, kitchen: Organisation) -> None:
    invitation = make_invitation(kitchen, email=SAM)
    # Typed in at sign-up, but not shown to be theirs.
    for user in (make_user(SAM), make_confirmed_user("kim@example.org")):
        client.force_login(user)
        assert "Holbeck Kitchen" not in client.get("/my/").text
        path = f"/my/invited/{invitation.pk}/"
        assert client.get(path).status_code == 404
        assert client.post(path, {"answer": "accept"}).status_code == 404
        assert client.post(path, {"answer": "decline"}).status_code == 404
    assert not Membership.objects.exists()
