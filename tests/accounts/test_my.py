"""My pages: what a person acts for, and what waits for whom."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from providers.models import Listing
from tests.factories import (
    make_confirmed_user,
    make_former_slug,
    make_invitation,
    make_listing,
    make_membership,
    make_organisation,
)

pytestmark = pytest.mark.django_db


def test_without_an_organisation_the_way_forward_is_shown(client: Client) -> None:
    client.force_login(make_confirmed_user())
    html = client.get("/my/").text
    assert "You do not act for an organisation yet" in html
    assert "/my/organisations/new/" in html
    assert "Waiting for" not in html


def test_each_organisation_has_its_listings_in_whatever_state(client: Client) -> None:
    sam = make_confirmed_user()
    kitchen, hall = make_organisation("Holbeck Kitchen"), make_organisation("Burley Hall")
    make_membership(kitchen, sam)
    make_membership(hall, sam, Role.EDITOR)
    for state in Listing.State:
        make_listing(kitchen, title=f"It is {state.label}", slug=state, state=state)
    make_listing(make_organisation("Strangers"), title="Not mine")
    client.force_login(sam)
    html = client.get("/my/").text
    assert html.index(">Burley Hall</a></h2>") < html.index(">Holbeck Kitchen</a></h2>")
    for state in Listing.State:
        assert f"It is {state.label}" in html
    assert "Not mine" not in html
    assert "Strangers" not in html
    assert f"/providers/{kitchen.slug}/published/" in html
    assert f"/providers/{kitchen.slug}/draft/" not in html


def test_what_waits_for_whom(client: Client) -> None:
    sam, now = make_confirmed_user("sam@example.org"), timezone.now()
    kitchen = make_membership(make_organisation("Holbeck Kitchen"), sam).organisation
    make_listing(kitchen, title="A draft", state="draft")
    make_listing(kitchen, title="Sent back", state="returned")
    make_listing(kitchen, title="Sent in", state="submitted")
    make_listing(kitchen, title="Old", confirmed_at=now - datetime.timedelta(days=200))
    make_listing(kitchen, title="Fresh", confirmed_at=now - datetime.timedelta(days=170))
    make_invitation(kitchen, email="slow@example.org", expires_at=now)
    make_invitation(make_organisation("Burley Hall"), email="sam@example.org")
    client.force_login(sam)
    for path in ("/my/", f"/my/{kitchen.slug}/"):
        html = client.get(path).text
        mine, _, theirs = html.partition("Waiting for somebody else")
        for words in ("“A draft” is a draft", "“Sent back” came back", "Is “Old” still right?"):
            assert words in mine
        assert "slow@example.org has run out" in mine
        assert "“Sent in” is being checked" in theirs
        assert "“Fresh”" not in html
    page = client.get("/my/").text
    assert "Burley Hall" in page
    assert "You are asked to act for it" in page
    assert "Burley Hall" not in client.get(f"/my/{kitchen.slug}/").text


def test_an_editor_is_not_told_of_invitations(client: Client) -> None:
    editor = make_membership(role=Role.EDITOR, user=make_confirmed_user())
    make_invitation(editor.organisation, email="slow@example.org", expires_at=timezone.now())
    client.force_login(editor.user)
    for path in ("", f"{editor.organisation.slug}/", f"{editor.organisation.slug}/people/"):
        assert "slow@example.org" not in client.get(f"/my/{path}").text


def test_under_an_old_address_the_page_leads_on(client: Client) -> None:
    mine = make_membership(make_organisation("Kitchen", slug="kitchen"))
    make_former_slug(mine.organisation, "canteen")
    client.force_login(mine.user)
    for page in ("", "details/", "people/", f"people/{mine.pk}/remove/"):
        response = client.get(f"/my/canteen/{page}")
        assert (response.status_code, response["Location"]) == (302, f"/my/kitchen/{page}")
    client.force_login(make_membership().user)
    assert client.get("/my/canteen/").status_code == 404


@pytest.mark.usefixtures("no_lazy_loading")
def test_twenty_listings_cost_as_many_queries_as_one(client: Client) -> None:
    sam = make_confirmed_user("sam@example.org")
    kitchen = make_membership(make_organisation(), sam).organisation
    client.force_login(sam)
    counts = []
    for number in (1, 19):
        for _ in range(number):
            make_listing(kitchen, state="submitted")
            make_listing(kitchen, confirmed_at=timezone.now() - datetime.timedelta(days=200))
            make_invitation(make_organisation(), email="sam@example.org")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/my/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
