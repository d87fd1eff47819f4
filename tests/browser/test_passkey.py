"""Passkeys with Chromium's own virtual authenticator: made, used to sign in, asked for, removed."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.listening import listen
from tests.browser.people import sign_in


@pytest.fixture
def here(site: str) -> str:
    """The site under a name: passkeys are bound to names, never to numbers."""
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(open_page: Open, here: str) -> Page:
    """A page in a browser that has an authenticator which knows its owner."""
    page = open_page(base_url=here)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return page


def test_a_passkey_from_first_to_last(page: Page, here: str) -> None:
    heard = listen(page, here)
    sign_in(page)
    page.get_by_role("link", name="Your sign-in").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    expect(page.get_by_text("The passkey is added.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/about/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/about/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    # It is the second factor for other ways in.
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/my/")

    # And it answers when the next step matters.
    page.goto("/accounts/again/passkey/?next=/accounts/app/add/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up an authenticator app")

    page.goto("/accounts/")
    page.get_by_role("link", name="Remove My phone").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    assert heard == []


def test_a_device_that_gives_none_leaves_the_other_ways(open_page: Open, here: str) -> None:
    page = open_page("/accounts/login/", base_url=here)
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')) }")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("choose another way")
    expect(page.get_by_role("button", name="Email me a code")).to_be_enabled()


def test_without_javascript_the_page_says_so(open_page: Open) -> None:
    page = open_page("/accounts/login/", java_script_enabled=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Your browser gave no passkey.")).to_be_visible()
    expect(page.get_by_role("button", name="Email me a code")).to_be_visible()
