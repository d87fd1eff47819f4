"""Reading changes nothing: whoever opens every page there is leaves every row as it was."""

import re
from collections import deque
from copy import deepcopy
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg import sql

from accounts.models import Organisation, Role, User
from accounts.services.people import make_person
from providers.models import Listing
from tests.buying.factories import (
    make_answer,
    make_choice,
    make_considered,
    make_filed,
    make_recipient,
    make_rules,
    make_version,
)
from tests.conftest import Cast
from tests.factories import (
    make_alert,
    make_embed_host,
    make_entry_request,
    make_invitation,
    make_listing,
    make_listing_change,
    make_membership,
    make_photo,
    make_problem_report,
    make_registration,
)
from tests.signing_in import signed_in
from tests.toms.factories import (
    make_adoption,
    make_comment,
    make_measure,
    make_measure_version,
    make_release,
)
from toms import measure_index

# Who is signed in and what is counted of it, and what processes remember for each other. Searches
# that find nothing are counted when they are made: that is what asking is (providers.views.search).
ASIDE = {"django_session", "usersessions_usersession", "cache", "providers_emptysearch"}

LINK = re.compile(r'href="([^"#]*)')
MOST_PAGES = 250
ROLES = ("anonymous", "user", "editor", "owner", "curator", "broker", "superuser")


def snapshot() -> dict[str, str]:
    """Every table with a digest of its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in ASIDE:
                continue
            cursor.execute(
                sql.SQL(
                    "SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' "
                    "ORDER BY md5(t::text))), '') FROM {} t"
                ).format(sql.Identifier(table))
            )
            found[table] = cursor.fetchone()[0]
    return found


def crawl(client: Client, texts: dict[str, str] | None = None) -> dict[str, int]:
    """Every page that links lead to from the front page, with its status; into ``texts`` go their
    words. Of addresses that differ in their query alone, the first few.
    """
    waiting, seen = deque(["/", "/my/", "/curate/", "/admin/"]), set()
    answers: dict[str, int] = {}
    by_path: dict[str, int] = {}
    while waiting and len(answers) < MOST_PAGES:
        address = waiting.popleft()
        path = urlsplit(address).path
        if address in seen or by_path.get(path, 0) >= 3:
            continue
        seen.add(address)
        by_path[path] = by_path.get(path, 0) + 1
        response = client.get(address)
        answers[address] = response.status_code
        if location := response.get("Location"):
            waiting.append(urljoin(address, location))
        if response.streaming or "html" not in response.get("Content-Type", ""):
            continue
        if texts is not None:
            texts[address] = response.text
        for link in LINK.findall(response.text):
            target = urljoin(address, link.replace("&amp;", "&"))
            if target.startswith("/") and not target.startswith(("//", "/static/")):
                waiting.append(target)
    return answers


@pytest.fixture
def busy(lasting_cast: Cast, db: None) -> Organisation:
    """An organisation of which everything waits that can wait."""
    cast = deepcopy(lasting_cast)
    for state in Listing.State:
        if state != Listing.State.PUBLISHED:
            make_listing(cast.hall, title=f"A {state} one", slug=f"a-{state}", state=state)
    make_listing_change(cast.big_hall)
    make_photo(cast.big_hall)
    make_entry_request(cast.bowls)
    make_problem_report(cast.hall)
    make_invitation(cast.hall)
    make_registration()
    make_embed_host(cast.hall)
    make_considered(make_version(make_choice(cast.hall)))
    make_filed(make_choice(cast.hall), tells_provider=True, supplier=cast.hall)
    make_rules(cast.hall, shared=True)
    make_answer(make_recipient(listing=cast.big_hall))
    make_recipient(listing=cast.big_hall)
    make_recipient(listing=cast.buffet, not_genuine_at=timezone.now())
    version = make_measure_version(make_measure(code="LT-WRK-01"))
    first = make_release(version, slug="first", state="consultation")
    make_comment(first, version=version, state="published", organisation=cast.hall)
    make_comment(first)
    make_adoption(cast.hall)
    measure_index.refresh([version.measure_id])
    return cast.hall


def visitor(role: str, organisation: Organisation) -> Client:
    if role == "anonymous":
        return Client()
    person = make_person(
        email="somebody@example.org", roles=(role,) if role in {"curator", "broker"} else ()
    )
    if role == "superuser":
        User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    if role in {"editor", "owner"}:
        make_membership(organisation, person, Role(role))
    make_alert(person)
    return signed_in(User.objects.get(pk=person.pk))


@pytest.mark.parametrize("role", ROLES)
def test_opening_every_page_changes_no_row(busy: Organisation, role: str) -> None:
    client = visitor(role, busy)
    before = snapshot()
    answers = crawl(client)
    changed = {table for table, digest in snapshot().items() if digest != before[table]}
    assert not changed
    assert len(answers) > 30
    assert {address: status for address, status in answers.items() if status >= 500} == {}
    assert answers["/toms/measures/LT-WRK-01/"] == 200
    if role == "anonymous":
        assert answers["/toms/releases/first/handbook/"] == 200
        assert answers["/toms/releases/first/consultation/"] == 200
        assert answers["/toms/releases/first/consultation/comment/"] == 200
    if role == "owner":
        assert answers["/my/burley-hall/"] == 200
        assert answers["/my/burley-hall/toms/"] == 200
    if role == "superuser":
        assert answers["/admin/providers/listing/"] == 200


def test_the_snapshot_would_notice(busy: Organisation) -> None:
    before = snapshot()
    assert before.keys() >= {"accounts_organisation", "providers_listing", "mail_outgoingmail"}
    Organisation.objects.filter(pk=busy.pk).update(summary="Something new.")
    changed = {table for table, digest in snapshot().items() if digest != before[table]}
    assert changed == {"accounts_organisation"}


@pytest.mark.parametrize("role", ["anonymous", "owner", "curator"])
def test_every_page_with_example_data_says_so(lasting_cast: Cast, db: None, role: str) -> None:
    """Nobody invented is presented as real. The stock admin has a column that says it."""
    pretend = deepcopy(lasting_cast).pretend
    make_listing(pretend, title="Pretend ironing", state=Listing.State.SUBMITTED)
    make_listing_change(pretend.listings.get(slug="office-cleaning"))
    make_problem_report(pretend)
    make_entry_request(pretend)
    make_version(make_choice(pretend))
    make_filed(make_choice(pretend), tells_provider=True, supplier=pretend)
    make_rules(pretend, shared=True)
    make_recipient(listing=pretend.listings.get(slug="office-cleaning"))
    release = make_adoption(pretend).release
    make_comment(state="published", organisation=pretend)
    make_comment(organisation=pretend, release=release)
    texts: dict[str, str] = {}
    crawl(visitor(role, pretend), texts)
    shown = [
        address
        for address, text in texts.items()
        if pretend.name in text and not address.startswith(("/admin/", "/mailbox/"))
    ]
    assert len(shown) > {"anonymous": 3, "owner": 10, "curator": 15}[role], shown
    assert [page for page in shown if "badge--example" not in texts[page]] == []
