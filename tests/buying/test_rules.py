"""How an organisation buys: its owners write it down, and share it if they like."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.audit_words import tell
from accounts.models import AuditEvent, Organisation, Role, User
from accounts.refused import Refused
from buying.models import BuyingRules, Preference, Threshold
from buying.services.rules import EXAMPLES, Line, Rules, RulesChanged, rules_of, save_rules
from tests.accounts.racing import race
from tests.buying.factories import make_rules
from tests.factories import make_membership, make_organisation, make_term
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills-library")


@pytest.fixture
def owner(buyer: Organisation) -> User:
    return make_membership(buyer).user


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


URL = "/my/harehills-library/buying/rules/"
PARTNERS = "/buying/how-partners-choose/"


def words(html: str) -> str:
    text = re.sub(r"<[^>]+>", " ", html.partition("<main")[2])
    return " ".join(unescape(text).split())


def sent(buyer: Organisation, **fields: Any) -> dict[str, Any]:
    """What the page of what stands sends, with other answers."""
    now = rules_of(buyer)
    data: dict[str, Any] = {"seen": now.version, "words": now.words}
    for number, line in enumerate((*now.lines, Line(None, 0))):
        data[f"up_to_{number}"] = "" if line.up_to is None else line.up_to
        data[f"ask_{number}"], data[f"line_words_{number}"] = line.ask or "", line.words
    for number, each in enumerate(now.preferences):
        data[f"prefer_{number}"], data[f"term_{number}"] = each.words, each.term_id or ""
    data[f"prefer_{len(now.preferences)}"] = ""
    if now.shared:
        data["shared"] = "on"
    return data | fields


def test_it_begins_with_two_examples_to_take_over(browser: Client, buyer: Organisation) -> None:
    shown = words(browser.get(URL).text)
    assert "They are examples in our words, not anybody’s rule" in shown
    assert "Up to £500.00, ask 1" in shown
    assert not BuyingRules.objects.exists()
    for _ in range(2):
        browser.post(URL, {"act": "examples"})
    assert rules_of(buyer).lines == EXAMPLES
    assert "Nothing is written down yet" not in words(browser.get(URL).text)


def test_lines_are_added_changed_and_removed(browser: Client, buyer: Organisation) -> None:
    browser.post(URL, sent(buyer, up_to_0="£5,000", ask_0="3", line_words_0="In writing."))
    browser.post(URL, sent(buyer, up_to_1="500", ask_1="1"))
    assert rules_of(buyer).lines == (
        Line(Decimal("500.00"), 1),
        Line(Decimal("5000.00"), 3, "In writing."),
    )
    browser.post(URL, sent(buyer, up_to_2="", ask_2="5", drop_line_0="on", ask_0="zzz"))
    assert rules_of(buyer).lines == (Line(Decimal("5000.00"), 3, "In writing."), Line(None, 5))
    assert "However much" not in words(browser.get(URL).text)


def test_preferences_have_an_order_and_may_have_a_term(
    browser: Client, buyer: Organisation
) -> None:
    term = make_term("ethos", label="Pays the living wage")
    browser.post(URL, sent(buyer, prefer_0="Somebody local"))
    browser.post(URL, sent(buyer, prefer_1="", term_1=term.pk))
    assert [each.words for each in rules_of(buyer).preferences] == [
        "Somebody local",
        "Pays the living wage",
    ]
    browser.post(URL, sent(buyer, move="up-1", words="Saved with it."))
    rules = rules_of(buyer)
    assert [each.words for each in rules.preferences] == ["Pays the living wage", "Somebody local"]
    assert rules.words == "Saved with it."
    for nonsense in ("up-0", "down-1", "up-99", "up-", "sideways-1", "up-²", "up-" + "9" * 5000):
        browser.post(URL, sent(buyer, move=nonsense))
    assert rules_of(buyer) == rules
    browser.post(URL, sent(buyer, drop_preference_0="on"))
    assert [each.words for each in rules_of(buyer).preferences] == ["Somebody local"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"up_to_0": "1.200,50", "ask_0": "1"}, "Put a point before the pence"),
        ({"up_to_0": "-5", "ask_0": "1"}, "not below zero"),
        ({"up_to_0": "1e9", "ask_0": "1"}, "Enter an amount in pounds"),
        ({"up_to_0": "NaN", "ask_0": "1"}, "Enter an amount in pounds"),
        ({"up_to_0": "5"}, "Enter a whole number from 1 to 12."),
        ({"up_to_0": "5", "ask_0": "0"}, "Enter a whole number from 1 to 12."),
        ({"up_to_0": "5", "ask_0": "1e9"}, "Enter a whole number from 1 to 12."),
        ({"ask_0": "9" * 5000}, "Enter a whole number from 1 to 12."),
        ({"line_words_0": "x"}, "Enter a whole number from 1 to 12."),
        ({"ask_0": "1", "ask_1": "2"}, "There is a line for this amount already."),
        ({"prefer_0": "x" * 10_240}, "Use at most 300 characters."),
        ({"prefer_0": "a", "term_0": "999999"}, "Choose one from the list."),
        ({"prefer_0": "a", "term_0": "x"}, "Choose one from the list."),
        ({"prefer_0": "nul \0 byte"}, "Null characters are not allowed."),
        ({"words": "x" * 4001}, "Use at most 4000 characters."),
    ],
)
def test_bad_values_are_errors_and_what_was_typed_stays(
    browser: Client, buyer: Organisation, fields: dict[str, str], said: str
) -> None:
    response = browser.post(URL, sent(buyer, **({"prefer_0": "Kept here"} | fields)))
    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert said in response.text
    assert "prefer_0" in fields or "Kept here" in response.text
    assert not BuyingRules.objects.exists()


def test_of_two_owners_the_later_is_told_and_sees_both(
    browser: Client, buyer: Organisation
) -> None:
    mine = sent(buyer, up_to_0="100", ask_0="1", prefer_0="My choice", shared="on")
    theirs = sent(buyer, up_to_0="200", ask_0="2", prefer_0="Their choice", words="Their words")
    browser.post(URL, theirs)
    response = browser.post(URL, mine)
    assert response.status_code == 409
    shown = words(response.text)
    for text in (
        "Another owner saved these rules while you were writing",
        "Saved meanwhile: up to £200.00, ask 2",
        "Saved meanwhile: Their choice",
        "Saved meanwhile: “Their words”",
        "Saved meanwhile: not ticked.",
    ):
        assert text in shown
    assert 'value="My choice"' in response.text
    assert rules_of(buyer).words == "Their words"
    seen = re.search(r'name="seen" value="(\w+)"', response.text)
    assert seen
    browser.post(URL, mine | {"seen": seen[1]})
    assert rules_of(buyer).preferences[0].words == "My choice"
    assert browser.post(URL, {}).status_code == 409


def test_the_same_form_sent_twice_is_saved_once(browser: Client, buyer: Organisation) -> None:
    data = sent(buyer, ask_0="2", prefer_0="Somebody local")
    for _ in range(2):
        assert browser.post(URL, data).status_code == 302
    assert Threshold.objects.count() == Preference.objects.count() == 1
    (told,) = tell(AuditEvent.objects.about(buyer))
    row = BuyingRules.objects.get()
    assert told.did == f"changed buying rules number {row.pk}: lines, preferences"


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once(buyer: Organisation, owner: User) -> None:
    other = make_membership(buyer).user
    seen = Rules().version

    def save(by: User, text: str) -> object:
        return save_rules(organisation=buyer, rules=Rules(words=text), seen=seen, by=by)

    outcomes = race(buyer, lambda: save(owner, "One"), lambda: save(other, "Two"))
    assert sum(isinstance(outcome, RulesChanged) for outcome in outcomes) == 1
    assert BuyingRules.objects.get().words in {"One", "Two"}


def test_editors_read_and_do_not_write(buyer: Organisation) -> None:
    user = make_membership(buyer, role=Role.EDITOR).user
    browser = signed_in(user)
    assert "Nothing is written down yet." in words(browser.get(URL).text)
    make_rules(buyer)
    shown = words(browser.get(URL).text)
    assert "Up to £500.00 2" in shown
    assert "Not shared with others." in shown
    assert browser.post(URL, {"words": "x"}).status_code == 403
    with pytest.raises(Refused):
        save_rules(organisation=buyer, rules=Rules(), seen="", by=user)


# -- How partners choose ------------------------------------------------------------------------


def test_only_what_is_shared_is_on_the_page_of_all(client: Client, buyer: Organisation) -> None:
    assert "Nobody shares this yet." in words(client.get(PARTNERS).text)
    make_rules(buyer, words="We ask our readers first.")
    assert "Harehills" not in client.get(PARTNERS).text
    BuyingRules.objects.update(shared=True)
    shown = words(client.get(PARTNERS).text)
    for text in ("Harehills Library", "Up to £500.00 2", "Somebody local", "We ask our readers"):
        assert text in shown
    assert "Example data" not in shown


def test_partners_stand_by_sector_and_examples_are_marked(client: Client) -> None:
    for name, sector in (("Z trust", "third"), ("A council", "public"), ("B shop", "")):
        make_rules(make_organisation(name, sector=sector), shared=True)
    make_rules(make_organisation("Pretend", sector="third", is_example=True), shared=True)
    response = client.get(PARTNERS)
    shown = words(response.text)
    places = [shown.index(text) for text in ("Third sector", "Z trust", "A council", "B shop")]
    assert places == sorted(places)
    assert response.text.count("badge--example") == 2


def test_taking_the_tick_away_takes_it_off_at_once(browser: Client, buyer: Organisation) -> None:
    make_rules(buyer, shared=True)
    data = sent(buyer)
    del data["shared"]
    browser.post(URL, data)
    assert "Harehills" not in browser.get(PARTNERS).text


def test_many_partners_take_no_more_queries(
    client: Client, django_assert_max_num_queries: Any, no_lazy_loading: None
) -> None:
    for _ in range(20):
        make_rules(shared=True)
    with django_assert_max_num_queries(6):
        client.get(PARTNERS)


@pytest.mark.parametrize("path", ["/", "/about/", "/privacy/"])
def test_the_page_of_all_is_led_to(client: Client, path: str) -> None:
    assert f'href="{PARTNERS}"' in client.get(path).text
