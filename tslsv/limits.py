"""How often somebody may do a thing, counted for all web processes together; and who somebody is.

Counts live in Django's default cache: PostgreSQL, or Redis where ``REDIS_URL`` is set.
"""

import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

# Where no address is known, as behind a socket in the file system: all such requests count as one.
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 (nothing listens there)


def allow(name: str, key: str, limit: int, seconds: int, *, same: str = "") -> bool:
    """Whether ``key`` may do the thing called ``name`` now: at most ``limit`` times in any span.

    Each time takes one of ``limit`` slots, which frees itself after ``seconds``. Taking a slot is
    one atomic step, so two processes never take the same. ``same`` says what is done: the same
    thing once more, say a double click, needs no second slot. Only keyed hashes of ``key`` and
    ``same`` are kept. Call it outside a transaction that may be rolled back.
    """
    digest = _digest(f"{name}\0{key}")
    slots = [f"limit:{digest}:{number}" for number in range(limit)]
    taken = cache.get_many(slots)
    what = _digest(same) if same else ""
    if what and what in taken.values():
        return True
    return any(slot not in taken and cache.add(slot, what, seconds) for slot in slots)


def client_ip(request: HttpRequest) -> str:
    """The network address that the request came from, as far as our own proxies vouch for it.

    With ``TRUSTED_PROXIES`` = n it is the n-th entry of ``X-Forwarded-For`` from the right: each of
    our proxies adds the address it was called from, and what stands before is the sender's claim.
    A list that is too short did not come through all of them, and is not believed at all.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        entries = request.headers.get("X-Forwarded-For", "").split(",")
        if len(entries) >= proxies and entries[-proxies].strip():
            address = entries[-proxies].strip()
    return _without_port(address)


def client_network(request: HttpRequest) -> str:
    """What requests of one sender are counted by: the address, or of IPv6 the network of 64 bits.

    One home has a whole IPv6 network, so counting single addresses there would limit nobody.
    """
    parsed = ipaddress.ip_address(client_ip(request))
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed, 64), strict=False))
    return str(parsed)


def _without_port(address: str) -> str:
    """The bare address; some proxies write ``192.0.2.1:4711`` or ``[2001:db8::1]:4711``."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return UNKNOWN_ADDRESS


def _digest(text: str) -> str:
    return salted_hmac("tslsv.limits", text, algorithm="sha256").hexdigest()
