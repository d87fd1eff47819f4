"""Authenticator apps and recovery codes; who needs them, and what stays shut until then."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.middleware import SecondFactorMiddleware
from accounts.models import AuditEvent, User
from accounts.permissions import is_broker, is_curator, needs_second_factor
from accounts.services.people import make_person, take_away_second_factors
from tests.accounts.conftest import PASSWORD, Mailed, app_code, code_in
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

STEP = "/accounts/login/second-factor/"
ADD = "/accounts/app/add/"

type SetUp = Callable[[User], str]


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def by_password(client: Client, user: User) -> Any:
    return client.post("/accounts/login/password/", {"login": user.email, "password": PASSWORD})


# -- Setting up -----------------------------------------------------------------------------------


def test_an_app_is_set_up_with_a_real_code(
    sam: User, mailed: Mailed, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(sam, second_factor=False)
    page = client.get(ADD).text
    assert '<img class="qr" src="data:image/svg+xml;base64,' in page
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    wrong = client.post(ADD, {"code": "000000"})
    assert wrong.status_code == 200
    assert "That did not work." in wrong.text
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(ADD, {"code": app_code(secret[1])})
    assert response["Location"] == "/accounts/recovery-codes/"
    codes = re.findall(r"<li><code>(\w+)</code></li>", client.get(response["Location"]).text)
    assert len(codes) == 10
    file = client.get("/accounts/recovery-codes/file/")
    assert file["Content-Disposition"].startswith("attachment")
    assert codes[0] in file.text
    assert mailed("sam@example.org")[-1].startswith("An authenticator app was set up")
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret[1] not in kept


def test_from_then_on_every_way_in_asks_for_it(sam: User, app_of: SetUp, mailed: Mailed) -> None:
    secret = app_of(sam)
    client = Client()
    assert by_password(client, sam)["Location"] == STEP
    assert not is_in(client)
    other = Client()
    other.post("/accounts/login/", {"login": sam.email})
    response = other.post("/accounts/login/code/", {"code": code_in(mailed(sam.email)[0])})
    assert response["Location"] == STEP
    assert not is_in(other)
    assert other.get("/accounts/email/").status_code == 302
    assert 'autocomplete="one-time-code"' in other.get(STEP).text
    assert other.post(STEP, {"code": app_code(secret)})["Location"] == "/my/"
    assert is_in(other)


def test_a_code_is_good_once(sam: User, app_of: SetUp) -> None:
    secret = app_of(sam)
    code = app_code(secret)
    first, second = Client(), Client()
    by_password(first, sam)
    first.post(STEP, {"code": code})
    assert is_in(first)
    by_password(second, sam)
    assert "That did not work." in second.post(STEP, {"code": code}).text
    assert not is_in(second)


@pytest.mark.parametrize(("steps", "good"), [(-1, True), (1, True), (-3, False), (3, False)])
def test_a_clock_may_be_half_a_minute_off(
    client: Client, sam: User, app_of: SetUp, steps: int, good: bool
) -> None:
    secret = app_of(sam)
    by_password(client, sam)
    client.post(STEP, {"code": app_code(secret, steps)})
    assert is_in(client) is good


def test_recovery_codes_let_in_once_each(client: Client, sam: User, app_of: SetUp) -> None:
    app_of(sam)
    owner = signed_in(sam)
    assert "Make new codes" in owner.get("/accounts/recovery-codes/new/").text
    owner.post("/accounts/recovery-codes/new/")
    codes = re.findall(r"<code>(\w+)</code>", owner.get("/accounts/recovery-codes/").text)
    by_password(client, sam)
    assert client.post(STEP, {"code": codes[3]})["Location"] == "/my/"
    assert "9 left" in client.get("/accounts/").text
    again = Client()
    by_password(again, sam)
    assert again.post(STEP, {"code": codes[3]}).status_code == 200
    assert not is_in(again)


def test_guessing_codes_ends_with_429(client: Client, sam: User, app_of: SetUp) -> None:
    app_of(sam)
    by_password(client, sam)
    answers = [client.post(STEP, {"code": f"00000{number}"}).status_code for number in range(7)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_an_app_can_be_removed(sam: User, app_of: SetUp, mailed: Mailed) -> None:
    app_of(sam)
    client = signed_in(sam)
    assert client.get("/accounts/app/remove/").status_code == 200
    assert client.post("/accounts/app/remove/")["Location"] == "/accounts/"
    assert not Authenticator.objects.exists()
    assert mailed(sam.email)[-1].startswith("The authenticator app was removed")


def test_with_another_secret_key_no_code_fits_and_nothing_breaks(
    client: Client, sam: User, app_of: SetUp, settings: Settings
) -> None:
    secret = app_of(sam)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    by_password(client, sam)
    assert client.post(STEP, {"code": app_code(secret)}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [former]
    client.post(STEP, {"code": app_code(secret, 1)})
    assert is_in(client)


# -- Who needs one --------------------------------------------------------------------------------


def people() -> dict[str, User]:
    return {
        "curator": make_person(email="c@example.org", roles=("curator",)),
        "broker": make_person(email="b@example.org", roles=("broker",)),
        "staff": User.objects.create_user("s@example.org", is_staff=True),
        "superuser": User.objects.create_superuser("r@example.org"),
    }


def test_the_roles_are_there() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {"curator", "broker"}


def test_everybody_with_a_role_needs_one_and_nobody_else(sam: User) -> None:
    assert not needs_second_factor(sam)
    assert all(needs_second_factor(person) for person in people().values())


SHUT = "/admin/"


@pytest.mark.parametrize("role", ["curator", "broker", "staff", "superuser"])
def test_without_one_such_people_are_led_to_set_it_up(role: str) -> None:
    client = signed_in(people()[role], second_factor=False)
    assert client.get(SHUT)["Location"] == "/accounts/"
    assert "Your role needs a second factor." in client.get("/accounts/").text
    assert client.post("/admin/accounts/user/add/")["Location"] == "/accounts/"
    assert client.get("/providers/").status_code == 200
    for path in (ADD, "/accounts/passkeys/add/", "/accounts/logout/"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("role", ["curator", "broker", "staff", "superuser"])
def test_who_has_one_and_has_not_shown_it_is_asked(app_of: SetUp, role: str) -> None:
    person = people()[role]
    secret = app_of(person)
    client = signed_in(person, second_factor=False)
    asked = client.get(f"{SHUT}?x=1")
    assert asked["Location"] == "/accounts/again/second-factor/?next=%2Fadmin%2F%3Fx%3D1"
    response = client.post(asked["Location"], {"code": app_code(secret)})
    assert response["Location"] == "/admin/?x=1"
    assert client.get(SHUT)["Location" if role in ("curator", "broker") else "Content-Type"] in (
        "text/html; charset=utf-8",
        "/admin/login/?next=/admin/",
    )


def test_what_was_sent_goes_on_its_way_afterwards(app_of: SetUp) -> None:
    root = people()["superuser"]
    secret = app_of(root)
    client = signed_in(root, second_factor=False)
    asked = client.post("/admin/auth/group/add/", {"name": "made in one go"})
    client.post(asked["Location"], {"code": app_code(secret)})
    assert Group.objects.filter(name="made in one go").exists()


@pytest.mark.urls("tests.accounts.urls")
def test_a_curator_wakes_in_the_request_that_shows_it(curator: User, app_of: SetUp) -> None:
    secret = app_of(curator)
    client = signed_in(curator, second_factor=False)
    asked = client.post("/curators-only/", {"text": "a long reply"})
    assert asked.status_code == 302
    response = client.post(asked["Location"], {"code": app_code(secret)})
    assert (response.status_code, response.text) == (200, "POST a long reply")
    assert client.get("/curators-only/").status_code == 200


@pytest.mark.urls("tests.accounts.urls")
def test_others_are_no_curators_with_one_either(sam: User) -> None:
    assert signed_in(sam).get("/curators-only/").status_code == 403


def test_it_holds_for_twelve_hours(app_of: SetUp) -> None:
    root = people()["superuser"]
    app_of(root)
    assert signed_in(root, ago=11.9 * 3600).get(SHUT).status_code == 200
    assert signed_in(root, ago=12.1 * 3600).get(SHUT).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_the_door_at_once() -> None:
    client = signed_in(people()["superuser"], second_factor=False)
    found = re.search(r"<code>(\w+)</code>", client.get(ADD).text)
    assert found
    client.post(ADD, {"code": app_code(found[1])})
    assert client.get(SHUT).status_code == 200


def test_a_mailed_code_alone_opens_no_such_page(client: Client, mailed: Mailed) -> None:
    root = people()["superuser"]
    client.post("/accounts/login/", {"login": root.email})
    client.post("/accounts/login/code/", {"code": code_in(mailed(root.email)[0])})
    assert is_in(client)
    assert client.get(SHUT)["Location"] == "/accounts/"


@pytest.mark.parametrize(("second_factor", "awake"), [(True, True), (False, False)])
def test_roles_sleep_on_public_pages_too(
    rf: RequestFactory, settings: Settings, second_factor: bool, awake: bool
) -> None:
    cast = people()
    for role, holds in (("curator", is_curator), ("broker", is_broker)):
        client = signed_in(cast[role], second_factor=second_factor)
        request = rf.get("/")
        request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
        request.session = client.session
        request.user = User.objects.get(pk=cast[role].pk)

        def public(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        public.login_required = False  # type: ignore[attr-defined]
        assert SecondFactorMiddleware(public).process_view(request, public, (), {}) is None
        assert holds(request.user) is awake


def test_superusers_are_no_curators() -> None:
    assert not is_curator(people()["superuser"])
    assert not is_curator(make_person(email="x@example.org", roles=("broker",)))


# -- The stock admin's door -----------------------------------------------------------------------


def test_the_admin_has_no_sign_in_of_its_own(client: Client, sam: User) -> None:
    response = client.get("/admin/login/?next=/admin/auth/")
    assert response["Location"] == "/accounts/login/?next=/admin/auth/"
    assert client.post("/admin/login/", {"username": sam.email, "password": PASSWORD})[
        "Location"
    ].startswith("/accounts/login/")
    assert client.get("/admin/", follow=True).redirect_chain[-1] == (
        "/accounts/login/?next=/admin/",
        302,
    )
    assert signed_in(sam).get("/admin/login/").status_code == 403
    root = signed_in(people()["superuser"])
    assert root.get("/admin/login/")["Location"] == "/admin/"
    assert root.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert root.get("/admin/logout/")["Location"] == "/accounts/logout/"
    assert root.post("/admin/logout/")["Location"] == "/"
    assert not is_in(root)


def test_staff_help_somebody_who_lost_theirs(sam: User, app_of: SetUp, mailed: Mailed) -> None:
    app_of(sam)
    root = people()["superuser"]
    page = signed_in(root).post(
        "/admin/accounts/user/",
        {"action": "take_away_second_factors", "_selected_action": [sam.pk]},
        follow=True,
    )
    assert "taken away from 1 people" in page.text
    assert not Authenticator.objects.filter(user=sam).exists()
    assert mailed(sam.email)[-1].startswith("Your second factors were taken away")
    event = AuditEvent.objects.get(verb="took away second factors")
    assert (event.object_id, event.actor_key) == (str(sam.pk), root.audit_key)
    assert take_away_second_factors(user=sam, actor_key=None) is False


def test_time_is_read_from_the_session_of_that_person_alone(sam: User) -> None:
    """Somebody else's second factor in the same browser counts for nobody."""
    root = people()["superuser"]
    client = signed_in(sam)
    client.force_login(root)
    assert client.get(SHUT)["Location"] == "/accounts/"
