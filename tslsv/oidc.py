"""Employers' own sign-ins (OpenID Connect), as the environment describes them."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_NEEDED = ("id", "name", "server_url", "client_id", "secret", "domains")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def apps(text: str, *, loopback: bool) -> list[dict[str, Any]]:
    """``OIDC_PROVIDERS`` as allauth's list of apps; raises ImproperlyConfigured with what is wrong.

    ``domains`` are the mail domains that the employer speaks for: only addresses there are taken
    as the person's own. Plain HTTP is for a provider on this machine in the loopback run.
    """
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS is not JSON: {error}.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ImproperlyConfigured("OIDC_PROVIDERS must be a JSON list of objects.")
    found = [_app(entry, loopback=loopback) for entry in entries]
    ids = [app["provider_id"] for app in found]
    if len(set(ids)) < len(ids):
        raise ImproperlyConfigured("OIDC_PROVIDERS names an id twice.")
    return found


def origins(found: list[dict[str, Any]]) -> list[str]:
    """Where the sign-in form may lead on to: the providers' origins, for the CSP's form-action."""
    parts = [urlsplit(app["settings"]["server_url"]) for app in found]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def _app(entry: dict[str, Any], *, loopback: bool) -> dict[str, Any]:
    if missing := [key for key in _NEEDED if not entry.get(key)]:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: an entry lacks {', '.join(missing)}.")
    if unknown := sorted(set(entry) - set(_NEEDED)):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: nothing is known of {', '.join(unknown)}.")
    identity, url, domains = str(entry["id"]), str(entry["server_url"]), entry["domains"]
    if not _ID.fullmatch(identity):
        raise ImproperlyConfigured(
            "OIDC_PROVIDERS: an id has small letters, digits and dashes only."
        )
    parts = urlsplit(url)
    local = loopback and parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: the server_url of {identity} needs https.")
    if not isinstance(domains, list) or not all(isinstance(domain, str) for domain in domains):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: the domains of {identity} must be a list.")
    return {
        "provider_id": identity,
        "name": str(entry["name"]),
        "client_id": str(entry["client_id"]),
        "secret": str(entry["secret"]),
        "settings": {
            "server_url": url,
            "domains": [domain.strip().lower() for domain in domains],
            "oauth_pkce_enabled": True,
        },
    }
