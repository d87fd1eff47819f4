"""The page of people: who may do what there, and what it says."""

import pytest
from django.test import Client

from accounts.models import Invitation, Membership, Organisation, Role
from accounts.services.membership import LAST_OWNER
from tests.factories import (
    make_confirmed_user,
    make_invitation,
    make_membership,
    make_organisation,
)
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen() -> Organisation:
    return make_organisation("Holbeck Kitchen", slug="kitchen")


@pytest.fixture
def owner(kitchen: Organisation, client: Client) -> Membership:
    row = make_membership(kitchen, make_confirmed_user("olu@example.org", name="Olu"))
    client.force_login(row.user)
    return row


@pytest.fixture
def editor(kitchen: Organisation) -> Membership:
    return make_membership(kitchen, make_confirmed_user("ed@example.org"), Role.EDITOR)


def test_an_owner_invites_and_sending_the_form_twice_sends_one_mail(
    client: Client, owner: Membership
) -> None:
    for _ in range(2):
        response = client.post(
            "/my/kitchen/people/", {"email": "Sam@example.org", "role": "editor"}
        )
        assert response.status_code == 302
    page = client.get("/my/kitchen/people/").text
    assert "sam@example.org" in page
    assert "olu@example.org" in page
    assert OutgoingMail.objects.count() == Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"email": "no address", "role": "editor"},
        {"email": "sam@example.org"},
        {"email": "sam@example.org", "role": "king"},
        {"email": "x" * 10_000 + "@example.org", "role": "editor"},
        {"email": "🍰@example.org", "role": "editor"},
        {"email": "olu@example.org", "role": "editor"},
    ],
)
def test_a_bad_invitation_says_so_and_sends_nothing(
    client: Client, owner: Membership, data: dict[str, str]
) -> None:
    response = client.post("/my/kitchen/people/", data)
    assert response.status_code == 200
    assert "<title>Error:" in response.text
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_an_editor_sees_people_and_may_only_leave(
    client: Client, owner: Membership, editor: Membership
) -> None:
    invitation = make_invitation(owner.organisation)
    client.force_login(editor.user)
    page = client.get("/my/kitchen/people/").text
    assert "Olu" in page
    assert invitation.email not in page
    assert "Invite somebody" not in page
    assert client.post("/my/kitchen/people/", {"email": "a@example.org"}).status_code == 403
    assert client.get("/my/kitchen/leave/").status_code == 200
    response = client.post("/my/kitchen/leave/")
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert client.get("/my/kitchen/people/").status_code == 404


def test_roles_are_changed_by_a_button(
    client: Client, owner: Membership, editor: Membership
) -> None:
    path = f"/my/kitchen/people/{editor.pk}/role/"
    assert client.get(path).status_code == 405
    response = client.post(path, {"role": "owner"}, follow=True)
    assert "ed@example.org is now an owner." in response.text
    for bad in ("king", "", "🍰"):
        assert client.post(path, {"role": bad}).status_code == 404
    editor.refresh_from_db()
    assert editor.role == Role.OWNER


@pytest.mark.parametrize("what", ["remove", "hand-over"])
def test_what_cannot_be_undone_is_asked_first(
    client: Client, owner: Membership, editor: Membership, what: str
) -> None:
    path = f"/my/kitchen/people/{editor.pk}/{what}/"
    page = client.get(path)
    assert "ed@example.org?</h1>" in page.text
    assert Membership.objects.count() == 2
    assert client.post(path).status_code == 302
    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert roles == (
        {"olu@example.org": "owner"}
        if what == "remove"
        else {"olu@example.org": "editor", "ed@example.org": "owner"}
    )
    # The back button: the row has gone, or one is no owner any more.
    assert client.post(path).status_code == (404 if what == "remove" else 403)


def test_the_last_owner_is_told_what_to_do(
    client: Client, owner: Membership, editor: Membership
) -> None:
    page = client.get("/my/kitchen/leave/").text
    assert "You are its only owner" in page
    assert "<form" not in page.partition("<main")[2]
    response = client.post("/my/kitchen/leave/", follow=True)
    assert LAST_OWNER in response.text
    assert Membership.objects.count() == 2


def test_members_of_another_organisation_are_out_of_reach(
    client: Client, owner: Membership
) -> None:
    other = make_membership()
    invitation = make_invitation(other.organisation)
    for path in (
        f"people/{other.pk}/role/",
        f"people/{other.pk}/remove/",
        f"people/{other.pk}/hand-over/",
        f"invitations/{invitation.pk}/resend/",
        f"invitations/{invitation.pk}/revoke/",
    ):
        assert client.post(f"/my/kitchen/{path}", {"role": "editor"}).status_code == 404
    assert Membership.objects.count() == 2
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_an_invitation_is_taken_back_and_the_second_owner_reads_so(
    client: Client, owner: Membership
) -> None:
    invitation = make_invitation(owner.organisation, email="sam@example.org")
    path = f"/my/kitchen/invitations/{invitation.pk}"
    assert "taken back" in client.post(f"{path}/revoke/", follow=True).text
    for what in ("revoke", "resend"):
        assert "has been answered" in client.post(f"{path}/{what}/", follow=True).text
    assert not OutgoingMail.objects.exists()


def test_closing_is_asked_first_and_needs_nobody_else(
    client: Client, owner: Membership, editor: Membership
) -> None:
    assert "1 other person acts" in client.get("/my/kitchen/close/").text
    client.post("/my/kitchen/close/")
    assert Membership.objects.count() == 2
    editor.delete()
    assert "Close Holbeck Kitchen?</h1>" in client.get("/my/kitchen/close/").text
    assert client.post("/my/kitchen/close/")["Location"] == "/my/"
    assert not Membership.objects.exists()
