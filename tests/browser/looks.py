"""Every public page, in the states in which people meet it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Look:
    """A page to look at: its address, what to do there first, and the status that it answers.

    ``again`` names, by a selector, what another look or the same page has already: the quick run
    leaves it out, as looking takes as long as there is to look at.
    """

    address: str
    act: Callable[[Page], object] | None = None
    status: int = 200
    again: str = ""

    def __str__(self) -> str:
        doing = f" {self.act.__name__.strip('_')}" if self.act else ""
        return f"{self.address}{doing}"

    def open(self, page: Page) -> None:
        """Go there, and do what is to be done."""
        response = page.goto(self.address)
        assert response is not None
        assert response.status == self.status
        if self.act:
            self.act(page)
        if page.locator("[data-map]").count():
            page.locator(".leaflet-container").wait_for()


def unfold(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def _send_nothing(page: Page) -> None:
    page.get_by_role("button", name="Send to a curator").click()


MORE = ".result:nth-child(n+6), .facet details .opt:nth-of-type(n+4)"
PANEL = f".facet, {MORE}"

# By URL name; tests fail when a name of the site is neither here nor below.
LOOKS = {
    "home": [Look("/")],
    "about": [Look("/about/")],
    "accessibility": [Look("/accessibility/")],
    "privacy": [Look("/privacy/")],
    "proof": [Look("/proof/")],
    "providers:search": [
        Look("/providers/", unfold, again=MORE),
        Look("/providers/?q=lunch&near=LS8&category=catering&sector=third", again=PANEL),
        Look("/providers/?q=quillmoor", unfold, again=PANEL),
        Look("/providers/?q=xylophone&sector=public&capacity=500", again=PANEL),
        Look("/providers/?category=zzz&capacity=-3&near=nonsense&sort=zzz", again=MORE),
        Look("/providers/?page=999", status=404),
    ],
    "providers:map": [Look("/providers/map/?q=lunch&near=LS8", again=PANEL)],
    "providers:words": [Look("/providers/words/")],
    "providers:organisation": [
        Look("/providers/quillmoor/"),
        Look("/providers/quillmoor-bowls/"),
        Look("/providers/brackenby/"),
    ],
    "providers:listing": [
        Look("/providers/quillmoor/long/"),
        Look("/providers/quillmoor/paused/"),
        Look("/providers/quillmoor-bowls/quillmoor-bowls/"),
        Look("/providers/brackenby/buffet/"),
    ],
    "providers:report_organisation": [Look("/providers/quillmoor/report/")],
    "providers:report_problem": [
        Look("/providers/quillmoor/long/report/", _send_nothing),
        Look("/providers/quillmoor/long/report/?sent=1"),
    ],
}

# What programs read and people do not, and what only staff see.
NOT_LOOKED_AT = {
    "healthz", "robots", "favicon",
    "providers:results_csv", "providers:results_atom",
    "providers:ward_outlines", "providers:sectors",
}  # fmt: skip
STAFF = "admin"

ALL = [look for looks in LOOKS.values() for look in looks]


def url_names() -> Iterator[str]:
    """The name of every address of the site, but for the staff's."""
    yield from _names(get_resolver().url_patterns, "")


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield prefix + pattern.name
        elif pattern.namespace != STAFF:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern.url_patterns, inner)
