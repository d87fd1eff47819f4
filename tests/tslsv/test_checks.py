"""System checks: each bad combination of settings is named, and good ones pass."""

from collections.abc import Callable

import pytest
from django.core.checks import CheckMessage, registry
from django.utils.csp import CSP
from pytest_django import Settings

from tslsv import checks

SAFE_KEY = "k" * checks.SECRET_KEY_LENGTH
TILES = {
    "MAP_TILES_URL": "https://tiles.example.org/{z}/{x}/{y}.png",
    "MAP_TILES_ORIGIN": "https://tiles.example.org",
    "MAP_TILES_ATTRIBUTION": "© Somebody",
}


def found(check: Callable[..., list[CheckMessage]]) -> list[str]:
    return [str(message.id) for message in check(None)]


def apply(settings: Settings, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"LOOPBACK": True, "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"]}, []),
        ({"LOOPBACK": True, "ALLOWED_HOSTS": ["LOCALHOST"], "DEBUG": True, "SECRET_KEY": "x"}, []),
        ({"LOOPBACK": True, "ALLOWED_HOSTS": ["localhost", "leeds.example"]}, ["tslsv.E001"]),
        ({"LOOPBACK": True, "ALLOWED_HOSTS": ["*"]}, ["tslsv.E001"]),
        ({"LOOPBACK": False, "ALLOWED_HOSTS": ["leeds.example"]}, []),
        ({"LOOPBACK": False, "DEBUG": True}, ["tslsv.E002"]),
        ({"LOOPBACK": False, "SECRET_KEY": "short"}, ["tslsv.E003"]),
    ],
)
def test_loopback(settings: Settings, values: dict[str, object], expected: list[str]) -> None:
    apply(settings, {"DEBUG": False, "SECRET_KEY": SAFE_KEY} | values)
    assert found(checks.loopback) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"LOOPBACK": True}, ["tslsv.E004"]),
        ({"SUPPORT_EMAIL": ""}, ["tslsv.W001"]),
        ({"OPERATOR_NAME": ""}, ["tslsv.W001"]),
    ],
)
def test_deployment(settings: Settings, values: dict[str, object], expected: list[str]) -> None:
    good = {"LOOPBACK": False, "SUPPORT_EMAIL": "help@example.org", "OPERATOR_NAME": "Somebody"}
    apply(settings, good | values)
    assert found(checks.deployment) == expected


@pytest.mark.parametrize(
    ("directive", "sources", "expected"),
    [
        ("script-src", [CSP.SELF], []),
        ("script-src", [CSP.SELF, CSP.UNSAFE_INLINE], ["tslsv.E005"]),
        ("script-src", [CSP.SELF, CSP.UNSAFE_EVAL], ["tslsv.E005"]),
        ("style-src", ["*"], ["tslsv.E005"]),
        ("default-src", ["https:"], ["tslsv.E005"]),
    ],
)
def test_content_policy(
    settings: Settings, directive: str, sources: list[str], expected: list[str]
) -> None:
    settings.SECURE_CSP = settings.SECURE_CSP | {directive: sources}
    assert found(checks.content_policy) == expected


@pytest.mark.parametrize("directive", ["default-src", "script-src", "style-src"])
def test_content_policy_must_name_each_directive(settings: Settings, directive: str) -> None:
    settings.SECURE_CSP = {
        name: value for name, value in settings.SECURE_CSP.items() if name != directive
    }
    assert found(checks.content_policy) == ["tslsv.E005"]


@pytest.mark.parametrize(
    ("address", "expected"), [("", []), ("help@example.org", []), ("help at x", ["tslsv.E006"])]
)
def test_support_email(settings: Settings, address: str, expected: list[str]) -> None:
    settings.SUPPORT_EMAIL = address
    assert found(checks.support_email) == expected


@pytest.mark.parametrize(
    ("url", "loopback", "expected"),
    [
        ("https://leeds.example", False, []),
        ("https://leeds.example:8443", False, []),
        ("http://localhost:8000", True, []),
        ("", False, ["tslsv.E011"]),
        ("", True, ["tslsv.E011"]),
        ("leeds.example", False, ["tslsv.E012"]),
        ("https://leeds.example/site", False, ["tslsv.E012"]),
        ("https://*.leeds.example", False, ["tslsv.E012"]),
        ("javascript:alert(1)", True, ["tslsv.E012"]),
        ("http://leeds.example", False, ["tslsv.E013"]),
    ],
)
def test_site_url(settings: Settings, url: str, loopback: bool, expected: list[str]) -> None:
    apply(settings, {"SITE_URL": url, "LOOPBACK": loopback})
    assert found(checks.site_url) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        (dict.fromkeys(TILES, ""), []),
        ({"MAP_TILES_URL": ""}, ["tslsv.W002"]),
        ({"MAP_TILES_URL": "https://tiles.example.org/{z}/{x}.png"}, ["tslsv.E007"]),
        ({"MAP_TILES_ATTRIBUTION": ""}, ["tslsv.E008"]),
        ({"MAP_TILES_ORIGIN": ""}, ["tslsv.E009"]),
        ({"MAP_TILES_ORIGIN": "https://tiles.example.org/path"}, ["tslsv.E009"]),
        ({"MAP_TILES_ORIGIN": "https://a.example; script-src *"}, ["tslsv.E009"]),
        ({"MAP_TILES_ORIGIN": "*"}, ["tslsv.E009"]),
        ({"MAP_TILES_ORIGIN": "https://other.example.org"}, ["tslsv.E010"]),
        ({"MAP_TILES_ORIGIN": "http://tiles.example.org"}, ["tslsv.E010"]),
        ({"MAP_TILES_ORIGIN": "https://tiles.example.org:8443"}, ["tslsv.E010"]),
        (
            {
                "MAP_TILES_URL": "https://{s}.tiles.example.org/{z}/{x}/{y}.png",
                "MAP_TILES_ORIGIN": "https://*.tiles.example.org",
            },
            [],
        ),
        (
            {
                "MAP_TILES_URL": "https://{s}.tiles.example.org/{z}/{x}/{y}.png",
                "MAP_TILES_ORIGIN": "https://a.tiles.example.org",
            },
            ["tslsv.E010"],
        ),
    ],
)
def test_map_tiles(settings: Settings, values: dict[str, object], expected: list[str]) -> None:
    apply(settings, TILES | values)
    assert found(checks.map_tiles) == expected


def test_all_checks_are_registered() -> None:
    ours = {
        check.__name__  # type: ignore[attr-defined]
        for check in registry.registry.get_checks(include_deployment_checks=True)
        if check.__module__ == checks.__name__
    }
    assert ours == {
        "loopback",
        "deployment",
        "content_policy",
        "support_email",
        "site_url",
        "map_tiles",
    }
