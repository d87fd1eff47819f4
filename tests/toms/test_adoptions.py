"""Organisations that use a release: signing up, withdrawing, the public page and the badge."""

import re
import xml.etree.ElementTree as ET
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, Membership, Role
from accounts.refused import Refused
from accounts.services.organisation import close_organisation
from tests.accounts.racing import race
from tests.factories import make_confirmed_user, make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in
from tests.toms.factories import make_adoption, make_measure_version, make_release
from toms.models import Adoption, Release
from toms.services.adoption import sign_up, withdraw

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(db: None) -> Release:
    version = make_measure_version(number="1.0.0", state="adopted")
    return make_release(version, state="adopted", slug="2026", title="Leeds TOMs 2026")


@pytest.fixture
def hall(db: None) -> Membership:
    owner = make_confirmed_user("owner@example.org")
    return make_membership(make_organisation("Hall", slug="hall", sector="third"), owner)


# -- Services ---------------------------------------------------------------------------------


def test_signing_up_twice_and_withdrawing_twice(release: Release, hall: Membership) -> None:
    act: dict[str, Any] = {
        "organisation": hall.organisation,
        "release": release,
        "by": hall.user,
    }
    adoption = sign_up(**act)
    assert sign_up(**act) == adoption
    for _ in range(2):
        withdraw(adoption=adoption, by=hall.user)
    assert sign_up(**act) != adoption
    assert Adoption.objects.count() == 2
    assert [event.verb for event in AuditEvent.objects.order_by("pk")] == [
        "signed up to",
        "withdrew from",
        "signed up to",
    ]


@pytest.mark.parametrize("state", ["draft", "consultation", "withdrawn"])
def test_only_an_adopted_release_can_be_used(hall: Membership, state: str) -> None:
    with pytest.raises(Refused, match="not adopted"):
        sign_up(organisation=hall.organisation, release=make_release(state=state), by=hall.user)


def test_only_owners_say_so(release: Release, hall: Membership) -> None:
    editor = make_membership(hall.organisation, role=Role.EDITOR).user
    adoption = make_adoption(hall.organisation, release)
    with pytest.raises(Refused, match="Only an owner"):
        sign_up(organisation=hall.organisation, release=release, by=editor)
    with pytest.raises(Refused, match="Only an owner"):
        withdraw(adoption=adoption, by=editor)


@real_db
def test_two_owners_sign_up_at_once(release: Release, hall: Membership) -> None:
    other = make_membership(hall.organisation).user
    act = partial(sign_up, organisation=hall.organisation, release=release)
    one, two = race(hall.organisation, partial(act, by=hall.user), partial(act, by=other))
    assert one == two
    assert Adoption.objects.count() == AuditEvent.objects.count() == 1


@real_db
def test_withdrawing_twice_at_once(release: Release, hall: Membership) -> None:
    adoption = make_adoption(hall.organisation, release)
    act = partial(withdraw, adoption=adoption, by=hall.user)
    race(hall.organisation, act, act)
    assert AuditEvent.objects.filter(verb="withdrew from").count() == 1


# -- Pages ------------------------------------------------------------------------------------


def test_an_owner_signs_up_shows_the_badge_and_withdraws(
    release: Release, hall: Membership
) -> None:
    owner = signed_in(hall.user, second_factor=False)
    assert "You have not said that you use them." in words(owner.get("/my/hall/").text)
    page = owner.get("/my/hall/toms/").text
    assert f"/my/hall/toms/releases/{release.pk}/sign-up/" in page
    posted = owner.post(f"/my/hall/toms/releases/{release.pk}/sign-up/", follow=True)
    assert "Hall uses Leeds TOMs 2026. Everybody can see it." in posted.text
    assert "sign-up" not in posted.text
    assert "You use Leeds TOMs 2026." in words(owner.get("/my/hall/").text)
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", posted.text, re.DOTALL)
    assert found
    code = unescape(found[1])
    assert re.fullmatch(
        r'<a href="http\S+/toms/releases/2026/used-by/"><img src="http\S+/toms/releases/2026/'
        r'badge\.svg" width="240" height="56" alt="We use the Leeds TOMs: Leeds TOMs 2026"></a>',
        code,
    )
    adoption = Adoption.objects.get()
    asked = owner.get(f"/my/hall/toms/{adoption.pk}/withdraw/").text
    assert "Use Leeds TOMs 2026 no more?" in asked
    assert Adoption.objects.standing().exists()
    done = owner.post(f"/my/hall/toms/{adoption.pk}/withdraw/", follow=True).text
    assert "What you used before" in done
    assert owner.get(f"/my/hall/toms/{adoption.pk}/withdraw/").status_code == 302


def test_an_editor_reads_and_changes_nothing(release: Release, hall: Membership) -> None:
    user = make_membership(hall.organisation, role=Role.EDITOR).user
    editor = signed_in(user, second_factor=False)
    adoption = make_adoption(hall.organisation, release)
    page = editor.get("/my/hall/toms/").text
    assert "You use Leeds TOMs 2026" in page
    assert "withdraw" not in page
    assert editor.post(f"/my/hall/toms/{adoption.pk}/withdraw/").status_code == 403
    assert editor.post(f"/my/hall/toms/releases/{release.pk}/sign-up/").status_code == 403
    assert Adoption.objects.standing().get() == adoption


def test_others_adoptions_and_releases_that_are_not_there(
    release: Release, hall: Membership
) -> None:
    owner = signed_in(hall.user, second_factor=False)
    foreign = make_adoption(release=release)
    assert owner.post(f"/my/hall/toms/{foreign.pk}/withdraw/").status_code == 404
    assert owner.post("/my/hall/toms/releases/99999/sign-up/").status_code == 404
    assert owner.get("/my/elsewhere/toms/").status_code == 404
    draft = make_release()
    refused = owner.post(f"/my/hall/toms/releases/{draft.pk}/sign-up/", follow=True)
    assert "is not adopted yet" in refused.text


def test_a_newer_release_is_offered_beside_the_older(release: Release, hall: Membership) -> None:
    make_adoption(hall.organisation, release)
    make_release(state="adopted", title="Leeds TOMs 2027")
    page = words(signed_in(hall.user, second_factor=False).get("/my/hall/toms/").text)
    assert "You use Leeds TOMs 2026" in page
    assert "newer than what you use" in page
    assert "We use Leeds TOMs 2027" in page


def test_before_anything_is_adopted(hall: Membership) -> None:
    page = signed_in(hall.user, second_factor=False).get("/my/hall/toms/").text
    assert "No release is adopted yet" in page


@pytest.mark.usefixtures("no_lazy_loading")
def test_everybody_sees_who_uses_it_by_sector(
    release: Release, hall: Membership, client: Client
) -> None:
    empty = client.get("/toms/releases/2026/used-by/").text
    assert "Nobody has said so yet." in empty
    for name, sector, is_example in (
        ("Zebra", "third", False),
        ("City", "public", True),
        ("Unknown", "", False),
    ):
        organisation = make_organisation(name, sector=sector, is_example=is_example)
        make_adoption(organisation, release)
    row = make_adoption(hall.organisation, release)
    text = client.get("/toms/releases/2026/used-by/").text
    page = words(text)
    order = ["Third sector", "Hall", "Zebra", "Public", "City", "Sector not given", "Unknown"]
    main = page[page.index("4 organisations say") :]
    assert [main.index(word) for word in order] == sorted(main.index(word) for word in order)
    assert text.count("badge--example") == 2, "the strip, and beside the name"
    withdraw(adoption=row, by=hall.user)
    page = words(client.get("/toms/releases/2026/used-by/").text)
    assert page.index("Used it before") < page.index("Hall")


def test_former_users_stand_there_once_and_closed_ones_not_at_all(
    release: Release, hall: Membership, client: Client
) -> None:
    def page() -> str:
        return words(client.get("/toms/releases/2026/used-by/").text)

    act: dict[str, Any] = {
        "organisation": hall.organisation,
        "release": release,
        "by": hall.user,
    }
    for _ in range(2):
        withdraw(adoption=sign_up(**act), by=hall.user)
    assert page().count("Hall") == 1
    sign_up(**act)
    assert "Used it before" not in page()
    close_organisation(organisation=hall.organisation, by=hall.user)
    assert "Hall" not in page()
    assert Adoption.objects.count() == 3, "the history stays"


def test_a_draft_has_no_users_and_no_badge(db: None, client: Client) -> None:
    make_release(slug="draft")
    assert "It is not adopted" in client.get("/toms/releases/draft/used-by/").text
    assert client.get("/toms/releases/draft/badge.svg").status_code == 404
    assert client.get("/toms/releases/nowhere/badge.svg").status_code == 404
    assert client.get("/toms/releases/nowhere/used-by/").status_code == 404


def test_the_badge_is_a_picture_that_runs_nothing(db: None, client: Client) -> None:
    title = '<script>alert("x")</script> & a name that is far too long for a badge'
    make_release(state="adopted", slug="odd", title=title)
    response = client.get("/toms/releases/odd/badge.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=86400" in response["Cache-Control"]
    picture = ET.fromstring(response.content)  # noqa: S314 (our own)
    names = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert names == {"svg", "title", "rect", "g", "path", "text"}
    assert picture.attrib["width"] == "240"
    shown = [element.text or "" for element in picture.iter() if element.tag.endswith("}text")]
    assert shown[0] == "We use the Leeds TOMs"
    assert len(shown[1]) <= 26
