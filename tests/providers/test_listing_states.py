"""The life of a listing: every step from every state, by everybody; and two steps at once."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Identifier
from accounts.permissions import NOT_CURATOR
from accounts.refused import Overtaken, Refused
from providers import listing_index
from providers.models import Listing, ListingChange
from providers.permissions import Author
from providers.services import listing_states as states
from providers.services.listing_states import (
    UNCONFIRMED,
    UNTITLED,
    Incomplete,
    missing,
)
from providers.services.locking import NOT_YOURS, version_of
from tests.accounts.racing import race
from tests.factories import (
    make_identifier,
    make_listing_change,
    make_membership,
    make_organisation,
    make_photo,
    make_registration,
    make_user,
)
from tests.providers.writers import OTHERS, WRITERS, author_of, curator, found_ids, make_complete
from tslsv.mail.models import OutgoingMail

db = pytest.mark.django_db
real_db = pytest.mark.django_db(transaction=True)
State = Listing.State

type Step = Callable[[Listing, Author], Listing]


def confirm(listing: Listing, author: Author) -> Listing:
    return states.confirm(listing=listing, actor_key=author.key)


OF_WRITERS: dict[str, Step] = {
    "submit": lambda listing, author: states.submit(listing=listing, author=author),
    "take back": lambda listing, author: states.take_back(listing=listing, author=author),
    "pause": lambda listing, author: states.pause(listing=listing, author=author),
    "resume": lambda listing, author: states.resume(listing=listing, author=author),
    "archive": lambda listing, author: states.archive(listing=listing, author=author),
    "restore": lambda listing, author: states.restore(listing=listing, author=author),
    "confirm": confirm,
}
OF_CURATORS: dict[str, Step] = {
    "publish": lambda listing, author: states.publish(
        listing=listing, by=author.user or make_user(), seen=version_of(listing)
    ),
    "send back": lambda listing, author: states.send_back(
        listing=listing,
        reason="Which days?",
        by=author.user or make_user(),
        seen=version_of(listing),
    ),
    "unpublish": lambda listing, author: states.unpublish(
        listing=listing,
        reason="Nobody answers.",
        by=author.user or make_user(),
        seen=version_of(listing),
    ),
}
# Step to: from which state to which. From every other state it is refused.
LEADS: dict[str, dict[str, str]] = {
    "submit": {"draft": "submitted", "returned": "submitted", "submitted": "submitted"},
    "take back": {"submitted": "draft"},
    "pause": {"published": "paused", "paused": "paused"},
    "resume": {"paused": "published", "published": "published"},
    "archive": dict.fromkeys(State.values, "archived"),
    "restore": {"archived": "draft", "draft": "draft"},
    "confirm": {"published": "published", "paused": "paused"},
    "publish": {"submitted": "published"},
    "send back": {"submitted": "returned"},
    "unpublish": {"published": "returned", "paused": "returned"},
}
STEPS = OF_WRITERS | OF_CURATORS


def reread(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


@db
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state(step: str, state: str) -> None:
    listing = make_complete(state)
    author = author_of("owner", listing)
    if step in OF_CURATORS:
        author = Author(curator())
    events = AuditEvent.objects.count()
    to = LEADS[step].get(state)
    if to is None:
        with pytest.raises(Overtaken, match=f"It is {state} now"):
            STEPS[step](listing, author)
        assert reread(listing).state == state
        assert AuditEvent.objects.count() == events
        return
    assert STEPS[step](listing, author).state == reread(listing).state == to
    done_twice = state == to and step != "confirm"
    assert AuditEvent.objects.count() - events == (0 if done_twice else 1)
    if not done_twice:
        event = AuditEvent.objects.order_by("-pk")[0]
        assert event.actor_key == author.key
        assert event.organisation_id == listing.organisation_id
        assert "state" in event.fields


@db
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("step", [step for step in OF_WRITERS if step != "confirm"])
def test_others_take_no_step(step: str, name: str) -> None:
    (state, *_) = LEADS[step]
    listing = make_complete(state)
    author = author_of(name, listing)
    with pytest.raises(Refused, match=NOT_YOURS):
        STEPS[step](listing, author)
    assert reread(listing).state == state


@db
@pytest.mark.parametrize("name", WRITERS)
def test_all_who_write_it_send_it_in_and_take_it_back(name: str) -> None:
    listing = make_complete()
    author = author_of(name, listing)
    assert states.submit(listing=listing, author=author).state == State.SUBMITTED
    assert states.take_back(listing=listing, author=author).state == State.DRAFT


@db
@pytest.mark.parametrize("name", ["owner", "stranger", "curator asleep"])
@pytest.mark.parametrize("step", OF_CURATORS)
def test_only_curators_decide(step: str, name: str) -> None:
    (state, *_) = LEADS[step]
    listing = make_complete(state)
    author = author_of(name, listing)
    with pytest.raises(Refused, match=NOT_CURATOR):
        STEPS[step](reread(listing), author)
    assert reread(listing).state == state


# -- Sending in -------------------------------------------------------------------------------


@db
def test_sending_in_gives_a_reference_once_and_for_ever() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    first = states.submit(listing=listing, author=author)
    assert first.reference
    assert first.reference.startswith("L-")
    assert first.submitted_at
    states.take_back(listing=listing, author=author)
    assert states.submit(listing=listing, author=author).reference == first.reference


@db
def test_sending_in_twice_mails_once() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    states.submit(listing=listing, author=author)
    states.submit(listing=listing, author=author)
    mail = OutgoingMail.objects.get()
    assert mail.template == "listing_submitted"
    assert author.user
    assert mail.to == author.user.email
    assert str(reread(listing).reference) in mail.subject
    assert f"/my/kitchen/offers/{listing.pk}/" in mail.text


@db
@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"title": UNTITLED}, ["title"]),
        ({"categories": []}, ["categories"]),
        ({"summary": ""}, ["summary"]),
        ({"delivery": "wards"}, ["delivery"]),
        ({"title": UNTITLED, "summary": ""}, ["title", "summary"]),
        ({"email": "a@example.org"}, []),
    ],
)
def test_five_answers_are_needed(fields: dict[str, Any], lacks: list[str]) -> None:
    listing = make_complete(**fields)
    assert missing(listing) == lacks
    author = author_of("owner", listing)
    if not lacks:
        assert states.submit(listing=listing, author=author).state == State.SUBMITTED
        return
    with pytest.raises(Incomplete) as refused:
        states.submit(listing=listing, author=author)
    assert refused.value.missing == lacks
    assert reread(listing).state == State.DRAFT


@db
@pytest.mark.parametrize(
    ("own", "of_organisation", "lacks"),
    [
        ({}, {}, True),
        ({"email": "a@example.org"}, {}, False),
        ({"phone": "0113 496 0000"}, {}, False),
        ({}, {"phone": "0113 496 0000"}, False),
        ({}, {"email": "a@example.org"}, False),
        ({"website": "https://example.org"}, {"website": "https://example.org"}, True),
    ],
)
def test_somebody_has_to_be_reachable(
    own: dict[str, str], of_organisation: dict[str, str], lacks: bool
) -> None:
    listing = make_complete(organisation=make_organisation(**of_organisation), **own)
    assert missing(listing) == (["contact"] if lacks else [])


# -- Deciding ---------------------------------------------------------------------------------


@db
def test_publishing_makes_it_found_and_pausing_hides_it(vocabulary: None) -> None:
    listing = make_complete(State.SUBMITTED)
    author = author_of("owner", listing)
    assert found_ids("q=buffet") == []
    states.publish(listing=listing, by=curator(), seen=version_of(listing))
    assert found_ids("q=buffet") == [listing.pk]
    states.pause(listing=listing, author=author)
    assert found_ids("q=buffet") == []
    states.resume(listing=listing, author=author)
    assert found_ids("q=buffet") == [listing.pk]
    states.archive(listing=listing, author=author)
    assert found_ids("q=buffet") == []
    assert listing_index.differences() == []


@db
def test_publishing_dates_and_tells() -> None:
    listing = make_complete(State.SUBMITTED)
    owner = make_membership(listing.organisation).user
    before = timezone.now()
    published = states.publish(listing=listing, by=curator(), seen=version_of(listing))
    assert published.published_at
    assert published.confirmed_at
    assert before <= published.published_at
    mail = OutgoingMail.objects.get()
    assert (mail.template, mail.to) == ("listing_published", owner.email)
    assert "/providers/kitchen/buffet/" in mail.text


@db
def test_what_was_published_first_stays_so() -> None:
    long_ago = timezone.now() - datetime.timedelta(days=500)
    listing = make_complete(State.SUBMITTED, published_at=long_ago)
    make_membership(listing.organisation)
    published = states.publish(listing=listing, by=curator(), seen=version_of(listing))
    assert published.published_at == long_ago


@db
@pytest.mark.parametrize("step", OF_CURATORS)
def test_what_changed_while_a_curator_looked_is_not_decided(step: str) -> None:
    (state, *_) = LEADS[step]
    listing = make_complete(state)
    make_membership(listing.organisation)
    looked_at = reread(listing)
    listing.save()  # somebody else, meanwhile
    with pytest.raises(Overtaken, match="Look at it once more"):
        STEPS[step](looked_at, Author(curator()))
    assert reread(listing).state == state
    assert not OutgoingMail.objects.exists()


@db
def test_nothing_is_published_before_an_address_is_confirmed() -> None:
    listing = make_complete(State.SUBMITTED)
    make_registration(listing)
    with pytest.raises(Refused, match=UNCONFIRMED):
        states.publish(listing=listing, by=curator(), seen=version_of(listing))
    assert reread(listing).state == State.SUBMITTED


@db
def test_what_a_curator_took_down_needs_no_member() -> None:
    listing = make_complete(State.SUBMITTED, origin="curator")
    states.publish(listing=listing, by=curator(), seen=version_of(listing))
    assert reread(listing).state == State.PUBLISHED
    # Nobody acts for it, so its own address is told.
    assert OutgoingMail.objects.get().to == "hello@kitchen.example"
    assert "/my/" not in OutgoingMail.objects.get().text


@db
@pytest.mark.parametrize("taken", [False, True])
def test_the_register_number_is_taken_unless_somebody_has_it(taken: bool) -> None:
    listing = make_complete(State.SUBMITTED)
    make_membership(listing.organisation)
    make_registration(listing, scheme="GB-CHC", number="1999999", email_confirmed_at=timezone.now())
    if taken:
        make_identifier(make_organisation(), value="1999999")
    states.publish(listing=listing, by=curator(), seen=version_of(listing))
    has_it = Identifier.objects.get(value="1999999").organisation == listing.organisation
    assert has_it is not taken
    assert reread(listing).state == State.PUBLISHED


@db
@pytest.mark.parametrize(
    ("step", "state", "template"),
    [
        ("send back", "submitted", "listing_returned"),
        ("unpublish", "published", "listing_unpublished"),
    ],
)
def test_a_reason_is_kept_and_mailed(step: str, state: str, template: str) -> None:
    listing = make_complete(state)
    make_membership(listing.organisation)
    STEPS[step](listing, Author(curator()))
    reason = reread(listing).return_reason
    assert reason
    mail = OutgoingMail.objects.get()
    assert mail.template == template
    assert reason in mail.text
    assert f"/my/kitchen/offers/{listing.pk}/" in mail.text
    author = Author(listing.organisation.memberships.get().user)
    assert states.submit(listing=listing, author=author).return_reason == ""


@db
@pytest.mark.parametrize("step", ["archive", "unpublish"])
def test_what_waited_to_be_changed_is_given_up(step: str) -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    change = make_listing_change(listing)
    waiting, live = make_photo(listing, position=None), make_photo(listing)
    STEPS[step](reread(listing), author if step == "archive" else Author(curator()))
    change.refresh_from_db()
    assert change.state == ListingChange.State.WITHDRAWN
    assert change.decided_at
    assert list(listing.photos.all()) == [live]
    assert waiting not in listing.photos.all()


@db
def test_confirming_brings_back_what_time_had_hidden(vocabulary: None) -> None:
    listing = make_complete(State.PUBLISHED)
    author = author_of("owner", listing)
    old = timezone.now() - datetime.timedelta(days=500)
    Listing.objects.filter(pk=listing.pk).update(confirmed_at=old)
    listing_index.refresh([listing.pk])
    assert found_ids("q=buffet") == []
    confirm(listing, author)
    assert found_ids("q=buffet") == [listing.pk]


@db
@pytest.mark.parametrize("claimed", [False, True])
def test_confirming_makes_a_register_entry_its_providers_own(claimed: bool) -> None:
    listing = make_complete(State.PUBLISHED, origin="register")
    author = author_of("owner", listing) if claimed else Author()
    confirm(listing, author)
    assert reread(listing).origin == ("provider" if claimed else "register")


# -- Two at once ------------------------------------------------------------------------------


@real_db
def test_sent_in_twice_at_once_it_is_sent_in_once() -> None:
    listing = make_complete()
    author = author_of("owner", listing)
    one, other = race(
        listing,
        lambda: states.submit(listing=listing, author=author),
        lambda: states.submit(listing=listing, author=author),
    )
    assert isinstance(one, Listing)
    assert isinstance(other, Listing)
    assert one.reference == other.reference
    assert OutgoingMail.objects.count() == 1
    assert AuditEvent.objects.filter(verb="submitted").count() == 1


@real_db
def test_publishing_and_taking_back_at_once() -> None:
    listing = make_complete(State.SUBMITTED)
    author, by, seen = author_of("owner", listing), curator(), version_of(listing)
    outcomes = race(
        listing,
        lambda: states.publish(listing=listing, by=by, seen=seen),
        lambda: states.take_back(listing=listing, author=author),
    )
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, Overtaken)]
    assert "nothing was changed" in str(lost) or "while you looked at it" in str(lost)
    first = "published" if outcomes[1] is lost else "draft"
    assert reread(listing).state == first
    assert AuditEvent.objects.filter(object_id=str(listing.pk)).count() == 1


@real_db
def test_two_curators_at_once_one_is_told_who_was_first() -> None:
    listing = make_complete(State.SUBMITTED)
    make_membership(listing.organisation)
    seen = version_of(listing)
    one, other = curator(), curator("other@example.org")
    outcomes = race(
        listing,
        lambda: states.publish(listing=listing, by=one, seen=seen),
        lambda: states.send_back(listing=listing, reason="Why?", by=other, seen=seen),
    )
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, Overtaken)]
    assert str(lost).startswith("Cora ")
    assert OutgoingMail.objects.count() == 1


@real_db
def test_sending_in_and_taking_back_at_once_end_where_the_audit_says() -> None:
    listing = make_complete(State.SUBMITTED)
    author = author_of("owner", listing)
    outcomes = race(
        listing,
        lambda: states.submit(listing=listing, author=author),
        lambda: states.take_back(listing=listing, author=author),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    # Sent in already, it is not sent in again, unless it was taken back first.
    assert verbs in (["took back"], ["took back", "submitted"])
    last = {"took back": "draft", "submitted": "submitted"}[verbs[-1]]
    assert reread(listing).state == last
