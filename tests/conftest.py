"""What every test lives in: no network but loopback, no memory of other tests; and a named cast."""

import datetime
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import FETCH_RAISE
from django.test import override_settings
from django.utils import timezone
from psycopg import sql
from pytest_django import DjangoDbBlocker

from accounts.models import Organisation
from brokerage.cards import drawn_notices
from brokerage.choices import CHOICES as BOARD_CHOICES
from places import lookup
from places.models import PostcodeSector, Ward
from places.services import load_builtin
from providers import cards, listing_index, vocabulary
from providers.choices import CHOICES
from providers.models import Claim, Listing, Term
from tests.factories import (
    make_claim,
    make_listing,
    make_mail,
    make_organisation,
    make_photo,
    make_postcode,
    make_register_entry,
)
from toms.choices import CHOICES as TOMS_CHOICES

# A busy machine is no fault. All else stays as hypothesis has it, here or in CI.
hypothesis.settings.register_profile("any machine", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("any machine")

CHECKOUT = Path(__file__).resolve().parent.parent


# -- What no test may do ----------------------------------------------------------------------


class NetworkForbidden(RuntimeError):
    """A test tried to reach something other than this machine."""


def _is_loopback(host: object) -> bool:
    if not isinstance(host, str) or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Python's own sockets reach loopback and this machine's files, and no name is looked up.

    PostgreSQL's driver connects in C and passes by; its address is ours anyway.
    """
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(host: object) -> None:
        if not _is_loopback(host):
            raise NetworkForbidden(f"A test tried to reach {host!r}.")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            check(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            check(address[0])
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


# -- What every test is spared ----------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _quick_settings() -> Iterator[None]:
    """Passwords hashed fast, static files by their plain names (none have been collected), and a
    cache in memory, as most tests have no database. ``shared_cache`` is the real one.
    """
    # Whitenoise warns of a folder that is not there.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Tests with transactions of their own may empty the audit, which is append-only elsewhere."""
    options = connection.settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c tslsv.may_truncate_audit=on"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Autovacuum keeps off: a test's rows are not committed, so it would note that tables are
    empty, and queries would be planned for that.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = false)").format(
                    sql.Identifier(table)
                )
            )


@contextmanager
def rolled_back(blocker: DjangoDbBlocker) -> Iterator[None]:
    """One transaction around all tests of a module, undone and swept up at its end."""
    with blocker.unblock():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")


def _forget_all() -> None:
    lookup.forget()
    for choices in (CHOICES, TOMS_CHOICES, BOARD_CHOICES):
        choices.forget()
    cards.drawn_cards.clear()
    drawn_notices.clear()
    cache.clear()


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """What a process remembers of rows must not outlive the test that made them."""
    _forget_all()
    yield
    _forget_all()


@pytest.fixture(autouse=True)
def no_jobs_left(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What tests with transactions of their own have queued goes with them: Django, which empties
    the other tables, leaves alone what it does not manage.
    """
    yield
    mark = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (mark and mark.kwargs.get("transaction")):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, "
                "procrastinate_workers"
            )


@pytest.fixture
def no_lazy_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that was read by a query may not run another one for what it lacks."""
    monkeypatch.setattr("django.db.models.query.DEFAULT_FETCH_MODE", FETCH_RAISE)


# -- Real files -------------------------------------------------------------------------------


def _real_data(name: str, file: str) -> Path:
    folder = Path(os.environ.get("TSLSV_DATA") or CHECKOUT.parent / "shared" / "data") / name
    if not (folder / file).is_file():
        message = f"NOT TESTED: no real data at {folder} (set TSLSV_DATA)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def places_data() -> Path:
    """The folder of real files of places. Absent: skip and say so, or fail with CI=true."""
    return _real_data("places", "postcodes_leeds.csv")


@pytest.fixture(scope="session")
def organisations_data() -> Path:
    """The folder of real registers. Absent: skip and say so, or fail with CI=true."""
    return _real_data("organisations", "coops_uk_2023_q2.csv")


@pytest.fixture(scope="session")
def toms_data() -> Path:
    """The folder of the starter set. Absent: skip and say so, or fail with CI=true."""
    return _real_data("toms", "leeds_toms_starter.csv")


# -- Rows -------------------------------------------------------------------------------------


@pytest.fixture
def places(db: None) -> None:
    """The 33 wards and the postcode sectors that come with the program."""
    load_builtin()


@pytest.fixture(name="vocabulary")
def loaded_vocabulary(db: None) -> None:
    """The terms and synonyms that a new site starts with."""
    vocabulary.load()


@dataclass(frozen=True, slots=True)
class Cast:
    """Organisations and listings that tests call by name.

    - ``kitchen`` sells ``buffet`` (from £6.50 a head, all over Leeds, 60 people, 2 days' notice)
      and ``cakes`` (ask, in Armley only). A checked living-wage claim; led by women, declared.
    - ``hall`` lets ``big_hall`` (free, 120 people, step-free, with a photo) at its address, which
      is public.
    - ``printers`` sell ``posters`` (£30 an hour, confirmed ten months ago: stale).
    - ``bowls`` has ``register_entry``: from a public register, no category, no place.
    - ``pretend`` is example data; it sells ``pretend_cleaning``.

    One mail waits to be sent, M-22222.
    """

    kitchen: Organisation
    hall: Organisation
    printers: Organisation
    bowls: Organisation
    pretend: Organisation
    buffet: Listing
    cakes: Listing
    big_hall: Listing
    posters: Listing
    register_entry: Listing
    pretend_cleaning: Listing

    @property
    def listings(self) -> list[Listing]:
        """Every listing, in the order of their names."""
        return [
            self.register_entry,
            self.big_hall,
            self.buffet,
            self.cakes,
            self.pretend_cleaning,
            self.posters,
        ]


def _placed(name: str, slug: str, near: str, **fields: Any) -> Organisation:
    row = PostcodeSector.objects.get(code=near)
    return make_organisation(
        name,
        slug=slug,
        postcode=f"{near}AA",
        ward_id=row.main_ward_id,
        public_latitude=row.latitude,
        public_longitude=row.longitude,
        **fields,
    )


def _make_cast() -> Cast:
    def term(facet: str, code: str) -> Term:
        return Term.objects.get(facet=facet, code=code)

    kitchen = _placed(
        "Holbeck Kitchen",
        "holbeck-kitchen",
        "LS11 9",
        sector="third",
        legal_form="cic",
        email="hello@holbeckkitchen.example",
        phone="+44 113 496 0101",
        website="https://holbeckkitchen.example/",
        latitude=53.78812,
        longitude=-1.55643,
        address="1 Secret Yard",
    )
    make_claim(kitchen, term("ethos", "living-wage"), level=Claim.Level.CHECKED)
    make_claim(kitchen, term("edi_led", "women"))
    hall = _placed(
        "Burley Hall",
        "burley-hall",
        "LS4 2",
        sector="third",
        legal_form="cio",
        address_public=True,
        phone="0113 496 0102",
    )
    make_claim(hall, term("ethos", "living-wage"), level=Claim.Level.EVIDENCED)
    printers = _placed(
        "Woodhouse Printers", "woodhouse-printers", "LS2 9", sector="private", legal_form="llp"
    )
    bowls = make_organisation("Armley Bowls", slug="armley-bowls", legal_form="society")
    pretend = _placed("Pretend Cleaners", "pretend-cleaners", "LS8 4", is_example=True)

    now = timezone.now()
    buffet = make_listing(
        kitchen,
        title="Buffet lunches",
        slug="buffet-lunches",
        summary="Cold platters, sandwiches and salads.",
        categories=[term("category", "buffet-lunches")],
        pricing="priced",
        price_from="6.50",
        price_unit="head",
        notice_days=2,
        capacity=60,
        payment=["invoice", "po"],
        delivery="leeds",
    )
    cakes = make_listing(
        kitchen,
        title="Celebration cakes",
        slug="celebration-cakes",
        summary="Baked to order.",
        categories=[term("category", "cakes-and-baking")],
        notice_days=7,
        delivery="wards",
        delivery_wards=[Ward.objects.get(name="Armley")],
    )
    big_hall = make_listing(
        hall,
        title="Big hall",
        slug="big-hall",
        summary="Stage, kitchen and a garden.",
        categories=[term("category", "halls")],
        access_features=[term("access", "step-free-entrance")],
        pricing="free",
        capacity=120,
    )
    make_photo(big_hall, alt="A hall with a stage.", digest="0" * 64)
    posters = make_listing(
        printers,
        title="Posters",
        slug="posters",
        summary="Printed overnight.",
        pricing="priced",
        price_from="30",
        price_unit="hour",
        notice_days=0,
        confirmed_at=now - datetime.timedelta(days=305),
    )
    register_entry = make_listing(
        bowls,
        title="Armley Bowls",
        slug="armley-bowls",
        origin=Listing.Origin.REGISTER,
        confirmed_at=now - datetime.timedelta(days=900),
    )
    make_register_entry(register_entry)
    make_mail(reference="M-22222")
    pretend_cleaning = make_listing(
        pretend, title="Office cleaning", slug="office-cleaning", payment=["card"]
    )
    made = Cast(
        kitchen=kitchen,
        hall=hall,
        printers=printers,
        bowls=bowls,
        pretend=pretend,
        buffet=buffet,
        cakes=cakes,
        big_hall=big_hall,
        posters=posters,
        register_entry=register_entry,
        pretend_cleaning=pretend_cleaning,
    )
    listing_index.refresh([listing.pk for listing in made.listings])
    return made


@pytest.fixture
def loaded_postcode(places: None) -> str:
    """A postcode whose own point and ward (Roundhay) are known."""
    return make_postcode(
        "LS8 4AA", latitude=53.8301, longitude=-1.5006, ward=Ward.objects.get(name="Roundhay")
    ).unit


@pytest.fixture
def cast(places: None, vocabulary: None) -> Cast:
    """The named cast, in the index."""
    return _make_cast()


@pytest.fixture(scope="module")
def lasting_cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast, made once for all tests of a module; each still rolls back what it changes.

    A module that uses it has no tests with transactions of their own, and gives each test a copy:

        @pytest.fixture
        def cast(lasting_cast: Cast, db: None) -> Cast:
            return deepcopy(lasting_cast)
    """
    with rolled_back(django_db_blocker):
        load_builtin()
        vocabulary.load()
        yield _make_cast()
