"""Reading what somebody types as the address of their website: one host that may frame our pages.

What comes out stands in a security header, so it is taken apart and put together anew, and in doubt
it is refused.
"""

import ipaddress
import re
from urllib.parse import urlsplit

import idna

LONGEST = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_OWN_NETWORK = {
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private",
    "arpa", "onion", "invalid",
}  # fmt: skip
"""Last parts of names that mean another machine, or none, for everybody."""

EXAMPLE = "Enter the address of the website, such as www.example.org."
SECURE = "The website needs an address that starts with https://."
NO_STAR = "Enter one website, without a star. Add each of the others by itself."
NO_NUMBER = "Enter the name of the website, not the number of a machine."
OURS = "Enter a website that anybody can open. This one is known on your own network alone."
PORT = "What follows the colon is a port: a number from 1 to 65535."


def read_host(typed: str) -> str:
    """The host, as "www.example.org" or "www.example.org:8443", in lower case and ASCII.

    It may be typed with https:// and a page behind it. Raises ValueError in words for people.
    """
    text = typed.strip()
    if "*" in text:
        raise ValueError(NO_STAR)
    if "://" not in text:
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        name, userinfo = parts.hostname or "", parts.username is not None
    except ValueError as error:
        raise ValueError(EXAMPLE) from error
    if parts.scheme.lower() != "https":
        raise ValueError(SECURE)
    if userinfo:
        raise ValueError(EXAMPLE)
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(PORT) from error
    if port == 0:
        raise ValueError(PORT)
    name = _ascii(name)
    return name if port in (None, 443) else f"{name}:{port}"


def _ascii(name: str) -> str:
    """The name in the letters that names are looked up by. Raises ValueError."""
    name = name.removesuffix(".")
    _refuse_number(name)
    try:
        plain = idna.encode(name, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(EXAMPLE) from error
    _refuse_number(plain)
    labels = plain.split(".")
    if labels[-1] in _OWN_NETWORK:
        raise ValueError(OURS)
    if len(labels) < 2 or len(plain) > LONGEST or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(EXAMPLE)
    return plain


def _refuse_number(name: str) -> None:
    """Raises ValueError for an IP address, in any of the ways that browsers read one."""
    last = name.rpartition(".")[2].lower()
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        raise ValueError(NO_NUMBER)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return
    raise ValueError(NO_NUMBER)
