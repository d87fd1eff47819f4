"""Who acts for an organisation, as the predicates and the database see it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.models import Invitation, Membership, Organisation, Role
from accounts.permissions import Visitor, is_member, is_owner, membership_or_404, role_of
from tests.factories import make_invitation, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db


def test_roles_are_told_apart() -> None:
    kitchen = make_organisation()
    owner = make_membership(kitchen).user
    editor = make_membership(kitchen, role=Role.EDITOR).user
    stranger = make_membership().user
    people: list[Visitor] = [owner, editor, stranger, AnonymousUser()]
    assert [role_of(person, kitchen) for person in people] == [Role.OWNER, Role.EDITOR, None, None]
    assert [is_member(person, kitchen) for person in people] == [True, True, False, False]
    assert [is_owner(person, kitchen) for person in people] == [True, False, False, False]


def test_an_outsider_finds_nothing_and_an_editor_is_refused_what_owners_do() -> None:
    kitchen = make_organisation(slug="kitchen")
    owner = make_membership(kitchen)
    editor = make_membership(kitchen, role=Role.EDITOR)
    assert membership_or_404(owner.user, "kitchen", owner=True) == owner
    assert membership_or_404(editor.user, "kitchen") == editor
    with pytest.raises(PermissionDenied):
        membership_or_404(editor.user, "kitchen", owner=True)
    for outsider in (make_membership().user, AnonymousUser()):
        with pytest.raises(Http404):
            membership_or_404(outsider, "kitchen", owner=True)


def test_what_a_person_acts_for() -> None:
    user = make_user()
    second, first = make_organisation("Woodhouse"), make_organisation("Armley")
    for organisation in (second, first):
        make_membership(organisation, user, Role.EDITOR)
    make_membership()
    assert set(Organisation.objects.of(user)) == {first, second}
    assert [row.organisation for row in Membership.objects.for_user(user)] == [first, second]


def test_nobody_belongs_twice() -> None:
    row = make_membership()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_membership(row.organisation, row.user, Role.EDITOR)


def test_an_address_has_one_unanswered_invitation_whatever_its_case() -> None:
    kitchen = make_organisation()
    first = make_invitation(kitchen, email="sam@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_invitation(kitchen, email="Sam@example.org")
    first.declined_at = first.sent_at
    first.save()
    again = make_invitation(kitchen, email="Sam@example.org")
    assert list(Invitation.objects.unanswered()) == [again]
