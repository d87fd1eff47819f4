"""Where the site is, worked out from the settings."""

from collections.abc import Sequence


def site_url_of(given: str, *, hosts: Sequence[str], loopback_port: int | None) -> str:
    """The site's address without a path: what was given, else what can only be meant.

    That is ``http://localhost:<port>`` in the loopback run, and elsewhere the one name in
    ALLOWED_HOSTS. Empty when there are several, or none, or a pattern: a check then says so.
    """
    if given:
        return given.rstrip("/")
    if loopback_port is not None:
        return f"http://localhost:{loopback_port}"
    if len(hosts) == 1 and not hosts[0].startswith((".", "*")):
        return f"https://{hosts[0]}"
    return ""
