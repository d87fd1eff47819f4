"""Full addresses rest on the setting alone."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tslsv.mail.links import absolute
from tslsv.site_url import site_url_of


def test_a_path_becomes_an_address() -> None:
    assert absolute("/about/?a=b#c") == "https://leeds.example/about/?a=b#c"


@pytest.mark.parametrize("path", ["", "about/", "//evil.example/", "/\\evil.example", "https://x"])
def test_what_is_no_path_of_ours_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="one slash"):
        absolute(path)


def test_a_site_that_does_not_know_where_it_is_says_so(settings: Settings) -> None:
    settings.SITE_URL = ""
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        absolute("/about/")


@pytest.mark.parametrize(
    ("given", "hosts", "port", "expected"),
    [
        ("https://leeds.example/", ["other.example"], None, "https://leeds.example"),
        ("https://leeds.example", [], 8000, "https://leeds.example"),
        ("", ["localhost"], 8123, "http://localhost:8123"),
        ("", ["leeds.example"], None, "https://leeds.example"),
        ("", ["leeds.example", "www.leeds.example"], None, ""),
        ("", [".leeds.example"], None, ""),
        ("", ["*"], None, ""),
        ("", [], None, ""),
    ],
)
def test_where_the_site_is(given: str, hosts: list[str], port: int | None, expected: str) -> None:
    assert site_url_of(given, hosts=hosts, loopback_port=port) == expected
