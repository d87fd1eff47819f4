"""Writing a listing: as it is, or by way of a change; and two people at once."""

import pytest

from accounts.models import AuditEvent, Role
from accounts.permissions import NOT_CURATOR
from accounts.refused import Overtaken, Refused
from providers import content
from providers.models import FormerListingAddress, Listing, ListingChange
from providers.permissions import Author
from providers.services import listing_edits as edits
from providers.services.listing_edits import OVER, TAKEN_DOWN, WITH_CURATOR, Clash
from providers.services.listing_states import UNTITLED
from providers.services.locking import NOT_YOURS, version_of
from tests.accounts.racing import race
from tests.factories import (
    make_listing,
    make_listing_change,
    make_membership,
    make_organisation,
    make_photo,
    make_user,
)
from tests.providers.writers import (
    OTHERS,
    WRITERS,
    author_of,
    curator,
    found_ids,
    make_complete,
)
from tslsv.mail.models import OutgoingMail

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)
State = Listing.State


def reread(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


def save(listing: Listing, author: Author, **values: object) -> ListingChange | None:
    return edits.save_content(listing=listing, values=values, author=author)


# -- Drafts -----------------------------------------------------------------------------------


@db
@pytest.mark.parametrize("state", ["draft", "returned"])
@pytest.mark.parametrize("name", WRITERS)
def test_a_draft_changes_at_once(name: str, state: str) -> None:
    listing = make_complete(state)
    author = author_of(name, listing)
    assert save(listing, author, summary="Hot platters.", capacity=80) is None
    assert (reread(listing).summary, reread(listing).capacity) == ("Hot platters.", 80)
    event = AuditEvent.objects.get(object_type="providers.listing")
    assert (event.verb, event.fields) == ("changed", ["capacity", "summary"])
    assert event.actor_key == author.key


@db
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("state", ["draft", "published"])
def test_others_write_nothing(name: str, state: str) -> None:
    listing = make_complete(state)
    author = author_of(name, listing)
    with pytest.raises(Refused, match=NOT_YOURS):
        save(listing, author, summary="Mine now.")
    assert reread(listing).summary == "Cold platters."
    assert not ListingChange.objects.exists()


@db
@pytest.mark.parametrize(
    ("state", "words"), [("submitted", WITH_CURATOR), ("archived", TAKEN_DOWN)]
)
def test_what_rests_cannot_be_written(state: str, words: str) -> None:
    listing = make_complete(state)
    author = author_of("owner", listing)
    with pytest.raises(Refused, match=words):
        save(listing, author, summary="Hot platters.")
    assert reread(listing).summary == "Cold platters."


@db
def test_saying_the_same_again_is_no_event() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    assert save(listing, author, summary="Cold platters.") is None
    assert not AuditEvent.objects.exists()


@db
def test_a_draft_takes_the_address_of_its_title_and_a_public_one_keeps_it() -> None:
    listing = make_complete(title=UNTITLED, slug="untitled-offer")
    author = author_of("owner", listing)
    save(listing, author, title="Tea & cakes")
    assert reread(listing).slug == "tea-cakes"
    make_listing(listing.organisation, slug="teas")
    FormerListingAddress.objects.create(organisation_slug="kitchen", slug="teas-2", listing=listing)
    save(listing, author, title="Teas")
    assert reread(listing).slug == "teas-3"
    Listing.objects.filter(pk=listing.pk).update(published_at=listing.created)
    save(listing, author, title="Lunches")
    assert reread(listing).slug == "teas-3"


# -- Beginning --------------------------------------------------------------------------------


@db
def test_a_button_pressed_twice_begins_one_offer() -> None:
    member = make_membership(role=Role.EDITOR)
    author = Author(member.user)
    first = edits.begin_offer(organisation=member.organisation, author=author)
    assert (first.state, first.title, first.origin) == ("draft", UNTITLED, "provider")
    assert edits.begin_offer(organisation=member.organisation, author=author) == first
    save(first, author, title="Teas")
    assert edits.begin_offer(organisation=member.organisation, author=author) != first


@db
def test_nobody_begins_an_offer_for_others() -> None:
    with pytest.raises(Refused):
        edits.begin_offer(organisation=make_organisation(), author=Author(make_user()))
    assert not Listing.objects.exists()


@real_db
def test_begun_twice_at_once_it_is_one() -> None:
    member = make_membership()
    author = Author(member.user)
    outcomes = race(
        member.organisation,
        lambda: edits.begin_offer(organisation=member.organisation, author=author),
        lambda: edits.begin_offer(organisation=member.organisation, author=author),
    )
    assert outcomes[0] == outcomes[1]
    assert Listing.objects.count() == 1


# -- What is public ---------------------------------------------------------------------------


@db
@pytest.mark.parametrize("state", ["published", "paused"])
def test_what_is_public_stays_while_a_change_waits(state: str) -> None:
    listing = make_complete(state)
    author = author_of("owner", listing)
    change = save(listing, author, summary="Hot platters.", capacity=80)
    assert change is not None
    assert (change.values, change.before) == (
        {"summary": "Hot platters.", "capacity": 80},
        {"summary": "Cold platters.", "capacity": None},
    )
    assert (change.state, change.made_by) == ("draft", author.user)
    assert reread(listing).summary == "Cold platters."
    assert edits.current_content(listing, change)["summary"] == "Hot platters."
    assert not OutgoingMail.objects.exists()


@db
@pytest.mark.parametrize("kind", ["trusted", "told"])
def test_a_trusted_organisations_words_are_public_at_once(kind: str, vocabulary: None) -> None:
    listing = make_complete(State.PUBLISHED)
    if kind == "trusted":
        listing.organisation.trusted = True
        listing.organisation.save()
    author = author_of("owner" if kind == "trusted" else "curator of told", listing)
    assert save(listing, author, summary="Steaming platters.") is None
    assert reread(listing).summary == "Steaming platters."
    assert found_ids("q=steaming") == [listing.pk]


@db
def test_later_answers_join_the_change_and_going_back_ends_it() -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    first = save(listing, author, summary="Hot platters.")
    second = save(listing, author, capacity=80)
    assert first
    assert second
    assert second.pk == first.pk
    assert second.values == {"summary": "Hot platters.", "capacity": 80}
    third = save(listing, author, capacity=None)
    assert third
    assert third.values == {"summary": "Hot platters."}
    assert save(listing, author, summary="Cold platters.") is None
    assert ListingChange.objects.get().state == ListingChange.State.WITHDRAWN
    assert edits.open_change(listing) is None


@db
def test_a_change_that_was_sent_in_and_is_changed_again_has_to_be_sent_again() -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    save(listing, author, summary="Hot platters.")
    edits.submit_change(listing=listing, author=author)
    again = save(listing, author, capacity=80)
    assert again
    assert again.state == ListingChange.State.DRAFT


@db
def test_what_goes_live_by_trust_waits_no_longer() -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    save(listing, author, summary="Hot platters.", capacity=80)
    listing.organisation.trusted = True
    listing.organisation.save()
    save(reread(listing), author, summary="Warm platters.")
    assert reread(listing).summary == "Warm platters."
    change = edits.open_change(listing)
    assert change
    assert change.values == {"capacity": 80}
    save(reread(listing), author, capacity=90)
    assert edits.open_change(listing) is None
    assert reread(listing).capacity == 90


# -- Sending a change, and deciding -----------------------------------------------------------


@db
def test_a_change_is_sent_in_accepted_and_found(vocabulary: None) -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    save(listing, author, summary="Steaming platters.")
    change = edits.submit_change(listing=listing, author=author)
    assert edits.submit_change(listing=listing, author=author) == change
    mail = OutgoingMail.objects.get()
    assert mail.template == "change_submitted"
    assert found_ids("q=steaming") == []
    edits.accept_change(change=change, by=curator(), seen=version_of(reread(listing), change))
    assert found_ids("q=steaming") == [listing.pk]
    change.refresh_from_db()
    assert change.state == ListingChange.State.ACCEPTED
    assert {row.template for row in OutgoingMail.objects.all()} == {
        "change_submitted", "change_accepted",
    }  # fmt: skip


@db
def test_a_change_is_returned_with_a_reason_and_sent_again() -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    save(listing, author, summary="Hot platters.")
    change = edits.submit_change(listing=listing, author=author)
    edits.return_change(
        change=change, reason="How hot?", by=curator(), seen=version_of(reread(listing), change)
    )
    mail = OutgoingMail.objects.get(template="change_returned")
    assert "> How hot?" in mail.text
    assert f"/my/kitchen/offers/{listing.pk}/" in mail.text
    again = edits.submit_change(listing=listing, author=author)
    assert (again.state, again.return_reason) == ("submitted", "")


@db
def test_giving_a_change_up_leaves_what_is_public() -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    live, waiting = make_photo(listing), make_photo(listing, position=None)
    save(listing, author, summary="Hot platters.")
    edits.withdraw_change(listing=listing, author=author)
    assert edits.open_change(listing) is None
    assert reread(listing).summary == "Cold platters."
    assert list(listing.photos.all()) == [live]
    assert waiting.pk not in listing.photos.values_list("pk", flat=True)
    with pytest.raises(Overtaken, match=OVER):
        edits.withdraw_change(listing=listing, author=author)


@db
@pytest.mark.parametrize("name", OTHERS)
def test_others_neither_send_nor_give_up_a_change(name: str) -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of(name, listing)
    change = make_listing_change(listing, state="draft")
    for act in (edits.submit_change, edits.withdraw_change):
        with pytest.raises(Refused, match=NOT_YOURS):
            act(listing=listing, author=author)
    change.refresh_from_db()
    assert change.state == "draft"


@db
@pytest.mark.parametrize("what", ["the change", "what is live"])
def test_a_curator_decides_on_what_they_looked_at(what: str) -> None:
    listing = make_complete(State.PUBLISHED)
    make_membership(listing.organisation)
    change = make_listing_change(listing)
    seen = version_of(listing, change)
    (change if what == "the change" else listing).save()
    with pytest.raises(Overtaken, match="Look at it once more"):
        edits.accept_change(change=change, by=curator(), seen=seen)
    assert reread(listing).title == "Buffet lunches"


@db
@pytest.mark.parametrize("name", ["owner", "stranger", "curator asleep"])
def test_only_curators_accept(name: str) -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of(name, listing)
    change = make_listing_change(listing)
    assert author.user
    with pytest.raises(Refused, match=NOT_CURATOR):
        edits.accept_change(change=change, by=author.user, seen=version_of(listing, change))
    with pytest.raises(Refused, match=NOT_CURATOR):
        edits.return_change(
            change=change, reason="No.", by=author.user, seen=version_of(listing, change)
        )


# -- Two people -------------------------------------------------------------------------------


@db
@pytest.mark.parametrize("state", ["draft", "published"])
def test_the_same_answers_saved_meanwhile_are_shown_to_the_later(state: str) -> None:
    listing = make_complete(state)
    author = author_of("owner", listing)
    seen = content.digest(content.read(listing), ["summary"])
    save(listing, author, summary="Hot platters.")
    with pytest.raises(Clash) as clash:
        edits.save_content(
            listing=listing, values={"summary": "Warm platters."}, author=author, seen=seen
        )
    assert clash.value.now["summary"] == "Hot platters."
    said = edits.current_content(reread(listing), edits.open_change(listing))
    assert said["summary"] == "Hot platters."


@db
def test_other_answers_saved_meanwhile_do_not_matter() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    seen = content.digest(content.read(listing), ["summary"])
    save(listing, author, capacity=80)
    edits.save_content(
        listing=listing, values={"summary": "Hot platters."}, author=author, seen=seen
    )
    assert (reread(listing).summary, reread(listing).capacity) == ("Hot platters.", 80)


@db
def test_saving_what_stands_already_is_no_clash() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    edits.save_content(
        listing=listing, values={"summary": "Cold platters."}, author=author, seen="nonsense"
    )


@real_db
def test_two_tabs_at_once_lose_nothing() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    seen = content.digest(content.read(listing), ["summary"])

    def write(words: str) -> object:
        return edits.save_content(
            listing=listing, values={"summary": words}, author=author, seen=seen
        )

    outcomes = race(listing, lambda: write("One."), lambda: write("Two."))
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, Clash)]
    assert reread(listing).summary == lost.now["summary"]


@real_db
def test_accepting_and_giving_up_at_once() -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    change, by = make_listing_change(listing), curator()
    seen = version_of(listing, change)
    outcomes = race(
        listing,
        lambda: edits.accept_change(change=change, by=by, seen=seen),
        lambda: edits.withdraw_change(listing=listing, author=author),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Overtaken)]) == 1
    accepted = isinstance(outcomes[0], Listing)
    assert reread(listing).title == ("A new title" if accepted else "Buffet lunches")
    change.refresh_from_db()
    assert change.state == ("accepted" if accepted else "withdrawn")


@real_db
def test_a_title_and_a_merger_do_not_wait_for_each_other() -> None:
    """Organisations are locked before their listings, by everybody."""
    listing = make_complete()
    author = author_of("owner", listing)
    outcomes = race(
        listing.organisation,
        lambda: save(listing, author, title="Teas"),
        lambda: edits.begin_offer(organisation=listing.organisation, author=author),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert reread(listing).slug == "teas"
