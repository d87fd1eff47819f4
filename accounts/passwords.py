"""Whether a password is among those that thieves have already published."""

import hashlib
import logging
import urllib.request
from http.client import HTTPException

from django.conf import settings
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
MOST_BYTES = 1_000_000


class BreachedPasswordValidator:
    """Asks the service at ``PASSWORD_BREACH_URL``; without one, asks nobody.

    Only the first five letters of the password's SHA-1 leave this machine: the service answers with
    the rest of every hash that starts so, and never learns which was meant (the "range" interface
    of Have I Been Pwned). A service that does not answer in time stops nobody.
    """

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError for a published password."""
        if settings.PASSWORD_BREACH_URL and _is_published(password):
            raise ValidationError(
                "Thieves have published this password, so others will try it. Choose another.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "It must not be one that thieves have published."


def _is_published(password: str) -> bool:
    digest = hashlib.sha1(
        password.encode("utf-8", "surrogatepass"), usedforsecurity=False
    ).hexdigest()
    start, rest = digest[:5].upper(), digest[5:].upper()
    request = urllib.request.Request(  # noqa: S310 (the operator's own address)
        f"{settings.PASSWORD_BREACH_URL.rstrip('/')}/{start}",
        # Padded answers all have about the same length, so that nobody learns from that either.
        headers={"Add-Padding": "true", "User-Agent": "tslsv"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            text: str = answer.read(MOST_BYTES).decode("ascii", "replace")
    except (OSError, HTTPException, ValueError) as error:
        logger.warning("The service for published passwords did not answer: %s", type(error))
        return False
    for line in text.splitlines():
        ending, _, count = line.strip().partition(":")
        if ending.upper() == rest:
            return count.strip() != "0"  # padding
    return False
