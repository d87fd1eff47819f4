"""Whether an address is at a website that is an organisation's own: in doubt, it is not."""

import pytest

from accounts.models import Organisation
from providers.own_hosts import domain_of, host_of, is_own_address, is_shared
from tests.factories import make_listing, make_organisation, make_register_entry

db = pytest.mark.django_db

WEBSITE = "https://www.beckchoir.example/about"


def from_a_register(website: str = WEBSITE, **facts: object) -> Organisation:
    organisation = make_organisation("Beck Choir", website=website)
    listing = make_listing(organisation, origin="register")
    make_register_entry(listing, facts={"website": website, **facts})
    return organisation


@db
@pytest.mark.parametrize(
    ("email", "own"),
    [
        ("sam@beckchoir.example", True),
        ("Sam@BECKCHOIR.Example", True),
        ("sam@www.beckchoir.example", False),
        ("sam@mail.beckchoir.example", False),
        ("sam@notbeckchoir.example", False),
        ("sam@beckchoir.example.org", False),
        ("sam@example", False),
        ('"a@beckchoir.example"@evil.example', False),
        ("sam", False),
    ],
)
def test_the_host_has_to_be_the_very_same(email: str, own: bool) -> None:
    assert is_own_address(from_a_register(), email) is own


@db
def test_a_website_that_nobody_vouches_for_proves_nothing() -> None:
    organisation = make_organisation(website=WEBSITE)
    make_listing(organisation)
    assert not is_own_address(organisation, "sam@beckchoir.example")
    make_listing(organisation, origin="curator")
    assert is_own_address(organisation, "sam@beckchoir.example")


@db
def test_a_website_changed_since_the_import_proves_nothing() -> None:
    organisation = from_a_register()
    organisation.website = "https://evil.example/"
    assert not is_own_address(organisation, "sam@evil.example")
    assert not is_own_address(organisation, "sam@beckchoir.example")


@db
@pytest.mark.parametrize("state", ["published", "draft", "archived"])
def test_a_host_that_another_organisation_has_too_proves_nothing(state: str) -> None:
    organisation = from_a_register()
    make_listing(make_organisation(website="http://BeckChoir.example/choirs/2"), state=state)
    assert not is_own_address(organisation, "sam@beckchoir.example")


@db
def test_a_host_that_a_register_gives_to_two_proves_nothing() -> None:
    organisation = from_a_register()
    other = from_a_register()
    Organisation.objects.filter(pk=other.pk).update(website="")
    assert not is_own_address(organisation, "sam@beckchoir.example")


@db
def test_a_longer_host_of_somebody_else_takes_nothing_away() -> None:
    organisation = from_a_register()
    make_organisation(website="https://shop.beckchoir.example/")
    assert is_own_address(organisation, "sam@beckchoir.example")


@db
@pytest.mark.parametrize(
    "host",
    ["facebook.com", "leeds.gov.uk", "beckchoir.wordpress.com", "leedsth.nhs.uk", "x.leeds.ac.uk",
     "gmail.com", "sites.google.com", "school.leeds.sch.uk"],
)  # fmt: skip
def test_a_host_that_many_share_proves_nothing(host: str) -> None:
    organisation = from_a_register(f"https://{host}/beck-choir")
    assert is_shared(host)
    assert not is_own_address(organisation, f"sam@{host}")


@pytest.mark.parametrize(
    ("website", "host"),
    [
        (WEBSITE, "beckchoir.example"),
        ("http://BECK.example:8080/?q=1#x", "beck.example"),
        ("https://user@beck.example./", "beck.example"),
        ("https://evil.example@beck.example/", "beck.example"),
        ("https://[::1", ""),
        ("beck.example", ""),
        ("", ""),
        ("https://bück.example/", ""),
    ],
)
def test_hosts_have_one_form(website: str, host: str) -> None:
    assert host_of(website) == host


def test_domains_have_one_form() -> None:
    assert domain_of("Sam@Beck.Example.") == "beck.example"
    assert not is_shared("nothscotgov.uk")
    assert not is_shared("mygmail.com.example")
