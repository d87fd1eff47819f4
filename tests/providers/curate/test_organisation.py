"""Finding an organisation, and all that a curator can do about one."""

import pytest
from django.test import Client

from accounts.models import AuditEvent, Identifier, Membership, Organisation, User
from accounts.refused import Refused
from accounts.services.identifier import add_identifier
from accounts.services.organisation import set_trusted
from tests.factories import (
    make_claim,
    make_confirmed_user,
    make_entry_request,
    make_identifier,
    make_invitation,
    make_listing,
    make_listing_change,
    make_membership,
    make_organisation,
    make_problem_report,
    make_user,
)
from tests.providers.curate.conftest import seen
from tests.providers.reading import words
from tests.signing_in import signed_in
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen() -> Organisation:
    return make_organisation("Holbeck Kitchen", slug="kitchen", email="hello@kitchen.example")


def url_of(organisation: Organisation, more: str = "") -> str:
    return f"/curate/organisations/{organisation.pk}/{more}"


# -- Finding --------------------------------------------------------------------------------------


def test_found_by_words_of_the_name_and_by_number(browser: Client, kitchen: Organisation) -> None:
    other = make_organisation("Burley Hall")
    make_identifier(other, scheme="GB-COH", value="01234567")
    for words_typed, name in (
        ("kitch holbeck", "Holbeck Kitchen"),
        ("1234567", "Burley Hall"),
        ("0123 4567", "Burley Hall"),
        ("BURLEY", "Burley Hall"),
    ):
        text = words(browser.get("/curate/organisations/", {"q": words_typed}).text)
        assert "1 organisation for" in text
        assert name in text
    assert "2 organisations" in words(browser.get("/curate/organisations/").text)


@pytest.mark.parametrize("q", ["zzz", "%", "x" * 200, "<script>alert(1)</script>", "'--"])
def test_nothing_found(browser: Client, kitchen: Organisation, q: str) -> None:
    response = browser.get("/curate/organisations/", {"q": q})
    assert response.status_code == 200
    assert "0 organisations for" in words(response.text)
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("q", ["x" * 201, "nul \0"])
def test_bad_words_are_errors(browser: Client, q: str) -> None:
    response = browser.get("/curate/organisations/", {"q": q})
    assert response.status_code == 200
    assert "has-error" in response.text


def test_pages(browser: Client) -> None:
    for number in range(31):
        make_organisation(f"Kitchen {number:02}")
    first = browser.get("/curate/organisations/?q=kitchen").text
    assert 'href="/curate/organisations/?q=kitchen&amp;page=2"' in first
    assert "Kitchen 30" in browser.get("/curate/organisations/?q=kitchen&page=2").text
    for page in ("3", "0", "x", "9" * 30):
        assert browser.get("/curate/organisations/", {"page": page}).status_code == 404


# -- Its page -------------------------------------------------------------------------------------


def test_page_shows_everything_with_what_to_do(browser: Client, kitchen: Organisation) -> None:
    listings = {
        state: make_listing(kitchen, title=f"A {state} one", state=state)
        for state in ("draft", "submitted", "returned", "published", "paused", "archived")
    }
    make_listing_change(listings["published"])
    make_membership(kitchen, make_user("olu@example.org", name="Olu"))
    make_invitation(kitchen, email="nia@example.org")
    make_identifier(kitchen, value="1234567")
    make_claim(kitchen)
    make_entry_request(kitchen)
    make_problem_report(kitchen)
    html = browser.get(url_of(kitchen)).text
    text = words(html)
    for shown in (*(row.title for row in listings.values()), "Olu", "nia@example.org", "1234567",
                  "To act for it", "Something on the page is wrong"):  # fmt: skip
        assert shown in text
    for state in ("published", "paused"):
        assert f'"/curate/listings/{listings[state].pk}/unpublish/"' in html
    for state in ("draft", "submitted", "returned", "archived"):
        assert f'"/curate/listings/{listings[state].pk}/unpublish/"' not in html
    assert "Send somebody the claim" not in text


def test_page_takes_as_many_queries_for_one_row_as_for_many(
    browser: Client, kitchen: Organisation, django_assert_max_num_queries: object,
    no_lazy_loading: None,
) -> None:  # fmt: skip
    for _ in range(20):
        make_listing_change(make_listing(kitchen))
        make_membership(kitchen)
        make_claim(kitchen)
        make_problem_report(kitchen, listing=kitchen.listings.first())
        make_entry_request(kitchen)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        assert browser.get(url_of(kitchen)).status_code == 200


def test_unpublishing_with_a_reason(browser: Client, kitchen: Organisation) -> None:
    listing = make_listing(kitchen, title="Soups")
    url = f"/curate/listings/{listing.pk}/unpublish/"
    page = browser.get(url).text
    assert "has-error" in browser.post(url, {"seen": seen(page)}).text
    assert "send it in again.</textarea>" in browser.post(
        url, {"seen": seen(page), "decision": "fill", "ready": "2"}
    ).text.replace("\n", "")
    given = {"seen": seen(page), "decision": "unpublish", "reason": "They have closed."}
    response = browser.post(url, given)
    assert response["Location"] == url_of(kitchen)
    listing.refresh_from_db()
    assert (listing.state, listing.return_reason) == ("returned", "They have closed.")
    assert "> They have closed." in OutgoingMail.objects.get().text
    again = browser.post(url, given)
    assert again.status_code == 409
    assert "What you wrote: They have closed." in words(again.text)


# -- Trust ----------------------------------------------------------------------------------------


def test_trusting_and_no_longer(browser: Client, kitchen: Organisation, curator: User) -> None:
    for answer, trusted, verb in (("yes", True, "trusted"), ("no", False, "stopped trusting")):
        for _ in range(2):
            response = browser.post(url_of(kitchen, "trust/"), {"trusted": answer})
            assert response["Location"] == url_of(kitchen)
        kitchen.refresh_from_db()
        assert kitchen.trusted is trusted
        assert AuditEvent.objects.get(verb=verb).actor_key == curator.audit_key
    assert browser.post(url_of(kitchen, "trust/"), {"trusted": "x"}).status_code == 404
    with pytest.raises(Refused):
        set_trusted(organisation=kitchen, trusted=True, by=make_user())


# -- Numbers --------------------------------------------------------------------------------------


def test_adding_and_checking_a_number(
    browser: Client, kitchen: Organisation, curator: User
) -> None:
    given = {"scheme": "GB-COH", "number": "123 4567"}
    for _ in range(2):
        assert browser.post(url_of(kitchen, "numbers/"), given).status_code == 302
    number = Identifier.objects.get()
    assert (number.value, number.checked_on) == ("01234567", None)
    for _ in range(2):
        browser.post(url_of(kitchen, f"numbers/{number.pk}/check/"))
    number.refresh_from_db()
    assert number.checked_by == curator
    assert AuditEvent.objects.filter(verb="checked").count() == 1
    assert "by Cora" in words(browser.get(url_of(kitchen)).text)
    other = make_organisation()
    assert browser.post(url_of(other, f"numbers/{number.pk}/check/")).status_code == 404


@pytest.mark.parametrize(
    ("scheme", "number", "message"),
    [
        ("GB-CHC", "", "Enter the number."),
        ("GB-CHC", "12", "Charity number: enter 6 or 7 digits."),
        ("nonsense", "1234567", "Choose what number it is from the list."),
        ("GB-CHC", "1234567", "Burley Hall has it already."),
        ("GB-CHC", "1\0", "has-error"),
    ],
)
def test_bad_numbers_are_errors_beside_their_fields(
    browser: Client, kitchen: Organisation, scheme: str, number: str, message: str
) -> None:
    make_identifier(make_organisation("Burley Hall"), value="1234567")
    given = {"scheme": scheme, "number": number}
    response = browser.post(url_of(kitchen, "numbers/"), given)
    assert response.status_code == 200
    assert message in response.text
    assert not kitchen.identifiers.exists()


def test_only_a_curator_adds_numbers(kitchen: Organisation) -> None:
    with pytest.raises(Refused):
        add_identifier(organisation=kitchen, scheme="GB-CHC", value="1234567", by=make_user())


# -- The claim ------------------------------------------------------------------------------------


def test_claim_is_sent_and_accepted_like_any_invitation(
    browser: Client, kitchen: Organisation
) -> None:
    page = browser.get(url_of(kitchen, "owner/")).text
    assert 'value="hello@kitchen.example"' in page
    given = {"email": "Nia@example.org"}
    assert browser.post(url_of(kitchen, "owner/"), given)["Location"] == url_of(kitchen)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template) == ("nia@example.org", "invitation")
    assert "A curator, Cora, asks you to look after what Holbeck Kitchen says" in mail.text
    assert "Cora at Holbeck Kitchen" not in mail.text
    # Sent twice within a minute, it is one mail.
    browser.post(url_of(kitchen, "owner/"), given)
    assert OutgoingMail.objects.count() == 1
    (link,) = [line for line in mail.text.splitlines() if "/my/invitations/" in line]
    nia = signed_in(make_confirmed_user("nia@example.org"), second_factor=False)
    response = nia.post(link[link.index("/my/") :], {"answer": "accept"})
    assert response["Location"] == "/my/kitchen/"
    assert Membership.objects.get().role == "owner"


def test_claim_is_not_sent_once_somebody_acts(browser: Client, kitchen: Organisation) -> None:
    make_membership(kitchen)
    assert "acts for Holbeck Kitchen already" in words(browser.get(url_of(kitchen, "owner/")).text)
    response = browser.post(url_of(kitchen, "owner/"), {"email": "nia@example.org"})
    assert response.status_code == 200
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a\0@example.org", "x" * 300 + "@example.org"])
def test_bad_addresses_are_errors(browser: Client, kitchen: Organisation, email: str) -> None:
    response = browser.post(url_of(kitchen, "owner/"), {"email": email})
    assert "has-error" in response.text
    assert not OutgoingMail.objects.exists()
