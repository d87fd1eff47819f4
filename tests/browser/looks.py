"""Every page of people, in the states in which they meet it."""

import datetime
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.browser import people
from tests.browser.people import (
    ALERT,
    ASKED_ALERT,
    AUDITED,
    BEGINNER,
    BEGUN_CHOICE,
    BROKER,
    CHANGING,
    CHOOSING,
    CLAIMED,
    COMMENT,
    CURATOR,
    DONE,
    DRAFT_NEED,
    EDITOR,
    EMPTY_SHORTLIST,
    ENQUIRY,
    FILED_CHOICE,
    GIVER,
    GIVING,
    HOST,
    HOST_OFF,
    KEYHOLDER,
    NEED,
    NEWCOMER,
    OFFER,
    OWNER,
    PASSED_MAIL,
    PASSKEY,
    PAUSED_ALERT,
    PERSON,
    PROPOSED,
    PURCHASES,
    RATE,
    REGISTERING,
    RETIRED_TERM,
    SHARE_KEY,
    SHORTLIST,
    STOPPED_ALERT,
    SYNONYM,
    TALKING,
    TED,
    TERM,
    VOID_CHOICE,
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


def _take_places(page: Page) -> None:
    """Follow the link of the mail, whose end is another one each time."""
    link = page.locator(".card a[href*='/brokerage/places/']").get_attribute("href")
    assert link is not None
    page.goto(urlsplit(link).path)


def _send_typed(page: Page) -> None:
    """Send the form of the page as it is but for its words, which are missing then."""
    for field in page.locator("main form textarea, main form input[type=text]").all():
        field.fill("")
    page.locator("main form button.btn").first.click()


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


def _say_nothing(page: Page) -> None:
    page.get_by_label("What is it called?").fill("")
    page.get_by_label("Describe it in a sentence or two").fill("")
    page.get_by_role("button", name="Save").click()


def _write_nothing(page: Page) -> None:
    page.locator("#id_what_counts").fill("")
    page.get_by_role("button", name="Save").click()


def _send_main(page: Page) -> None:
    page.get_by_role("button", name="Add this photo").click()


def _invite_nobody(page: Page) -> None:
    page.get_by_role("button", name="Send the invitation").click()


def _follow_its_link(page: Page) -> None:
    """It is signed, so only its mail knows it."""
    link = re.search(r"/providers/still-right/\S+", page.locator("main").inner_text())
    assert link is not None
    response = page.goto(link[0])
    assert response is not None
    assert response.ok


def _follow_the_link_of(page: Page) -> None:
    """The link of a mail about new offers, which is signed."""
    link = re.search(r"/providers/alert/\S+", page.locator("main").inner_text())
    assert link is not None
    response = page.goto(link[0])
    assert response is not None
    assert response.ok


def _accept_unasked(page: Page) -> None:
    page.get_by_role("button", name="Accept").click()


def _choose(number: int, button: str) -> Callable[[Page], None]:
    """Tick the first so many results and press the button."""

    def choose(page: Page) -> None:
        for place in range(number):
            page.locator("input[form=chosen]").nth(place).check()
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**/*listing=*")

    choose.__name__ = f"choose {number} {button}".lower()
    return choose


def _follow_the_link(page: Page) -> None:
    response = page.goto(page.get_by_label("Link").input_value())
    assert response is not None
    assert response.ok


def _ask_nothing(page: Page) -> None:
    page.get_by_role("link", name="Ask for an offer").click()
    page.get_by_role("button", name="Check your answers").click()


def _ask_for_lunch(page: Page) -> None:
    page.get_by_role("link", name="Ask for an offer").click()
    page.get_by_label("What do you need?").fill("Lunch for thirty")
    page.get_by_label("Tell them more").fill("A cold lunch.\n\nSomething for vegans.")
    page.get_by_label("Your name").fill("Sam")
    page.get_by_label("Your email address").fill("sam@elsewhere.example")
    page.get_by_role("button", name="Check your answers").click()
    page.get_by_role("heading", name="Check your enquiry").wait_for()


def _answer_nothing(page: Page) -> None:
    page.get_by_role("button", name="Send the answer").click()


OFFERS = "/my/quillmoor/offers/"
LIST = f"/providers/shortlist/{SHORTLIST}/"


def _file_it(page: Page) -> None:
    page.get_by_role("button", name="File it").click()


def _save_half_a_line(page: Page) -> None:
    page.locator("#id_up_to_0").fill("1.200,50")
    page.locator("#id_ask_0").fill("none")
    page.get_by_role("button", name="Save", exact=True).click()


BUYING = "/my/quillmoor/buying/"
FILE = f"{BUYING}purchases/{PURCHASES}/"
LONG_AGO = datetime.datetime.now(tz=datetime.UTC).year - 3
"""A year of which few have filed anything."""
DAYS = "from=2025-04-01&to=2027-03-31"


def _buy_nothing(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def _buy(page: Page) -> None:
    """Up to the question who the provider is."""
    for label, text in (
        ("What was bought?", "Lunch"),
        ("Whom was it bought from?", "Brackenby Kitchens"),
        ("Amount in pounds", "1,200.50"),
        ("Day", "1/5/2026"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Record this purchase").click()


def _send_no_file(page: Page) -> None:
    page.get_by_role("button", name="Check this file").click()
    unfold(page)


def _correct_without_reason(page: Page) -> None:
    page.get_by_role("button", name="File the correction").click()


def _decide_nothing(page: Page) -> None:
    page.locator("main form[method=post] button").last.click()


def _comment_nothing(page: Page) -> None:
    page.get_by_role("button", name="Send your comment").click()


def _refuse_without_reason(page: Page) -> None:
    page.get_by_role("button", name="Do not publish it").click()


def _answer_comment_with_nothing(page: Page) -> None:
    page.get_by_role("button", name="Publish the answer").click()


SAY = "/toms/releases/quillmoor/consultation/comment/"
MORE = ".result:nth-child(n+6), .facet details .opt:nth-of-type(n+4)"
PANEL = f".facet, {MORE}"
MORE_MEASURES = f".result-list ~ .result-list, {MORE}"
FIT = "/toms/fit/?who=public&arrangement=contract&size=small&does=employ&does=buy&time=some"
TERMS = ".summary > div:nth-child(n+6)"
TABLES = "tr:nth-child(n+4)"

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
    "toms:register": [
        Look("/toms/", unfold, again=MORE_MEASURES),
        Look("/toms/?q=hours&theme=COM&basis=sustained&policy=ambition", again=PANEL),
        Look("/toms/?q=xylophone&level=4", again=PANEL),
        Look("/toms/?theme=zzz&level=9&sort=zzz", again=MORE_MEASURES),
        Look("/toms/?page=999", status=404),
    ],
    "toms:measure": [
        Look("/toms/measures/LT-WRK-01/"),
        Look("/toms/measures/LT-QLM-01/"),
        Look("/toms/measures/LT-QLM-02/"),
        Look("/toms/measures/LT-QLM-99/", status=404),
    ],
    "toms:measure_version": [
        Look("/toms/measures/LT-QLM-01/1.0.0/"),
        Look("/toms/measures/LT-QLM-01/2.1.0/"),
        Look("/toms/measures/LT-QLM-01/0.1.0/", status=404),
    ],
    "toms:compare_versions": [
        Look("/toms/measures/LT-QLM-01/compare/?from=1.0.0&to=2.1.0"),
        Look("/toms/measures/LT-QLM-02/compare/"),
        Look("/toms/measures/LT-QLM-01/compare/?from=9.9.9", status=404),
    ],
    "toms:compare_releases": [
        Look("/toms/releases/compare/"),
        Look("/toms/releases/compare/?from=quillmoor&to=quillmoor-next", unfold),
        Look("/toms/releases/compare/?from=nowhere", status=404),
    ],
    "toms:changes": [Look("/toms/changes/")],
    "curate_toms:overview": [
        Look("/curate/toms/", person=CURATOR, again=".summary > div:nth-child(n+4)")
    ],
    "curate_toms:new_measure": [Look("/curate/toms/measures/new/", _send, person=CURATOR)],
    "curate_toms:edit_measure": [
        Look("/curate/toms/measures/LT-QLM-03/edit/", person=CURATOR),
        Look("/curate/toms/measures/LT-QLM-03/edit/", _write_nothing, person=CURATOR),
        Look("/curate/toms/measures/LT-QLM-01/edit/", person=CURATOR),
        Look("/curate/toms/measures/LT-QLM-02/edit/", person=CURATOR),
    ],
    "curate_toms:retire_measure": [
        Look("/curate/toms/measures/LT-QLM-03/retire/", _send, person=CURATOR)
    ],
    "curate_toms:withdraw_version": [
        Look("/curate/toms/measures/LT-QLM-03/withdraw/", _send, person=CURATOR)
    ],
    "curate_toms:policy_links": [
        Look("/curate/toms/measures/LT-QLM-01/links/", person=CURATOR),
        Look("/curate/toms/measures/LT-QLM-02/links/", _send, person=CURATOR),
    ],
    "curate_toms:lists": [Look("/curate/toms/lists/", person=CURATOR, again=MORE)],
    "curate_toms:add_entry": [
        Look(f"/curate/toms/lists/{kind}/new/", _send, person=CURATOR)
        for kind in ("units", "groups", "glossary")
    ],
    "curate_toms:entry": [
        Look("/curate/toms/lists/groups/QLM/", person=CURATOR),
        Look("/curate/toms/lists/glossary/theme/", person=CURATOR),
    ],
    "curate_toms:reword_release": [
        Look("/curate/toms/releases/quillmoor-next/words/", _send_typed, person=CURATOR)
    ],
    "curate_toms:new_release": [Look("/curate/toms/releases/new/", _send, person=CURATOR)],
    "curate_toms:release": [
        Look("/curate/toms/releases/quillmoor-next/", person=CURATOR),
        Look("/curate/toms/releases/quillmoor/", person=CURATOR),
    ],
    "curate_toms:open_for_comment": [
        Look("/curate/toms/releases/quillmoor-next/open/", _send, person=CURATOR),
        Look("/curate/toms/releases/quillmoor/open/", person=CURATOR),
    ],
    "curate_toms:adopt": [Look("/curate/toms/releases/quillmoor-next/adopt/", person=CURATOR)],
    "curate_toms:themes": [
        Look("/curate/toms/themes/", person=CURATOR, again="section:nth-of-type(n+3)")
    ],
    "curate_toms:theme": [Look("/curate/toms/themes/QLM/", person=CURATOR)],
    "curate_toms:outcome": [Look("/curate/toms/outcomes/LT-QLM-A/", person=CURATOR)],
    "toms:releases": [Look("/toms/releases/")],
    "toms:release": [
        Look("/toms/releases/first/"),
        Look("/toms/releases/quillmoor/"),
        Look("/toms/releases/nowhere/", status=404),
    ],
    "toms:handbook": [
        Look("/toms/releases/first/handbook/", again="article ~ article, section ~ section"),
        Look("/toms/releases/quillmoor/handbook/"),
    ],
    "toms:glossary": [Look("/toms/glossary/")],
    "toms:consultation": [
        Look("/toms/releases/quillmoor/consultation/"),
        Look("/toms/releases/quillmoor-past/consultation/"),
        Look("/toms/releases/first/consultation/", again=MORE),
    ],
    "toms:comment": [
        Look(f"{SAY}?measure=LT-QLM-01"),
        Look(SAY, _comment_nothing, person=OWNER),
        Look(f"{SAY}?sent=mail"),
        Look(f"{SAY}?sent=curator"),
        Look(f"{SAY}?measure=zzz", status=404),
        Look("/toms/releases/quillmoor-past/consultation/comment/"),
    ],
    "toms:comment_confirm": [
        Look("/toms/comments/a-comment/"),
        Look("/toms/comments/zzz/", status=404),
    ],
    "toms:consultation_report": [
        Look("/toms/releases/quillmoor/consultation/report/"),
        Look("/toms/releases/quillmoor-past/consultation/report/"),
    ],
    "toms:used_by": [Look("/toms/releases/quillmoor-past/used-by/")],
    "my_toms:adoptions": [
        Look("/my/quillmoor/toms/", person=OWNER),
        Look("/my/brackenby/toms/", person=OWNER),
        Look("/my/quillmoor/toms/", person=EDITOR),
    ],
    "my_toms:withdraw": [Look(f"/my/quillmoor/toms/{COMMENT}/withdraw/", person=OWNER)],
    "curate_comments:comment_list": [Look("/curate/toms/comments/", person=CURATOR)],
    "curate_comments:one_comment": [
        Look(f"/curate/toms/comments/{COMMENT}/", _refuse_without_reason, person=CURATOR),
        Look(f"/curate/toms/comments/{COMMENT + 1}/", _answer_comment_with_nothing, person=CURATOR),
        Look(f"/curate/toms/comments/{COMMENT + 2}/", person=CURATOR),
        Look(f"/curate/toms/comments/{COMMENT + 3}/", person=CURATOR),
    ],
    "toms:fit": [
        Look("/toms/fit/"),
        Look("/toms/fit/?who=community"),
        Look(FIT, again=".result:nth-child(n+4)"),
    ],
    "providers:search": [
        Look("/providers/", unfold, again=MORE),
        Look("/providers/?q=lunch&near=LS8&category=catering&sector=third", again=PANEL),
        Look("/providers/?q=quillmoor", unfold, again=PANEL),
        Look("/providers/?q=xylophone&sector=public&capacity=500", again=PANEL),
        Look("/providers/?category=zzz&capacity=-3&near=nonsense&sort=zzz", again=MORE),
        Look("/providers/?page=999", status=404),
    ],
    "providers:map": [Look("/providers/map/?q=lunch&near=LS8", again=PANEL)],
    "providers:compare": [
        Look("/providers/?q=lunch", _choose(4, "Compare")),
        Look("/providers/?q=lunch", _choose(5, "Compare")),
        Look("/providers/compare/?listing=99999999"),
    ],
    "providers:shortlist": [
        Look("/providers/shortlist/"),
        Look("/providers/shortlist/", person=CHOOSING),
    ],
    "providers:shortlist_add": [
        Look("/providers/?q=lunch", _choose(2, "Add to shortlist")),
        Look("/providers/?q=lunch", _choose(2, "Add to shortlist"), person=CHOOSING),
    ],
    "providers:shortlist_items": [
        Look(LIST, person=CHOOSING),
        Look(f"/providers/shortlist/{EMPTY_SHORTLIST}/", person=CHOOSING),
    ],
    "providers:shortlist_shared": [
        Look(LIST, _follow_the_link, person=CHOOSING),
        Look(f"/providers/shortlist/shared/{SHARE_KEY}/", status=404),
    ],
    "providers:shortlist_rename": [Look(f"{LIST}rename/", person=CHOOSING)],
    "providers:shortlist_delete": [Look(f"{LIST}delete/", person=CHOOSING)],
    "providers:shortlist_note": [Look(f"{LIST}{SHORTLIST}/note/", person=CHOOSING)],
    "providers:alert": [
        Look("/providers/alert/?q=lunch&near=LS8&category=catering", _send),
        Look("/providers/alert/?q=lunch&sent=1"),
        Look("/providers/alert/?capacity=x&category=zzz", status=400),
        Look("/providers/alert/", person=OWNER),
    ],
    "providers:alert_change": [
        Look("/mailbox/M-55555/", _follow_the_link_of),
        Look("/providers/alert/x/", status=404),
    ],
    "providers:alert_stop": [
        Look(f"/mailbox/M-5{ALERT}/", _follow_the_link_of),
        Look(f"/mailbox/M-5{STOPPED_ALERT}/", _follow_the_link_of),
    ],
    "alerts:my_alerts": [
        Look("/my/alerts/", person=OWNER),
        Look("/my/alerts/", person=NEWCOMER),
    ],
    "alerts:my_alert": [
        Look(f"/my/alerts/{pk}/", person=OWNER)
        for pk in (ALERT, ASKED_ALERT, STOPPED_ALERT, PAUSED_ALERT)
    ],
    "providers:embed": [
        Look("/providers/embed/brackenby/?q=quillmoor"),
        Look("/providers/embed/brackenby/?page=2", again=MORE),
        Look("/providers/embed/brackenby/?q=xylophone"),
        Look("/providers/embed/brackenby/?capacity=x", status=400),
        Look("/providers/embed/brackenby/?page=99", status=404),
    ],
    "providers:embed_code": [
        Look("/providers/embed/?q=lunch&near=LS8"),
        Look("/providers/embed/?q=lunch&near=LS8&category=catering", person=OWNER),
        Look("/providers/embed/", person=EDITOR),
        Look("/providers/embed/", person=NEWCOMER),
        Look("/providers/embed/?capacity=x", status=400),
    ],
    "embedding:embedding": [
        Look("/my/quillmoor/embedding/", _send, person=OWNER),
    ],
    "embedding:remove_host": [
        Look(f"/my/quillmoor/embedding/{pk}/remove/", person=OWNER) for pk in (HOST, HOST_OFF)
    ],
    "buying:ask": [
        Look("/buying/ask/"),
        Look("/providers/?q=lunch", _choose(3, "Ask these providers")),
        Look("/providers/", _choose(12, "Ask these providers")),
        Look("/providers/brackenby/buffet/", _ask_nothing, person=OWNER),
    ],
    "buying:ask_check": [Look("/providers/brackenby/buffet/", _ask_for_lunch)],
    "buying:ask_sent": [Look("/buying/ask/nothing/sent/")],
    "buying:enquiries": [
        Look("/buying/enquiries/", person=PERSON),
        Look("/buying/enquiries/", person=NEWCOMER),
    ],
    "buying:enquiry": [
        Look("/buying/enquiries/asked/", unfold),
        Look("/buying/enquiries/E-22222/", person=PERSON),
        Look("/buying/enquiries/unsent/"),
        Look("/buying/enquiries/expired/"),
        Look("/buying/enquiries/unknown/", status=404),
    ],
    "buying:enquiry_thank": [Look("/buying/enquiries/asked/thank/", _send)],
    "buying:enquiry_close": [Look("/buying/enquiries/asked/close/")],
    "buying:enquiry_give_address": [Look(f"/buying/enquiries/asked/{ENQUIRY + 1}/give-address/")],
    "buying:enquiry_accept": [Look(f"/buying/enquiries/asked/{ENQUIRY}/accept/")],
    "buying:answer": [
        Look("/buying/answer/to-answer/"),
        Look("/buying/answer/to-answer/", _answer_nothing),
        Look("/buying/answer/answered/", unfold),
        Look("/buying/answer/expired-asked/"),
        Look("/buying/answer/closed-asked/"),
        Look(f"/buying/answer/reported-{ENQUIRY + 4}/"),
    ],
    "buying:answer_not_genuine": [Look("/buying/answer/to-answer/not-genuine/")],
    "enquiries:asked": [
        Look("/my/quillmoor/enquiries/", person=OWNER),
        Look("/my/brackenby/enquiries/", person=OWNER),
    ],
    "enquiries:asked_one": [Look(f"/my/quillmoor/enquiries/{ENQUIRY}/", person=EDITOR)],
    "curate_enquiries:enquiry_patterns": [Look("/curate/enquiries/", person=CURATOR)],
    "curate_enquiries:reported_enquiry": [
        Look(f"/curate/enquiries/{ENQUIRY + 4}/", _decide_nothing, person=CURATOR),
        Look(f"/curate/enquiries/{ENQUIRY + 5}/", person=CURATOR),
    ],
    "curate_enquiries:block_asker": [Look("/curate/enquiries/block/", _send, person=CURATOR)],
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
    "providers:join": [
        Look("/providers/join/"),
        Look("/providers/join/", _send),
        Look("/providers/join/", person=OWNER),
    ],
    "providers:join_is_this_you": [Look("/providers/join/is-this-you/", person=BEGINNER)],
    "providers:join_resume": [
        Look("/providers/join/resume/begun/"),
        Look("/providers/join/resume/begun/", person=PERSON),
        Look("/providers/join/resume/finished/"),
        Look("/providers/join/resume/unknown/", status=404),
    ],
    "providers:join_new_link": [
        Look("/providers/join/new-link/", _send),
        Look("/providers/join/new-link/?sent=1"),
    ],
    "providers:join_send_link": [Look("/providers/join/1001/send-link/", person=BEGINNER)],
    "providers:claim": [
        Look("/providers/quillmoor-bowls/claim/", _send),
        Look("/providers/quillmoor-bowls/claim/?sent=1"),
        Look("/providers/quillmoor/claim/", person=PERSON),
        Look("/providers/quillmoor/claim/", person=OWNER),
    ],
    "providers:claim_answer": [
        Look("/providers/claims/to-act/"),
        Look("/providers/claims/to-act/", person=PERSON),
        Look("/providers/claims/to-remove/"),
        Look("/providers/claims/acted/"),
        Look("/providers/claims/removed/"),
        Look("/providers/claims/over/", status=410),
        Look("/providers/claims/unknown/", status=404),
    ],
    "providers:still_right": [
        Look("/mailbox/M-33333/", _follow_its_link),
        Look("/mailbox/M-44444/", _follow_its_link),
        Look("/providers/still-right/x/", status=410),
    ],
    "curate:vocabulary": [
        Look("/curate/vocabulary/", person=CURATOR, again=TERMS),
        Look("/curate/vocabulary/?facet=category&under=catering", person=CURATOR, again=TERMS),
        Look("/curate/vocabulary/?facet=edi_led", person=CURATOR, again=TERMS),
    ],
    "curate:new_term": [
        Look("/curate/vocabulary/terms/new/?facet=category", _send, person=CURATOR)
    ],
    "curate:term": [
        Look(f"/curate/vocabulary/terms/{TERM}/", person=CURATOR),
        Look(f"/curate/vocabulary/terms/{RETIRED_TERM}/", person=CURATOR),
    ],
    "curate:move_term": [Look(f"/curate/vocabulary/terms/{TERM}/move/", person=CURATOR)],
    "curate:retire_term": [Look(f"/curate/vocabulary/terms/{TERM}/retire/", person=CURATOR)],
    "curate:bring_back_term": [
        Look(f"/curate/vocabulary/terms/{RETIRED_TERM}/bring-back/", person=CURATOR)
    ],
    "curate:merge_term": [Look(f"/curate/vocabulary/terms/{TERM}/merge/", _send, person=CURATOR)],
    "curate:synonyms": [
        Look("/curate/vocabulary/synonyms/?page=2", person=CURATOR, again=TERMS),
        Look("/curate/vocabulary/synonyms/?q=xylophone", person=CURATOR),
    ],
    "curate:new_synonym": [Look("/curate/vocabulary/synonyms/new/", _send, person=CURATOR)],
    "curate:synonym": [Look(f"/curate/vocabulary/synonyms/{SYNONYM}/", person=CURATOR)],
    "curate:remove_synonym": [
        Look(f"/curate/vocabulary/synonyms/{SYNONYM}/remove/", person=CURATOR)
    ],
    "curate:organisation_audit": [Look(f"/curate/organisations/{AUDITED}/audit/", person=CURATOR)],
    "curate:listing_audit": [Look(f"/curate/listings/{AUDITED}/audit/", person=CURATOR)],
    "curate:figures": [
        Look("/curate/figures/", person=CURATOR),
        Look("/curate/figures/?start=zzz&end=1900-01-01", person=CURATOR, again=TABLES),
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
    "offers:offer": [
        Look(f"{OFFERS}2001/", person=OWNER),
        Look(f"{OFFERS}2002/", person=OWNER),
        Look(f"{OFFERS}2003/", person=EDITOR),
    ],
    "offers:section": [
        Look(f"{OFFERS}2001/basics/", _say_nothing, person=OWNER),
        Look(f"{OFFERS}2001/price/", _send, person=OWNER),
        Look(f"{OFFERS}2001/place/", person=OWNER),
        Look(f"{OFFERS}2001/edi/", person=OWNER),
        Look(f"{OFFERS}2001/edi/", person=EDITOR),
    ],
    "offers:check": [Look(f"{OFFERS}2001/check/", person=OWNER)],
    "offers:sent": [Look(f"{OFFERS}2003/sent/", person=OWNER)],
    "offers:preview": [Look(f"{OFFERS}2001/preview/", person=OWNER)],
    "offers:photos": [Look(f"{OFFERS}2001/photos/", _send_main, person=OWNER)],
    "offers:photo": [Look(f"{OFFERS}2001/photos/2001/", person=OWNER)],
    "offers:remove_photo": [Look(f"{OFFERS}2001/photos/2001/remove/", person=OWNER)],
    "offers:accreditations": [Look(f"{OFFERS}2001/accreditations/", _send, person=OWNER)],
    "offers:accreditation": [Look(f"{OFFERS}2001/accreditations/2001/", person=OWNER)],
    "offers:remove_accreditation": [
        Look(f"{OFFERS}2001/accreditations/2001/remove/", person=OWNER)
    ],
    "offers:give_up_changes": [Look(f"{OFFERS}2002/changes/give-up/", person=OWNER)],
    "offers:archive": [Look(f"{OFFERS}2002/archive/", person=OWNER)],
    "providers:join_offer": [
        Look("/providers/join/2005/", person=REGISTERING),
        Look("/providers/join/2001/", status=404),
    ],
    "providers:join_section": [
        Look("/providers/join/2004/basics/", _send, person=REGISTERING),
        Look("/providers/join/2004/organisation/", person=REGISTERING),
    ],
    "providers:join_sent": [Look("/providers/join/2005/sent/", person=REGISTERING)],
    "curate:write_offer": [Look("/curate/offers/2006/", person=CURATOR)],
    "buying:how_partners_choose": [Look("/buying/how-partners-choose/")],
    "my_buying:choices": [
        Look(BUYING, person=OWNER),
        Look("/my/brackenby/buying/", person=OWNER),
    ],
    "my_buying:rules": [
        Look(f"{BUYING}rules/", _save_half_a_line, person=OWNER),
        Look(f"{BUYING}rules/", person=EDITOR),
    ],
    "my_buying:new_choice": [Look(f"{BUYING}choices/new/", person=OWNER)],
    "my_buying:edit_choice": [
        Look(f"{BUYING}choices/{BEGUN_CHOICE}/edit/", person=OWNER),
        Look(f"{BUYING}choices/{BEGUN_CHOICE}/edit/", _file_it, person=OWNER),
    ],
    "my_buying:choice": [
        Look(f"{BUYING}choices/{FILED_CHOICE}/", person=OWNER),
        Look(f"{BUYING}choices/{VOID_CHOICE}/", person=EDITOR),
    ],
    "my_buying:give_up_choice": [
        Look(f"{BUYING}choices/{BEGUN_CHOICE}/give-up/", person=OWNER),
    ],
    "my_buying:void_choice": [
        Look(f"{BUYING}choices/{FILED_CHOICE}/void/", _send, person=OWNER),
    ],
    "my:data": [Look("/my/data/", person=OWNER)],
    "purchases:files": [Look(f"{BUYING}purchases/", _send_no_file, person=OWNER)],
    "purchases:new_purchase": [
        Look(f"{BUYING}purchases/new/", _buy_nothing, person=OWNER),
        Look(f"{BUYING}purchases/new/", _buy, person=OWNER),
    ],
    "purchases:file": [
        Look(FILE, person=OWNER),
        Look(f"{FILE}?show=new", person=OWNER),
        Look(f"{FILE}?show=differs", person=OWNER),
    ],
    "purchases:matches": [Look(f"{FILE}matches/", person=OWNER)],
    "purchases:remove_file": [Look(f"{FILE}remove/", person=OWNER)],
    "purchases:correct_line": [
        Look(f"{FILE}lines/{PURCHASES}/correct/", _correct_without_reason, person=OWNER)
    ],
    "purchases:report": [
        Look(f"{BUYING}report/?{DAYS}", person=OWNER),
        Look(f"{BUYING}report/?from=zzz", person=OWNER, again=TABLES),
    ],
    "purchases:records": [Look(f"{BUYING}report/records/?{DAYS}", person=OWNER)],
    "buying:city": [Look("/buying/leeds/"), Look(f"/buying/leeds/?year={LONG_AGO}", again=TABLES)],
    "my:erase": [
        Look("/my/data/erase/", person=OWNER),
        Look("/my/data/erase/", person=EDITOR),
    ],
    "my:erased": [Look("/my/erased/")],
    "brokerage:board": [Look("/brokerage/")],
    "brokerage:skills": [Look("/brokerage/skills/")],
    "brokerage:demand": [Look("/brokerage/demand/")],
    "brokerage:what_it_came_to": [
        Look("/brokerage/what-it-came-to/"),
        Look("/brokerage/what-it-came-to/?kind=nothing&ward=nowhere", again=TABLES),
    ],
    "brokerage:people": [
        Look("/brokerage/people/"),
        Look("/brokerage/people/?sector=public&ward=nowhere"),
    ],
    "brokerage:consent": [
        Look("/brokerage/people/asked-to-be-named/"),
        Look("/brokerage/people/asked-anew/"),
        Look("/brokerage/people/nobody/", status=404),
    ],
    "brokerage:needs": [
        Look("/brokerage/needs/"),
        Look("/brokerage/needs/", unfold),
        Look("/brokerage/needs/?party=x&near=nowhere&since=soon&kind=nothing", unfold),
        Look("/brokerage/needs/?party=4000&mode=remote"),
    ],
    "brokerage:offers": [Look("/brokerage/offers/?near=LS8+4&within=5")],
    "brokerage:need": [
        Look(f"/brokerage/needs/{NEED}/"),
        Look(f"/brokerage/needs/{NEED}/", person=OWNER),
    ],
    "brokerage:offer": [Look(f"/brokerage/offers/{OFFER}/")],
    "brokerage:propose_to_need": [
        Look(f"/brokerage/needs/{NEED}/propose/", person=PERSON),
    ],
    "brokerage:propose_to_offer": [
        Look(f"/brokerage/offers/{OFFER}/propose/", _send_typed, person=OWNER),
    ],
    "brokerage:take_places": [
        Look(f"/mailbox/{PASSED_MAIL}/", _take_places, person=EDITOR),
        Look("/brokerage/places/a-token/", status=410, person=OWNER),
    ],
    "brokerage:renew": [Look("/brokerage/renew/a-token/", status=410)],
    "brokerage:my_calendar": [
        Look("/brokerage/calendar/", person=OWNER),
        Look("/brokerage/calendar/", person=PERSON),
    ],
    "brokerage:verify": [
        Look("/brokerage/verify/to-verify/"),
        Look("/brokerage/verify/nothing/", status=404),
    ],
    "brokerage:exchange": [
        Look(f"/brokerage/exchanges/{TALKING}/", person=OWNER),
        Look(f"/brokerage/exchanges/{TALKING}/", person=BROKER),
        Look(f"/brokerage/exchanges/{CHANGING}/", person=OWNER),
        Look(f"/brokerage/exchanges/{CLAIMED}/", person=OWNER),
        Look(f"/brokerage/exchanges/{DONE}/", person=OWNER),
        Look(f"/brokerage/exchanges/{PROPOSED}/", person=OWNER),
    ],
    **{
        f"brokerage:{name}": [
            Look(f"/brokerage/exchanges/{reference}/{path}", _send_typed, person=person)
        ]
        for name, reference, path, person in (
            ("introduce", PROPOSED, "introduce/", OWNER),
            ("propose_change", TALKING, "change/", OWNER),
            ("refuse_version", CHANGING, "versions/2/refuse/", OWNER),
            ("reduce_places", CHANGING, "places/", OWNER),
            ("pass_places", GIVING, "pass/", TED),
            ("hand_over", TALKING, "contact/", OWNER),
            ("settle_gate", TALKING, "checks/dbs/", OWNER),
            ("waive_gate", TALKING, "checks/dbs/waive/", BROKER),
            ("claim", CHANGING, "result/", OWNER),
            ("decide", CLAIMED, "decide/", BROKER),
            ("feedback", DONE, "feedback/", OWNER),
            ("reason", PROPOSED, "why/decline/", OWNER),
        )
    },
    "my_brokerage:notices": [
        Look("/my/quillmoor/brokerage/", person=OWNER),
    ],
    "my_brokerage:new_notice": [Look("/my/quillmoor/brokerage/new/", person=OWNER)],
    "my_brokerage:write_notice": [
        Look("/my/quillmoor/brokerage/new/need/team-day/", _send_typed, person=OWNER),
        Look("/my/quillmoor/brokerage/new/offer/money/", person=OWNER),
    ],
    "my_brokerage:my_notice": [
        Look(f"/my/quillmoor/brokerage/notices/{DRAFT_NEED}/", person=OWNER),
        Look(f"/my/quillmoor/brokerage/notices/{NEED}/", person=OWNER),
    ],
    "my_brokerage:matches": [
        Look(f"/my/quillmoor/brokerage/notices/{NEED}/matches/", unfold, person=OWNER),
        Look(f"/my/quillmoor/brokerage/notices/{DRAFT_NEED}/matches/", person=OWNER),
    ],
    "my_brokerage:edit_notice": [
        Look(f"/my/quillmoor/brokerage/notices/{NEED}/edit/", person=OWNER)
    ],
    "my_brokerage:exchanges": [Look("/my/quillmoor/brokerage/exchanges/", person=OWNER)],
    "my_brokerage:relationship": [Look(f"/my/quillmoor/brokerage/with/{GIVER}/", person=OWNER)],
    "my_brokerage:capacity": [Look("/my/quillmoor/brokerage/capacity/", person=OWNER)],
    "my_brokerage:calendar_key": [Look("/my/quillmoor/brokerage/calendar/", person=OWNER)],
    "my_brokerage:case": [
        Look("/my/quillmoor/brokerage/case/", person=OWNER),
        Look("/my/quillmoor/brokerage/case/?first=x&kind=nothing", person=OWNER, again=TABLES),
    ],
    "broker:city_case": [Look("/broker/case/", person=BROKER)],
    "broker:queue": [Look("/broker/", person=BROKER)],
    "broker:exchanges": [
        Look("/broker/exchanges/", person=BROKER, again=MORE),
        Look("/broker/exchanges/?q=nothing+like+it&state=expired", person=BROKER),
    ],
    "broker:people": [Look("/broker/people/", person=BROKER)],
    "broker:add_helper": [Look("/broker/people/new/", _send_typed, person=BROKER)],
    "broker:edit_helper": [Look(f"/broker/people/{RATE}/", person=BROKER)],
    "broker:rates": [Look("/broker/rates/", person=BROKER)],
    "broker:add_rate": [Look("/broker/rates/new/", _send_typed, person=BROKER)],
    "broker:edit_rate": [Look(f"/broker/rates/{RATE}/", person=BROKER)],
    "broker:vocabulary": [Look("/broker/vocabulary/", person=BROKER)],
    "broker:add_skill": [Look("/broker/vocabulary/skills/new/", _send_typed, person=BROKER)],
    "broker:edit_skill": [Look("/broker/vocabulary/skills/gardening/", person=BROKER)],
    "broker:edit_kind": [Look("/broker/vocabulary/kinds/team-day/", person=BROKER)],
    "broker:matches": [Look(f"/broker/notices/{OFFER}/matches/", unfold, person=BROKER)],
    "broker:check_notice": [Look(f"/broker/notices/{NEED}/", person=BROKER)],
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
    "brokerage:demand_csv", "brokerage:what_it_came_to_csv",
    "brokerage:needs_csv", "brokerage:needs_atom", "brokerage:offers_csv", "brokerage:offers_atom",
    "brokerage:confirm_version", "brokerage:confirm_result",
    "my_brokerage:act_on_notice", "my_brokerage:add_blackout", "my_brokerage:remove_blackout",
    "my_brokerage:release_hours", "my_brokerage:case_csv", "broker:city_case_csv",
    "brokerage:calendar", "broker:make_usual",
    "broker:ask_helper", "broker:remove_helper",
    "healthz", "robots", "favicon",
    "toms:consultation_report_csv", "toms:badge", "my_toms:sign_up",
    "providers:results_csv", "providers:results_atom",
    "providers:ward_outlines", "providers:sectors",
    "toms:measures_csv", "toms:release_csv",
    "toms:register_linked", "toms:measure_linked", "toms:release_linked",
    "toms_api:openapi_json", "toms_api:measures", "toms_api:measure",
    # Files, and addresses that are only posted to.
    "my_buying:choices_csv", "my_buying:correct_choice",
    "providers:photo",
    "offers:new_offer",
    "providers:shortlist_share", "providers:shortlist_stop_sharing",
    "providers:shortlist_take_off", "providers:shortlist_put_back",
    "buying:enquiry_write", "buying:answer_message", "buying:answer_genuine",
    "enquiries:asked_message", "enquiries:asked_genuine", "curate_enquiries:unblock_asker",
    # The same page behind another door.
    "enquiries:asked_not_genuine",
    "curate:figures_csv",
    "curate_toms:remove_policy_link", "curate_toms:remove_entry",
    "toms:changes_atom", "curate_toms:begin_version",
    "purchases:template_csv", "purchases:file_csv", "purchases:record_file",
    "purchases:report_csv", "purchases:records_csv", "buying:city_csv",
    "my:download_data", "my:change_role", "my:resend_invitation", "my:revoke_invitation",
    "curate:trust", "curate:check_identifier", "curate:write_for_them", "curate:switch_host",
    "mfa_index", "mfa_list_webauthn",  # other names of "your_sign_in"
    "mfa_login_webauthn", "mfa_download_recovery_codes",
    # They need a mailed code or a passkey: test_passkey, tests/accounts/test_pages.
    "account_complete_password_reset", "mfa_reauthenticate_webauthn",
    # Not there without an employer: tests/accounts/test_employers.
    "socialaccount_connections", "socialaccount_login_cancelled",
    "openid_connect_login", "openid_connect_callback",
}  # fmt: skip
_POSTED = ("send", "take_back", "move_photo", "withdraw_edi", "send_changes", "restore")
_OF_PUBLIC = ("pause", "resume", "confirm")
NOT_LOOKED_AT |= {f"offers:{name}" for name in (*_POSTED, *_OF_PUBLIC)}
# The same pages behind other doors.
_OFFERS = {name.removeprefix("offers:") for name in (*LOOKS, *NOT_LOOKED_AT) if "offers:" in name}
NOT_LOOKED_AT |= (
    {f"providers:join_{name}" for name in _OFFERS - {*_OF_PUBLIC, "new_offer"}}
    | {f"curate:write_{name}" for name in _OFFERS - {"new_offer"}}
) - LOOKS.keys()
STAFF = "admin"

ALL = [look for looks in LOOKS.values() for look in looks]
LOOKED_AT = [
    pytest.param(look, marks=[] if look is looks[0] else [pytest.mark.slow])
    for looks in LOOKS.values()
    for look in looks
]
"""Every page once in each run; its other states (errors, other people) in `make test-all`, as all
of them take a browser ten minutes.
"""


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
