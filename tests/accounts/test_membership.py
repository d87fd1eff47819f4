"""Who belongs and as what: an organisation that has members always keeps an owner."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import AuditEvent, Membership, Organisation, Role
from accounts.refused import Refused
from accounts.services import locking
from accounts.services.membership import (
    LAST_OWNER,
    NOT_THERE,
    YOURSELF,
    OthersAct,
    add_owner,
    change_role,
    hand_over,
    leave,
    remove_member,
)
from tests.accounts.racing import race
from tests.factories import make_membership, make_organisation, make_user

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kitchen() -> Organisation:
    return make_organisation("Holbeck Kitchen")


def roles(organisation: Organisation) -> dict[int, str]:
    return dict(Membership.objects.filter(organisation=organisation).values_list("user", "role"))


def verbs(organisation: Organisation) -> list[str]:
    return list(
        AuditEvent.objects.filter(organisation=organisation)
        .order_by("pk")
        .values_list("verb", flat=True)
    )


@db
def test_an_owner_changes_a_role_and_changing_it_again_changes_nothing(
    kitchen: Organisation,
) -> None:
    owner = make_membership(kitchen).user
    editor = make_membership(kitchen, role=Role.EDITOR)
    for _ in range(2):
        change_role(organisation=kitchen, membership_id=editor.pk, role=Role.OWNER, by=owner)
    assert roles(kitchen) == {owner.pk: "owner", editor.user_id: "owner"}
    (event,) = AuditEvent.objects.filter(organisation=kitchen)
    assert (event.verb, event.fields) == ("changed role of", ["role"])
    assert (event.object_type, event.object_id) == ("accounts.user", str(editor.user_id))
    assert event.actor_key == owner.audit_key


@db
@pytest.mark.parametrize("work", ["leave", "remove", "demote"])
def test_the_last_owner_stays(kitchen: Organisation, work: str) -> None:
    mine = make_membership(kitchen)
    make_membership(kitchen, role=Role.EDITOR)
    works: dict[str, Callable[[], object]] = {
        "leave": partial(leave, organisation=kitchen, by=mine.user),
        "remove": partial(remove_member, organisation=kitchen, membership_id=mine.pk, by=mine.user),
        "demote": partial(
            change_role,
            organisation=kitchen,
            membership_id=mine.pk,
            role=Role.EDITOR,
            by=mine.user,
        ),
    }
    before = roles(kitchen)
    with pytest.raises(Refused, match=LAST_OWNER):
        works[work]()
    assert roles(kitchen) == before
    assert verbs(kitchen) == []


@db
def test_an_owner_leaves_when_there_is_another(kitchen: Organisation) -> None:
    first, second = make_membership(kitchen), make_membership(kitchen)
    leave(organisation=kitchen, by=first.user)
    assert roles(kitchen) == {second.user_id: "owner"}
    assert verbs(kitchen) == ["left"]
    with pytest.raises(Refused, match=locking.NOT_MEMBER):
        leave(organisation=kitchen, by=first.user)


@db
def test_an_editor_leaves_and_removes_nobody(kitchen: Organisation) -> None:
    owner, editor = make_membership(kitchen), make_membership(kitchen, role=Role.EDITOR)
    with pytest.raises(Refused, match="Only an owner"):
        remove_member(organisation=kitchen, membership_id=owner.pk, by=editor.user)
    with pytest.raises(Refused, match="Only an owner"):
        hand_over(organisation=kitchen, membership_id=owner.pk, by=editor.user)
    leave(organisation=kitchen, by=editor.user)
    assert roles(kitchen) == {owner.user_id: "owner"}


@db
def test_a_stranger_changes_nothing(kitchen: Organisation) -> None:
    owner, stranger = make_membership(kitchen), make_membership()
    for work in (remove_member, hand_over):
        with pytest.raises(Refused, match="no longer act"):
            work(organisation=kitchen, membership_id=owner.pk, by=stranger.user)
    # Nor does an owner reach into another organisation.
    with pytest.raises(Refused, match=NOT_THERE):
        remove_member(organisation=kitchen, membership_id=stranger.pk, by=owner.user)
    assert Membership.objects.count() == 2


@db
def test_handing_over_makes_one_an_owner_and_the_other_an_editor(kitchen: Organisation) -> None:
    mine = make_membership(kitchen)
    other = make_membership(kitchen, role=Role.EDITOR)
    hand_over(organisation=kitchen, membership_id=other.pk, by=mine.user)
    assert roles(kitchen) == {mine.user_id: "editor", other.user_id: "owner"}
    assert verbs(kitchen) == ["handed over to"]


@db
def test_nobody_hands_over_to_themselves(kitchen: Organisation) -> None:
    mine = make_membership(kitchen)
    with pytest.raises(Refused, match=YOURSELF):
        hand_over(organisation=kitchen, membership_id=mine.pk, by=mine.user)
    assert roles(kitchen) == {mine.user_id: "owner"}


@db
def test_an_organisation_that_has_gone_says_so(kitchen: Organisation) -> None:
    user = make_membership(kitchen).user
    Organisation.objects.filter(pk=kitchen.pk).delete()
    with pytest.raises(Refused, match=locking.GONE):
        leave(organisation=kitchen, by=user)


@real_db
def test_of_two_last_owners_who_leave_at_once_one_stays(kitchen: Organisation) -> None:
    one, other = make_membership(kitchen).user, make_membership(kitchen).user
    outcomes = race(
        kitchen,
        partial(leave, organisation=kitchen, by=one),
        partial(leave, organisation=kitchen, by=other),
    )
    assert sorted(str(outcome) for outcome in outcomes) == [LAST_OWNER, "None"]
    assert list(roles(kitchen).values()) == ["owner"]
    assert verbs(kitchen) == ["left"]


@real_db
def test_of_two_owners_who_remove_each_other_at_once_one_stays(kitchen: Organisation) -> None:
    one, other = make_membership(kitchen), make_membership(kitchen)
    outcomes = race(
        kitchen,
        partial(remove_member, organisation=kitchen, membership_id=other.pk, by=one.user),
        partial(remove_member, organisation=kitchen, membership_id=one.pk, by=other.user),
    )
    assert sorted(str(outcome) for outcome in outcomes) == ["None", locking.NOT_MEMBER]
    assert list(roles(kitchen).values()) == ["owner"]


@real_db
def test_handing_over_while_the_other_leaves_never_leaves_nobody(kitchen: Organisation) -> None:
    one, other = make_membership(kitchen), make_membership(kitchen, role=Role.EDITOR)
    race(
        kitchen,
        partial(hand_over, organisation=kitchen, membership_id=other.pk, by=one.user),
        partial(leave, organisation=kitchen, by=other.user),
    )
    assert "owner" in roles(kitchen).values()


# -- The first owner, and one beside others -----------------------------------------------------


@db
def test_the_first_owner_is_made_once(kitchen: Organisation) -> None:
    user = make_user()
    mine = add_owner(organisation=kitchen, user=user)
    assert add_owner(organisation=kitchen, user=user) == mine
    assert roles(kitchen) == {user.pk: Role.OWNER}
    assert verbs(kitchen) == ["became owner"]
    assert AuditEvent.objects.get().actor_key == user.audit_key


@db
def test_where_others_act_it_has_to_be_meant(kitchen: Organisation) -> None:
    owner, user = make_membership(kitchen).user, make_user()
    with pytest.raises(OthersAct):
        add_owner(organisation=kitchen, user=user)
    add_owner(organisation=kitchen, user=user, beside_others=True)
    assert roles(kitchen) == {owner.pk: Role.OWNER, user.pk: Role.OWNER}


@db
def test_an_editor_becomes_no_owner_by_accident(kitchen: Organisation) -> None:
    make_membership(kitchen)
    editor = make_membership(kitchen, role=Role.EDITOR).user
    assert add_owner(organisation=kitchen, user=editor).role == Role.EDITOR
    assert add_owner(organisation=kitchen, user=editor, beside_others=True).role == Role.OWNER


@real_db
def test_of_two_first_owners_at_once_there_is_one() -> None:
    kitchen = make_organisation()
    outcomes = race(
        kitchen,
        *(partial(add_owner, organisation=kitchen, user=make_user()) for _ in range(2)),
    )
    assert sum(isinstance(outcome, OthersAct) for outcome in outcomes) == 1
    assert Membership.objects.count() == 1
