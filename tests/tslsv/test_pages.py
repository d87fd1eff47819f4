"""The pages that belong to no app: they answer, without a session, and keep the house rules."""

import datetime as dt
import re
from dataclasses import dataclass, field

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, loader
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from providers.models import Listing
from tslsv import views

PAGES = ["home", "about", "accessibility", "privacy", "proof"]


@dataclass
class Category:
    code: str = "catering"
    label: str = "Catering & food"
    description: str = "Buffets"
    count: int = 3


@dataclass
class Summary:
    listings: int = 12
    organisations: int = 9
    example_listings: int = 0
    register_listings: int = 0
    categories: list[Category] = field(default_factory=lambda: [Category()])


@dataclass
class Register:
    measures: int = 40
    baseline: int = 12
    adopted: int = 0


@pytest.fixture(autouse=True)
def summary(monkeypatch: pytest.MonkeyPatch) -> Summary:
    made = Summary()
    monkeypatch.setattr("tslsv.views.summaries.home_summary", lambda: made)
    return made


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    made = Register()
    monkeypatch.setattr("tslsv.views.register_summaries.register_summary", lambda: made)
    return made


@pytest.mark.parametrize("name", PAGES)
def test_page_answers_without_a_session(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert not response.cookies
    # Its header differs for people who are signed in, so no shared cache may mix the two up.
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("name", PAGES)
def test_page_keeps_the_house_rules(client: Client, name: str) -> None:
    html = client.get(reverse(name)).text
    assert '<html lang="en-GB">' in html
    assert html.count("<h1") == 1
    assert re.search(r"<title>[^<]+ – Leeds Social Value</title>", html)
    assert html.index('href="#main"') < html.index("<header")
    assert '<main id="main" tabindex="-1">' in html
    assert "Contains OS data © Crown copyright and database right." in html
    idents = re.findall(r'\sid="([^"]+)"', html)
    assert len(idents) == len(set(idents))
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in idents


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_site_leads_somewhere(client: Client, name: str) -> None:
    links = set(re.findall(r'href="(/[^"?#]*)', client.get(reverse(name)).text))
    others = [
        "providers:search",
        "providers:join",
        "providers:shortlist",
        "buying:how_partners_choose",
        "buying:city",
    ]
    others += ["mail:mailbox", "account_login", "my:data"]
    others += ["toms:register", "toms:fit", "toms:glossary", "brokerage:board"]
    known = {reverse(page) for page in [*PAGES, *others]}
    assert {link for link in links if not link.startswith("/static/")} <= known


@pytest.mark.parametrize("name", PAGES)
def test_only_reading_is_allowed(client: Client, name: str) -> None:
    assert client.post(reverse(name)).status_code == 405


def test_content_security_policy_is_sent(client: Client) -> None:
    policy = client.get("/about/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy


def test_home_searches_and_lists_categories(client: Client) -> None:
    html = client.get("/").text
    assert f'action="{reverse("providers:search")}"' in html
    assert 'name="q"' in html
    assert 'name="near"' in html
    assert f'href="{reverse("providers:search")}?category=catering"' in html
    assert "Catering &amp; food" in html
    assert "12 offers from 9 organisations." in html


def test_home_says_what_is_made_up_and_what_is_unconfirmed(
    client: Client, summary: Summary
) -> None:
    html = client.get("/").text
    assert "Example data" not in html
    assert "public registers and" not in html
    summary.example_listings = 1
    summary.register_listings = 4
    html = client.get("/").text
    assert "Example data" in html
    assert "1 is a made-up example, marked wherever it appears." in html
    assert "4 come from public registers and say so" in html


def test_home_of_an_empty_list(client: Client, summary: Summary) -> None:
    summary.listings = 0
    assert "Nothing has been listed yet" in client.get("/").text


def test_home_leads_to_the_register_and_says_that_it_is_a_draft(
    client: Client, register: Register
) -> None:
    html = client.get("/").text
    assert f'href="{reverse("toms:register")}">See the measures' in html
    assert "40 measures, of which 12 are a baseline" in html
    assert "draft for consultation: nobody has adopted them yet" in html
    register.adopted = 40
    assert "draft for consultation" not in client.get("/").text
    register.measures = 0
    assert "See the measures" not in client.get("/").text


def test_home_gives_the_source_of_its_figures(client: Client) -> None:
    html = client.get("/").text
    assert "£87.57m" in html
    assert "forumcentral.org.uk" in html


def test_proof_explains_the_levels_and_the_bands_that_are_used(client: Client) -> None:
    html = client.get("/proof/").text
    for level in ("Declared", "Evidenced", "Checked"):
        assert level in html
    assert 'id="prices"' in html
    for unit, (low, medium) in Listing.BAND_LIMITS.items():
        assert Listing.PriceUnit(unit).label.capitalize() in html
        assert f"£{low} to under £{medium}" in html
    assert f"After {Listing.HIDDEN_AFTER_MONTHS} months" in html


def test_privacy_names_the_real_cookies(client: Client) -> None:
    html = client.get("/privacy/").text
    assert django_settings.CSRF_COOKIE_NAME in html
    assert django_settings.SESSION_COOKIE_NAME in html
    assert dt.timedelta(seconds=django_settings.CSRF_COOKIE_AGE) == dt.timedelta(weeks=52)
    assert dt.timedelta(seconds=django_settings.SESSION_COOKIE_AGE) == dt.timedelta(days=30)


def test_help_and_operator_are_said_only_when_known(client: Client, settings: Settings) -> None:
    settings.SUPPORT_EMAIL = settings.OPERATOR_NAME = ""
    for name in PAGES:
        assert "mailto:" not in client.get(reverse(name)).text
    settings.SUPPORT_EMAIL = "help@example.org"
    settings.OPERATOR_NAME = "Somebody & Co"
    for name in PAGES:
        assert 'href="mailto:help@example.org"' in client.get(reverse(name)).text
    assert "Somebody &amp; Co runs this site." in client.get("/about/").text


def test_robots(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert response.text == "User-agent: *\nDisallow: /admin/\n"


def test_favicon(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 301
    assert response["Location"].endswith("favicon.svg")


def test_not_found_offers_a_search(client: Client) -> None:
    response = client.get("/nope/<script>/")
    assert response.status_code == 404
    html = response.text
    assert html.count("<h1") == 1
    assert f'action="{reverse("providers:search")}"' in html
    assert 'content="noindex"' in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("handler", "status", "words"),
    [
        (views.bad_request, 400, "We could not read that request"),
        (views.permission_denied, 403, "You cannot open this page"),
        (views.page_not_found, 404, "Page not found"),
    ],
)
def test_error_pages_have_the_site_s_frame(handler: object, status: int, words: str) -> None:
    assert callable(handler)
    response = handler(RequestFactory().get("/x"), PermissionDenied())
    assert response.status_code == status
    html = response.text
    assert f"<h1>{words}</h1>" in html
    assert "Leeds Social Value" in html
    assert 'href="/about/"' in html


def test_server_error_needs_no_context(rf: RequestFactory) -> None:
    response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "something went wrong on our side" in response.text
    assert "{{" not in response.text


def test_server_error_when_even_its_page_cannot_be_made(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise TemplateDoesNotExist(name)

    monkeypatch.setattr(loader, "get_template", missing)
    response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert response.text == views.PLAIN_SERVER_ERROR


def test_an_exception_in_a_view_gives_the_500_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("tslsv.views.summaries.home_summary", broken)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "something went wrong on our side" in response.text


def test_csrf_failure_is_kind(settings: Settings) -> None:
    assert settings.CSRF_FAILURE_VIEW == "tslsv.views.csrf_failure"
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("admin:login"), {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "Please send that again" in response.text


def test_an_outsider_is_asked_to_sign_in_for_the_admin(client: Client) -> None:
    response = client.get("/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_messages_are_announced(rf: RequestFactory) -> None:
    class Message:
        level_tag = "success"

        def __str__(self) -> str:
            return "Thank you <you>"

    html = loader.render_to_string("components/messages.html", {"messages": [Message()]})
    assert 'role="status"' in html
    assert "notice--success" in html
    assert "Thank you &lt;you&gt;" in html


def test_current_page_is_marked_in_the_menu() -> None:
    def menu(view_name: str, app_name: str) -> str:
        request: HttpRequest = RequestFactory().get("/")
        request.resolver_match = type(  # type: ignore[assignment]
            "Match", (), {"view_name": view_name, "app_name": app_name}
        )
        html = loader.render_to_string("base.html", {}, request)
        return html[html.index("<header") : html.index("</header>")]

    assert 'href="/providers/" aria-current="page"' in menu("providers:search", "providers")
    assert 'href="/providers/" aria-current="true"' in menu("providers:listing", "providers")
    assert 'href="/providers/join/" aria-current="page"' in menu("providers:join", "providers")
    resumed = menu("providers:join_resume", "providers")
    assert 'href="/providers/join/" aria-current="true"' in resumed
    assert resumed.count("aria-current") == 1
    assert "aria-current" not in menu("about", "")
