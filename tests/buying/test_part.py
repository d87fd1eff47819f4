"""What is held of who asked and who answered comes out, goes, and is forgotten in time."""

import datetime
import json
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.utils import timezone

from accounts.registry import Person
from buying.models import Enquiry, Message, Recipient
from buying.part import ERASED, BuyingPart
from tests.buying.asking import path_of
from tests.buying.factories import make_answer, make_enquiry, make_message, make_recipient
from tests.factories import make_confirmed_user, make_listing, make_membership, make_organisation
from tests.providers.reading import words
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

SAM = "sam@buyer.example"


@pytest.fixture
def person() -> Person:
    return Person(make_confirmed_user(SAM, name="Sam"), frozenset({SAM}))


def test_what_somebody_asked_and_wrote_comes_out(person: Person) -> None:
    asked = make_recipient(make_enquiry(email=SAM.upper(), postcode="LS8 4AA", budget="12.00"))
    make_message(asked, by="asker", kind="message", text="Four are vegan.")
    make_answer(asked, text="That is the provider's.")
    make_answer(make_recipient(make_enquiry()), text="Somebody else's.")
    text = json.dumps(BuyingPart().export(person), cls=DjangoJSONEncoder)
    for word in ("Lunch for thirty", "LS8 4AA", "12.00", "Four are vegan."):
        assert word in text
    assert "provider's" not in text
    assert "Somebody else's" not in text


def test_erased_the_asker_is_nobody_and_answers_stay(person: Person) -> None:
    asked = make_recipient(
        make_enquiry(email=SAM, name="Sam", user=person.user, postcode="LS8 4AA", link_hash="x")
    )
    make_message(asked, by="asker", kind="message", text="Ring Sam.")
    make_answer(asked, text="Of course.")
    unsent = make_enquiry(email=SAM, state="unconfirmed")
    expired = make_enquiry(email=SAM, state="expired")
    BuyingPart().erase(person)
    assert not Enquiry.objects.filter(pk=unsent.pk).exists()
    for row in (asked.enquiry, expired):
        row.refresh_from_db()
        assert (row.state, row.name, row.email, row.what) == ("closed", ERASED, "", ERASED)
        assert (row.user, row.link_hash, row.postcode) == (None, None, "")
    texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
    assert texts == [ERASED, "Of course."]
    page = Client().get(path_of(asked))
    assert page.status_code == 200
    assert "Sam" not in words(page.text)


def test_what_is_too_old_goes(settings: Any) -> None:
    now = timezone.now()
    old = make_enquiry(state="closed", ended_at=now - datetime.timedelta(days=731))
    make_message(make_recipient(old))
    unsent = make_enquiry(state="unconfirmed")
    Enquiry.objects.filter(pk=unsent.pk).update(modified=now - datetime.timedelta(days=8))
    kept = [
        make_enquiry(),
        make_enquiry(state="unconfirmed"),
        make_enquiry(state="expired", ended_at=now - datetime.timedelta(days=700)),
    ]
    assert BuyingPart().retain(timezone.localdate()) > 0
    assert BuyingPart().retain(timezone.localdate()) == 0
    assert set(Enquiry.objects.all()) == set(kept)
    assert not Message.objects.exists()


def test_the_panel_counts_what_is_there_to_see() -> None:
    member = make_membership(make_organisation("Burley Hall"))
    listing = make_listing(member.organisation)
    make_recipient(listing=listing)
    make_answer(make_recipient(listing=listing))
    Recipient.objects.filter(pk=make_recipient(listing=listing).pk).update(withheld=True)
    make_recipient(make_enquiry(state="unconfirmed"), listing)
    make_enquiry(organisation=member.organisation)
    html = signed_in(member.user, second_factor=False).get("/my/").text
    text = words(html)
    assert "Asked of Burley Hall 2 1 waits" in text
    assert "Asked by you or Burley Hall 1" in text
