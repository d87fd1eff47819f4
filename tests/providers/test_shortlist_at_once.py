"""Two at once, for certain: a list is made once, filled once, and never beyond what it holds."""

from functools import partial

import pytest

from accounts.refused import Refused
from providers.models import Shortlist
from providers.permissions import Holder
from providers.services.shortlist import add_listings, begin_shortlist, take_along
from tests.accounts.racing import race
from tests.factories import make_listing, make_shortlist, make_shortlist_item, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_sent_twice_at_once_makes_one_list() -> None:
    user = make_user()
    make = partial(begin_shortlist, holder=Holder(user), name="Lunch")
    assert set(race(user, make, make)) == {Shortlist.objects.get()}


def test_an_offer_that_is_added_twice_at_once_is_there_once() -> None:
    user = make_user()
    found, listing = make_shortlist(user), make_listing()
    add = partial(add_listings, shortlist=found, holder=Holder(user), listings=[listing])
    assert sorted(race(found, add, add), key=str) == [0, 1]
    assert found.items.count() == 1


def test_the_last_place_goes_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shortlist, "MOST_ITEMS", 2)
    user = make_user()
    found = make_shortlist(user)
    make_shortlist_item(found)
    adds = [
        partial(add_listings, shortlist=found, holder=Holder(user), listings=[make_listing()])
        for _ in range(2)
    ]
    outcomes = race(found, *adds)
    assert sum(outcome == 1 for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert found.items.count() == 2


def test_a_list_that_somebody_takes_along_takes_nothing_from_their_old_session() -> None:
    """One tab signs in while another still adds: what comes too late is refused in words."""
    user, found = make_user(), make_shortlist(holder_hash="held")
    add = partial(
        add_listings,
        shortlist=found,
        holder=Holder(holder_hash="held"),
        listings=[make_listing()],
    )
    outcomes = race(found, partial(take_along, user=user, holder_hash="held"), add)
    found.refresh_from_db()
    assert found.owner_id == user.pk
    assert found.items.count() == (outcomes[1] == 1)
