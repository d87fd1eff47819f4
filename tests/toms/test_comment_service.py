"""Comments as services keep them: once, in time, confirmed, looked at, answered."""

import datetime
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Role, User
from accounts.refused import Overtaken, Refused
from accounts.services.people import make_person
from tests.accounts.racing import race
from tests.factories import make_confirmed_user, make_membership, make_organisation, make_user
from tests.toms.factories import make_comment, make_measure_version, make_release
from toms.models import Comment, Release
from toms.services.comment import (
    Closed,
    Words,
    confirm_comment,
    publish_comment,
    refuse_comment,
    respond,
    write_comment,
)
from toms.services.locking import seen
from tslsv.mail.models import OutgoingMail

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)


def words_on(release: Release, **fields: Any) -> Words:
    values: dict[str, Any] = {
        "version": None,
        "stance": "concern",
        "text": "Too much to count.",
        "name": "Sam",
        "email": "sam@example.org",
        "sector": "third",
        **fields,
    }
    return Words(release=release, **values)


def open_release(**fields: Any) -> Release:
    return make_release(make_measure_version(), state="consultation", **fields)


def a_curator(name: str = "curator") -> User:
    made = make_person(email=f"{name}@example.org", name=name.title(), roles=("curator",))
    return User.objects.get(pk=made.pk)


def token_in(mail: OutgoingMail) -> str:
    found = re.search(r"/toms/comments/([\w-]+)/", mail.text)
    assert found, mail.text
    return found[1]


# -- Writing ----------------------------------------------------------------------------------


@db
def test_a_link_confirms_the_address_of_a_stranger_once() -> None:
    comment = write_comment(words=words_on(open_release()), user=None)
    assert (comment.state, comment.confirmed_at) == ("unconfirmed", None)
    mail = OutgoingMail.objects.get()
    assert mail.to == "sam@example.org"
    assert "> Too much to count." in mail.text
    assert comment.release.title in mail.subject
    token = token_in(mail)
    for _ in range(2):
        assert confirm_comment(token=token).state == "waiting"
    comment.refresh_from_db()
    assert comment.confirmed_at is not None
    assert [row.verb for row in AuditEvent.objects.order_by("pk")] == ["wrote", "confirmed"]
    assert OutgoingMail.objects.count() == 1


@db
@pytest.mark.parametrize("token", ["", "x", "\ud800", "x" * 10_000])
def test_an_unknown_link_confirms_nothing(token: str) -> None:
    make_comment(state="unconfirmed")
    with pytest.raises(Refused, match="does not work"):
        confirm_comment(token=token)


@db
def test_an_old_link_confirms_nothing() -> None:
    write_comment(words=words_on(open_release()), user=None)
    token = token_in(OutgoingMail.objects.get())
    Comment.objects.update(modified=timezone.now() - 8 * DAY)
    with pytest.raises(Refused):
        confirm_comment(token=token)


@db
def test_what_was_written_in_time_counts_though_time_is_over() -> None:
    write_comment(words=words_on(open_release()), user=None)
    yesterday = timezone.localdate() - DAY
    Release.objects.update(opens_on=yesterday, closes_on=yesterday)
    assert confirm_comment(token=token_in(OutgoingMail.objects.get())).state == "waiting"


@db
def test_a_confirmed_address_waits_for_a_curator_at_once() -> None:
    user = make_confirmed_user("sam@example.org")
    comment = write_comment(words=words_on(open_release(), email="Sam@example.org"), user=user)
    assert (comment.state, comment.user) == ("waiting", user)
    assert not OutgoingMail.objects.exists()


@db
def test_somebody_elses_address_is_not_taken_for_ones_own() -> None:
    user = make_confirmed_user("other@example.org")
    comment = write_comment(words=words_on(open_release()), user=user)
    assert (comment.state, comment.user) == ("unconfirmed", None)


@db
def test_the_same_is_kept_once_and_anything_else_besides() -> None:
    release = open_release()
    first = write_comment(words=words_on(release), user=None)
    assert write_comment(words=words_on(release), user=None) == first
    assert write_comment(words=words_on(release, email="SAM@example.org"), user=None) == first
    assert OutgoingMail.objects.count() == 1
    version = release.items.get().version
    for other in ({"text": "Other words."}, {"stance": "support"}, {"version": version}):
        assert write_comment(words=words_on(release, **other), user=None) != first


@db
def test_a_lost_mail_is_sent_again_with_a_new_link() -> None:
    release = open_release()
    write_comment(words=words_on(release), user=None)
    Comment.objects.update(modified=timezone.now() - datetime.timedelta(minutes=11))
    write_comment(words=words_on(release), user=None)
    old, new = (token_in(mail) for mail in OutgoingMail.objects.order_by("pk"))
    with pytest.raises(Refused):
        confirm_comment(token=old)
    assert confirm_comment(token=new).state == "waiting"


@db
def test_signing_in_and_sending_again_confirms() -> None:
    release = open_release()
    write_comment(words=words_on(release), user=None)
    user = make_confirmed_user("sam@example.org")
    again = write_comment(words=words_on(release), user=user)
    assert (again.state, again.user, Comment.objects.count()) == ("waiting", user, 1)


@db
@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(-3, -1, "closed on"), (1, 3, "are taken from")],
)
def test_nothing_is_kept_outside_the_days(first: int, last: int, said: str) -> None:
    today = timezone.localdate()
    release = open_release(opens_on=today + first * DAY, closes_on=today + last * DAY)
    with pytest.raises(Closed, match=said):
        write_comment(words=words_on(release), user=None)
    assert not Comment.objects.exists()
    assert not OutgoingMail.objects.exists()


@db
@pytest.mark.parametrize(("first", "last"), [(0, 3), (-3, 0)])
def test_the_first_and_the_last_day_count(first: int, last: int) -> None:
    today = timezone.localdate()
    release = open_release(opens_on=today + first * DAY, closes_on=today + last * DAY)
    assert release.is_open_for_comment
    assert write_comment(words=words_on(release), user=None).pk


@db
@pytest.mark.parametrize("state", ["draft", "adopted", "withdrawn"])
def test_only_a_consultation_takes_comments(state: str) -> None:
    with pytest.raises(Closed, match="is not open"):
        write_comment(words=words_on(make_release(state=state)), user=None)


@db
def test_a_double_click_across_closing_time_is_no_error() -> None:
    release = open_release()
    first = write_comment(words=words_on(release), user=None)
    yesterday = timezone.localdate() - DAY
    Release.objects.update(opens_on=yesterday, closes_on=yesterday)
    assert write_comment(words=words_on(release), user=None) == first


@db
def test_a_measure_that_is_not_listed_is_refused() -> None:
    words = words_on(open_release(), version=make_measure_version())
    with pytest.raises(Refused, match="does not list"):
        write_comment(words=words, user=None)


@db
def test_members_write_in_the_name_of_their_organisation() -> None:
    user = make_confirmed_user("sam@example.org")
    hall = make_membership(make_organisation("Hall", sector="public"), user, Role.EDITOR)
    words = words_on(open_release(), organisation=hall.organisation, sector="third")
    comment = write_comment(words=words, user=user)
    assert (comment.organisation, comment.organisation_name) == (hall.organisation, "Hall")
    assert comment.sector == "public", "what the organisation says of itself counts"


@db
def test_nobody_else_writes_in_its_name() -> None:
    hall, release = make_organisation("Hall"), open_release()
    stranger = make_confirmed_user("sam@example.org")
    for user in (None, stranger):
        with pytest.raises(Refused, match="do not act"):
            write_comment(words=words_on(release, organisation=hall), user=user)
    member = make_membership(hall, make_confirmed_user("member@example.org")).user
    with pytest.raises(Refused, match="that you sign in with"):
        write_comment(words=words_on(release, organisation=hall), user=member)
    gone = make_organisation()
    words = words_on(release, organisation=gone)
    gone.__class__.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Refused, match="not here any more"):
        write_comment(words=words, user=stranger)
    assert not Comment.objects.exists()


@real_db
def test_two_clicks_at_once_keep_one_comment_and_send_one_mail() -> None:
    release = open_release()
    write = partial(write_comment, words=words_on(release), user=None)
    one, other = race(release, write, write)
    assert one == other
    assert Comment.objects.count() == OutgoingMail.objects.count() == 1


@real_db
def test_two_presses_of_the_link_confirm_once() -> None:
    comment = write_comment(words=words_on(open_release()), user=None)
    press = partial(confirm_comment, token=token_in(OutgoingMail.objects.get()))
    race(comment, press, press)
    assert AuditEvent.objects.filter(verb="confirmed").count() == 1


# -- What curators do -------------------------------------------------------------------------


@db
def test_publishing() -> None:
    comment, curator = make_comment(), a_curator()
    publish_comment(comment=comment, by=curator)
    comment.refresh_from_db()
    assert (comment.state, comment.looked_at_by) == ("published", curator)
    with pytest.raises(Overtaken, match="Another curator"):
        publish_comment(comment=comment, by=curator)
    with pytest.raises(Overtaken):
        refuse_comment(comment=comment, reason="Late.", by=curator)
    assert AuditEvent.objects.get(verb="published").actor_key == curator.audit_key


@db
def test_refusing_says_why_to_its_writer_alone() -> None:
    comment, curator = make_comment(text="You fool."), a_curator()
    with pytest.raises(Refused, match="Say why"):
        refuse_comment(comment=comment, reason=" \n", by=curator)
    refuse_comment(comment=comment, reason="It insults somebody.", by=curator)
    mail = OutgoingMail.objects.get()
    assert mail.to == comment.email
    assert "It insults somebody." in mail.text
    assert "> You fool." in mail.text
    assert f"/toms/releases/{comment.release.slug}/consultation/" in mail.text


@db
def test_an_answer_is_mailed_once_and_may_be_reworded_until_adoption() -> None:
    comment, curator = make_comment(state="published"), a_curator()

    def answer(words: str, outcome: str = "changed") -> Comment:
        comment.refresh_from_db()
        return respond(
            comment=comment,
            outcome=outcome,
            response=words,
            looked_at=seen(comment),
            by=curator,
        )

    answer("We dropped it.")
    answer("We dropped that measure.", "kept")
    comment.refresh_from_db()
    assert (comment.outcome, comment.response) == ("kept", "We dropped that measure.")
    mail = OutgoingMail.objects.get()
    assert "Changed. We dropped it." in mail.text
    assert f"#comment-{comment.pk}" in mail.text
    Release.objects.update(state="adopted", adopted_on=timezone.localdate())
    with pytest.raises(Refused, match="stand"):
        answer("Something else.")


@db
def test_what_was_never_answered_is_answered_after_adoption() -> None:
    release = make_release(state="adopted")
    comment = make_comment(release, state="published")
    respond(
        comment=comment,
        outcome="later",
        response="Next year.",
        looked_at=seen(comment),
        by=a_curator(),
    )
    comment.refresh_from_db()
    assert comment.outcome == "later"


@db
@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "refused"])
def test_only_what_is_public_is_answered(state: str) -> None:
    comment = make_comment(state=state)
    with pytest.raises(Refused, match="Only a public comment"):
        respond(
            comment=comment,
            outcome="kept",
            response="No.",
            looked_at=seen(comment),
            by=a_curator(),
        )


@db
def test_an_unconfirmed_comment_is_nobodys_to_decide() -> None:
    comment = make_comment(state="unconfirmed")
    with pytest.raises(Overtaken):
        publish_comment(comment=comment, by=a_curator())


@db
@pytest.mark.parametrize(
    "act",
    [
        publish_comment,
        partial(refuse_comment, reason="No."),
        partial(respond, outcome="kept", response="No.", looked_at=""),
    ],
)
def test_only_curators_decide(act: Callable[..., object]) -> None:
    comment = make_comment()
    with pytest.raises(Refused, match="Only a curator"):
        act(comment=comment, by=make_user())
    comment.refresh_from_db()
    assert comment.state == "waiting"


@db
def test_a_writer_without_an_address_is_not_mailed() -> None:
    comment = make_comment(email="")
    refuse_comment(comment=comment, reason="No.", by=a_curator())
    assert not OutgoingMail.objects.exists()


@real_db
def test_two_curators_decide_at_once_and_the_later_is_told() -> None:
    comment, one, other = make_comment(), a_curator("one"), a_curator("other")
    outcomes = race(
        comment,
        partial(publish_comment, comment=comment, by=one),
        partial(refuse_comment, comment=comment, reason="No.", by=other),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    comment.refresh_from_db()
    assert (comment.state == "refused") == OutgoingMail.objects.exists()


@real_db
def test_two_curators_answer_at_once_and_the_later_is_told() -> None:
    comment, one, other = make_comment(state="published"), a_curator("one"), a_curator("other")
    answer = partial(respond, comment=comment, outcome="kept", looked_at=seen(comment))
    outcomes = race(
        comment.release,
        partial(answer, response="One.", by=one),
        partial(answer, response="Other.", by=other),
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert OutgoingMail.objects.count() == 1


@db
def test_the_database_keeps_comments_whole() -> None:
    comment = make_comment(state="published")
    for broken in (
        {"confirmed_at": None},
        {"state": "refused"},
        {"outcome": "kept"},
        {"organisation": make_organisation()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.filter(pk=comment.pk).update(**broken)
