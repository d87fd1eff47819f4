"""Combinations of settings that must not reach the public."""

import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.csp import CSP

# "testserver" is the test client's; like the others it cannot be reached from another machine.
LOCAL_HOSTS = {"localhost", ".localhost", "127.0.0.1", "[::1]", "testserver"}
SECRET_KEY_LENGTH = 50
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::\d+)?")


@register(Tags.security)
def loopback(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The loopback run has plain HTTP and plain cookies: no other machine may reach it."""
    if settings.LOOPBACK:
        public = [host for host in settings.ALLOWED_HOSTS if host.lower() not in LOCAL_HOSTS]
        if public:
            return [
                Error(
                    f"TSLSV_LOOPBACK is on, but ALLOWED_HOSTS names {', '.join(public)}.",
                    hint="Turn TSLSV_LOOPBACK off, or allow only localhost.",
                    id="tslsv.E001",
                )
            ]
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Error(
                "DEBUG is on outside the loopback run: its error pages show settings and data.",
                hint="Turn DEBUG off.",
                id="tslsv.E002",
            )
        )
    if len(settings.SECRET_KEY) < SECRET_KEY_LENGTH:
        found.append(
            Error(
                f"SECRET_KEY has fewer than {SECRET_KEY_LENGTH} characters.",
                hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="tslsv.E003",
            )
        )
    return found


@register(Tags.security, deploy=True)
def deployment(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """What only ``check --deploy`` asks: a development run has no need of it."""
    found: list[CheckMessage] = []
    if settings.LOOPBACK:
        found.append(
            Error(
                "TSLSV_LOOPBACK is on: this is the run for one machine, without HTTPS.",
                hint="Turn TSLSV_LOOPBACK off in public.",
                id="tslsv.E004",
            )
        )
    for name, purpose in (
        ("SUPPORT_EMAIL", "people have no address to write to for help"),
        ("OPERATOR_NAME", "the privacy notice cannot say who is responsible for personal data"),
    ):
        if not getattr(settings, name):
            found.append(Caution(f"{name} is empty: {purpose}.", id="tslsv.W001"))
    return found


@register(Tags.security)
def content_policy(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Scripts and styles come from our own files alone; the templates rely on nothing else."""
    weak = {str(CSP.UNSAFE_INLINE), str(CSP.UNSAFE_EVAL), "*", "https:", "http:", "data:"}
    policy = cast("dict[str, list[str]]", settings.SECURE_CSP)
    return [
        Error(
            f"SECURE_CSP lets {directive} load {', '.join(sorted(loose))}.",
            hint="Move the script or style into a static file.",
            id="tslsv.E005",
        )
        for directive in ("default-src", "script-src", "style-src")
        if (loose := weak.intersection(policy.get(directive, ["*"])))
    ]


@register()
def support_email(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """A misspelt address would stand in every page's footer."""
    address = settings.SUPPORT_EMAIL
    if not address:
        return []
    try:
        validate_email(address)
    except ValidationError:
        return [Error("SUPPORT_EMAIL is not an email address.", id="tslsv.E006")]
    return []


@register()
def site_url(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Every link in a mail begins with it."""
    url = settings.SITE_URL
    if not url:
        return [
            Error(
                "SITE_URL is empty, and ALLOWED_HOSTS does not name one host: links in mails "
                "would lead nowhere.",
                hint="Set SITE_URL, for example to https://leeds.example.",
                id="tslsv.E011",
            )
        ]
    if not _ORIGIN.fullmatch(url) or "*" in url:
        return [
            Error(
                "SITE_URL must be the site's scheme and host alone.",
                hint="For example https://leeds.example.",
                id="tslsv.E012",
            )
        ]
    if not url.startswith("https:") and not settings.LOOPBACK:
        return [Error("SITE_URL must begin with https: outside the loopback run.", id="tslsv.E013")]
    return []


@register()
def map_tiles(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Tiles need their address, the origin the CSP lets through, and their maker's credit."""
    url, origin = settings.MAP_TILES_URL, settings.MAP_TILES_ORIGIN
    if not url:
        if origin or settings.MAP_TILES_ATTRIBUTION:
            return [
                Caution(
                    "MAP_TILES_ORIGIN or MAP_TILES_ATTRIBUTION is set without MAP_TILES_URL.",
                    hint="Set MAP_TILES_URL too, or neither of them.",
                    id="tslsv.W002",
                )
            ]
        return []
    found: list[CheckMessage] = []
    if missing := [part for part in ("{z}", "{x}", "{y}") if part not in url]:
        found.append(Error(f"MAP_TILES_URL has no {', '.join(missing)}.", id="tslsv.E007"))
    if not settings.MAP_TILES_ATTRIBUTION:
        found.append(Error("MAP_TILES_URL is set without MAP_TILES_ATTRIBUTION.", id="tslsv.E008"))
    if not _ORIGIN.fullmatch(origin):
        found.append(
            Error(
                "MAP_TILES_ORIGIN must be the tiles' scheme and host alone.",
                hint="For example https://tiles.example.org, or https://*.tiles.example.org.",
                id="tslsv.E009",
            )
        )
    elif not _covers(origin, url):
        found.append(
            Error(
                "MAP_TILES_ORIGIN is not where MAP_TILES_URL points: the CSP would block the map.",
                id="tslsv.E010",
            )
        )
    return found


def _covers(origin: str, url: str) -> bool:
    """Whether a CSP source lets the tile address through; Leaflet fills ``{s}`` with a letter."""
    tiles, allowed = urlsplit(url.replace("{s}", "a")), urlsplit(origin)
    if (tiles.scheme, tiles.port) != (allowed.scheme, allowed.port):
        return False
    host, pattern = tiles.hostname or "", allowed.hostname or ""
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern and "{s}" not in urlsplit(url).netloc
