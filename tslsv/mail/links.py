"""Addresses of this site for the world outside: in mails, feeds and messages."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def absolute(path: str) -> str:
    """The full address of a path of this site, as in ``https://leeds.example/about/``.

    It rests on the setting SITE_URL alone: what a visitor's browser says about the host must never
    end up in somebody else's mail. Raises ValueError for what is not a path of ours.
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError("A path of this site starts with one slash.")
    if not settings.SITE_URL:
        raise ImproperlyConfigured("Set SITE_URL: links in mails need the site's address.")
    return f"{settings.SITE_URL}{path}"
