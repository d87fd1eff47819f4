"""Making an organisation, changing what it says of itself, and closing it."""

from functools import partial
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, FormerSlug, Membership, Organisation, Role
from accounts.refused import Refused
from accounts.services.organisation import (
    DETAILS,
    FACTS,
    HAS_MEMBERS,
    NOT_ALONE,
    Changed,
    close_organisation,
    create_organisation,
    describe_organisation,
    found_organisation,
    update_organisation,
)
from accounts.slugs import RESERVED
from places.lookup import PostcodeError
from providers import listing_index
from providers.models import Listing, ListingIndexRow
from tests.accounts.racing import race
from tests.conftest import Cast
from tests.factories import (
    make_former_slug,
    make_invitation,
    make_listing,
    make_membership,
    make_organisation,
    make_user,
)

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)


def details(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    """What a form would send: everything as it stands, but for the changes."""
    organisation.refresh_from_db()
    return {name: getattr(organisation, name) for name in DETAILS} | changes


def change(organisation: Organisation, by: Any, **changes: Any) -> Organisation:
    values = details(organisation, **changes)
    return update_organisation(
        organisation=organisation, values=values, seen=organisation.modified, by=by
    )


# -- Making one -------------------------------------------------------------------------------


@db
def test_whoever_makes_it_owns_it_and_it_is_placed(loaded_postcode: str) -> None:
    user = make_user()
    made = create_organisation(name="  Holbeck   Kitchen ", postcode="ls84aa", by=user)
    made.refresh_from_db()
    assert (made.name, made.slug, made.postcode) == (
        "Holbeck Kitchen",
        "holbeck-kitchen",
        loaded_postcode,
    )
    assert made.ward is not None
    assert made.ward.name == "Roundhay"
    assert not made.address_public
    assert not made.trusted
    assert Membership.objects.get().role == Role.OWNER
    event = AuditEvent.objects.get()
    assert (event.verb, event.organisation, event.actor_key) == ("created", made, user.audit_key)


@db
def test_a_form_sent_twice_makes_one() -> None:
    user = make_user()
    first = create_organisation(name="Holbeck Kitchen", postcode="", by=user)
    assert create_organisation(name="Holbeck Kitchen", postcode="", by=user) == first
    assert AuditEvent.objects.count() == 1
    # Somebody else's of the same name is another one.
    other = create_organisation(name="Holbeck Kitchen", postcode="", by=make_user())
    assert (first.slug, other.slug) == ("holbeck-kitchen", "holbeck-kitchen-2")


@db
def test_a_bad_postcode_makes_nothing() -> None:
    with pytest.raises(PostcodeError):
        create_organisation(name="Holbeck Kitchen", postcode="nonsense", by=make_user())
    assert not Organisation.objects.exists()


@db
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Data", "data-2"),
        ("Search", "search-2"),
        ("Once There", "once-there-2"),
        ("清潔", "organisation"),
        ("🍰", "organisation"),
        ("A" * 200, "a" * 80),
    ],
)
def test_an_address_is_free_and_no_pages(name: str, slug: str) -> None:
    make_former_slug(make_organisation(), "once-there")
    assert create_organisation(name=name, postcode="", by=make_user()).slug == slug


@db
def test_one_that_nobody_acts_for_yet(loaded_postcode: str) -> None:
    made = found_organisation(name="  Beck   Choir ", postcode="ls84aa")
    again = found_organisation(name="Beck Choir", postcode="")
    assert (made.name, made.postcode, made.slug) == ("Beck Choir", loaded_postcode, "beck-choir")
    assert made.ward is not None
    assert again.slug == "beck-choir-2"
    assert not Membership.objects.exists()
    assert not AuditEvent.objects.exclude(verb="created", actor_key=None).exists()


def test_every_fixed_word_under_my_is_reserved() -> None:
    from accounts.my_urls import urlpatterns

    words = {str(pattern.pattern).split("/")[0] for pattern in urlpatterns}
    fixed = {word for word in words if word and not word.startswith("<")}
    assert {"data", "invitations"} <= fixed
    assert fixed <= RESERVED


# -- Changing it ------------------------------------------------------------------------------


@db
def test_a_new_name_gives_a_new_address_and_the_old_one_redirects(
    client: Client, cast: Cast
) -> None:
    user = make_membership(cast.kitchen, role=Role.EDITOR).user
    changed = change(cast.kitchen, user, name="Beeston Kitchen")
    assert changed.slug == "beeston-kitchen"
    response = client.get("/providers/holbeck-kitchen/")
    assert (response.status_code, response["Location"]) == (301, "/providers/beeston-kitchen/")
    response = client.get("/providers/holbeck-kitchen/buffet-lunches/")
    assert response["Location"] == "/providers/beeston-kitchen/buffet-lunches/"
    # Search knows at once.
    assert listing_index.differences() == []
    assert ListingIndexRow.objects.filter(organisation_key="beeston kitchen").count() == 2
    event = AuditEvent.objects.get()
    assert (event.verb, event.fields) == ("changed", ["name", "slug"])


@db
def test_a_name_taken_back_takes_its_address_back() -> None:
    kitchen = make_organisation("Holbeck Kitchen", slug="holbeck-kitchen")
    user = make_membership(kitchen).user
    change(kitchen, user, name="Beeston Kitchen")
    changed = change(kitchen, user, name="Holbeck Kitchen")
    assert changed.slug == "holbeck-kitchen"
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["beeston-kitchen"]


@db
def test_a_name_written_otherwise_keeps_the_address() -> None:
    kitchen = make_organisation("Holbeck Kitchen", slug="holbeck-kitchen")
    changed = change(kitchen, make_membership(kitchen).user, name="HOLBECK Kitchen")
    assert changed.slug == "holbeck-kitchen"
    assert not FormerSlug.objects.exists()


@db
def test_a_new_postcode_places_it_again_and_a_public_address_shows_the_point(
    loaded_postcode: str,
) -> None:
    kitchen = make_organisation(latitude=53.7, longitude=-1.6, postcode="LS11 9AA")
    user = make_membership(kitchen).user
    changed = change(kitchen, user, postcode=loaded_postcode)
    assert changed.ward is not None
    assert changed.ward.name == "Roundhay"
    assert changed.public_point is not None
    assert changed.public_point.latitude != changed.latitude
    changed = change(kitchen, user, address_public=True, address="1 Open Street")
    assert changed.public_point is not None
    assert changed.public_point.latitude == changed.latitude


@db
def test_saving_nothing_new_leaves_no_trace() -> None:
    kitchen = make_organisation()
    user, before = make_membership(kitchen).user, kitchen.modified
    change(kitchen, user)
    kitchen.refresh_from_db()
    assert kitchen.modified == before
    assert not AuditEvent.objects.exists()


@db
def test_whoever_has_left_changes_nothing() -> None:
    kitchen, user = make_organisation("Kitchen"), make_user()
    with pytest.raises(Refused):
        change(kitchen, user, name="Mine now")
    kitchen.refresh_from_db()
    assert kitchen.name == "Kitchen"


@real_db
def test_of_two_edits_at_once_the_later_is_told_and_loses_nothing() -> None:
    kitchen = make_organisation("Kitchen", slug="kitchen")
    one, other = make_membership(kitchen).user, make_membership(kitchen).user
    first, second = details(kitchen, phone="0113 1"), details(kitchen, phone="0113 2")
    seen = kitchen.modified
    save = partial(update_organisation, organisation=kitchen, seen=seen)
    outcomes = race(
        kitchen,
        partial(save, values=first, by=one),
        partial(save, values=second, by=other),
    )
    clashes = [outcome for outcome in outcomes if isinstance(outcome, Changed)]
    kitchen.refresh_from_db()
    (clash,) = clashes
    assert clash.now.phone == kitchen.phone
    assert kitchen.phone in {"0113 1", "0113 2"}
    assert AuditEvent.objects.count() == 1


@real_db
def test_two_who_take_one_name_at_once_get_two_addresses() -> None:
    one, other = make_organisation("A", slug="a"), make_organisation("B", slug="b")
    by_one, by_other = make_membership(one).user, make_membership(other).user
    same = make_organisation("Gate", slug="gate")

    def rename(organisation: Organisation, by: Any, seen: Any, values: dict[str, Any]) -> None:
        # Both wait at the gate, since each has a row of its own to lock.
        Organisation.objects.filter(pk=same.pk).update(name="Gate")
        update_organisation(organisation=organisation, values=values, seen=seen, by=by)

    race(
        same,
        partial(rename, one, by_one, one.modified, details(one, name="Holbeck Kitchen")),
        partial(rename, other, by_other, other.modified, details(other, name="Holbeck Kitchen")),
    )
    slugs = set(Organisation.objects.exclude(pk=same.pk).values_list("slug", flat=True))
    assert slugs == {"holbeck-kitchen", "holbeck-kitchen-2"}


# -- Closing it -------------------------------------------------------------------------------


@db
def test_closing_takes_everything_off_and_keeps_the_row(client: Client, cast: Cast) -> None:
    user = make_membership(cast.kitchen).user
    invitation = make_invitation(cast.kitchen)
    close_organisation(organisation=cast.kitchen, by=user)
    for path in ("/providers/holbeck-kitchen/", "/providers/holbeck-kitchen/buffet-lunches/"):
        assert client.get(path).status_code == 404
    assert set(cast.kitchen.listings.values_list("state", flat=True)) == {"archived"}
    assert listing_index.differences() == []
    kitchen = Organisation.objects.get(pk=cast.kitchen.pk)
    assert (kitchen.email, kitchen.phone, kitchen.address) == ("", "", "")
    assert not Membership.objects.filter(organisation=kitchen).exists()
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    events = AuditEvent.objects.filter(organisation=kitchen).values_list("verb", flat=True)
    assert sorted(events) == ["archived", "archived", "closed"]


@db
def test_it_is_not_closed_over_the_heads_of_others() -> None:
    kitchen = make_organisation()
    user = make_membership(kitchen).user
    make_membership(kitchen, role=Role.EDITOR)
    listing = make_listing(kitchen)
    with pytest.raises(Refused, match=NOT_ALONE):
        close_organisation(organisation=kitchen, by=user)
    listing.refresh_from_db()
    assert listing.state == Listing.State.PUBLISHED


# -- Of one that nobody acts for --------------------------------------------------------------


def facts_of(organisation: Organisation, **new: object) -> dict[str, object]:
    return {name: getattr(organisation, name) for name in FACTS} | new


@db
def test_one_that_nobody_acts_for_is_described_by_whoever_lists_it() -> None:
    organisation = make_organisation()
    saved = describe_organisation(
        organisation=organisation,
        values=facts_of(organisation, legal_form="cic", phone="0113 496 0000"),
        seen=organisation.modified,
        actor_key=None,
    )
    assert (saved.legal_form, saved.phone) == ("cic", "0113 496 0000")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_key) == ("changed", None)
    assert sorted(event.fields) == ["legal_form", "phone"]


@db
def test_describing_notices_what_changed_meanwhile() -> None:
    organisation = make_organisation()
    seen = organisation.modified
    organisation.save()
    with pytest.raises(Changed):
        describe_organisation(
            organisation=organisation,
            values=facts_of(organisation, legal_form="cic"),
            seen=seen,
            actor_key=None,
        )


@db
def test_what_somebody_acts_for_is_described_by_them_alone() -> None:
    organisation = make_membership().organisation
    with pytest.raises(Refused, match=HAS_MEMBERS):
        describe_organisation(
            organisation=organisation,
            values=facts_of(organisation, legal_form="cic"),
            seen=organisation.modified,
            actor_key=None,
        )
    organisation.refresh_from_db()
    assert organisation.legal_form == ""
