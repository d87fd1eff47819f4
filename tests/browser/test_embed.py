"""A view in a frame of another website: shown where that is registered, blocked where it is not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import Open
from tests.browser.people import FRAMING_PORTS

VIEW = "/providers/embed/brackenby/"


@contextmanager
def another_website(address: str, *, registered: bool) -> Iterator[int]:
    """A server of its own, whose only page frames the address; yields its port."""

    frame = f'<iframe src="{address}" width="600" height="900"></iframe>'

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><title>Elsewhere</title>{frame}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with _listening(Elsewhere, registered=registered) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def _listening(handler: type[BaseHTTPRequestHandler], *, registered: bool) -> ThreadingHTTPServer:
    """On one of the ports that may frame views, or on any other."""
    for port in FRAMING_PORTS if registered else [0]:
        try:
            return ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            continue
    raise AssertionError("every port that may frame views is taken")


def framed(page: Page, address: str) -> FrameLocator:
    page.goto(address)
    return page.frame_locator("iframe")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_a_registered_website_shows_it(open_page: Open, site: str, *, javascript: bool) -> None:
    page = open_page(java_script_enabled=javascript)
    with another_website(f"{site}{VIEW}?sort=name", registered=True) as port:
        frame = framed(page, f"http://localhost:{port}/")
        expect(frame.get_by_role("heading", level=1)).to_contain_text("offers from")
        first = frame.locator(".result__t").first.inner_text()
        frame.get_by_role("link", name="Next page").click()
        expect(frame.locator(".result-list")).to_have_attribute("start", "21")
        assert frame.locator(".result__t").first.inner_text() != first
        with page.context.expect_page() as opened:
            frame.locator(".result__t a").first.click()
        expect(opened.value.locator("header.site-head")).to_contain_text("Leeds Social Value")
        assert page.context.cookies() == []


@pytest.mark.parametrize(
    ("registered", "host", "address"),
    [
        (False, "localhost", VIEW),
        (True, "127.0.0.1", VIEW),
        (True, "localhost", "/providers/embed/quillmoor/"),
        (True, "localhost", "/providers/"),
        (True, "localhost", "/accounts/login/"),
    ],
)
def test_everywhere_else_it_is_blocked(
    open_page: Open, site: str, host: str, address: str, *, registered: bool
) -> None:
    page = open_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    with another_website(f"{site}{address}", registered=registered) as port:
        frame = framed(page, f"http://{host}:{port}/")
        page.wait_for_load_state("networkidle")
        expect(frame.get_by_role("heading", level=1)).to_have_count(0)
    assert "frame-ancestors" in " ".join(complaints)
