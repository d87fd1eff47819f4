"""Two that look like one: found, merged with all that they have, or told apart."""

from functools import partial

import pytest
from django.test import Client

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.refused import Refused
from providers import doubles, listing_index
from providers.models import NotDouble
from providers.services.merging import merge_doubles, tell_apart, version_of_pair
from tests.accounts.racing import race
from tests.factories import (
    make_claim,
    make_former_slug,
    make_identifier,
    make_listing,
    make_membership,
    make_not_double,
    make_organisation,
    make_register_entry,
    make_registration,
    make_user,
)
from tests.providers.curate.conftest import seen
from tests.providers.reading import words
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> tuple[Organisation, Organisation]:
    """``kitchen`` has an owner, soups and a number; ``kitchen-2`` an editor, soups and a claim."""
    one = make_organisation("Holbeck Kitchen", slug="kitchen", postcode="LS11 9AA")
    make_membership(one, make_user("olu@example.org", name="Olu"))
    make_identifier(one, value="1234567")
    other = make_organisation("Holbeck kitchen", slug="kitchen-2", phone="0113 496 0101")
    make_membership(other, make_user("ed@example.org", name="Ed"), "editor")
    make_former_slug(other, "the-kitchen")
    make_claim(other)
    for row in (one, other):
        make_listing(row, title="Soups", slug="soups")
    listing_index.rebuild()
    return one, other


def url_of(pair: tuple[Organisation, Organisation]) -> str:
    return f"/curate/doubles/{pair[0].pk}/{pair[1].pk}/"


# -- Finding them ---------------------------------------------------------------------------------


def found() -> list[tuple[int, int, str]]:
    return [(row.first, row.second, row.why) for row in doubles.pairs()]


def two(
    one: dict[str, object] | None = None, other: dict[str, object] | None = None
) -> list[Organisation]:
    rows = [make_organisation(**(one or {})), make_organisation(**(other or {}))]  # type: ignore[arg-type]
    make_listing(rows[0])
    return rows


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"name": "Holbeck Kitchen"}, {"name": "HOLBECK-kitchen."}, "Same name"),
        (
            {"name": "Holbeck Kitchen", "postcode": "LS11 9AA"},
            {"name": "The Holbeck Kitchen", "postcode": "LS11 9AA"},
            "Like name, same postcode",
        ),
        (
            {"website": "https://www.Kitchen.example/about"},
            {"website": "http://kitchen.example"},
            "Same website",
        ),
    ],
)
def test_found(one: dict[str, object], other: dict[str, object], why: str) -> None:
    rows = two(one, other)
    assert found() == [(rows[0].pk, rows[1].pk, why)]
    assert [row.why for row in doubles.pairs(of=rows[1].pk)] == [why]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Holbeck Kitchen"}, {"name": "Holbeck Kitten Home"}),
        ({"name": "—"}, {"name": "…"}),
        (
            {"name": "Holbeck Kitchen", "postcode": "LS11 9AA"},
            {"name": "The Holbeck Kitchen", "postcode": "LS11 9AB"},
        ),
        (
            {"name": "Elles Housing Co-operative", "postcode": "SE1 4YR"},
            {"name": "Weybank Housing Co-operative", "postcode": "SE1 4YR"},
        ),
        ({"website": "https://facebook.com/a"}, {"website": "https://www.facebook.com/b"}),
        ({"website": "https://x.sites.example"}, {"website": "https://y.sites.example"}),
        ({"name": "Same", "is_example": True}, {"name": "Same"}),
    ],
)
def test_not_found(one: dict[str, object], other: dict[str, object]) -> None:
    two(one, other)
    assert found() == []


def test_number_given_at_registration_is_compared() -> None:
    holder = make_organisation()
    number = make_identifier(holder)
    listings = [make_listing(state="submitted", published_at=None) for _ in range(2)]
    for listing in listings:
        make_registration(listing, scheme=number.scheme, number=number.value)
    ids = [holder.pk, *(listing.organisation_id for listing in listings)]
    why = "One gave the other’s number"
    assert {(row[0], row[1]) for row in found()} == {
        (ids[0], ids[1]),
        (ids[0], ids[2]),
        (ids[1], ids[2]),
    }
    assert {row[2] for row in found()} == {why}


def test_nothing_on_the_list_is_no_double() -> None:
    for _ in range(2):
        make_listing(make_organisation("Same"), state="draft", published_at=None)
    assert found() == []


def test_two_numbers_of_one_kind_tell_them_apart() -> None:
    for row in two({"name": "Same"}, {"name": "Same"}):
        make_identifier(row)
    assert found() == []


def test_numbers_of_two_kinds_do_not() -> None:
    one, other = two({"name": "Same"}, {"name": "Same"})
    make_identifier(one)
    make_identifier(other, scheme="GB-COH", value="01234567")
    assert len(found()) == 1


def test_registers_are_compared_with_each_other_and_not_with_themselves() -> None:
    listings = [make_listing(make_organisation("Same"), origin="register") for _ in range(3)]
    make_register_entry(listings[0], source="large")
    make_register_entry(listings[1], source="large")
    make_register_entry(listings[2], source="small")
    pairs = {(row[0], row[1]) for row in found()}
    ids = [listing.organisation_id for listing in listings]
    assert pairs == {(ids[0], ids[2]), (ids[1], ids[2])}


def test_a_website_of_many_is_nobodys_own() -> None:
    for _ in range(4):
        make_listing(make_organisation(website="https://together.example/"))
    assert found() == []


def test_told_apart_they_are_not_asked_about_again() -> None:
    make_not_double(*two({"name": "Same"}, {"name": "Same"}))
    assert found() == []


# -- Deciding -------------------------------------------------------------------------------------


def test_page_shows_both_side_by_side(
    browser: Client, pair: tuple[Organisation, Organisation]
) -> None:
    text = words(browser.get(url_of(pair)).text)
    assert "Same name." in text
    assert "Numbers Charity number 1234567 –" in text
    assert "Olu (owner, olu@example.org) Ed (editor, ed@example.org)" in text


def test_nothing_happens_before_its_preview_was_read(
    browser: Client, pair: tuple[Organisation, Organisation]
) -> None:
    one, other = pair
    page = browser.get(f"{url_of(pair)}?keep={one.pk}").text
    text = words(page)
    assert "What happens when Holbeck kitchen becomes part of Holbeck Kitchen" in text
    assert "1 listing of Holbeck kitchen becomes Holbeck Kitchen’s: Soups." in text
    assert "These people act for Holbeck Kitchen from then on: Ed." in text
    assert "This cannot be undone." in text
    assert Organisation.objects.count() == 2
    assert browser.post(url_of(pair), {"decision": "one", "seen": seen(page)}).status_code == 404
    assert "What happens" not in words(browser.get(f"{url_of(pair)}?keep=99999").text)
    assert other.pk != one.pk


def test_merging_keeps_every_link_and_all_history(
    browser: Client, pair: tuple[Organisation, Organisation], curator: User
) -> None:
    one, other = pair
    AuditEvent.record(verb="changed", target=other, organisation=other)
    url = f"{url_of(pair)}?keep={one.pk}"
    given = {"decision": "one", "keep": str(one.pk), "seen": seen(browser.get(url).text)}
    response = browser.post(url, given, follow=True)
    assert "Its old addresses lead there." in words(response.text)
    for before, after in {
        "kitchen-2/": "kitchen/",
        "the-kitchen/": "kitchen/",
        "kitchen-2/soups/": "kitchen/soups-2/",
        "the-kitchen/soups/": "kitchen/soups-2/",
    }.items():
        moved = browser.get(f"/providers/{before}")
        assert (moved.status_code, moved["Location"]) == (301, f"/providers/{after}")
        assert browser.get(f"/providers/{after}").status_code == 200
    one.refresh_from_db()
    assert one.phone == "0113 496 0101"
    assert set(Membership.objects.values_list("organisation", "role")) == {
        (one.pk, "owner"),
        (one.pk, "editor"),
    }
    assert one.claims.count() == one.identifiers.count() == 1
    mails = {mail.to: mail for mail in OutgoingMail.objects.filter(template="organisation_merged")}
    assert mails.keys() == {"olu@example.org", "ed@example.org"}
    for mail in mails.values():
        assert mail.subject == "Holbeck kitchen is part of Holbeck Kitchen now"
        assert "/my/kitchen/people/" in mail.text
    assert "You act for Holbeck Kitchen from now on" in mails["ed@example.org"].text
    assert "from now on" not in mails["olu@example.org"].text
    events = [event.verb for event in AuditEvent.objects.about(one)]
    assert events[0] == "merged in"
    assert "changed" in events
    assert AuditEvent.objects.get(verb="merged in").actor_key == curator.audit_key
    assert listing_index.differences() == []


def test_they_are_two(browser: Client, pair: tuple[Organisation, Organisation]) -> None:
    page = browser.get(url_of(pair)).text
    given = {"decision": "two", "seen": seen(page)}
    assert browser.post(url_of(pair), given, follow=True).redirect_chain == [("/curate/", 302)]
    assert NotDouble.objects.count() == 1
    assert AuditEvent.objects.filter(verb="told apart").count() == 2
    assert url_of(pair) not in browser.get("/curate/").text
    assert "they are two" in words(browser.get(url_of(pair)).text)
    # Sent twice, it is said once.
    assert browser.post(url_of(pair), given).status_code == 302
    assert NotDouble.objects.count() == 1


def test_second_curator_reads_that_they_are_one(
    browser: Client, other_browser: Client, pair: tuple[Organisation, Organisation]
) -> None:
    one, other = pair
    page = seen(browser.get(url_of(pair)).text)
    given = {"decision": "one", "keep": str(other.pk), "seen": page}
    assert other_browser.post(url_of(pair), given).status_code == 302
    for response in (
        browser.post(url_of(pair), {"decision": "two", "seen": page}),
        browser.get(url_of(pair)),
    ):
        assert response.status_code == 409
        assert "Dan merged it into another organisation on" in words(response.text)
        assert f"/curate/organisations/{other.pk}/" in response.text
    assert not Organisation.objects.filter(pk=one.pk).exists()


def test_changed_meanwhile(browser: Client, pair: tuple[Organisation, Organisation]) -> None:
    page = seen(browser.get(url_of(pair)).text)
    pair[0].save()
    given = {"decision": "one", "keep": str(pair[0].pk), "seen": page}
    response = browser.post(url_of(pair), given)
    assert response.status_code == 409
    assert "One of the two has changed" in words(response.text)
    assert Organisation.objects.count() == 2


def test_pairs_that_are_none(browser: Client, pair: tuple[Organisation, Organisation]) -> None:
    one, other = (row.pk for row in pair)
    for first, second in ((other, one), (one, one), (one, 99_999), (99_998, 99_999)):
        assert browser.get(f"/curate/doubles/{first}/{second}/").status_code == 404


def test_only_a_curator_decides(pair: tuple[Organisation, Organisation]) -> None:
    one, other = pair
    seen_by, stranger = version_of_pair(one, other), make_user()
    with pytest.raises(Refused):
        merge_doubles(keep=one, gone=other, by=stranger, seen=seen_by)
    with pytest.raises(Refused):
        tell_apart(one=one, other=other, by=stranger, seen=seen_by)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_decides(curator: User, other_curator: User) -> None:
    one, other = two({"name": "Same"}, {"name": "Same"})
    version = version_of_pair(one, other)
    outcomes = race(
        one,
        partial(merge_doubles, keep=one, gone=other, by=curator, seen=version),
        partial(merge_doubles, keep=other, gone=one, by=other_curator, seen=version),
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert Organisation.objects.count() == 1
