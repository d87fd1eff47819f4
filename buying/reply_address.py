"""Addresses that mails of a conversation are answered to: ``reply+<token>@REPLY_HOST``.

Each side of each conversation has its own. It holds no name and no address.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from buying.models import Message, Recipient

_LETTERS = {Message.By.ASKER: "a", Message.By.PROVIDER: "p"}
# Mail servers may make all letters small, and a local part has at most 64 of them.
_TOKEN = re.compile(r"(\d{1,18})([ap])([0-9a-f]{32})")
_LINK = re.compile(r"(?:https?://\S*)?/buying/(?:answer|enquiries)/[0-9a-f]{64}\S*", re.IGNORECASE)
_ANY = r"reply\+[0-9ap]{1,20}[0-9a-f]{32}@"


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Whose words come in, and in which conversation. It may have gone."""

    recipient_id: int
    by: Message.By


def reply_address(recipient: Recipient, by: Message.By) -> str:
    """Where ``by`` answers by mail; empty where mail is not taken in."""
    if not settings.REPLY_HOST:
        return ""
    secret = _secret(recipient.pk, _LETTERS[by], settings.SECRET_KEY)
    return f"reply+{recipient.pk}{_LETTERS[by]}{secret}@{settings.REPLY_HOST}"


def read_reply_address(address: str) -> ReplyTo | None:
    """What one of our addresses stands for; None for every other. Runs no query."""
    local, _, host = address.strip().lower().rpartition("@")
    found = _TOKEN.fullmatch(local.removeprefix("reply+"))
    if not found or not local.startswith("reply+") or host != settings.REPLY_HOST.lower():
        return None
    pk, letter, secret = found.groups()
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(secret, _secret(int(pk), letter, key)):
            return ReplyTo(int(pk), next(by for by, kept in _LETTERS.items() if kept == letter))
    return None


def without_secrets(text: str) -> str:
    """The text without our addresses and links: whoever has one can answer in somebody's name.

    A quoted mail that was not known for one may bring them along.
    """
    text = re.sub(_ANY + re.escape(settings.REPLY_HOST), "[address]", text, flags=re.IGNORECASE)
    return _LINK.sub("[link]", text)


def _secret(pk: int, letter: str, key: str) -> str:
    made = salted_hmac("buying.reply", f"{pk}{letter}", secret=key, algorithm="sha256")
    return made.hexdigest()[:32]
