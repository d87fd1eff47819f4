"""Setting, changing and forgetting a password; which are refused; the check for published ones."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from accounts import passwords
from accounts.models import User
from accounts.services.people import make_person
from tests.accounts.conftest import PASSWORD, Mailed, code_in
from tests.signing_in import signed_in

RESET = "/accounts/password/reset/"


@pytest.mark.parametrize("good", ["abcdefgz", "rain rain rain", "ünïcödë!", "73910462", "samreeds"])
def test_any_eight_characters_will_do(good: str) -> None:
    validate_password(good, User(email="sam@example.org", name="Sam Reed"))


@pytest.mark.parametrize("bad", ["short12", "password1", "12345678", "sam@example.org"])
def test_short_common_and_ones_own_address_are_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(bad, User(email="sam@example.org", name="Sam Reed"))


@pytest.mark.django_db
def test_a_first_password_is_set_and_told(mailed: Mailed) -> None:
    person = make_person(email="kim@example.org")
    client = signed_in(person)
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert 'autocomplete="new-password"' in client.get("/accounts/password/set/").text
    response = client.post("/accounts/password/set/", {"password1": PASSWORD})
    assert response["Location"] == "/accounts/"
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert mailed("kim@example.org")[0].startswith("A password was set")
    assert client.get("/accounts/").status_code == 200  # still signed in


@pytest.mark.django_db
def test_changing_it_ends_other_sessions(sam: User, mailed: Mailed) -> None:
    client, other = signed_in(sam), signed_in(sam)
    path = "/accounts/password/change/"
    wrong = client.post(path, {"oldpassword": "wrong", "password1": "nine wet camels"})
    assert "This is not your present password." in wrong.text
    response = client.post(path, {"oldpassword": PASSWORD, "password1": "nine wet camels"})
    assert response["Location"] == "/accounts/"
    assert client.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302
    assert mailed("sam@example.org")[0].startswith("Your password was changed")


@pytest.mark.django_db
def test_a_forgotten_one_is_replaced_by_code(client: Client, sam: User, mailed: Mailed) -> None:
    other = signed_in(sam)
    response = client.post(RESET, {"email": "sam@example.org"})
    assert response["Location"] == f"{RESET}code/"
    response = client.post(f"{RESET}code/", {"code": code_in(mailed("sam@example.org")[0])})
    assert response["Location"] == f"{RESET}new/"
    assert "At least 8 characters" in client.get(f"{RESET}new/").text
    assert "too short" in client.post(f"{RESET}new/", {"password1": "short"}).text
    response = client.post(f"{RESET}new/", {"password1": "nine wet camels"})
    assert response["Location"] == f"{RESET}done/"
    assert client.get(f"{RESET}done/").status_code == 200
    sam.refresh_from_db()
    assert sam.check_password("nine wet camels")
    assert "_auth_user_id" not in client.session  # the second factor is asked at the sign-in
    assert other.get("/accounts/").status_code == 302


@pytest.mark.django_db
def test_resetting_says_nothing_of_who_is_known(sam: User, mailed: Mailed) -> None:
    answers = []
    for address in ("sam@example.org", "nobody@example.org"):
        browser = Client()
        response = browser.post(RESET, {"email": address})
        page = browser.get(f"{RESET}code/")
        wrong = browser.post(f"{RESET}code/", {"code": "0000-0000"})
        answers.append(
            (response["Location"], len(page.text.replace(address, "")), wrong.status_code)
        )
        assert len(mailed(address)) == 1
    assert answers[0] == answers[1]


# -- Published passwords ----------------------------------------------------------------------

PUBLISHED = "correct horse battery staple"
DIGEST = hashlib.sha1(PUBLISHED.encode(), usedforsecurity=False).hexdigest().upper()


class Service(ThreadingHTTPServer):
    """Answers like the range interface of Have I Been Pwned."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.body = f"{'0' * 35}:3\r\n{DIGEST[5:]}:41\r\n".encode()
        self.status = 200
        self.hang = threading.Event()
        self.hang.set()

    def handle_error(self, request: object, client_address: object) -> None:
        """Somebody who waited no longer is what one test is about."""


class Answer(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        assert self.headers["Add-Padding"] == "true"
        self.server.hang.wait(20)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    with Service() as server:
        settings.PASSWORD_BREACH_URL = f"http://127.0.0.1:{server.server_port}/range/"
        threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True).start()
        yield server
        server.hang.set()
        server.shutdown()


def test_a_published_password_is_refused(service: Service) -> None:
    with pytest.raises(ValidationError, match="Thieves have published"):
        validate_password(PUBLISHED)
    assert service.asked == [f"/range/{DIGEST[:5]}"]


def test_another_one_is_let_through(service: Service) -> None:
    validate_password("seven dry horses")
    assert len(service.asked) == 1


def test_padding_is_no_find(service: Service) -> None:
    service.body = f"{DIGEST[5:]}:0\r\n".encode()
    validate_password(PUBLISHED)


@pytest.mark.parametrize(("status", "body"), [(503, b""), (200, b"\xff\xfe nonsense"), (404, b"")])
def test_a_broken_service_stops_nobody(service: Service, status: int, body: bytes) -> None:
    service.status, service.body = status, body
    validate_password(PUBLISHED)


def test_a_service_that_hangs_stops_nobody(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.2)
    service.hang.clear()
    validate_password(PUBLISHED)
    assert len(service.asked) == 1


def test_a_service_that_is_not_there_stops_nobody(settings: Settings) -> None:
    settings.PASSWORD_BREACH_URL = "http://127.0.0.1:9/"
    validate_password(PUBLISHED)


def test_without_an_address_nobody_is_asked(service: Service, settings: Settings) -> None:
    settings.PASSWORD_BREACH_URL = ""
    validate_password(PUBLISHED)
    assert service.asked == []
