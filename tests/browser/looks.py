"""Every page of people, in the states in which they meet it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.browser import people
from tests.browser.people import (
    CURATOR,
    EDITOR,
    KEYHOLDER,
    NEWCOMER,
    OWNER,
    PASSKEY,
    PERSON,
    WAITS,
)


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
    person: str = ""
    """Whose pages they are; empty for somebody who has not signed in."""

    def __str__(self) -> str:
        doing = f" {self.act.__name__.strip('_')}" if self.act else ""
        return f"{self.address}{doing}"

    def open(self, page: Page) -> None:
        """Go there, and do what is to be done."""
        if self.person:
            people.stay_in(page, self.person)
        response = page.goto(self.address)
        assert response is not None
        assert response.status == self.status
        # Or it would be the sign-in page that is looked at.
        assert not (self.person and "/accounts/login/" in page.url)
        if self.act:
            self.act(page)
        if page.locator("[data-map]").count():
            page.locator(".leaflet-container").wait_for()


def unfold(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def _send_nothing(page: Page) -> None:
    page.get_by_role("button", name="Send to a curator").click()


def _send(page: Page) -> None:
    page.locator("main form .btn").first.click()


def _some_address(page: Page) -> None:
    """Ask for a code; whether anybody is there makes no difference."""
    page.get_by_label("Email address").fill(f"{uuid.uuid4()}@example.org")
    page.get_by_role("button", name="Email me a code").click()
    page.get_by_label("Code").wait_for()


def _first_step(page: Page) -> None:
    people.sign_in(page, CURATOR)
    page.get_by_label("Code").wait_for()


def _save_nothing(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Save").click()


def _invite_nobody(page: Page) -> None:
    page.get_by_role("button", name="Send the invitation").click()


def _accept_unasked(page: Page) -> None:
    page.get_by_role("button", name="Accept").click()


def _decide_nothing(page: Page) -> None:
    page.locator("main form[method=post] button").last.click()


MORE = ".result:nth-child(n+6), .facet details .opt:nth-of-type(n+4)"
PANEL = f".facet, {MORE}"

# By URL name; tests fail when a name of the site is neither here nor below.
LOOKS = {
    "home": [Look("/")],
    "about": [Look("/about/")],
    "accessibility": [Look("/accessibility/")],
    "privacy": [Look("/privacy/")],
    "proof": [Look("/proof/")],
    "mail:mailbox": [Look("/mailbox/")],
    "mail:message": [Look("/mailbox/M-22222/")],
    "mail:message_html": [Look("/mailbox/M-22222/html/")],
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
    "your_sign_in": [
        Look("/accounts/", person=PERSON),
        Look("/accounts/", person=CURATOR),
        Look("/accounts/", person=KEYHOLDER),
    ],
    "account_signup": [Look("/accounts/signup/"), Look("/accounts/signup/", _send)],
    "account_email_verification_sent": [Look("/accounts/signup/", _some_address)],
    "account_login": [Look("/accounts/login/"), Look("/accounts/login/", _send)],
    "account_confirm_login_code": [Look("/accounts/login/", _some_address)],
    "account_login_password": [
        Look("/accounts/login/password/"),
        Look("/accounts/login/password/", _send),
    ],
    "mfa_authenticate": [Look("/accounts/login/password/", _first_step)],
    "account_logout": [Look("/accounts/logout/", person=PERSON)],
    "account_inactive": [Look("/accounts/inactive/")],
    "account_email": [Look("/accounts/email/", _send, person=PERSON)],
    "account_change_password": [Look("/accounts/password/change/", _send, person=PERSON)],
    "account_set_password": [Look("/accounts/password/set/", _send, person=KEYHOLDER)],
    "account_reset_password": [Look("/accounts/password/reset/")],
    "account_confirm_password_reset_code": [Look("/accounts/password/reset/", _some_address)],
    "account_password_reset_completed": [Look("/accounts/password/reset/done/")],
    "account_reauthenticate": [Look("/accounts/again/", person=PERSON)],
    "account_reauthenticate_by_code": [Look("/accounts/again/code/", person=PERSON)],
    "mfa_reauthenticate": [Look("/accounts/again/second-factor/", person=CURATOR)],
    "mfa_activate_totp": [Look("/accounts/app/add/", _send, person=PERSON)],
    "mfa_deactivate_totp": [Look("/accounts/app/remove/", person=CURATOR)],
    "mfa_add_webauthn": [Look("/accounts/passkeys/add/", person=PERSON)],
    "mfa_edit_webauthn": [Look(f"/accounts/passkeys/{PASSKEY}/rename/", person=KEYHOLDER)],
    "mfa_remove_webauthn": [Look(f"/accounts/passkeys/{PASSKEY}/remove/", person=KEYHOLDER)],
    "mfa_view_recovery_codes": [Look("/accounts/recovery-codes/", person=CURATOR)],
    "mfa_generate_recovery_codes": [Look("/accounts/recovery-codes/new/", person=CURATOR)],
    "usersessions_list": [Look("/accounts/sessions/", person=PERSON)],
    "providers:report_organisation": [Look("/providers/quillmoor/report/")],
    "providers:report_problem": [
        Look("/providers/quillmoor/long/report/", _send_nothing),
        Look("/providers/quillmoor/long/report/?sent=1"),
    ],
    "my:home": [
        Look("/my/", person=OWNER),
        Look("/my/", person=EDITOR),
        Look("/my/", person=NEWCOMER),
    ],
    "my:new_organisation": [Look("/my/organisations/new/", person=NEWCOMER)],
    "my:organisation": [Look("/my/quillmoor/", person=OWNER)],
    "my:details": [
        Look("/my/quillmoor/details/", person=OWNER),
        Look("/my/quillmoor/details/", _save_nothing, person=OWNER),
    ],
    "my:people": [
        Look("/my/quillmoor/people/", _invite_nobody, person=OWNER),
        Look("/my/quillmoor/people/", person=EDITOR),
    ],
    "my:remove_member": [Look("/my/quillmoor/people/1002/remove/", person=OWNER)],
    "my:hand_over": [Look("/my/quillmoor/people/1002/hand-over/", person=OWNER)],
    "my:leave": [
        Look("/my/quillmoor/leave/", person=OWNER),
        Look("/my/quillmoor/leave/", person=EDITOR),
    ],
    "my:close": [
        Look("/my/quillmoor/close/", person=OWNER),
        Look("/my/brackenby/close/", person=OWNER),
    ],
    "my:invitation": [
        Look("/my/invitations/open/"),
        Look("/my/invitations/open/", _accept_unasked, person=NEWCOMER),
        Look("/my/invitations/over/", status=410),
        Look("/my/invitations/unknown/", status=404),
    ],
    "my:invited": [Look("/my/invited/1001/", person=NEWCOMER)],
    "my:data": [Look("/my/data/", person=OWNER)],
    "my:erase": [
        Look("/my/data/erase/", person=OWNER),
        Look("/my/data/erase/", person=EDITOR),
    ],
    "my:erased": [Look("/my/erased/")],
    "curate:queue": [
        Look("/curate/", person=CURATOR, again=MORE),
        Look("/curate/?kind=edit&kind=nonsense", person=CURATOR, again=MORE),
    ],
    "curate:listing": [
        Look(f"/curate/listings/{WAITS}/", _decide_nothing, person=CURATOR),
    ],
    "curate:unpublish": [Look(f"/curate/listings/{WAITS}/unpublish/", person=CURATOR)],
    "curate:edit": [Look(f"/curate/edits/{WAITS}/", person=CURATOR)],
    "curate:entry_request": [Look(f"/curate/requests/{WAITS}/", person=CURATOR)],
    "curate:proof": [Look(f"/curate/proofs/{WAITS}/", _decide_nothing, person=CURATOR)],
    "curate:problem": [Look(f"/curate/problems/{WAITS}/", _decide_nothing, person=CURATOR)],
    "curate:expiring": [Look(f"/curate/expiring/{WAITS}/", person=CURATOR)],
    "curate:unconfirmed": [Look(f"/curate/unconfirmed/{WAITS}/", person=CURATOR)],
    "curate:double": [
        Look(f"/curate/doubles/{WAITS}/{WAITS + 1}/", person=CURATOR),
        Look(f"/curate/doubles/{WAITS}/{WAITS + 1}/?keep={WAITS}", person=CURATOR),
    ],
    "curate:organisations": [Look("/curate/organisations/?q=quillmoor", person=CURATOR)],
    "curate:organisation": [Look(f"/curate/organisations/{WAITS}/", person=CURATOR)],
    "curate:add_identifier": [
        Look(f"/curate/organisations/{WAITS}/numbers/", _decide_nothing, person=CURATOR)
    ],
    "curate:invite_owner": [
        Look(f"/curate/organisations/{WAITS}/owner/", _decide_nothing, person=CURATOR)
    ],
    "curate:telephone": [Look("/curate/telephone/", _decide_nothing, person=CURATOR)],
}

# What programs read and people do not, and what only staff see.
NOT_LOOKED_AT = {
    "healthz", "robots", "favicon",
    "providers:results_csv", "providers:results_atom",
    "providers:ward_outlines", "providers:sectors",
    # A file, and addresses that are only posted to.
    "my:download_data", "my:change_role", "my:resend_invitation", "my:revoke_invitation",
    "curate:trust", "curate:check_identifier", "curate:write_for_them",
    "mfa_index", "mfa_list_webauthn",  # other names of "your_sign_in"
    "mfa_login_webauthn", "mfa_download_recovery_codes",
    # They need a mailed code or a passkey: test_passkey, tests/accounts/test_pages.
    "account_complete_password_reset", "mfa_reauthenticate_webauthn",
    # Not there without an employer: tests/accounts/test_employers.
    "socialaccount_connections", "socialaccount_login_cancelled",
    "openid_connect_login", "openid_connect_callback",
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
