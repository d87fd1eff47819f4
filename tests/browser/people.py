"""People of the site under test, and how they get in."""

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import Page

PERSON = "sam@example.org"
CURATOR = "curator@example.org"
KEYHOLDER = "keys@example.org"
OWNER = "olu@example.org"
EDITOR = f"{'editor-' * 5}of@{'long-' * 6}name.example"
NEWCOMER = "nia@example.org"
BUYER = "bea@example.org"
TED = "ted@example.org"
BROKER = "broker@example.org"
"""These act for organisations, or are asked to."""
BEGINNER = "nobody"
"""Somebody without an account, whose session has begun to join."""
LOST = "lost@example.org"
"""Somebody without an account, whose session has gone."""
REGISTERING = "somebody who registers"
"""Somebody without an account: their session holds an unfinished registration."""
CHOOSING = "somebody who chooses"
"""Somebody without an account: their session holds a shortlist."""
PASSKEY = 900
"""The number of a passkey of theirs that opens nothing."""
TERM, RETIRED_TERM, SYNONYM, AUDITED = 3001, 3002, 3001, 3001
"""Numbers of what curators look after; the last one is an organisation's and its listing's."""
SHORTLIST, EMPTY_SHORTLIST = 4001, 4002
"""Numbers of lists of the one who chooses; the number of an item is its list's."""
SHARE_KEY = "k" * 43
ALERT, ASKED_ALERT, STOPPED_ALERT, PAUSED_ALERT = 5101, 5102, 5103, 5104
"""Numbers of mails about new offers, all of the one who acts for organisations."""
FRAMING_PORTS = range(28_990, 29_006)
"""Ports of localhost that may frame views in the name of Brackenby Kitchen: one will be free."""
HOST, HOST_OFF = 5101, 5102
"""Numbers of websites that may, and may not, show views of the list."""
BEGUN_CHOICE, FILED_CHOICE, VOID_CHOICE = 6001, 6002, 6003
"""Numbers of records of choices of Quillmoor."""
PURCHASES = 8001
"""The number of a file of purchases, of the line of it that differs, and of that line's choice."""
ENQUIRY = 6001
"""The number of an enquiry and of the first provider asked; others follow it."""
COMMENT = 8101
"""The number of a comment that waits; a public one without and one with its answer, and one that
is not published, follow it. The number of what Quillmoor uses, and used, likewise.
"""
WAITS = 9001
"""The number of one of everything that waits for a curator; of a pair, the lower one."""
DECIDED = 9011
"""The same of what the tests decide."""
NEED, DRAFT_NEED, OFFER = "N-BBBBB", "N-CCCCC", "O-BBBBB"
"""References of what Quillmoor needs, on the board and not yet; and of what somebody offers."""
TALKING, CHANGING, CLAIMED, DONE, PROPOSED = "X-BBBBB", "X-CCCCC", "X-DDDDD", "X-FFFFF", "X-GGGGG"
"""References of exchanges that Quillmoor hosts: introduced, with a change on the table, waiting for
their result to be confirmed, confirmed, and waiting for Quillmoor's answer.
"""
GIVING, PASSING = "X-HHHHH", "X-JJJJJ"
"""The same of two in which Yewdale Bakers, for whom Ted acts, have places at Ashgarth Trust: one to
look at, and one of which a test passes some on.
"""
PASSED_MAIL = "M-77777"
"""The reference of the mail that offers another employer places of the first."""
GIVER = 7001
"""The number of the organisation that gives in all of them, and of some days off of Quillmoor's."""
RATE = 7002
"""The number of what an hour is reckoned at, and of somebody who was asked to be named."""
SESSIONS = {
    PERSON: "a-session-of-sam-for-the-browser1",
    CURATOR: "a-session-of-a-curator-for-tests2",
    KEYHOLDER: "a-session-of-the-keyholder-tests3",
    OWNER: "a-session-of-an-owner-for-the-tes4",
    EDITOR: "a-session-of-an-editor-for-tests5",
    NEWCOMER: "a-session-of-a-newcomer-for-test6",
    BEGINNER: "a-session-of-a-beginner-for-test7",
    REGISTERING: "a-session-of-one-who-registers-7",
    CHOOSING: "a-session-of-one-who-chooses-off8",
    BUYER: "a-session-of-one-who-buys-for-te9",
    BROKER: "a-session-of-a-broker-for-test10",
    TED: "a-session-of-ted-for-the-tests-11",
}
"""Sessions that stand open from the start: signing in again and again would be too often."""
PASSWORD = "seven dry horses"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def app_code() -> str:
    """What an authenticator app with ``SECRET`` shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(SECRET), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def stay_in(page: Page, email: str) -> None:
    """Go on as somebody who has signed in, and been asked for everything, a moment ago."""
    page.context.add_cookies(
        [{"name": "session", "value": SESSIONS[email], "domain": "127.0.0.1", "path": "/"}]
    )


def sign_in(page: Page, email: str = PERSON) -> None:
    """By password, on whatever host the page is opened from."""
    page.goto("/accounts/login/password/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
