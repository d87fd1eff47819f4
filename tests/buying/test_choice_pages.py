"""From the answers to a filed record, over the pages of a buyer."""

import datetime
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, Role, User
from accounts.models.invitation import hash_of
from accounts.services.personal_data import erase_person
from buying.models import Choice, ChoiceVersion, Considered, Enquiry
from buying.services.choice import begin_choice
from buying.services.draft import version_of_draft
from tests.buying.factories import (
    make_answer,
    make_choice,
    make_considered,
    make_enquiry,
    make_filed,
    make_recipient,
    make_rules,
    make_version,
)
from tests.factories import (
    make_confirmed_user,
    make_listing,
    make_membership,
    make_organisation,
    make_shortlist,
    make_shortlist_item,
    make_term,
)
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Organisation:
    return make_organisation("Harehills Library", slug="harehills-library")


@pytest.fixture
def by(buyer: Organisation) -> User:
    user = make_confirmed_user("olu@example.org", name="Olu Adeyemi")
    make_membership(buyer, user)
    return user


@pytest.fixture
def browser(by: User) -> Client:
    return signed_in(by)


def words(html: str) -> str:
    text = re.sub(r"<[^>]+>", " ", html.partition("<main")[2])
    return " ".join(unescape(text).split())


def page(draft: ChoiceVersion, name: str = "edit/") -> str:
    return f"/my/{draft.choice.organisation.slug}/buying/choices/{draft.choice_id}/{name}"


def sent(draft: ChoiceVersion, **fields: Any) -> dict[str, Any]:
    """What the page of a draft sends, with other answers."""
    draft = ChoiceVersion.objects.select_related("choice").get(pk=draft.pk)
    data: dict[str, Any] = {
        "seen": version_of_draft(draft),
        "what": draft.what,
        "amount": "" if draft.amount is None else draft.amount,
        "decided_on": draft.decided_on or "",
        "reason": draft.reason,
        "conflict": draft.conflict,
        "correction": draft.correction,
        "act": "save",
    }
    for row in draft.considered.all():
        data[f"answer-{row.pk}"] = row.answer
        data[f"price-{row.pk}"] = "" if row.price is None else row.price
        data[f"words-{row.pk}"] = row.words
        if row.is_typed:
            data[f"name-{row.pk}"], data[f"postcode-{row.pk}"] = row.name, row.postcode
        if row.chosen:
            data["chosen"] = row.pk
    return data | {name.replace("__", "-"): value for name, value in fields.items()}


WHOLE = {
    "what": "Lunch for thirty",
    "decided_on": timezone.localdate(),
    "reason": "The best for the money.",
    "conflict": "none",
    "sure": "on",
    "act": "file",
}


@pytest.fixture
def draft(buyer: Organisation, by: User) -> ChoiceVersion:
    """Two were considered: one says yes for 240 pounds, one did not answer."""
    version = begin_choice(organisation=buyer, by=by)
    kitchen = make_organisation("Holbeck Kitchen")
    make_considered(
        version, name="Holbeck Kitchen", organisation=kitchen, answer="yes", price=Decimal(240)
    )
    make_considered(version, name="Burley Hall", answer="none")
    return version


# -- Beginning ----------------------------------------------------------------------------------


def asked(buyer: Organisation | None, **fields: Any) -> Enquiry:
    """Three were asked: one says yes, one no, one nothing."""
    kind = make_term(label="Buffets")
    enquiry = make_enquiry(organisation=buyer, **fields)
    for name, yes in (("Holbeck Kitchen", True), ("Burley Hall", False), ("Silent Cakes", None)):
        listing = make_listing(make_organisation(name), categories=[kind])
        recipient = make_recipient(enquiry, listing)
        if yes is not None:
            make_answer(recipient, yes=yes)
    return enquiry


def test_an_enquiry_brings_its_answers(browser: Client, buyer: Organisation) -> None:
    enquiry = asked(buyer)
    start = f"/my/{buyer.slug}/buying/choices/new/?enquiry={enquiry.reference}"
    html = browser.get(start).text
    assert re.search(rf'value="enquiry {enquiry.reference}"[^>]* checked', html)
    assert not Choice.objects.exists()
    response = browser.post(start)
    draft = ChoiceVersion.objects.get()
    assert response["Location"] == page(draft)
    assert (draft.what, str(draft.category)) == ("Lunch for thirty", "Buffets")
    assert draft.choice.enquiry == enquiry
    rows = list(draft.considered.values_list("name", "answer", "price", "words"))
    assert rows == [
        ("Holbeck Kitchen", "yes", Decimal("240.00"), "Delivery is in it."),
        ("Burley Hall", "no", None, "Not free then"),
        ("Silent Cakes", "none", None, ""),
    ]
    shown = words(browser.get(page(draft)).text)
    assert "Holbeck Kitchen said yes, £240.00" in shown
    assert "Silent Cakes did not answer" in shown


def test_ones_own_enquiry_can_be_brought_in(browser: Client, buyer: Organisation, by: User) -> None:
    for fields in ({"user": by}, {"email": "OLU@example.org"}):
        enquiry = asked(None, **fields)
        browser.post(f"/my/{buyer.slug}/buying/choices/new/?enquiry={enquiry.reference}")
        assert Choice.objects.filter(enquiry=enquiry).count() == 1


def test_nobody_elses_enquiry_or_shortlist_can(
    browser: Client, buyer: Organisation, by: User
) -> None:
    other = make_organisation()
    for enquiry in (
        asked(None),
        asked(other),
        asked(other, user=by),
        asked(buyer, state="unconfirmed", reference="E-22222"),
    ):
        start = f"/my/{buyer.slug}/buying/choices/new/?enquiry={enquiry.reference}"
        assert "not here any more, or not yours" in browser.get(start).text
        assert "not here any more. Choose another" in browser.post(start).text
    start = f"/my/{buyer.slug}/buying/choices/new/?shortlist={make_shortlist().pk}"
    assert browser.post(start).status_code == 200
    for odd in ("enquiry=%00", "shortlist=x", "enquiry=" + "x" * 5000, "shortlist=9e9"):
        assert browser.get(f"/my/{buyer.slug}/buying/choices/new/?{odd}").status_code == 200
        assert browser.post(f"/my/{buyer.slug}/buying/choices/new/?{odd}").status_code == 200
    assert not Choice.objects.exists()


def test_a_shortlist_brings_each_provider_once(
    browser: Client, buyer: Organisation, by: User
) -> None:
    shortlist = make_shortlist(by, name="Lunch in May")
    kitchen = make_organisation("Holbeck Kitchen")
    for _ in range(2):
        make_shortlist_item(shortlist, make_listing(kitchen), note="Ring them.")
    listing = make_listing()
    gone = make_shortlist_item(shortlist, listing)
    listing.delete()
    make_shortlist_item(shortlist, removed_at=timezone.now())
    browser.post(f"/my/{buyer.slug}/buying/choices/new/?shortlist={shortlist.pk}")
    draft = ChoiceVersion.objects.get()
    rows = list(draft.considered.values_list("name", "answer", "words"))
    assert rows == [
        ("Holbeck Kitchen", "not-asked", "Ring them."),
        (gone.organisation_name, "not-asked", ""),
    ]
    assert draft.what == "Lunch in May"


def test_the_answers_lead_to_the_record_with_one_button(
    browser: Client, buyer: Organisation, by: User
) -> None:
    enquiry = asked(buyer)
    own, begin = (
        f"/buying/enquiries/{enquiry.reference}/",
        f"/my/{buyer.slug}/buying/choices/new/?enquiry=",
    )
    assert f"{begin}{enquiry.reference}" in browser.get(own).text
    for _ in range(2):
        response = browser.post(f"{begin}{enquiry.reference}", {"start": enquiry.reference})
        assert re.fullmatch(rf"/my/{buyer.slug}/buying/choices/\d+/edit/", response["Location"])
    choice = Choice.objects.get()
    again = browser.get(own).text
    assert begin not in again
    assert f"/my/{buyer.slug}/buying/choices/{choice.pk}/" in again
    assert choice.reference in again
    # Somebody else with the link, and a member who did not ask it, are led nowhere.
    Enquiry.objects.filter(pk=enquiry.pk).update(link_hash=hash_of("asked"))
    stranger = signed_in(make_membership(make_organisation("Another")).user)
    for visitor in (stranger, Client()):
        text = visitor.get("/buying/enquiries/asked/").text
        assert enquiry.title in text
        assert "choices/" not in text


def test_what_was_asked_in_nobodys_name_is_recorded_for_any_of_ones_own(
    browser: Client, buyer: Organisation, by: User
) -> None:
    other = make_membership(make_organisation("Another", slug="another"), by).organisation
    enquiry = asked(None, user=by)
    text = browser.get(f"/buying/enquiries/{enquiry.reference}/").text
    for organisation in (buyer, other):
        assert f"/my/{organisation.slug}/buying/choices/new/?enquiry={enquiry.reference}" in text
        assert f"Record the choice for {organisation}" in text


def test_the_same_form_sent_twice_begins_one(browser: Client, buyer: Organisation) -> None:
    start = f"/my/{buyer.slug}/buying/choices/new/"
    for _ in range(2):
        browser.post(start, {"source": "empty", "start": "one"})
    assert Choice.objects.count() == 1
    browser.post(start, {"source": "empty", "start": "two"})
    assert Choice.objects.count() == 2


# -- One page -----------------------------------------------------------------------------------


def test_from_the_answers_to_a_filed_record_is_one_page(
    browser: Client, draft: ChoiceVersion
) -> None:
    kitchen = draft.considered.get(name="Holbeck Kitchen")
    response = browser.post(page(draft), sent(draft, chosen=kitchen.pk, **WHOLE), follow=True)
    shown = words(response.text)
    assert f"Filed. Its reference is {draft.choice.reference}." in shown
    for text in ("Lunch for thirty", "£240.00", "The best for the money.", "Nobody who decided"):
        assert text in shown
    assert "Burley Hall Did not answer" in shown
    version = ChoiceVersion.objects.standing().get()
    assert (version.supplier, version.amount) == (kitchen.organisation, Decimal("240.00"))
    assert not OutgoingMail.objects.exists()


def test_what_filing_needs_is_said_beside_the_fields(browser: Client, draft: ChoiceVersion) -> None:
    response = browser.post(page(draft), sent(draft, act="file", reason="Kept on the page."))
    assert response.status_code == 200
    assert "<title>Error: " in response.text
    for text in (
        "Say what was needed.",
        "Choose the provider that you chose.",
        "Enter the amount in pounds.",
        "Enter the day on which you chose.",
        "Say whether anybody who decided has a link with a provider.",
        "Tick this to say that you have checked it.",
    ):
        assert response.text.count(text) == 2, text
    assert "Kept on the page." in response.text
    assert not ChoiceVersion.objects.filed().exists()


def test_a_draft_is_saved_with_nothing_in_it(browser: Client, draft: ChoiceVersion) -> None:
    response = browser.post(page(draft), sent(draft, reason="So far."), follow=True)
    assert "Saved as a draft." in words(response.text)
    draft.refresh_from_db()
    assert draft.reason == "So far."


def test_a_typed_provider_is_added_chosen_and_taken_out(
    browser: Client, draft: ChoiceVersion
) -> None:
    typed = {
        "name-new": "A kitchen round the corner",
        "postcode-new": "ls11aa",
        "answer-new": "yes",
        "price-new": "£1,200.50",
        "words-new": "By telephone.",
        "chosen": "new",
        "act": "add",
    }
    response = browser.post(page(draft), sent(draft, **typed))
    assert response["Location"] == f"{page(draft)}#considered"
    draft.refresh_from_db()
    row = draft.considered.get(chosen=True)
    assert (row.name, row.postcode, row.price) == (
        "A kitchen round the corner",
        "LS1 1AA",
        Decimal("1200.50"),
    )
    assert (draft.supplier_name, draft.amount) == (row.name, Decimal("1200.50"))
    browser.post(page(draft), {**sent(draft), f"drop-{row.pk}": "on", "chosen": ""})
    draft.refresh_from_db()
    assert not draft.considered.filter(pk=row.pk).exists()
    assert draft.supplier_name == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name-new": "", "answer-new": "yes"}, "Enter the provider’s name."),
        ({"name-new": "A kitchen"}, "Choose what it answered."),
        ({"name-new": "A kitchen", "answer-new": "yes", "postcode-new": "nowhere"}, "postcode"),
        ({"name-new": "A kitchen", "answer-new": "zzz"}, "Choose one from the list."),
        ({"chosen": "new"}, "Add the provider first, or choose another."),
        ({"chosen": "999999"}, "Choose one of those who were considered."),
        ({"amount": "1.200,50"}, "Put a point before the pence"),
        ({"amount": "-5"}, "Enter an amount that is not below zero."),
        ({"amount": "1e9"}, "Enter an amount in pounds"),
        ({"amount": "NaN"}, "Enter an amount in pounds"),
        ({"amount": "9" * 10_000}, "Enter an amount in pounds"),
        ({"price-new": "-5"}, "Enter an amount that is not below zero."),
        ({"decided_on": "31/02/2026"}, "Enter a day, such as"),
        ({"decided_on": "2999-01-01"}, "Enter a day that is not in the future."),
        ({"decided_on": "0001-01-01"}, "Enter a day after 1999."),
        ({"what": "nul \0 byte"}, "Null characters are not allowed."),
        ({"what": "x" * 301}, "Use at most 300 characters."),
        ({"reason": "x" * 10_240}, "Use at most 4000 characters."),
        ({"conflict": "perhaps"}, "Choose one of the two."),
        ({"category": "../x"}, "Choose one from the list."),
    ],
)
def test_bad_values_are_errors_and_what_was_typed_stays(
    browser: Client, draft: ChoiceVersion, fields: dict[str, str], said: str
) -> None:
    data = sent(draft, correction="", rule_reason="Typed here.") | fields
    response = browser.post(page(draft), data)
    assert response.status_code == 200
    assert said in unescape(response.text)
    assert "has-error" in response.text
    assert "Typed here." in response.text
    draft.refresh_from_db()
    assert draft.rule_reason == ""


def test_an_amount_as_people_type_it(browser: Client, draft: ChoiceVersion) -> None:
    browser.post(page(draft), sent(draft, amount="£1,200.50"))
    draft.refresh_from_db()
    assert draft.amount == Decimal("1200.50")


def test_an_amount_of_nothing_can_be_filed(browser: Client, draft: ChoiceVersion) -> None:
    row = draft.considered.get(answer="none")
    response = browser.post(page(draft), sent(draft, chosen=row.pk, amount="0", **WHOLE))
    assert response.status_code == 302
    assert ChoiceVersion.objects.standing().get().amount == 0


def test_answers_that_came_since_are_brought_in(
    browser: Client, buyer: Organisation, by: User
) -> None:
    enquiry = asked(buyer)
    browser.post(f"/my/{buyer.slug}/buying/choices/new/?enquiry={enquiry.reference}")
    draft = ChoiceVersion.objects.get()
    assert "Answers came since" not in browser.get(page(draft)).text
    make_answer(enquiry.recipients.get(organisation_name="Silent Cakes"), price=Decimal(99))
    assert "Answers came since this was begun: Silent Cakes." in words(
        browser.get(page(draft)).text
    )
    browser.post(page(draft), sent(draft, reason="Typed before.", act="answers"))
    row = draft.considered.get(name="Silent Cakes")
    assert (row.answer, row.price) == ("yes", Decimal("99.00"))
    draft.refresh_from_db()
    assert draft.reason == "Typed before."


# -- The buyer's own rule -----------------------------------------------------------------------


def test_a_rule_that_is_not_kept_is_warned_of_once_and_never_stops(
    browser: Client, buyer: Organisation, draft: ChoiceVersion
) -> None:
    make_rules(buyer)
    draft.considered.filter(answer="none").update(answer="not-asked")
    chosen = draft.considered.get(chosen=False, answer="yes")
    data = sent(draft, chosen=chosen.pk, **WHOLE)
    response = browser.post(page(draft), data)
    assert response.status_code == 200
    assert "Your own rule says to ask 2, and you asked 1." in words(response.text)
    assert not ChoiceVersion.objects.filed().exists()
    assert 'name="warned" value="2"' in response.text
    assert browser.post(page(draft), data | {"warned": "2"}).status_code == 302
    version = ChoiceVersion.objects.standing().get()
    assert (version.rule_met, version.rule_ask) == (False, 2)
    shown = words(browser.get(page(draft, "")).text)
    assert "Up to £500.00, ask 2. Not kept." in shown


def test_a_reason_is_enough(browser: Client, buyer: Organisation, draft: ChoiceVersion) -> None:
    make_rules(buyer)
    draft.considered.filter(answer="none").delete()
    chosen = draft.considered.get()
    data = sent(draft, chosen=chosen.pk, rule_reason="Only one can do it.", **WHOLE)
    assert browser.post(page(draft), data).status_code == 302
    assert "Only one can do it." in browser.get(page(draft, "")).text


def test_the_rule_is_said_on_the_draft_after_saving(
    browser: Client, buyer: Organisation, draft: ChoiceVersion
) -> None:
    make_rules(buyer)
    shown = words(browser.post(page(draft), sent(draft, amount="499"), follow=True).text)
    assert "Up to £500.00, ask 2. Kept. You asked 2." in shown
    shown = words(browser.post(page(draft), sent(draft, amount="501"), follow=True).text)
    assert "None of your rules speaks of this amount." in shown


# -- Correcting ---------------------------------------------------------------------------------


@pytest.fixture
def filed(buyer: Organisation, by: User) -> ChoiceVersion:
    version = make_version(make_choice(buyer, made_by=by))
    make_considered(version, answer="yes", price=Decimal(240), chosen=True)
    version.filed_at, version.stands, version.filed_by = timezone.now(), True, by
    version.save()
    return version


def test_a_correction_is_a_new_version_that_says_what_changed(
    browser: Client, filed: ChoiceVersion
) -> None:
    response = browser.post(page(filed, "correct/"))
    assert response["Location"] == page(filed)
    draft = ChoiceVersion.objects.drafts().get()
    refused = browser.post(page(draft), sent(draft, amount="250", sure="on", act="file"))
    assert refused.text.count("Say what the correction is for.") == 2
    data = sent(draft, amount="250", sure="on", act="file", correction="The bill was higher.")
    shown = words(browser.post(page(draft), data, follow=True).text)
    assert "Version 2" in shown
    assert "Amount, excluding VAT Before: £240.00 Now: £250.00" in shown
    assert "Corrected by Olu Adeyemi: The bill was higher." in shown
    assert "What was needed Before" not in shown
    filed.refresh_from_db()
    assert (filed.amount, filed.stands) == (Decimal("240.00"), False)


def test_a_correction_keeps_what_it_does_not_correct(
    browser: Client, buyer: Organisation, draft: ChoiceVersion
) -> None:
    rules = make_rules(buyer)
    kitchen = draft.considered.get(answer="yes")
    browser.post(page(draft), sent(draft, chosen=kitchen.pk, **WHOLE))
    renamed = Organisation.objects.filter(name="Holbeck Kitchen")
    assert renamed.update(name="New name", sector="third") == 1
    rules.thresholds.update(ask=5)
    browser.post(page(draft, "correct/"))
    second = ChoiceVersion.objects.drafts().get()
    data = sent(second, correction="A better reason.", reason="Other words.", sure="on", act="file")
    browser.post(page(second), data)
    version = ChoiceVersion.objects.standing().get()
    assert version.number == 2
    assert (version.supplier_name, version.supplier_sector) == ("Holbeck Kitchen", "")
    assert (version.rule_ask, version.rule_met) == (2, True)


def test_a_purchase_made_elsewhere_is_corrected_and_keeps_its_provider(
    browser: Client, buyer: Organisation
) -> None:
    """Nobody was written down as considered, and neither a reason nor links between people."""
    kitchen = make_organisation("Holbeck Kitchen")
    choice = make_choice(buyer, origin="elsewhere", own_reference="PO 1")
    first = make_filed(
        choice, supplier=kitchen, supplier_name="Holbeck Kitchen", supplier_sector="third",
        reason="", conflict="",
    )  # fmt: skip
    browser.post(page(first, "correct/"))
    draft = ChoiceVersion.objects.drafts().get()
    data = sent(draft, amount="1", correction="A slip.", sure="on", act="file")
    assert browser.post(page(draft), data).status_code == 302
    version = ChoiceVersion.objects.standing().get()
    assert (version.supplier, version.supplier_sector) == (kitchen, "third")
    assert (version.amount, version.rule_met) == (Decimal("1.00"), None)


def test_a_provider_that_is_not_on_the_list_any_more_can_be_chosen(
    browser: Client, buyer: Organisation
) -> None:
    enquiry = asked(buyer)
    enquiry.recipients.update(organisation=None, listing=None)
    browser.post(f"/my/{buyer.slug}/buying/choices/new/?enquiry={enquiry.reference}")
    draft = ChoiceVersion.objects.get()
    kitchen = draft.considered.get(answer="yes")
    data = sent(draft, chosen=kitchen.pk, tells_provider="on", **WHOLE)
    assert browser.post(page(draft), data).status_code == 302
    version = ChoiceVersion.objects.standing().get()
    assert (version.supplier, version.supplier_name) == (None, "Holbeck Kitchen")
    assert not OutgoingMail.objects.exists()


def test_it_never_happened(browser: Client, filed: ChoiceVersion) -> None:
    assert "Say why it never happened." in browser.post(page(filed, "void/"), {}).text
    first, again = (
        browser.post(page(filed, "void/"), {"reason": "Called off."}, follow=True) for _ in range(2)
    )
    assert first.redirect_chain == again.redirect_chain
    shown = words(again.text)
    assert "This purchase never happened." in shown
    assert "The purchase Before: It happened Now: It never happened" in shown
    assert not ChoiceVersion.objects.standing().exists()
    assert ChoiceVersion.objects.count() == 2
    browser.post(page(filed, "correct/"))
    draft = ChoiceVersion.objects.drafts().get()
    browser.post(page(draft), sent(draft, correction="It did.", sure="on", act="file"))
    assert ChoiceVersion.objects.standing().get().number == 3


def test_a_begun_correction_is_not_lost_by_saying_it_never_happened(
    browser: Client, filed: ChoiceVersion
) -> None:
    browser.post(page(filed, "correct/"))
    response = browser.post(page(filed, "void/"), {"reason": "Called off."})
    assert response.status_code == 409
    assert "A correction is begun." in response.text
    assert ChoiceVersion.objects.filed().get() == filed


def test_a_draft_is_given_up_after_asking(browser: Client, draft: ChoiceVersion) -> None:
    assert browser.get(page(draft, "give-up/")).status_code == 200
    assert Choice.objects.exists()
    browser.post(page(draft, "give-up/"))
    assert not Choice.objects.exists()
    assert browser.post(page(draft, "give-up/")).status_code == 404


# -- Two at once --------------------------------------------------------------------------------


def test_the_later_of_two_saves_is_told_and_sees_both(
    browser: Client, draft: ChoiceVersion
) -> None:
    silent = draft.considered.get(answer="none")
    mine = sent(draft, reason="My words.", amount="10")
    theirs = sent(draft, reason="Their words.", **{f"drop-{silent.pk}": "on"})
    browser.post(page(draft), theirs | {"name-new": "Added", "answer-new": "no"})
    response = browser.post(page(draft), mine)
    assert response.status_code == 409
    shown = words(response.text)
    for text in ("Somebody else saved this draft", "Saved meanwhile: Their words.", "My words."):
        assert text in shown
    assert "Taken out meanwhile: Burley Hall." in shown
    assert "Added said no" in shown
    seen = re.search(r'name="seen" value="(\w+)"', response.text)
    assert seen
    again = {name: value for name, value in mine.items() if str(silent.pk) not in name}
    browser.post(page(draft), again | {"seen": seen[1]})
    draft.refresh_from_db()
    assert (draft.reason, draft.amount) == ("My words.", Decimal("10.00"))
    assert set(draft.considered.values_list("name", flat=True)) == {"Holbeck Kitchen", "Added"}


def test_the_same_form_sent_twice_is_saved_once(browser: Client, draft: ChoiceVersion) -> None:
    data = sent(draft, reason="Once.", **{"name-new": "Added", "answer-new": "no"})
    for _ in range(2):
        assert browser.post(page(draft), data).status_code == 302
    assert draft.considered.count() == 3
    assert AuditEvent.objects.filter(verb="changed the draft of").count() == 1


def test_saving_what_somebody_filed_keeps_what_was_typed(
    browser: Client, draft: ChoiceVersion
) -> None:
    kitchen = draft.considered.get(answer="yes")
    mine = sent(draft, reason="My words.")
    browser.post(page(draft), sent(draft, chosen=kitchen.pk, **WHOLE))
    response = browser.post(page(draft), mine)
    assert response.status_code == 409
    shown = words(response.text)
    assert "Somebody filed this in the meantime." in shown
    assert "My words." in shown
    assert browser.get(page(draft))["Location"] == page(draft, "")
    assert ChoiceVersion.objects.count() == 1


def test_a_reference_of_the_buyers_own_is_used_once(
    browser: Client, buyer: Organisation, draft: ChoiceVersion
) -> None:
    other = make_choice(buyer, own_reference="PO 17")
    response = browser.post(page(draft), sent(draft, own_reference="PO 17"))
    assert response.status_code == 409
    assert other.reference in response.text
    browser.post(page(draft), sent(draft, own_reference="PO 18"))
    draft.choice.refresh_from_db()
    assert draft.choice.own_reference == "PO 18"


# -- Whose it is --------------------------------------------------------------------------------


def test_an_editor_files_and_reads(buyer: Organisation, draft: ChoiceVersion) -> None:
    editor = signed_in(make_membership(buyer, role=Role.EDITOR).user)
    kitchen = draft.considered.get(answer="yes")
    assert editor.post(page(draft), sent(draft, chosen=kitchen.pk, **WHOLE)).status_code == 302
    assert editor.get(page(draft, "")).status_code == 200


def test_another_buyers_record_is_not_found_under_ones_own_address(
    browser: Client, buyer: Organisation
) -> None:
    other, filed = make_version(), make_filed()
    for row in (other, filed):
        for name in ("", "edit/", "give-up/", "void/"):
            path = f"/my/{buyer.slug}/buying/choices/{row.choice_id}/{name}"
            assert browser.get(path).status_code == 404
        for name in ("edit/", "give-up/", "void/", "correct/"):
            path = f"/my/{buyer.slug}/buying/choices/{row.choice_id}/{name}"
            assert browser.post(path, {"reason": "x", "what": "x"}).status_code == 404
    for wrong in ("0", "999999999999999999999999"):
        assert browser.get(f"/my/{buyer.slug}/buying/choices/{wrong}/").status_code == 404


def test_erasing_a_person_leaves_the_record_without_the_name(
    browser: Client, buyer: Organisation, by: User, filed: ChoiceVersion
) -> None:
    other = signed_in(make_membership(buyer).user)
    assert "Olu Adeyemi" in other.get(page(filed, "")).text
    erase_person(user=by)
    shown = other.get(page(filed, "")).text
    assert "Olu" not in shown
    assert "Lunch for thirty" in shown


# -- All of it ----------------------------------------------------------------------------------


def test_the_overview_has_drafts_and_what_was_filed(
    browser: Client, buyer: Organisation, draft: ChoiceVersion, filed: ChoiceVersion
) -> None:
    make_filed(what="Somebody else’s")
    shown = words(browser.get(f"/my/{buyer.slug}/buying/").text)
    assert draft.choice.reference in shown
    assert "Lunch for thirty" in shown
    assert "£240.00" in shown
    assert "Somebody else" not in shown
    assert browser.get(f"/my/{buyer.slug}/buying/?page=2").status_code == 404
    assert browser.get(f"/my/{buyer.slug}/buying/?page=x").status_code == 404
    waiting = words(browser.get("/my/").text)
    assert f"A record of a choice is not filed: {draft.choice.reference}" in waiting


def test_the_csv_has_what_stands_and_runs_nothing(
    browser: Client, buyer: Organisation, filed: ChoiceVersion
) -> None:
    make_filed(make_choice(buyer, own_reference="=1+1"), what="=HYPERLINK()", reason="+x")
    make_filed()
    response = browser.get(f"/my/{buyer.slug}/buying/choices.csv")
    text = response.content.decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "'=HYPERLINK()" in text
    assert "'=1+1" in text
    assert ",'+x," in text
    assert ",240.00," in text
    assert filed.choice.reference in text


def test_many_records_take_no_more_queries(
    browser: Client, buyer: Organisation, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        make_filed(make_choice(buyer), what=f"Lunch {number}")
    with django_assert_max_num_queries(20):
        browser.get(f"/my/{buyer.slug}/buying/")
    with django_assert_max_num_queries(20):
        assert len(browser.get(f"/my/{buyer.slug}/buying/choices.csv").content.splitlines()) == 61


def test_a_day_of_another_year(browser: Client, draft: ChoiceVersion) -> None:
    browser.post(page(draft), sent(draft, decided_on="26/11/2025"))
    draft.refresh_from_db()
    assert draft.decided_on == datetime.date(2025, 11, 26)
    assert Considered.objects.count() == 2


# -- A draft that somebody gave up meanwhile --------------------------------------------------


@pytest.mark.parametrize("act", ["save", "file", "add", "answers"])
def test_what_was_typed_into_a_draft_that_is_gone_can_be_copied(
    browser: Client, draft: ChoiceVersion, act: str
) -> None:
    form = sent(draft, **WHOLE | {"name__new": "A <i>stall</i>", "reason": "No other\nwas near."})
    assert browser.post(page(draft, "give-up/")).status_code == 302
    for _ in range(2):
        response = browser.post(page(draft), form | {"act": act})
        assert response.status_code == 409
        said = words(response.text)
        assert "This draft was given up" in said
        for kept in ("Lunch for thirty", "No other was near.", "A <i>stall</i>", "240"):
            assert kept in said
        assert "<i>stall" not in response.text
    assert not ChoiceVersion.objects.exists()


def test_a_draft_that_is_gone_and_nothing_typed_is_not_found(
    browser: Client, draft: ChoiceVersion
) -> None:
    browser.post(page(draft, "give-up/"))
    assert browser.get(page(draft)).status_code == 404
    assert browser.post(page(draft), {"act": "save"}).status_code == 404


def test_what_is_gone_tells_nothing_to_others(draft: ChoiceVersion, browser: Client) -> None:
    form = sent(draft, **WHOLE)
    stranger = signed_in(make_confirmed_user("sue@example.org"))
    assert stranger.post(page(draft), form).status_code == 404
    browser.post(page(draft, "give-up/"))
    assert stranger.post(page(draft), form).status_code == 404


# -- Is a typed provider one on the list? ------------------------------------------------------


def test_a_typed_provider_is_matched_only_when_a_person_says_so(
    browser: Client, draft: ChoiceVersion
) -> None:
    stall = make_organisation("Kirkgate Soup Stall", postcode="LS2 7HY", address_public=True)
    make_listing(stall)
    browser.post(page(draft), sent(draft, name__new="Kirkgate Soup Stal", postcode__new="LS2 7HY",
                                   answer__new="yes", price__new="200", act="add"))  # fmt: skip
    row = draft.considered.get(name="Kirkgate Soup Stal")
    assert row.is_typed
    text = browser.get(page(draft)).text
    assert f'value="match-{row.pk}-{stall.pk}"' in text
    # What else was typed is saved by the same press.
    form = sent(draft, reason="Near by.", act=f"match-{row.pk}-{stall.pk}")
    for status in (302, 409):
        assert browser.post(page(draft), form).status_code == status
    row.refresh_from_db()
    assert (row.organisation, row.name, row.postcode) == (stall, "Kirkgate Soup Stall", "")
    assert (row.answer, row.price) == ("yes", Decimal(200)), "what it answered stays"
    draft.refresh_from_db()
    assert draft.reason == "Near by."
    assert "match-" not in browser.get(page(draft)).text


@pytest.mark.parametrize(
    ("pressed", "words_of_it"),
    [
        ("typed nobody", "not on the list any more"),
        ("typed unlisted", "not on the list any more"),
        ("typed itself", "not on the list any more"),
        ("typed considered", "You consider Holbeck Kitchen already"),
        ("listed stall", "on the list already, or was taken out"),
        ("none stall", "on the list already, or was taken out"),
    ],
)
def test_what_cannot_be_matched_is_said(
    browser: Client, draft: ChoiceVersion, buyer: Organisation, pressed: str, words_of_it: str
) -> None:
    row, one = pressed.split()
    stall = make_listing(make_organisation("Kirkgate Soup Stall")).organisation
    listed = draft.considered.get(name="Holbeck Kitchen")
    make_listing(listed.organisation)
    make_listing(buyer)
    typed = make_considered(draft, name="A stall")
    rows = {"typed": typed.pk, "listed": listed.pk, "none": 999_999_999}
    ones = {
        "nobody": 999_999_999_999,
        "unlisted": make_organisation("Quiet Kitchen").pk,
        "itself": buyer.pk,
        "considered": listed.organisation_id,
        "stall": stall.pk,
    }
    response = browser.post(page(draft), sent(draft, act=f"match-{rows[row]}-{ones[one]}"))
    assert response.status_code == 409
    assert words_of_it in words(response.text)
    typed.refresh_from_db()
    assert typed.is_typed


def test_nobody_is_offered_whom_the_draft_considers_already(
    browser: Client, draft: ChoiceVersion
) -> None:
    make_listing(draft.considered.get(name="Holbeck Kitchen").organisation)
    make_considered(draft, name="Holbeck Kitchn")
    assert "one of these on the list" not in words(browser.get(page(draft)).text)
