"""One mail that came in for a conversation: whose it is, and what it says.

Nothing of its headers is kept but a hash of its Message-ID, so nothing of them can leak.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser

from accounts.addresses import confirmed_addresses
from accounts.models import Organisation
from accounts.models.invitation import hash_of
from buying.mails import asker_addresses, provider_addresses
from buying.models import Message, Recipient
from buying.reply_address import ReplyTo, read_reply_address, without_secrets
from buying.trimming import trim_reply

MOST_BYTES = 2_000_000
"""Of the whole mail; what hangs on it is not kept."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TO = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc")
_BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply)@", re.IGNORECASE)


class NotTaken(Exception):
    """The mail is not taken in; the words tell its sender why. ``code`` is for the mail server."""

    code = 65  # EX_DATAERR

    def __init__(self, words: str) -> None:
        super().__init__(words)


class NoSuchConversation(NotTaken):
    code = 67  # EX_NOUSER


class WrongSender(NotTaken):
    code = 77  # EX_NOPERM


@dataclass(frozen=True, slots=True)
class Came:
    """Whose words came in, in which conversation; ``key`` is the same for the same mail."""

    recipient: Recipient
    by: Message.By
    text: str
    key: str


def read_mail(raw: bytes, envelope_to: str = "") -> Came | None:
    """What the mail says; None for what a machine wrote by itself, which is dropped in silence.

    ``envelope_to`` is the address it was delivered to, where the mail server says so. Raises
    NotTaken.
    """
    if len(raw) > MOST_BYTES:
        raise NotTaken("This mail is too large. Send it without anything attached.")
    mail = message_from_bytes(raw, policy=policy.default)
    if _by_a_machine(mail):
        return None
    reply_to = _addressed(mail, envelope_to)
    if reply_to is None:
        raise NoSuchConversation("This address belongs to no conversation.")
    recipient = (
        Recipient.objects.select_related("enquiry__user", "organisation", "listing")
        .filter(pk=reply_to.recipient_id)
        .first()
    )
    if recipient is None:
        raise NoSuchConversation("This conversation is not here any more.")
    _check_sender(mail, recipient, reply_to.by)
    text = _clean(trim_reply(_words(mail)))
    if not text:
        raise NotTaken("There was nothing above the quoted text. Write your answer at the top.")
    if len(text) > Message.MOST_WORDS:
        raise NotTaken(f"Write at most {Message.MOST_WORDS:,} characters.")
    return Came(recipient, reply_to.by, text, _key(mail, raw))


def _header(mail: EmailMessage, name: str) -> str:
    """Headers of strangers: whatever they hold, they are text or nothing."""
    try:
        return str(mail.get(name, "") or "")
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""


def _by_a_machine(mail: EmailMessage) -> bool:
    """Answers that nobody wrote, and bounces (RFC 3834)."""
    if _header(mail, "Auto-Submitted").strip().lower() not in {"", "no"}:
        return True
    if _header(mail, "Precedence").strip().lower() in _BULK:
        return True
    if any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id")):
        return True
    if mail.get("Return-Path") is not None and _header(mail, "Return-Path").strip() == "<>":
        return True
    if mail.get_content_type() == "multipart/report":
        return True
    return _MACHINES.match(parseaddr(_header(mail, "From"))[1]) is not None


def _addressed(mail: EmailMessage, envelope_to: str) -> ReplyTo | None:
    named = [envelope_to] if envelope_to else [_header(mail, name) for name in _TO]
    for _, address in getaddresses([text for text in named if text]):
        if (found := read_reply_address(address)) is not None:
            return found
    return None


def _check_sender(mail: EmailMessage, recipient: Recipient, by: Message.By) -> None:
    """The address that it is from is one that we write to on this side. Raises WrongSender.

    A header can be forged; it is the secret in our address that keeps strangers out. This keeps
    out a colleague of the other side to whom such a mail was passed on.
    """
    sender = parseaddr(_header(mail, "From"))[1].lower()
    if by == Message.By.ASKER:
        enquiry = recipient.enquiry
        known = {address.lower() for address in asker_addresses(enquiry)}
        if enquiry.asker_has_left():
            known |= _of_members(enquiry.organisation)
        elif enquiry.user is not None:
            known |= confirmed_addresses(enquiry.user)
    else:
        known = {address.lower() for address in provider_addresses(recipient)}
        known |= _of_members(recipient.organisation)
    if not sender or sender not in known:
        raise WrongSender("Answer from the address that we wrote to, or on the page of the mail.")


def _of_members(organisation: Organisation | None) -> set[str]:
    """Every confirmed address of everybody who acts for it."""
    if organisation is None:
        return set()
    members = organisation.memberships.select_related("user")
    return {address for member in members for address in confirmed_addresses(member.user)}


def _words(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, UnicodeError, ValueError, KeyError):
        raw = part.get_payload(decode=True)
        text = raw.decode("latin-1") if isinstance(raw, bytes) else ""
    return _text_of(text) if part.get_content_subtype() == "html" else text


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return without_secrets(_CONTROLS.sub("", text)).strip()


def _key(mail: EmailMessage, raw: bytes) -> str:
    known = _header(mail, "Message-ID").strip()
    return hash_of(f"mail {known}" if known else f"mail {raw.decode('latin-1')}")


class _Reader(HTMLParser):
    """The text of an HTML mail; what it quotes is marked as in plain text."""

    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "hr"})
    SILENT = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.depth = self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.silent += 1
        if tag in self.BREAKS:
            self.lines.append("")
        if tag == "blockquote":
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self.silent:
            self.silent -= 1
        if tag in self.BREAKS:
            self.lines.append("")
        if tag == "blockquote" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        words = " ".join(data.split())
        if words and self.depth and not self.lines[-1]:
            self.lines[-1] = "> "
        space = " " if data[:1].isspace() and self.lines[-1] else ""
        self.lines[-1] += f"{space}{words}{' ' if words and data[-1:].isspace() else ''}"


def _text_of(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "\n".join(line.strip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text)
