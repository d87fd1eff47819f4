"""What is new in a view that somebody watches: exactly what its page shows, each offer once."""

import datetime
import re
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from providers import listing_index
from providers.models import Alert, Claim, Listing, Term
from providers.models.alert import last_time
from providers.services import alert as service
from providers.services import alert_news
from providers.services.alert_news import tell, tell_due
from tests.conftest import Cast
from tests.factories import make_alert, make_claim, make_confirmed_user, make_listing
from tests.providers.reading import words
from tests.providers.search_html import get
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
AMA = "ama@example.org"
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def watch(query: str = "", **fields: Any) -> Alert:
    """Somebody is told at once of what comes into the view from now on."""
    user = make_confirmed_user()
    return service.keep_alert(user=user, query=query, pace=fields.get("pace", "once"))


def publish(cast: Cast, title: str = "Teas", **fields: Any) -> Listing:
    """Something new of Holbeck Kitchen that a search finds."""
    made = make_listing(cast.kitchen, title=title, **fields)
    listing_index.refresh([made.pk])
    return made


def later(minutes: int = 1) -> datetime.datetime:
    return timezone.now() + minutes * MINUTE


def told() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(template="alert_news").order_by("pk"))


def category(code: str) -> Term:
    return Term.objects.get(facet="category", code=code)


# -- The first mail, and the next -----------------------------------------------------------------


def test_what_was_there_is_not_told_and_what_comes_is_told_once(cast: Cast) -> None:
    alert = watch()
    assert tell_due(later(1)) == 0
    teas = publish(cast)
    assert tell_due(later(2)) == 1
    (mail,) = told()
    assert mail.to == alert.address
    assert mail.subject == "1 new offer: All offers on the list"
    assert "Teas, Holbeck Kitchen, Ask for a price, " in mail.text
    for number in range(3, 6):
        assert tell_due(later(number)) == 0
    alert.refresh_from_db()
    assert teas.pk in alert.seen


def test_a_mail_reads_as_people_would_want_it(cast: Cast, client: Client) -> None:
    alert = watch("q=teas&near=LS8")
    publish(cast, "Teas for many", summary="Hot teas.")
    publish(cast, "Cream teas", pricing="free")
    tell_due(later())
    (mail,) = told()
    assert mail.subject == "2 new offers: ‘teas’, Near LS8"
    assert mail.text.startswith(
        "These are new in the view that you watch: ‘teas’, Near LS8.\n\nCream teas, Holbeck Kitchen"
    )
    assert "You get this because you asked Leeds Social Value to tell you" in mail.text
    links = re.findall(r"https?://[^/\s]+(/\S*)", mail.text)
    for link in links:
        assert client.get(link).status_code == 200, link
    assert "/providers/?q=teas&near=LS8" in links
    (stop,) = (link for link in links if link.endswith("/stop/"))
    assert mail.unsubscribe_url.endswith(stop)
    assert ">Stop these mails</a>" in mail.html
    assert client.post(stop).status_code == 200
    alert.refresh_from_db()
    assert alert.stopped_at is not None


def test_many_are_counted_and_the_first_ones_named(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_news, "LISTED", 2)
    watch()
    for number in range(5):
        publish(cast, f"Teas {number}")
    tell_due(later())
    (mail,) = told()
    assert mail.subject.startswith("5 new offers")
    assert mail.text.count("Holbeck Kitchen") == 2
    assert "And 3 more." in mail.text
    assert tell_due(later(2)) == 0, "those that were counted are told"


def test_invented_ones_are_marked(cast: Cast) -> None:
    watch("q=ironing")
    made = make_listing(cast.pretend, title="Ironing")
    listing_index.refresh([made.pk])
    tell_due(later())
    assert "\nExample: Ironing, Pretend Cleaners" in told()[0].text


# -- Exactly the page's ---------------------------------------------------------------------------

VIEWS = [
    "",
    "q=buffet",
    "q=bufet",
    "q=lunch+-cakes",
    "category=catering",
    "category=buffet-lunches&category=halls",
    "near=LS8",
    "near=LS11+9&within=1",
    "near=LS12&within=0.5",
    "ethos=living-wage&checked=1",
    "delivers_to=E05012842",
    "capacity=100",
    "notice=2&pay=invoice",
    "origin=register",
    "q=the",
    "q=office+cleaning&price=free",
]


@pytest.mark.parametrize("view", VIEWS)
def test_new_is_exactly_what_the_page_shows(cast: Cast, client: Client, view: str) -> None:
    """An alert that has seen nothing tells of all that the page has, and of nothing else."""
    alert = make_alert(query=view)
    tell_due(later())
    alert.refresh_from_db()
    ids = {row.get_absolute_url(): row.pk for row in cast.listings}
    shown = {ids[url] for url in get(client, view).urls}
    assert set(alert.seen) == shown
    assert len(told()) == bool(shown)


def test_what_starts_to_match_by_an_edit_is_new_and_leaving_and_coming_back_is_not(
    cast: Cast,
) -> None:
    alert = watch("category=halls")
    cast.cakes.categories.set([category("halls")])
    listing_index.refresh([cast.cakes.pk])
    assert tell_due(later(1)) == 1
    for number, kind in enumerate(("cakes-and-baking", "halls"), 2):
        cast.cakes.categories.set([category(kind)])
        listing_index.refresh([cast.cakes.pk])
        assert tell_due(later(number)) == 0
    alert.refresh_from_db()
    assert sorted(alert.seen) == sorted([cast.big_hall.pk, cast.cakes.pk])


def test_a_claim_that_ran_out_and_is_renewed_is_not_told_again(cast: Cast) -> None:
    watch("ethos=living-wage")
    claim = Claim.objects.get(organisation=cast.hall)
    claim.valid_to = timezone.localdate() - DAY
    claim.save()
    listing_index.refresh([cast.big_hall.pk])
    assert tell_due(later(1)) == 0
    claim.valid_to = None
    claim.save()
    make_claim(cast.printers, Term.objects.get(facet="ethos", code="living-wage"))
    listing_index.refresh([cast.big_hall.pk, cast.posters.pk])
    assert tell_due(later(2)) == 1
    assert "Posters" in told()[0].text
    assert "Big hall" not in told()[0].text


def test_what_time_has_hidden_is_told_once_it_is_confirmed(cast: Cast) -> None:
    """The index may not know yet that it is hidden: the page does, and so does the mail."""
    watch()
    old = publish(cast, "Old teas")
    moment = timezone.now() + 400 * DAY
    assert tell_due(moment) == 0
    Listing.objects.filter(pk=old.pk).update(confirmed_at=moment)
    listing_index.refresh([old.pk])
    assert tell_due(moment + MINUTE) == 1


def test_what_is_paused_deleted_or_a_draft_is_not_told(cast: Cast) -> None:
    watch()
    paused = publish(cast, "Paused teas")
    paused.state = Listing.State.PAUSED
    paused.save()
    listing_index.refresh([paused.pk])
    gone = publish(cast, "Gone teas")
    pk = gone.pk
    gone.delete()
    listing_index.refresh([pk])
    publish(cast, "Draft teas", state=Listing.State.DRAFT, published_at=None, confirmed_at=None)
    assert tell_due(later()) == 0


# -- Paused, stopped, changed ---------------------------------------------------------------------


def test_nothing_comes_while_paused_and_then_all_of_it_once(cast: Cast) -> None:
    alert = watch()
    service.pause_alert(alert=alert)
    publish(cast, "Teas")
    publish(cast, "Soups")
    assert tell_due(later(1)) == 0
    service.resume_alert(alert=alert)
    assert tell_due(later(2)) == 1
    assert told()[0].subject.startswith("2 new offers")


@pytest.mark.parametrize("how", ["stopped", "unconfirmed", "inactive"])
def test_who_wants_none_gets_none(cast: Cast, how: str) -> None:
    alert = watch()
    if how == "stopped":
        service.stop_alert(alert=alert)
    elif how == "unconfirmed":
        Alert.objects.update(confirmed_at=None)
    else:
        assert alert.user is not None
        alert.user.is_active = False
        alert.user.save()
    publish(cast)
    assert tell_due(later()) == 0
    assert not tell(alert_id=alert.pk, now=later())


def test_a_stop_between_the_look_and_the_mail_counts(cast: Cast) -> None:
    alert = watch()
    publish(cast)
    service.stop_alert(alert=alert)
    assert not tell(alert_id=alert.pk, now=later())
    assert not told()


def test_asked_for_anew_after_a_stop_it_starts_afresh(cast: Cast) -> None:
    alert = watch()
    service.stop_alert(alert=alert)
    publish(cast)
    assert alert.user is not None
    service.keep_alert(user=alert.user, query="", pace="once")
    assert tell_due(later()) == 0


# -- When -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pace", "now", "last"),
    [
        ("daily", "2026-06-03 06:59", "2026-06-02 07:00"),
        ("daily", "2026-06-03 07:00", "2026-06-03 07:00"),
        ("daily", "2026-06-03 23:59", "2026-06-03 07:00"),
        ("daily", "2026-10-25 07:00", "2026-10-25 07:00"),  # the clocks went back at two
        ("daily", "2026-03-29 06:00", "2026-03-28 07:00"),  # and forward
        ("weekly", "2026-06-03 12:00", "2026-06-01 07:00"),  # a Wednesday
        ("weekly", "2026-06-01 06:59", "2026-05-25 07:00"),
        ("weekly", "2026-06-01 07:01", "2026-06-01 07:00"),
        ("weekly", "2026-06-07 23:00", "2026-06-01 07:00"),  # a Sunday
        ("once", "2026-06-03 12:00", "2026-06-03 12:00"),
    ],
)
def test_the_times(pace: str, now: str, last: str) -> None:
    zone = timezone.get_default_timezone()

    def moment(text: str) -> datetime.datetime:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)

    found = last_time(pace, moment(now).astimezone(datetime.UTC))
    assert timezone.localtime(found).replace(tzinfo=None) == moment(last).replace(tzinfo=None)


@pytest.mark.parametrize(("pace", "days"), [("daily", 1), ("weekly", 7)])
def test_what_comes_in_between_comes_in_one_mail(cast: Cast, pace: str, days: int) -> None:
    watch(pace=pace)
    publish(cast, "Teas")
    start = last_time(pace, timezone.now())
    if start + days * DAY > timezone.now() + MINUTE:
        assert tell_due(later()) == 0
    publish(cast, "Soups")
    assert tell_due(start + days * DAY - MINUTE) == 0
    assert tell_due(start + days * DAY + MINUTE) == 1
    assert told()[0].subject.startswith("2 new offers")
    publish(cast, "Cakes")
    assert tell_due(start + days * DAY + 60 * MINUTE) == 0, "not twice on one day"


def test_a_worker_that_was_down_is_only_late(cast: Cast) -> None:
    watch(pace="daily")
    publish(cast)
    assert tell_due(timezone.now() + 5 * DAY) == 1


def test_a_morning_without_news_is_over_with_that(cast: Cast) -> None:
    """Else "once a day, in the morning" would be any time of the day."""
    watch(pace="daily")
    morning = last_time("daily", timezone.now()) + DAY
    assert tell_due(morning + MINUTE) == 0
    publish(cast)
    assert tell_due(morning + 120 * MINUTE) == 0
    assert tell_due(morning + DAY + MINUTE) == 1


# -- Cheap, and never lost ------------------------------------------------------------------------


def test_while_nothing_changes_it_costs_three_queries(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        watch()
    with django_assert_num_queries(3):
        tell_due(later())


def test_one_that_fails_does_not_stop_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, _ = watch(), watch()
    publish(cast)
    mail = alert_news._mail

    def fails(alert: Alert, *more: Any) -> bool:
        if alert.pk == broken.pk:
            raise RuntimeError
        return mail(alert, *more)

    monkeypatch.setattr(alert_news, "_mail", fails)
    with pytest.raises(ExceptionGroup):
        tell_due(later())
    assert len(told()) == 1
    monkeypatch.setattr(alert_news, "_mail", mail)
    assert tell_due(later(2)) == 1, "nothing is lost"
    assert {row.to for row in told()} == {row.address for row in Alert.objects.all()}


def test_an_address_that_no_mail_reaches_is_left_alone(cast: Cast) -> None:
    alert = make_alert(email="ämä@example.org")
    assert tell_due(later()) == 0
    alert.refresh_from_db()
    assert alert.paused_at is not None


# -- A view that works no more --------------------------------------------------------------------


def test_a_term_that_another_took_in_is_found_under_that(cast: Cast) -> None:
    watch("category=cakes-and-baking")
    old, new = category("cakes-and-baking"), category("buffet-lunches")
    old.active, old.successor = False, new
    old.save()
    cast.cakes.categories.set([new])
    listing_index.touch()
    listing_index.refresh([cast.cakes.pk])
    tell_due(later(1))
    teas = publish(cast, categories=[new])
    tell_due(later(2))
    assert "Teas" in told()[-1].text
    assert teas.title in told()[-1].text


@pytest.mark.parametrize("what", ["term", "ward"])
def test_a_part_that_is_gone_is_said_once_and_nothing_wider_is_told(
    cast: Cast, client: Client, what: str
) -> None:
    # Wards of an older file are not there any more.
    alert = make_alert(query="q=teas&" + ("ward=E05000001" if what == "ward" else "category=halls"))
    Term.objects.filter(code="halls").update(active=False)
    listing_index.touch()
    publish(cast)
    assert tell_due(later(1)) == 1
    assert not told()
    (mail,) = OutgoingMail.objects.filter(template="alert_over")
    assert "is not one of the choices." in mail.text
    assert mail.unsubscribe_url
    alert.refresh_from_db()
    assert alert.paused_at is not None
    assert tell_due(later(2)) == 0
    link = re.search(r"https?://[^/\s]+(/providers/\?\S+)", mail.text)
    assert link is not None
    assert "One filter was left out" in words(client.get(link[1]).text)
