"""Asking to be told of new offers in a view, with and without an account."""

import re
from copy import deepcopy
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.refused import Refused
from providers import alert_links
from providers.models import Alert
from providers.services.alert import ask_for_alert, keep_alert
from tests.accounts.rows import snapshot
from tests.conftest import Cast
from tests.factories import make_alert, make_confirmed_user, make_user
from tests.providers.reading import words
from tests.providers.test_hostile import VALUES
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading", "cast")]
START = "/providers/alert/"
VIEW = "q=lunch&near=LS8&category=catering"
AMA = "ama@example.org"


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.exclude(reference="M-22222").order_by("pk"))


def link_in(mail: OutgoingMail) -> str:
    found = re.search(r"https?://[^/]+(/providers/alert/\S+)", mail.text)
    assert found is not None
    return found[1]


# -- The page -------------------------------------------------------------------------------------


def test_every_view_leads_there_with_its_filters(client: Client) -> None:
    for view in ("", f"?{VIEW}", "?q=xylophone"):
        page = client.get(f"/providers/{view}").text.replace("&amp;", "&")
        (link,) = re.findall(r'href="(/providers/alert/[^"]*)"', page)
        assert client.get(link).status_code == 200
    assert "/providers/alert/" not in client.get("/providers/?capacity=x").text


def test_the_page_says_what_the_view_is(client: Client) -> None:
    text = words(client.get(f"{START}?{VIEW}&sort=name&page=3&utm=x").text)
    for label in ("‘lunch’", "Near LS8", "Catering"):
        assert label in text
    assert "All offers on the list" in words(client.get(START).text)


def test_a_view_with_a_bad_value_is_not_told_of_as_a_wider_one(client: Client) -> None:
    url = f"{START}?q=lunch&category=zzz"
    for response in (client.get(url), client.post(url, {"email": AMA, "pace": "once"})):
        assert response.status_code == 400
        assert "Category: “zzz” is not one of the choices." in words(response.text)
    assert not Alert.objects.exists()


@pytest.mark.parametrize("name", ["q", "near", "within", "capacity", "category", "sort", "sent"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_whatever_the_address_holds(client: Client, name: str, value: str) -> None:
    url = f"{START}?{name}={value}"
    assert client.get(url).status_code in {200, 400}
    assert client.post(url, {"email": AMA, "pace": "daily"}).status_code in {200, 302, 400, 429}


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({}, "Enter your email address."),
        ({"email": "a@b", "pace": "daily"}, "Enter an email address such as name@example.org."),
        ({"email": "a" * 10_000 + "@example.org"}, "at most 254 characters"),
        ({"email": "a\0@example.org"}, "Null characters are not allowed."),
        ({"email": AMA}, "Choose how often."),
        ({"email": AMA, "pace": "hourly"}, "Choose how often from the list."),
        ({"email": "ämä@example.org", "pace": "daily"}, "email address"),
        ({"email": "a@example.org, b@example.org", "pace": "daily"}, "Enter an email address"),
    ],
)
def test_a_bad_answer_is_said_beside_its_field(
    client: Client, answers: dict[str, str], error: str
) -> None:
    response = client.post(f"{START}?{VIEW}", answers)
    assert response.status_code == 200
    assert error in words(response.text)
    assert "<title>Error: " in response.text
    assert not Alert.objects.exists()


# -- Without an account ---------------------------------------------------------------------------


def ask(client: Client, view: str = VIEW, **answers: str) -> str:
    """Where a valid answer leads to."""
    response = client.post(f"{START}?{view}", {"email": AMA, "pace": "daily", **answers})
    assert response.status_code == 302
    return str(response["Location"])


def test_a_link_is_mailed_and_nothing_else_happens(client: Client) -> None:
    there = ask(client)
    assert "Look into your mail" in words(client.get(there).text)
    alert = Alert.objects.get()
    assert (alert.email, alert.confirmed_at, alert.pace) == (AMA, None, "daily")
    (mail,) = mails()
    assert mail.to == AMA
    assert mail.secret
    assert "- ‘lunch’\n- Near LS8\n- Catering\n" in mail.text
    assert "How often: once a day." in mail.text
    assert link_in(mail) == alert_links.change_path(alert)
    assert alert.key not in client.get(there).text
    assert "session" not in client.cookies


def test_opening_the_link_changes_nothing_and_its_button_begins(client: Client, cast: Cast) -> None:
    ask(client)
    path = link_in(mails()[0])
    before = snapshot()
    page = client.get(path)
    assert "Tell you of new offers?" in words(page.text)
    assert AMA in page.text
    assert "no-store" in page["Cache-Control"]
    assert snapshot() == before
    assert client.post(path, {"do": "confirm"}).status_code == 302
    alert = Alert.objects.get()
    assert alert.confirmed_at is not None
    assert cast.buffet.pk in alert.seen
    assert cast.big_hall.pk not in alert.seen
    first = alert.confirmed_at
    client.post(path, {"do": "confirm"})
    alert.refresh_from_db()
    assert alert.confirmed_at == first


def test_the_same_view_in_another_order_is_the_same(client: Client) -> None:
    ask(client, "category=catering&near=LS8&q=lunch&sort=name&page=2")
    ask(client, VIEW, email=AMA.upper(), pace="once")
    alert = Alert.objects.get()
    assert alert.pace == "once"
    assert len(mails()) == 2, "they may have lost the first"


def test_the_answer_is_the_same_whoever_has_what(client: Client) -> None:
    make_alert(email=AMA, query=VIEW)
    make_confirmed_user("kim@example.org")
    pages = set()
    for address in (AMA, "kim@example.org", "new@example.org"):
        there = ask(Client(), email=address)
        pages.add((there, words(Client().get(there).text)))
    assert len(pages) == 1


def test_who_has_them_already_is_told_so_and_nothing_changes(client: Client) -> None:
    alert = make_alert(email=AMA, query="q=lunch", pace="weekly")
    ask(client, "q=lunch", pace="once")
    assert mails()[0].subject == "You are told of new offers in this view already"
    alert.refresh_from_db()
    assert (alert.pace, alert.confirmed_at is None) == ("weekly", False)


def test_what_was_stopped_needs_a_new_yes(client: Client) -> None:
    alert = make_alert(email=AMA, query="q=lunch", seen=[1])
    client.post(alert_links.stop_path(alert))
    ask(client, "q=lunch")
    alert.refresh_from_db()
    assert (alert.confirmed_at, alert.stopped_at) == (None, None)


def test_a_robot_is_told_the_same_and_nothing_is_kept(client: Client) -> None:
    there = ask(client, home_page="x")
    assert client.get(there).status_code == 200
    assert not Alert.objects.exists()
    assert not mails()


def test_nobodys_mailbox_is_filled(client: Client) -> None:
    for number in range(7):
        ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), f"q=number{number}")
    assert len(mails()) == 5


def test_too_often_from_one_place_is_said_and_keeps_what_was_typed(client: Client) -> None:
    for number in range(10):
        ask(client, f"q=number{number}", email=f"a{number}@example.org")
    ask(client, "q=number9", email="a9@example.org")  # a double click is no second time
    response = client.post(f"{START}?q=more", {"email": AMA, "pace": "weekly"})
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert f'value="{AMA}"' in response.text


def test_an_address_gets_mails_about_so_many_views(client: Client) -> None:
    for number in range(Alert.MOST):
        make_alert(email=AMA, query=f"q=number{number}")
    ask(client)
    path = link_in(mails()[0])
    assert "more are not possible" in words(client.post(path, {"do": "confirm"}, follow=True).text)
    assert Alert.objects.get(query=Alert.objects.latest("pk").query).confirmed_at is None


# -- Signed in ------------------------------------------------------------------------------------


def test_signed_in_it_begins_at_once(cast: Cast) -> None:
    user = make_confirmed_user(AMA)
    client = signed_in(user)
    page = client.get(f"{START}?{VIEW}").text
    assert 'name="email"' not in page
    assert AMA in page
    response = client.post(f"{START}?{VIEW}", {"pace": "weekly"})
    assert response["Location"] == "/my/alerts/"
    alert = Alert.objects.get()
    assert (alert.user_id, alert.email, alert.pace) == (user.pk, "", "weekly")
    assert cast.buffet.pk in alert.seen
    assert not mails()


def test_whose_address_is_not_confirmed_is_asked_like_anybody() -> None:
    client = signed_in(make_user(AMA), second_factor=False)
    assert 'name="email"' in client.get(START).text
    ask(client)
    assert Alert.objects.get().user_id is None


def test_asked_twice_it_is_one_and_the_later_pace_counts() -> None:
    user = make_confirmed_user(AMA)
    for pace in ("daily", "weekly"):
        keep_alert(user=user, query=VIEW, pace=pace)
    assert Alert.objects.get().pace == "weekly"


def test_a_person_has_so_many() -> None:
    user = make_confirmed_user(AMA)
    for number in range(Alert.MOST):
        make_alert(user, query=f"q=number{number}")
    response = signed_in(user).post(f"{START}?{VIEW}", {"pace": "daily"})
    assert "more are not possible" in words(response.text)
    assert Alert.objects.count() == Alert.MOST


def test_what_an_address_asked_for_is_its_persons_once_they_sign_in() -> None:
    user = make_confirmed_user(AMA)
    make_alert(email=AMA.title(), query="q=cakes", seen=[1, 2])
    make_alert(user, query="q=cakes", seen=[2, 3])
    other = make_alert(email=AMA, query="q=halls")
    strangers = make_alert(email="other@example.org", query="q=halls")
    keep_alert(user=user, query="q=more", pace="daily")
    assert Alert.objects.get(user=user, query="q=cakes").seen == [1, 2, 3]
    other.refresh_from_db()
    assert (other.user_id, other.email) == (user.pk, "")
    strangers.refresh_from_db()
    assert strangers.user_id is None


def test_mails_follow_a_person_to_a_new_address() -> None:
    user = make_confirmed_user(AMA)
    alert = make_alert(user)
    user.email = "new@example.org"
    user.save()
    assert Alert.objects.select_related("user").get(pk=alert.pk).address == "new@example.org"


def test_a_view_is_kept_as_its_address_and_nothing_of_it_is_lost(client: Client) -> None:
    view = f"q={quote('tea & “scones”, ünder £5')}&ethos=living-wage&checked=1"
    ask(client, view)
    alert = Alert.objects.get()
    assert "tea & “scones”, ünder £5" in words(client.get(alert.view_url).text)


def test_an_address_that_no_mail_reaches_is_refused() -> None:
    with pytest.raises(Refused):
        ask_for_alert(email="ämä@example.org", query="", pace="daily")
    assert not Alert.objects.exists()
