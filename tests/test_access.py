"""Every address of the site, and what it answers to whom. An address missing here fails."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AuditEvent
from providers.services.empty_search import count_empty_search
from tests.conftest import Cast
from tests.factories import make_postcode, make_problem_report, make_user
from tslsv.urls import urlpatterns

db = pytest.mark.django_db

ROLES = ("anonymous", "user", "staff", "superuser")

# Route to an address of it; open to everybody, with the same answer.
PUBLIC = {
    "": ("/", 200),
    "about/": ("/about/", 200),
    "accessibility/": ("/accessibility/", 200),
    "privacy/": ("/privacy/", 200),
    "proof/": ("/proof/", 200),
    "healthz": ("/healthz", 200),
    "robots.txt": ("/robots.txt", 200),
    "favicon.ico": ("/favicon.ico", 301),
    "providers/": ("/providers/", 200),
    "providers/map/": ("/providers/map/", 200),
    # A bad value, since a good one streams from a transaction of its own (test_export).
    "providers/results.csv": ("/providers/results.csv?capacity=x", 400),
    "providers/results.atom": ("/providers/results.atom", 200),
    "providers/wards.geojson": ("/providers/wards.geojson", 200),
    "providers/words/": ("/providers/words/", 200),
    "providers/sectors.json": ("/providers/sectors.json", 200),
    "providers/<slug:slug>/": ("/providers/burley-hall/", 200),
    "providers/<slug:organisation_slug>/report/": ("/providers/burley-hall/report/", 200),
    "providers/<slug:organisation_slug>/<slug:slug>/": ("/providers/burley-hall/big-hall/", 200),
    "providers/<slug:organisation_slug>/<slug:slug>/report/": (
        "/providers/burley-hall/big-hall/report/",
        200,
    ),
}

# Route to its address and the answers to: anonymous, user, staff without permissions, superuser.
# 302 leads to the sign-in, but for pages that lead on themselves.
DESK = {
    "admin/": ("/admin/", (302, 302, 200, 200)),
    "admin/login/": ("/admin/login/", (200, 200, 302, 302)),
    "admin/logout/": ("/admin/logout/", (302, 302, 405, 405)),
    "admin/password_change/": ("/admin/password_change/", (302, 302, 200, 200)),
    "admin/password_change/done/": ("/admin/password_change/done/", (302, 302, 200, 200)),
    "admin/autocomplete/": ("/admin/autocomplete/", (302, 302, 403, 403)),
    "admin/jsi18n/": ("/admin/jsi18n/", (302, 302, 200, 200)),
    "admin/r/<path:content_type_id>/<path:object_id>/": ("/admin/r/0/0/", (302, 302, 404, 404)),
    "admin/^(?P<app_label>auth|places|accounts|providers|procrastinate)/$": (
        "/admin/providers/",
        (302, 302, 404, 200),
    ),
    "admin/(?P<url>.*)$": ("/admin/nothing/", (302, 302, 404, 404)),
    "admin/accounts/user/<id>/password/": (
        "/admin/accounts/user/{user}/password/",
        (302, 302, 403, 200),
    ),
}

# Model of the stock admin to what a superuser may do there besides looking.
MODELS = {
    "auth/group": "add delete",
    "places/ward": "",
    "places/postcodesector": "",
    "places/postcode": "",
    "accounts/user": "add delete",
    "accounts/auditevent": "",
    "accounts/organisation": "add delete",
    "providers/listing": "add delete",
    "providers/registerentry": "add delete",
    "providers/claim": "add delete",
    "providers/term": "add",  # retired, never deleted
    "providers/synonym": "add delete",
    "providers/problemreport": "delete",
    "providers/emptysearch": "",
}


def routes(
    patterns: Sequence[object] = urlpatterns, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        assert isinstance(pattern, URLPattern | URLResolver)
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def desk_routes() -> dict[str, tuple[str, tuple[int, int, int, int]]]:
    """The stock admin's pages for every model of ``MODELS``."""
    found = dict(DESK)
    for name, allowed in MODELS.items():
        start = f"admin/{name}/"
        row = "/" + start + "{" + name + "}/"
        add, delete = (200 if act in allowed else 403 for act in ("add", "delete"))
        found |= {
            start: (f"/{start}", (302, 302, 403, 200)),
            f"{start}add/": (f"/{start}add/", (302, 302, 403, add)),
            f"{start}<path:object_id>/change/": (f"{row}change/", (302, 302, 403, 200)),
            f"{start}<path:object_id>/history/": (f"{row}history/", (302, 302, 403, 200)),
            f"{start}<path:object_id>/delete/": (f"{row}delete/", (302, 302, 403, delete)),
            f"{start}<path:object_id>/": (row, (302, 302, 302, 302)),
        }
    return found


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    return deepcopy(lasting_cast)


@pytest.fixture
def rows(cast: Cast) -> dict[str, str]:
    """The key of one row of every model."""
    Group.objects.create(name="Curators")
    make_postcode()
    make_problem_report(cast.hall)
    count_empty_search(words="xylophone")
    AuditEvent.record(verb="looked at", target=cast.hall)
    found = {"user": str(make_user("somebody@example.org").pk)}
    for name in MODELS:
        row = apps.get_model(name.replace("/", "."))._default_manager.first()
        assert row is not None, name
        found[name] = str(row.pk)
    return found


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    made = {role: Client() for role in ROLES}
    made["user"].force_login(make_user())
    made["staff"].force_login(make_user(is_staff=True))
    made["superuser"].force_login(make_user(is_staff=True, is_superuser=True))
    return made


def test_every_address_is_here() -> None:
    known = PUBLIC.keys() | desk_routes().keys()
    found = {route for route, _ in routes()}
    # Jobs belong to the library that runs them.
    found = {route for route in found if not route.startswith("admin/procrastinate/")}
    assert len(found) > 80
    assert found == known


def test_public_addresses_are_marked_and_no_others_are() -> None:
    """``LoginRequiredMiddleware`` closes whatever is not marked as open."""
    marked = {
        route
        for route, pattern in routes()
        if not getattr(pattern.callback, "login_required", True)
    }
    assert marked == PUBLIC.keys() | {"admin/login/"}


@pytest.mark.parametrize("role", ROLES)
def test_public_addresses_answer_everybody_alike(
    cast: Cast, clients: dict[str, Client], role: str
) -> None:
    answers = {route: clients[role].get(path).status_code for route, (path, _) in PUBLIC.items()}
    assert answers == {route: status for route, (_, status) in PUBLIC.items()}


@pytest.mark.parametrize("role", ROLES)
def test_the_desk_answers_by_role(
    rows: dict[str, str], clients: dict[str, Client], role: str
) -> None:
    place = ROLES.index(role)
    answers, expected, leaks = {}, {}, []
    for route, (path, statuses) in desk_routes().items():
        response = clients[role].get(path.format(**rows))
        answers[route] = response.status_code
        expected[route] = statuses[place]
        leads_in = response.get("Location", "/admin/login/").startswith("/admin/login/")
        if role == "anonymous" and not leads_in:
            leaks.append(route)
    assert answers == expected
    assert leaks == []


@db
def test_staff_without_permission_change_nothing(
    rows: dict[str, str], clients: dict[str, Client]
) -> None:
    for route, (path, _) in desk_routes().items():
        if route.startswith(tuple(f"admin/{name}/" for name in MODELS)) and route.endswith(
            ("add/", "change/", "delete/")
        ):
            response = clients["staff"].post(path.format(**rows), {"post": "yes"})
            assert response.status_code == 403, route
    assert not LogEntry.objects.exists()


@db
def test_a_view_that_nobody_marked_is_closed(client: Client) -> None:
    from django.contrib.auth.middleware import LoginRequiredMiddleware
    from django.contrib.auth.models import AnonymousUser

    def unmarked(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    request = RequestFactory().get("/secret/")
    request.user = AnonymousUser()
    middleware = LoginRequiredMiddleware(unmarked)
    response = middleware.process_view(request, unmarked, (), {})
    assert response is not None
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


# -- What is not public -----------------------------------------------------------------------

CLOSED_STATES = ("draft", "submitted", "returned", "archived")


@db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", CLOSED_STATES)
def test_a_listing_that_is_not_public_is_not_found_by_anybody(
    cast: Cast, clients: dict[str, Client], role: str, state: str
) -> None:
    cast.big_hall.state = state
    cast.big_hall.save()
    for path in ("big-hall/", "big-hall/report/", "", "report/"):
        assert clients[role].get(f"/providers/burley-hall/{path}").status_code == 404


@db
@pytest.mark.parametrize("path", [path for path, status in PUBLIC.values() if status == 200])
def test_public_addresses_make_no_session(cast: Cast, path: str) -> None:
    client = Client()
    response = client.get(path)
    assert "session" not in client.cookies
    assert response.status_code == 200


def test_the_resolver_that_was_walked_is_the_sites_own() -> None:
    assert [*get_resolver().url_patterns] == urlpatterns
