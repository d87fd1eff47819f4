"""The system's Chromium in front of the whole site, and nothing else in reach."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # Passkeys belong to a name, so they are tried on localhost.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

PATIENCE = 15_000
"""Milliseconds to wait for anything: a busy machine is slow, and no test waits when all is well."""

type Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program's path. Absent: skip and say so, or fail with CI=true."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    message = f"NOT TESTED: no Chromium on this machine (looked for {', '.join(NAMES)})"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def database() -> str:
    """The name of the site's database, for what only time would change."""
    return f"test_tslsv_browser_{os.environ.get('PYTEST_XDIST_WORKER', '')}{os.getpid()}"


@pytest.fixture(scope="session")
def site(chromium: str, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site under test, filled once for all tests of this folder."""
    with server.running(database, tmp_path_factory.mktemp("site")) as address:
        yield address


# Playwright leaves an event loop running, in which Django would refuse to use the database: so the
# browser closes when the tests of this folder are over.
@pytest.fixture(scope="package")
def browser(chromium: str, site: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)) as launched,
    ):
        yield launched


@pytest.fixture(name="open_page")
def page_opener(browser: Browser, site: str) -> Iterator[Open]:
    """``open_page(path, width=1280, scheme="light", **options)``, each in a new profile."""
    contexts = []

    def open_page(
        path: str = "", *, width: int = 1280, height: int = 900, scheme: str = "light", **more: Any
    ) -> Page:
        context = browser.new_context(
            base_url=more.pop("base_url", site),
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
