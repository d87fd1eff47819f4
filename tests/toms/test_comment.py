"""Commenting in a browser: the form, the mailed link, and what happens out of time."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from tests.factories import make_confirmed_user, make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in
from tests.toms.factories import make_comment, make_measure, make_measure_version, make_release
from toms.models import Comment, Release
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

PAGE = "/toms/releases/spring/consultation/comment/"
SAID: dict[str, Any] = {
    "stance": "suggestion",
    "text": "Count hours, not days.",
    "name": "Sam Speaker",
    "email": "sam@example.org",
    "sector": "third",
}


@pytest.fixture
def spring() -> Release:
    version = make_measure_version(make_measure(code="LT-COM-01"), state="consultation")
    return make_release(version, slug="spring", title="Spring TOMs", state="consultation")


def over() -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Release.objects.update(opens_on=yesterday, closes_on=yesterday)


def test_from_the_form_over_the_mail_to_the_curators(spring: Release, client: Client) -> None:
    assert "Comment on the whole release" in client.get(PAGE).text
    response = client.post(PAGE, SAID)
    assert response["Location"] == f"{PAGE}?sent=mail"
    assert "Look into your mail" in client.get(response["Location"]).text
    mail = OutgoingMail.objects.get()
    found = re.search(r"/toms/comments/[\w-]+/", mail.text)
    assert found
    opened = client.get(found[0])
    assert "Count hours, not days." in opened.text
    assert Comment.objects.get().state == "unconfirmed", "opening it changes nothing"
    pressed = client.post(found[0])
    assert "a curator will read it" in client.get(pressed["Location"]).text
    assert Comment.objects.get().state == "waiting"
    assert "Your comment was sent" in client.get(found[0]).text


@pytest.mark.parametrize("code", ["LT-COM-01", "lt-com-01"])
def test_on_one_measure(spring: Release, client: Client, code: str) -> None:
    page = f"{PAGE}?measure={code}"
    assert "LT-COM-01 , version 0.1.0" in words(client.get(page).text)
    client.post(page, SAID)
    comment = Comment.objects.get()
    assert comment.version == spring.items.get().version
    assert f"about {comment.version}" in OutgoingMail.objects.get().text


def test_the_measure_and_the_consultation_lead_there_while_it_is_open(
    spring: Release, client: Client
) -> None:
    link = f"{PAGE}?measure=LT-COM-01"
    pages = ("/toms/measures/LT-COM-01/", "/toms/releases/spring/consultation/")
    for page in pages:
        assert link in client.get(page).text
    over()
    for page in pages:
        assert PAGE not in client.get(page).text


@pytest.mark.parametrize("code", ["zzz", "LT-COM-02", "%00", "x" * 10_000, "LT-COM-01%00"])
def test_a_measure_that_is_not_listed(spring: Release, client: Client, code: str) -> None:
    assert client.get(f"{PAGE}?measure={code}").status_code == 404
    assert client.post(f"{PAGE}?measure={code}", SAID).status_code == 404
    assert client.get("/toms/releases/nowhere/consultation/comment/").status_code == 404
    assert not Comment.objects.exists()


def test_a_member_writes_in_its_name_and_waits_at_once(spring: Release) -> None:
    user = make_confirmed_user("sam@example.org", name="Sam Speaker")
    hall = make_organisation("Hall", sector="public")
    make_membership(hall, user, Role.EDITOR)
    member = signed_in(user, second_factor=False)
    page = member.get(PAGE).text
    assert 'value="Sam Speaker"' in page
    assert "Hall</option>" in page
    response = member.post(PAGE, {**SAID, "organisation": hall.pk})
    assert response["Location"] == f"{PAGE}?sent=curator"
    comment = Comment.objects.get()
    assert (comment.state, comment.organisation, comment.sector) == ("waiting", hall, "public")
    refused = member.post(PAGE, {**SAID, "organisation": hall.pk, "email": "x@example.org"})
    assert "To write in the name of Hall, give the address" in refused.text
    foreign = member.post(PAGE, {**SAID, "organisation": make_organisation().pk})
    assert "Choose one of your organisations." in foreign.text
    assert Comment.objects.count() == 1


def test_strangers_are_not_asked_for_an_organisation(spring: Release, client: Client) -> None:
    assert 'name="organisation"' not in client.get(PAGE).text
    client.post(PAGE, {**SAID, "organisation": make_organisation().pk})
    assert Comment.objects.get().organisation is None


def test_what_is_missing_is_said_beside_its_field(spring: Release, client: Client) -> None:
    page = words(client.post(PAGE, {}).text)
    for problem in (
        "Choose what it is.",
        "Say what you think.",
        "Enter your name.",
        "Enter your email address.",
        "Choose where you speak from.",
    ):
        assert page.count(problem) == 2, "in the summary and at the field"


@pytest.mark.parametrize("value", ["\0", "x\0y", "x" * 10_000, "\u202e", "' OR 1=1 --", "9" * 400])
@pytest.mark.parametrize("field", [*SAID, "organisation"])
def test_no_field_breaks_it(spring: Release, client: Client, field: str, value: str) -> None:
    response = client.post(PAGE, {**SAID, field: value})
    assert response.status_code in {200, 302}
    if response.status_code == 200:
        assert SAID["text" if field != "text" else "name"] in response.text, "typed words stay"


def test_words_are_shown_as_words(spring: Release, client: Client) -> None:
    client.post(PAGE, {**SAID, "text": "<script>alert(1)</script>", "name": "<b>Sam</b>"})
    Comment.objects.update(state="published", confirmed_at=timezone.now())
    page = client.get("/toms/releases/spring/consultation/").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>Sam" not in page
    assert "<script>alert" not in OutgoingMail.objects.get().html


def test_a_robot_is_thanked_and_nothing_is_kept(spring: Release, client: Client) -> None:
    response = client.post(PAGE, {**SAID, "home_page": "spam.example"})
    assert response["Location"] == f"{PAGE}?sent=mail"
    assert not Comment.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_sending_twice_keeps_one(spring: Release, client: Client) -> None:
    for _ in range(2):
        assert client.post(PAGE, SAID).status_code == 302
    assert Comment.objects.count() == OutgoingMail.objects.count() == 1


def test_too_many_are_put_off_and_keep_their_words(spring: Release, client: Client) -> None:
    for number in range(20):
        assert client.post(PAGE, {**SAID, "text": f"{number}"}).status_code == 302
    response = client.post(PAGE, {**SAID, "text": "One more."})
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "Nothing is lost" in response.text
    assert "One more." in response.text
    assert client.post(PAGE, {**SAID, "text": "19"}).status_code == 302, "the same once more"
    assert client.post(PAGE, {**SAID, "email": "other@example.org"}).status_code == 302
    assert Comment.objects.count() == 21


def test_after_closing_time_the_words_are_kept_to_be_copied(
    spring: Release, client: Client
) -> None:
    over()
    response = client.post(PAGE, {**SAID, "text": "Typed </textarea> for an hour."})
    assert response.status_code == 409
    assert "Typed &lt;/textarea&gt; for an hour." in response.text
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    assert f"closed on {yesterday:%-d %B %Y}" in words(response.text)
    assert not Comment.objects.exists()
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"text": "x\0y" * 4000}).status_code == 409


def test_before_it_opens_it_says_when(spring: Release, client: Client) -> None:
    later = timezone.localdate() + datetime.timedelta(days=3)
    Release.objects.update(opens_on=later, closes_on=later)
    response = client.post(PAGE, SAID)
    assert response.status_code == 409
    assert f"are taken from {later:%-d %B %Y}" in words(response.text)
    assert SAID["text"] in response.text


def test_a_link_that_opens_nothing(client: Client) -> None:
    make_comment(state="unconfirmed")
    for token in ("x", "x" * 2000, "%ff"):
        for send in (client.get, client.post):
            response = send(f"/toms/comments/{token}/")
            assert response.status_code == 404
            assert "This link opens nothing" in response.text
