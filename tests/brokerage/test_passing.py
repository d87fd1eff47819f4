"""Places that a giver passes on to another employer: never lost, never had twice."""

from typing import Any

import pytest
from django.core import signing
from django.test import Client

from accounts.models import AuditEvent, Membership
from accounts.refused import Overtaken, Refused
from brokerage.models import Exchange, Notice
from brokerage.passing_links import SALT, Passed, passing_token
from brokerage.services.acting import Actor
from brokerage.services.agreeing import confirm_version, reduce_places
from brokerage.services.passing import ask_another, take_places
from brokerage.services.proposing import Reach, decline
from tests.accounts.racing import race
from tests.brokerage.acting import Two
from tests.factories import make_membership
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
State = Exchange.State


@pytest.fixture
def two() -> Two:
    return Two()


def agreed(two: Two, **said: Any) -> Exchange:
    return confirm_version(exchange=two.introduced(**said), number=1, actor=two.host)


def take(exchange: Exchange, seats: int, of: Membership, number: int = 1) -> Exchange:
    return take_places(
        passed=Passed(exchange.pk, number, seats),
        organisation=of.organisation,
        contact=Reach("Nia Next", "nia@example.org"),
        user=of.user,
    )


def page_of(actor: Actor) -> Client:
    assert actor.user is not None
    return signed_in(actor.user)


def held() -> int:
    return Notice.objects.get().seats_held


def test_some_are_passed_on_and_nobody_can_have_them_in_between(two: Two) -> None:
    exchange, other = agreed(two, seats=12), make_membership()
    ask_another(exchange=exchange, seats=5, email="nia@example.org", actor=two.giver, seen=1)
    assert held() == 12, "the giver keeps them until they are taken"
    made = take(exchange, 5, other)
    assert held() == 12
    exchange.refresh_from_db()
    assert exchange.versions.agreed().get().seats == 7
    assert (made.state, made.giver, made.need) == (State.PROPOSED, other.organisation, two.need)
    version = made.versions.get()
    assert (version.seats, version.first_day) == (5, exchange.versions.agreed().get().first_day)
    decline(exchange=made, reason="No.", actor=two.host)
    assert held() == 7, "the host decides; what it does not take is free"


def test_all_are_passed_on(two: Two) -> None:
    exchange, other = agreed(two, seats=12), make_membership()
    OutgoingMail.objects.all().delete()
    made = take(exchange, 12, other)
    exchange.refresh_from_db()
    assert (exchange.state, held()) == (State.CANCELLED, 12)
    told = {row.to: row.text for row in OutgoingMail.objects.all()}
    assert "You hold none any more" in told["gita@example.org"]
    assert f"{other.organisation} asks to take the places instead" in "".join(told.values())
    assert made.contacts.get().name == "Nia Next"
    assert AuditEvent.objects.filter(verb="passed its places on").count() == 1


def test_what_the_two_wrote_to_each_other_stays_theirs(two: Two) -> None:
    exchange = agreed(two, seats=12, note="Ring Jo", place="The back door", cost_contribution=90)
    version = take(exchange, 6, make_membership()).versions.get()
    assert (version.note, version.place, version.cost_contribution) == ("", "", None)


@pytest.mark.parametrize(
    ("seats", "words"),
    [
        (0, "You have 12 places"),
        (13, "You have 12 places"),
        (1, "needs at least 2"),
        (11, "Keep as many"),
    ],
)
def test_not_so_that_too_few_come(two: Two, seats: int, words: str) -> None:
    exchange, other = agreed(two, seats=12), make_membership()
    with pytest.raises(Refused, match=words):
        ask_another(exchange=exchange, seats=seats, email="n@example.org", actor=two.giver, seen=1)
    with pytest.raises(Refused, match=words):
        take(exchange, seats, other)
    assert held() == 12


def test_only_the_giver_passes_on_and_only_what_is_agreed(two: Two) -> None:
    def ask(exchange: Exchange, actor: Actor, seen: int = 1) -> None:
        ask_another(exchange=exchange, seats=5, email="n@example.org", actor=actor, seen=seen)

    proposed = two.introduced(seats=12)
    with pytest.raises(Overtaken):
        ask(proposed, two.giver)
    exchange = confirm_version(exchange=proposed, number=1, actor=two.host)
    with pytest.raises(Refused, match="Only the giver"):
        ask(exchange, two.host)
    with pytest.raises(Overtaken):
        ask(exchange, two.giver, seen=2)
    for actor in (two.giver, two.host):
        of = Membership.objects.get(user=actor.user)
        with pytest.raises(Refused, match="neither the host nor"):
            take(exchange, 5, of)


def test_a_change_ends_the_link(two: Two) -> None:
    exchange = agreed(two, seats=12)
    reduce_places(exchange=exchange, seats=9, actor=two.giver, seen=1)
    with pytest.raises(Overtaken, match="not to be had any more"):
        take(exchange, 5, make_membership())
    assert held() == 9


def test_what_the_host_does_not_take_leaves_the_giver_its_places(two: Two) -> None:
    exchange = agreed(two, seats=12)
    Notice.objects.update(state=Notice.State.PAUSED)
    with pytest.raises(Refused, match="not on the board any more"):
        take(exchange, 5, make_membership())
    assert exchange.versions.agreed().get().seats == 12


def test_whoever_does_not_act_for_an_organisation_takes_nothing(two: Two) -> None:
    exchange, other = agreed(two, seats=12), make_membership()
    with pytest.raises(Refused, match="no longer act for"):
        take_places(
            passed=Passed(exchange.pk, 1, 5),
            organisation=other.organisation,
            contact=Reach("Nia"),
            user=make_membership().user,
        )
    assert exchange.versions.agreed().get().seats == 12


@pytest.mark.django_db(transaction=True)
def test_pressed_by_two_at_once_one_has_them() -> None:
    two = Two()
    exchange, one, other = agreed(two, seats=12), make_membership(), make_membership()
    outcomes = race(
        exchange,
        lambda: take(exchange, 5, one),
        lambda: take(exchange, 5, other),
        lambda: take(exchange, 5, one),
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Exchange)]
    assert len({row.pk for row in made}) == 1
    assert Exchange.objects.count() == 2
    assert held() == 12


def test_the_whole_way_over_the_web(two: Two) -> None:
    exchange, other = agreed(two, seats=12), make_membership()
    giver = page_of(two.giver)
    page = giver.get(exchange.get_absolute_url() + "?as=giver").text
    assert "Pass places to another employer" in page
    host_page = page_of(two.host).get(exchange.get_absolute_url() + "?as=host").text
    assert "Pass places" not in host_page
    address = f"/brokerage/exchanges/{exchange.reference}/pass/"
    wrong = giver.post(address, {"seats": "x", "email": "nobody", "seen": "1", "as": "giver"}).text
    assert 'value="nobody"' in wrong
    assert "Enter an email address such as" in wrong
    OutgoingMail.objects.all().delete()
    giver.post(address, {"seats": "5", "email": "nia@example.org", "seen": "1", "as": "giver"})
    mail = OutgoingMail.objects.get()
    assert mail.to == "nia@example.org"
    token = passing_token(Passed(exchange.pk, 1, 5)).split(":")[0]
    link = next(word for word in mail.text.split() if f"/brokerage/places/{token}" in word)
    path = link[link.index("/brokerage/places/") :]
    taker = signed_in(other.user)
    text = taker.get(path).text
    assert "Take 5 places" in text
    assert "gita@example.org" not in text
    assert "hana@example.org" not in text
    assert held() == 12
    typed = {"organisation": other.organisation.pk, "contact_name": "", "contact_email": "n@x.org"}
    assert "Enter a name." in taker.post(path, typed).text
    typed["contact_name"] = "Nia"
    done = taker.post(path, typed)
    made = Exchange.objects.get(giver=other.organisation)
    assert done["Location"] == made.get_absolute_url()
    assert taker.post(path, typed)["Location"] == made.get_absolute_url(), "the second click"
    assert taker.get(path)["Location"] == made.get_absolute_url(), "the back button"
    late = make_membership()
    gone = signed_in(late.user).get(path)
    assert gone.status_code == 410
    assert exchange.title not in gone.text
    answer = signed_in(late.user).post(path, {**typed, "organisation": late.organisation_id})
    assert answer.status_code == 409
    assert "not to be had any more" in answer.text


@pytest.mark.parametrize("said", [[1], ["x", 1, 1], [None, 1, 1], {}, [10**12, 1, 1], "🌳"])
def test_a_token_of_something_else_opens_nothing(two: Two, said: Any) -> None:
    page = page_of(two.giver)
    token = signing.dumps(said, salt=SALT)
    assert page.get(f"/brokerage/places/{token}/").status_code == 410
    assert page.get("/brokerage/places/nonsense/").status_code == 410


def test_who_acts_for_nobody_is_told_what_to_do_first(two: Two) -> None:
    exchange = agreed(two, seats=12)
    path = f"/brokerage/places/{passing_token(Passed(exchange.pk, 1, 5))}/"
    assert "Add your organisation" in page_of(two.giver).get(path).text


def test_the_history_says_so_and_names_no_address(two: Two) -> None:
    exchange = agreed(two, seats=12)
    ask_another(exchange=exchange, seats=5, email="nia@example.org", actor=two.giver, seen=1)
    verbs = [event.verb for event in exchange.events.all()]
    assert "asked another employer to take places" in verbs
    page = page_of(two.host).get(exchange.get_absolute_url() + "?as=host").text
    assert "nia@example.org" not in page
