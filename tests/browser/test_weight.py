"""Pages arrive quickly on an old phone: what is sent, compressed as in public."""

import pytest

from tests.browser.conftest import Open

MOST_BYTES = 60_000
PAGES = [
    "/",
    "/providers/",
    "/providers/?q=lunch&near=LS8",
    "/toms/",
    "/toms/measures/LT-WRK-01/",
    "/providers/brackenby/buffet/",
]
KINDS = {"Document", "Stylesheet", "Script"}
MAP = ("leaflet", "map")


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_light(open_page: Open, address: str) -> None:
    page = open_page()
    session = page.context.new_cdp_session(page)
    files: dict[str, str] = {}
    sent: dict[str, int] = {}
    session.on(
        "Network.responseReceived",
        lambda event: (
            files.update({event["requestId"]: event["response"]["url"]})
            if event["type"] in KINDS
            else None
        ),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sent.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    session.send("Network.enable")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    sizes = {
        url.rpartition("/")[2]: sent[request]
        for request, url in files.items()
        if not url.rpartition("/")[2].startswith(MAP)
    }
    assert len(sizes) >= 4
    assert sum(sizes.values()) <= MOST_BYTES, sizes
