"""Whether an email address is at a website that is an organisation's own.

Such an address settles by itself who may act for an organisation (``docs/adr/0007-joining.md``), so
in doubt the answer is no, and a curator looks.
"""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from accounts.models import Organisation
from providers.models import Listing, RegisterEntry

_FILE = Path(__file__).parent / "data" / "shared_hosts.txt"


def is_own_address(organisation: Organisation, email: str) -> bool:
    """Whether a mail to ``email`` reaches somebody at the organisation's own website.

    The website's host has to be known from a register or from a curator, to be nobody else's on the
    list, and to be none that many share: councils, the NHS, schools, social networks, builders of
    sites, mail for everybody. Up to four queries.
    """
    host = host_of(organisation.website)
    if not host or host != domain_of(email) or is_shared(host):
        return False
    return _is_known(organisation, host) and not _is_anybody_elses(organisation, host)


def host_of(website: str) -> str:
    """The host of a web address in its one form, without "www."; "" where there is none."""
    try:
        host = urlsplit(website).hostname or ""
    except ValueError:
        return ""
    return _plain(host).removeprefix("www.")


def domain_of(email: str) -> str:
    """What follows the last @, in its one form."""
    return _plain(email.rpartition("@")[2])


def is_shared(host: str) -> bool:
    """Whether it is, or lies under, one of ``data/shared_hosts.txt``."""
    parts = host.split(".")
    return any(".".join(parts[start:]) in _shared() for start in range(len(parts)))


def shared_pattern() -> str:
    """The same as a regular expression, for PostgreSQL to compare hosts with."""
    return rf"(^|\.)({'|'.join(re.escape(host) for host in sorted(_shared()))})$"


def _plain(host: str) -> str:
    """One with other letters can be written in two ways, so it is taken for none."""
    return host.strip().lower().rstrip(".") if host.isascii() else ""


def _is_known(organisation: Organisation, host: str) -> bool:
    """Its members may write any website, so only what an import or a curator wrote counts."""
    taken_down = Listing.objects.filter(
        organisation=organisation, origin=Listing.Origin.CURATOR
    ).exists()
    return taken_down or any(
        host_of(str(facts.get("website") or "")) == host
        for facts in organisation.register_entries.values_list("facts", flat=True)
    )


def _is_anybody_elses(organisation: Organisation, host: str) -> bool:
    """Whether another organisation, public or not, gives the same host or gave it in a register."""
    websites = (
        Organisation.objects.exclude(pk=organisation.pk)
        .filter(website__icontains=host)
        .values_list("website", flat=True)
    )
    elsewhere = (
        RegisterEntry.objects.exclude(organisation=organisation)
        .filter(facts__website__icontains=host)
        .values_list("facts__website", flat=True)
    )
    return any(host_of(str(website or "")) == host for website in [*websites, *elsewhere])


@cache
def _shared() -> frozenset[str]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
