"""The register's part in what reaches every app: merging, closing, erasing, forgetting."""

import datetime

import pytest
from django.utils import timezone

from accounts.registry import Person
from tests.factories import make_confirmed_user, make_organisation
from tests.toms.factories import (
    make_adoption,
    make_comment,
    make_measure_version,
    make_release,
)
from toms.models import Adoption, Comment
from toms.part import TomsPart

pytestmark = pytest.mark.django_db


def test_merging_keeps_the_history_and_one_standing_adoption() -> None:
    keep, gone = make_organisation(), make_organisation()
    shared, other = make_release(state="adopted"), make_release(state="adopted")
    make_adoption(keep, shared)
    make_adoption(gone, shared)
    make_adoption(gone, other)
    comment = make_comment(organisation=gone)
    TomsPart().merge(keep=keep, gone=gone)
    standing = Adoption.objects.standing().filter(organisation=keep)
    assert {row.release for row in standing} == {shared, other}
    assert Adoption.objects.filter(organisation=keep).count() == 3
    comment.refresh_from_db()
    assert comment.organisation == keep


def test_closing_ends_what_an_organisation_signed_up_to() -> None:
    adoption = make_adoption()
    user = make_confirmed_user()
    TomsPart().close(adoption.organisation, actor_key=user.audit_key)
    assert not Adoption.objects.standing().exists()


def test_erasing_leaves_public_words_without_a_name() -> None:
    user = make_confirmed_user("sam@example.org")
    public = make_comment(state="published", email="Sam@example.org", name="Sam")
    make_comment(public.release, email="sam@example.org")
    other = make_comment(public.release)
    TomsPart().erase(Person(user, frozenset({"sam@example.org"})))
    assert set(Comment.objects.all()) == {public, other}
    public.refresh_from_db()
    assert (public.name, public.email, public.text) == ("Somebody", "", "Too much to count.")


def test_unconfirmed_comments_and_old_addresses_are_forgotten() -> None:
    now = timezone.now()
    lost = make_comment(state="unconfirmed")
    fresh = make_comment(lost.release, state="unconfirmed")
    Comment.objects.filter(pk=lost.pk).update(modified=now - datetime.timedelta(days=8))
    long_ago = timezone.localdate() - datetime.timedelta(days=400)
    closed = make_release(
        make_measure_version(), state="consultation", opens_on=long_ago, closes_on=long_ago
    )
    old = make_comment(closed, state="published")
    part = TomsPart()
    assert part.retain(timezone.localdate()) == 2
    assert part.retain(timezone.localdate()) == 0
    assert set(Comment.objects.all()) == {fresh, old}
    old.refresh_from_db()
    assert old.email == ""
