"""Every public page, in the states in which people meet it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Look:
    """A page to look at: its address, what to do there first, and the status that it answers."""

    address: str
    act: Callable[[Page], object] | None = None
    status: int = 200

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
        page.wait_for_load_state("networkidle")


def unfold(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def _send_nothing(page: Page) -> None:
    page.get_by_role("button", name="Send to a curator").click()


# By URL name; tests fail when a name of the site is neither here nor below.
LOOKS = {
    "home": [Look("/")],
    "about": [Look("/about/")],
    "accessibility": [Look("/accessibility/")],
    "privacy": [Look("/privacy/")],
    "proof": [Look("/proof/")],
    "providers:search": [
        Look("/providers/", unfold),
        Look("/providers/?page=2"),
        Look("/providers/?q=lunch&near=LS8&category=catering&sector=third&notice=30"),
        Look("/providers/?q=quillmoor", unfold),
        Look("/providers/?q=xylophone&sector=public&capacity=500"),
        Look("/providers/?category=zzz&capacity=-3&near=nonsense&sort=zzz", unfold),
        Look("/providers/?page=999", status=404),
    ],
    "providers:map": [Look("/providers/map/"), Look("/providers/map/?q=lunch&near=LS8")],
    "providers:organisation": [
        Look("/providers/quillmoor/"),
        Look("/providers/quillmoor-bowls/"),
        Look("/providers/{organisation}/"),
    ],
    "providers:listing": [
        Look("/providers/quillmoor/long/"),
        Look("/providers/quillmoor/paused/"),
        Look("/providers/quillmoor-bowls/quillmoor-bowls/"),
        Look("/providers/{organisation}/{listing}/"),
    ],
    "providers:report_organisation": [Look("/providers/quillmoor/report/")],
    "providers:report_problem": [
        Look("/providers/quillmoor/long/report/", _send_nothing),
        Look("/providers/quillmoor/long/report/?sent=1"),
    ],
}
