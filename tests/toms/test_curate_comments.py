"""Curators' pages of comments."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import make_person
from tests.providers.reading import words
from tests.signing_in import signed_in
from tests.toms.factories import make_comment
from toms.models import Comment, Release
from toms.services.comment import publish_comment, respond
from toms.services.locking import seen
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
LIST = "/curate/toms/comments/"


def a_curator(name: str) -> User:
    made = make_person(email=f"{name}@example.org", name=name.title(), roles=("curator",))
    return User.objects.get(pk=made.pk)


@pytest.fixture
def curator() -> Client:
    return signed_in(a_curator("ann"))


def fields(comment: Comment, **said: str) -> dict[str, str]:
    comment.refresh_from_db()
    return {"act": "respond", "seen": seen(comment), **said}


def test_what_waits_stands_first(curator: Client) -> None:
    empty = words(curator.get(LIST).text)
    assert "No comment waits to be read" in empty
    done = make_comment(state="published", outcome="kept", text="Done words")
    make_comment(done.release, state="published", text="Public words")
    make_comment(done.release, text="New words")
    make_comment(done.release, state="unconfirmed", text="Unconfirmed words")
    page = words(curator.get(LIST).text)
    places = [page.index(word) for word in ("New words", "Public words", "Done words")]
    assert places == sorted(places)
    assert "Unconfirmed words" not in page
    assert "1 comment waits on the Leeds TOMs" in words(curator.get("/my/").text)
    for page_number in ("0", "2", "x", "9" * 20):
        assert curator.get(f"{LIST}?page={page_number}").status_code == 404


def test_publish_and_answer(curator: Client) -> None:
    comment = make_comment()
    here = f"{LIST}{comment.pk}/"
    assert "Answer it" not in curator.get(here).text
    published = curator.post(here, {"act": "publish"}, follow=True)
    assert "It is public now." in published.text
    assert "Answer it" in published.text
    said = {"outcome": "changed", "response": "We count hours now."}
    answered = curator.post(here, fields(comment, **said), follow=True)
    assert "The answer is public." in answered.text
    assert "We count hours now." in OutgoingMail.objects.get().text
    page = curator.get(here).text
    assert "Put the answer in other words" in page
    assert "We count hours now.</textarea>" in page
    public = Client().get(f"/toms/releases/{comment.release.slug}/consultation/").text
    assert "We count hours now." in public
    Release.objects.update(state="adopted", adopted_on="2026-01-01")
    assert "the answer stands" in curator.get(here).text


def test_not_publishing_asks_why(curator: Client) -> None:
    comment = make_comment()
    here = f"{LIST}{comment.pk}/"
    asked = curator.post(here, {"act": "refuse", "reason": " "})
    assert words(asked.text).count("Say why: its writer is told.") == 2
    told = curator.post(here, {"act": "refuse", "reason": "It names somebody."}, follow=True)
    assert "its writer is told why" in told.text
    assert "It names somebody." in OutgoingMail.objects.get().text
    assert "Why it is not published" in curator.get(here).text


def test_an_answer_needs_both_parts(curator: Client) -> None:
    comment = make_comment(state="published")
    page = words(curator.post(f"{LIST}{comment.pk}/", {"act": "respond"}).text)
    assert page.count("Choose what came of it.") == 2
    assert page.count("Say what was changed, or why not.") == 2


def test_the_later_of_two_who_decide_is_told_and_keeps_their_words(curator: Client) -> None:
    comment = make_comment()
    publish_comment(comment=comment, by=a_curator("ben"))
    late = curator.post(f"{LIST}{comment.pk}/", {"act": "refuse", "reason": "My long reason."})
    assert late.status_code == 409
    assert "Another curator has dealt with this comment already." in late.text
    assert "My long reason.</textarea>" in late.text
    again = curator.post(f"{LIST}{comment.pk}/", {"act": "publish"})
    assert again.status_code == 409
    assert not OutgoingMail.objects.exists()


def test_the_later_of_two_who_answer_sees_both_texts(curator: Client) -> None:
    comment = make_comment(state="published")
    mine = fields(comment, outcome="kept", response="My words.")
    respond(
        comment=comment,
        outcome="changed",
        response="Ben's words.",
        looked_at=seen(comment),
        by=a_curator("ben"),
    )
    here = f"{LIST}{comment.pk}/"
    late = curator.post(here, mine)
    assert late.status_code == 409
    assert "Ben&#x27;s words." in late.text
    assert "My words.</textarea>" in late.text
    comment.refresh_from_db()
    assert comment.response == "Ben's words."
    assert f'value="{seen(comment)}"' in late.text, "saved again, it is meant"
    assert curator.post(here, fields(comment, outcome="kept", response="Both.")).status_code == 302


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"act": "zzz"},
        {"act": "refuse", "reason": "x\0"},
        {"act": "refuse", "reason": "x" * 10_000},
        {"act": "respond", "outcome": "zzz", "response": "x\0", "seen": "\0"},
        {"act": "respond", "outcome": "kept", "response": "x" * 10_000, "seen": "x" * 10_000},
    ],
)
def test_bad_input_gets_words(curator: Client, said: dict[str, str]) -> None:
    comment = make_comment()
    assert curator.post(f"{LIST}{comment.pk}/", said).status_code == 200
    assert Comment.objects.get().state == "waiting"
    assert curator.post(f"{LIST}99999/", said).status_code == 404
