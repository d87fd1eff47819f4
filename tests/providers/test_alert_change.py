"""Changing, pausing and stopping mails about new offers, by link and from one's own pages."""

import datetime
from copy import deepcopy

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import registry
from accounts.services.retention import retain
from providers import alert_links, listing_index
from providers.models import Alert, Term
from tests.accounts.rows import snapshot
from tests.conftest import Cast
from tests.factories import make_alert, make_confirmed_user, make_mail
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.mail.delivery import headers_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading", "cast")]
AMA = "ama@example.org"


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


@pytest.fixture
def alert() -> Alert:
    return make_alert(email=AMA, query="category=catering")


def stop_path(alert: Alert) -> str:
    return f"/providers/alert/{alert_links.make(alert)}/stop/"


def change_path(alert: Alert) -> str:
    return f"/providers/alert/{alert_links.make(alert)}/"


# -- One click ------------------------------------------------------------------------------------


def test_a_mail_program_stops_them_by_itself_and_twice_is_once(alert: Alert) -> None:
    """RFC 8058: a POST without cookies, answered without leading elsewhere."""
    program = Client(enforce_csrf_checks=True)
    stopped = []
    for _ in range(2):
        response = program.post(
            stop_path(alert),
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        assert response.status_code == 200
        assert "These mails are stopped" in words(response.text)
        alert.refresh_from_db()
        stopped.append(alert.stopped_at)
    assert stopped[0] is not None
    assert stopped[0] == stopped[1]
    assert not program.cookies


def test_opening_it_stops_nothing_and_has_a_button(client: Client, alert: Alert) -> None:
    before = snapshot()
    for method in (client.get, client.head):
        assert method(stop_path(alert)).status_code == 200
    assert "Stop these mails?" in words(client.get(stop_path(alert)).text)
    assert snapshot() == before


def test_a_stop_can_be_undone(client: Client, alert: Alert) -> None:
    page = client.post(stop_path(alert)).text
    assert f'href="{change_path(alert)}"' in page
    assert "Start again" in words(client.get(change_path(alert)).text)
    client.post(change_path(alert), {"do": "resume"})
    alert.refresh_from_db()
    assert alert.stopped_at is None


@pytest.mark.parametrize("token", ["x", "a.b", "é", "x" * 3000, "%00", "key-1.", "."])
def test_a_made_up_link_is_said_to_be_none(client: Client, token: str) -> None:
    for page in ("", "stop/"):
        for method in (client.get, client.post):
            response = method(f"/providers/alert/{token}/{page}")
            assert response.status_code in {400, 404}
            assert response.status_code == 404 or token == "%00"


def test_the_key_alone_opens_nothing(client: Client, alert: Alert) -> None:
    assert client.post(f"/providers/alert/{alert.key}/stop/").status_code == 404
    alert.refresh_from_db()
    assert alert.stopped_at is None


def test_the_link_of_a_forgotten_one_says_that_nothing_comes(client: Client, alert: Alert) -> None:
    paths = [stop_path(alert), change_path(alert)]
    alert.delete()
    for path in paths:
        for method in (client.get, client.post):
            response = method(path)
            assert response.status_code == 200
            assert "These mails are stopped" in words(response.text)


def test_the_header_is_as_mail_programs_want_it(alert: Alert) -> None:
    mail = make_mail(unsubscribe_url=f"https://leeds.example{stop_path(alert)}")
    found = dict(headers_of(mail))
    assert found["List-Unsubscribe"] == f"<https://leeds.example{stop_path(alert)}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in dict(headers_of(make_mail()))


# -- The page of a link ---------------------------------------------------------------------------


def test_how_often_can_be_changed(client: Client, alert: Alert) -> None:
    assert client.post(change_path(alert), {"pace": "weekly"}).status_code == 302
    alert.refresh_from_db()
    assert alert.pace == "weekly"
    for bad in ({}, {"pace": "x"}, {"pace": "\0"}):
        response = client.post(change_path(alert), bad)
        assert response.status_code == 200
        assert "<title>Error: " in response.text


def test_pause_and_go_on(client: Client, alert: Alert) -> None:
    for _ in range(2):
        page = client.post(change_path(alert), {"do": "pause"}, follow=True).text
        assert "These mails are paused" in words(page)
    client.post(change_path(alert), {"do": "resume"})
    alert.refresh_from_db()
    assert alert.paused_at is None


@pytest.mark.parametrize("do", ["", "nothing", "\0", "confirm " * 1000])
def test_no_button_of_the_page_is_not_found(client: Client, alert: Alert, do: str) -> None:
    assert client.post(change_path(alert), {"do": do}).status_code == 404


def test_the_page_has_csrf_protection(alert: Alert) -> None:
    response = Client(enforce_csrf_checks=True).post(change_path(alert), {"do": "pause"})
    assert response.status_code == 403


def test_nobody_confirms_by_going_on(client: Client, alert: Alert) -> None:
    Alert.objects.update(confirmed_at=None)
    client.post(change_path(alert), {"do": "resume"})
    assert not Alert.objects.sending().exists()


def test_what_is_stopped_is_not_paused_or_changed(client: Client, alert: Alert) -> None:
    client.post(change_path(alert), {"do": "stop"})
    for values in ({"do": "pause"}, {"pace": "weekly"}, {"do": "confirm"}):
        text = words(client.post(change_path(alert), values, follow=True).text)
        assert "Start them again first." in text
    alert.refresh_from_db()
    assert (alert.pace, alert.paused_at) == ("once", None)


def test_a_view_that_works_no_more_says_so(client: Client, alert: Alert) -> None:
    Term.objects.filter(code="catering").update(active=False)
    listing_index.touch()
    page = words(client.get(change_path(alert)).text)
    assert "Part of this view is not on the list any more" in page
    client.post(change_path(alert), {"do": "pause"})
    text = words(client.post(change_path(alert), {"do": "resume"}, follow=True).text)
    assert "Search anew" in text
    alert.refresh_from_db()
    assert alert.paused_at is not None


# -- One's own pages ------------------------------------------------------------------------------


def test_my_pages_list_mine_and_nobody_elses(alert: Alert) -> None:
    user = make_confirmed_user("kim@example.org")
    client = signed_in(user)
    assert "There are none yet." in words(client.get("/my/alerts/").text)
    assert "/my/alerts/" not in client.get("/my/").text
    mine = make_alert(user, query="q=kim", pace="weekly")
    asked = make_alert(email="Kim@example.org", query="q=other", confirmed_at=None)
    page = words(client.get("/my/alerts/").text)
    assert "‘kim’ Once a week" in page
    assert "‘other’ Waits for you" in page
    assert "Catering" not in page
    assert "/my/alerts/" in client.get("/my/").text
    assert client.get(f"/my/alerts/{alert.pk}/").status_code == 404
    assert client.post(f"/my/alerts/{alert.pk}/", {"do": "stop"}).status_code == 404
    for row, do in ((mine, "stop"), (mine, "resume"), (mine, "pause"), (asked, "confirm")):
        response = client.post(f"/my/alerts/{row.pk}/", {"do": do})
        assert response["Location"] == f"/my/alerts/{row.pk}/"
    mine.refresh_from_db()
    asked.refresh_from_db()
    assert (mine.stopped_at, mine.paused_at is None) == (None, False)
    assert asked.confirmed_at is not None


def test_signing_in_takes_along_what_the_address_asked_for(client: Client) -> None:
    user = make_confirmed_user(AMA)
    alert = make_alert(email=AMA)
    registry.came_in(user, client.session)
    alert.refresh_from_db()
    assert (alert.user_id, alert.email) == (user.pk, "")


# -- What is forgotten ----------------------------------------------------------------------------


def test_what_nobody_confirmed_or_was_stopped_is_forgotten(alert: Alert) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=settings.KEEP_ALERTS_DAYS + 1)
    old = make_alert(email="old@example.org", confirmed_at=None)
    stopped = make_alert(email="stopped@example.org", stopped_at=long_ago)
    young = make_alert(email="young@example.org", confirmed_at=None)
    Alert.objects.filter(pk__in=[old.pk, alert.pk]).update(created=long_ago)
    retain(timezone.localdate())
    left = set(Alert.objects.values_list("pk", flat=True))
    assert left == {alert.pk, young.pk}
    assert stopped.pk not in left
