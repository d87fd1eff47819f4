"""Making one organisation of two: every link, address and event is kept."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts import registry
from accounts.models import AuditEvent, FormerSlug, Invitation, Membership, Organisation, Role
from accounts.refused import Refused
from accounts.registry import Part
from accounts.services.merge import LeftBehind, merge_organisations
from providers import listing_index
from providers.models import Claim, Listing, ProblemReport, RegisterEntry
from tests.accounts.racing import race
from tests.accounts.test_invitation import SAM
from tests.conftest import Cast
from tests.factories import (
    make_claim,
    make_confirmed_user,
    make_former_slug,
    make_identifier,
    make_invitation,
    make_listing,
    make_membership,
    make_organisation,
    make_problem_report,
    make_register_entry,
    make_term,
    make_user,
)

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keep() -> Organisation:
    return make_organisation("Holbeck Kitchen", slug="holbeck-kitchen", phone="0113 1")


@pytest.fixture
def gone() -> Organisation:
    return make_organisation("Holbeck Kitchens", slug="holbeck-kitchens", phone="0113 2")


@db
def test_everything_moves(keep: Organisation, gone: Organisation) -> None:
    curator = make_user()
    make_identifier(gone)
    make_former_slug(gone, "the-kitchens")
    make_membership(gone)
    make_invitation(gone)
    make_claim(gone)
    make_problem_report(gone)
    listing = make_listing(gone, slug="cakes")
    make_register_entry(listing)
    listing_index.refresh([listing.pk])
    merged = merge_organisations(keep=keep, gone=gone, by=curator)
    assert merged == keep
    assert not Organisation.objects.filter(pk=gone.pk).exists()
    for model in (Claim, Invitation, Listing, Membership, ProblemReport, RegisterEntry):
        assert model.objects.get().organisation == keep, model
    assert keep.identifiers.count() == 1
    slugs = set(keep.former_slugs.values_list("slug", flat=True))
    assert slugs == {"the-kitchens", "holbeck-kitchens"}
    assert listing_index.differences() == []
    # Somebody answers for it now, so no import changes it any more.
    assert RegisterEntry.objects.get().claimed_at is not None


@db
def test_every_old_address_leads_on(client: Client, cast: Cast) -> None:
    other = make_organisation("Kitchen of Holbeck", slug="kitchen-of-holbeck")
    make_former_slug(other, "holbeck-cooks")
    same = make_listing(other, title="Other buffet", slug="buffet-lunches")
    own = make_listing(other, title="Soups", slug="soups")
    merge_organisations(keep=cast.kitchen, gone=other, by=make_user())
    for before, after in {
        "kitchen-of-holbeck/": "holbeck-kitchen/",
        "holbeck-cooks/": "holbeck-kitchen/",
        "kitchen-of-holbeck/soups/": "holbeck-kitchen/soups/",
        # Both had one of this name: each old address leads to its own.
        "kitchen-of-holbeck/buffet-lunches/": "holbeck-kitchen/buffet-lunches-2/",
        "holbeck-cooks/buffet-lunches/": "holbeck-kitchen/buffet-lunches-2/",
    }.items():
        response = client.get(f"/providers/{before}")
        assert (response.status_code, response["Location"]) == (301, f"/providers/{after}")
        assert client.get(f"/providers/{after}").status_code == 200
    assert "Other buffet" in client.get("/providers/holbeck-kitchen/buffet-lunches-2/").text
    for listing in (same, own):
        listing.refresh_from_db()
        assert listing.organisation == cast.kitchen
    assert listing_index.differences() == []


@db
def test_history_of_both_is_read_together_and_through_several_mergers(
    keep: Organisation, gone: Organisation
) -> None:
    first, curator = make_organisation(), make_user()
    stranger = make_organisation()
    for organisation in (first, gone, keep, stranger):
        AuditEvent.record(verb="changed", target=organisation, organisation=organisation)
    merge_organisations(keep=gone, gone=first, by=curator)
    merge_organisations(keep=keep, gone=gone, by=curator)
    found = AuditEvent.objects.about(keep)
    assert [event.verb for event in found] == [
        "merged in",
        "merged in",
        "changed",
        "changed",
        "changed",
    ]
    assert {event.object_id for event in found} == {
        str(row) for row in (first.pk, gone.pk, keep.pk)
    }
    assert found[0].actor_key == curator.audit_key
    assert not AuditEvent.objects.about(stranger).filter(verb="merged in").exists()


@db
def test_a_person_of_both_has_the_higher_role(keep: Organisation, gone: Organisation) -> None:
    both, other = make_user(), make_user()
    make_membership(keep, both, Role.EDITOR)
    make_membership(gone, both, Role.OWNER)
    make_membership(keep, other, Role.OWNER)
    make_membership(gone, other, Role.EDITOR)
    merge_organisations(keep=keep, gone=gone, by=make_user())
    roles = dict(Membership.objects.filter(organisation=keep).values_list("user", "role"))
    assert roles == {both.pk: "owner", other.pk: "owner"}


@db
def test_links_in_mails_go_on_working(
    client: Client, keep: Organisation, gone: Organisation
) -> None:
    make_invitation(gone, "only-here", "kim@example.org")
    make_invitation(keep, "kept", SAM)
    make_invitation(gone, "double", SAM.upper())
    merge_organisations(keep=keep, gone=gone, by=make_user())
    assert client.get("/my/invitations/only-here/").status_code == 200
    assert client.get("/my/invitations/kept/").status_code == 200
    assert client.get("/my/invitations/double/").status_code == 410
    client.force_login(make_confirmed_user(SAM))
    page = client.get("/my/").text
    assert "Holbeck Kitchen" in page
    assert page.count("<dd>You are asked to act for it") == 1


@db
def test_of_two_like_claims_the_better_known_stands(keep: Organisation, gone: Organisation) -> None:
    term, other = make_term("ethos"), make_term("ethos")
    weak, strong = make_claim(keep, term), make_claim(gone, term, level="checked")
    first, second = make_claim(keep, other, level="evidenced"), make_claim(gone, other)
    merge_organisations(keep=keep, gone=gone, by=make_user())
    standing = set(keep.claims.filter(withdrawn_at=None).values_list("pk", flat=True))
    assert standing == {strong.pk, first.pk}
    assert keep.claims.count() == 4
    assert {weak.pk, second.pk} == set(
        keep.claims.exclude(withdrawn_at=None).values_list("pk", flat=True)
    )


@db
def test_what_the_one_leaves_empty_the_other_fills(keep: Organisation, gone: Organisation) -> None:
    Organisation.objects.filter(pk=gone.pk).update(
        website="https://kitchen.example/", postcode="LS11 9AA", address="1 Secret Yard"
    )
    merge_organisations(keep=keep, gone=gone, by=make_user())
    keep.refresh_from_db()
    assert (keep.phone, keep.website) == ("0113 1", "https://kitchen.example/")
    assert keep.postcode == "LS11 9AA"
    (event,) = AuditEvent.objects.filter(verb="merged in")
    assert {"website", "postcode", "address"} <= set(event.fields)


@db
def test_a_hidden_address_is_not_shown_by_merging(keep: Organisation, gone: Organisation) -> None:
    Organisation.objects.filter(pk=keep.pk).update(address_public=True)
    Organisation.objects.filter(pk=gone.pk).update(postcode="LS11 9AA", address="1 Secret Yard")
    merge_organisations(keep=keep, gone=gone, by=make_user())
    keep.refresh_from_db()
    assert (keep.postcode, keep.address) == ("", "")


@db
def test_refused_it_changes_nothing(keep: Organisation, gone: Organisation) -> None:
    pretend = make_organisation(is_example=True)
    for one, other in ((keep, keep), (keep, pretend), (pretend, keep)):
        with pytest.raises(Refused):
            merge_organisations(keep=one, gone=other, by=make_user())
    assert Organisation.objects.count() == 3
    assert not AuditEvent.objects.exists()


@db
def test_an_app_that_forgets_its_rows_loses_none(
    keep: Organisation, gone: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful(Part):
        name = "forgetful"

    monkeypatch.setattr(registry, "_parts", {"forgetful": Forgetful()})
    make_listing(gone)
    with pytest.raises(LeftBehind, match=str(gone.pk)):
        merge_organisations(keep=keep, gone=gone, by=make_user())
    assert Listing.objects.get().organisation == gone
    assert not FormerSlug.objects.exists()
    assert not AuditEvent.objects.exists()


@real_db
def test_two_curators_who_merge_at_once(keep: Organisation, gone: Organisation) -> None:
    curator = make_user()
    outcomes = race(
        keep,
        partial(merge_organisations, keep=keep, gone=gone, by=curator),
        partial(merge_organisations, keep=gone, gone=keep, by=curator),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Organisation", "Refused"]
    assert Organisation.objects.count() == 1
    assert FormerSlug.objects.count() == 1
    assert timezone.now() > AuditEvent.objects.get().at
