"""The sections of an offer: each saves, says in words what is wrong, and loses nothing."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, Organisation, Role
from accounts.refused import Refused
from accounts.services.organisation import FACTS
from providers import content, pictures
from providers.models import Claim, Listing, Photo, Registration, Term
from providers.permissions import Author
from providers.services.describing import describe
from providers.services.listing_states import UNTITLED
from providers.services.locking import NOT_YOURS
from tests.accounts.rows import snapshot
from tests.factories import (
    make_claim,
    make_listing,
    make_membership,
    make_organisation,
    make_photo,
    make_registration,
    make_ward,
)
from tests.providers import picture_files
from tests.providers.reading import words
from tests.providers.test_offer_doors import holding
from tests.providers.writers import make_complete
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


class Pages:
    """A browser at the pages of one offer."""

    def __init__(self, client: Client, start: str) -> None:
        self.client, self.start = client, start

    def seen(self, section: str) -> str:
        html = self.client.get(f"{self.start}{section}/").text
        found = re.search(r'name="seen" value="([^"]*)"', html)
        return found[1] if found else ""

    def post(self, section: str, seen: str | None = None, **data: Any) -> Any:
        stamp = self.seen(section) if seen is None else seen
        return self.client.post(f"{self.start}{section}/", {"seen": stamp, **data})


@pytest.fixture
def listing() -> Listing:
    return make_complete()


@pytest.fixture
def pages(listing: Listing) -> Pages:
    """Those of an owner."""
    client = signed_in(make_membership(listing.organisation).user, second_factor=False)
    return Pages(client, f"/my/kitchen/offers/{listing.pk}/")


@pytest.fixture
def registering(db: None) -> Pages:
    """Those of somebody who has only just begun, without an account."""
    draft = make_complete(
        title=UNTITLED, slug="untitled-offer", summary="", categories=[],
        organisation=make_organisation("Holbeck Kitchen", slug="kitchen"),
    )  # fmt: skip
    registration = make_registration(draft, email="")
    return Pages(holding(registration), f"/providers/join/{draft.pk}/")


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """To whom a link was mailed: which words, and what it opens, is tested with registering."""
    mailed: list[str] = []

    def send_link(*, registration: Registration) -> None:
        mailed.append(Registration.objects.get(pk=registration.pk).email)

    monkeypatch.setattr("providers.views.offers.sections.send_link", send_link)
    return mailed


FIVE = {
    "title": "Hall with a kitchen",
    "category": "halls",
    "summary": "A bright hall for sixty.",
    "delivery": "address",
    "email": "sam@example.org",
}


def reread(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


def errors(response: Any) -> list[str]:
    """What the summary says; the same words must stand at the fields."""
    html = response.text
    summary = html[html.index("data-error-summary") : html.index("</ul>", html.index("summary"))]
    found = [words(line) for line in re.findall(r"<li><a [^>]*>(.*?)</a>", summary, re.DOTALL)]
    at_fields = words(html[html.index("</h1>") :])
    assert all(message in at_fields for message in found)
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in html
    assert "<title>Error: " in html
    return found


# -- The first page ---------------------------------------------------------------------------


def test_five_answers_on_one_page_make_it_complete(registering: Pages) -> None:
    response = registering.post("basics", **FIVE)
    assert response["Location"] == registering.start
    listing = Listing.objects.get()
    said = content.read(listing)
    assert {name: said[name] for name in ("title", "summary", "delivery", "email")} == {
        name: FIVE[name] for name in ("title", "summary", "delivery", "email")
    }
    assert said["categories"] == ["halls"]
    assert listing.slug == "hall-with-a-kitchen"
    text = words(registering.client.get(registering.start).text)
    assert "5 of 12 answered." in text
    assert "Check your answers" in text


def test_a_new_address_is_mailed_a_link_to_come_back_by(
    registering: Pages, links: list[str]
) -> None:
    for _ in range(2):
        registering.post("basics", **FIVE)
    registering.post("contact", email="olu@example.org")
    assert Registration.objects.get().email == "olu@example.org"
    assert links == ["sam@example.org", "olu@example.org"]
    page = registering.client.get(registering.start)
    assert "We have sent a link to olu@example.org." in words(page.text)


def test_nothing_answered_says_what_is_asked(registering: Pages) -> None:
    response = registering.post("basics")
    assert errors(response) == [
        "Say what it is called.",
        "Choose what kind of offer it is.",
        "Describe it in a sentence or two.",
        "Choose where people can have it.",
        "Enter an email address such as name@example.org.",
    ]


def test_what_was_typed_is_kept(pages: Pages) -> None:
    response = pages.post("basics", title="Teas <b>", category="zzz", email="no", summary="x" * 301)
    assert 'value="Teas &lt;b&gt;"' in response.text
    assert errors(response) == [
        "Choose a kind of offer from the list.",
        "Use at most 300 characters. You have written 301.",
        "Choose where people can have it.",
        "Enter an email address such as name@example.org.",
    ]


def test_up_to_three_kinds_are_chosen(pages: Pages, listing: Listing) -> None:
    pages.post("basics", **{**FIVE, "category_2": "catering", "category_3": "halls"})
    assert content.read(reread(listing))["categories"] == ["catering", "halls"]
    html = pages.client.get(f"{pages.start}basics/").text
    assert '<details class="more field" open>' in html
    assert "Space hire in general" in words(html)


def test_some_wards_leads_to_choosing_them(pages: Pages, listing: Listing) -> None:
    ward = make_ward("Armley")
    response = pages.post("basics", **{**FIVE, "delivery": "wards"})
    assert response["Location"] == f"{pages.start}place/"
    assert errors(pages.post("place", delivery="wards")) == ["Choose at least one ward."]
    pages.post("place", delivery="wards", delivery_wards=[ward.code])
    assert list(reread(listing).delivery_wards.all()) == [ward]
    pages.post("place", delivery="leeds", delivery_wards=[ward.code])
    assert list(reread(listing).delivery_wards.all()) == []


def test_an_organisation_with_a_contact_needs_no_other(pages: Pages) -> None:
    html = pages.client.get(f"{pages.start}basics/").text
    assert "Leave it empty to use hello@kitchen.example" in words(html)
    assert pages.post("basics", **{**FIVE, "email": ""}).status_code == 302


def test_another_address_kills_the_link_to_the_first(registering: Pages) -> None:
    registering.post("basics", **FIVE)
    Registration.objects.update(link_hash="a" * 64)
    registering.post("basics", **{**FIVE, "email": "olu@example.org"})
    registration = Registration.objects.get()
    assert registration.email == "olu@example.org"
    assert registration.link_hash is None


def test_a_link_that_goes_elsewhere_on_purpose_still_does(
    registering: Pages, links: list[str]
) -> None:
    registering.post("basics", **FIVE)
    Registration.objects.update(email="private@example.org")
    registering.post("basics", **{**FIVE, "title": "A larger hall"})
    assert Registration.objects.get().email == "private@example.org"
    assert links == ["sam@example.org"]


def test_the_address_of_another_offer_stands_in_a_new_one(registering: Pages) -> None:
    """Not where the organisation has one of its own, or somebody took it out again."""
    draft = Listing.objects.get()
    html = registering.client.get(f"{registering.start}basics/").text
    assert "sam@example.org" not in html
    make_listing(draft.organisation, email="sam@example.org")
    html = registering.client.get(f"{registering.start}basics/").text
    assert 'value="sam@example.org"' in html
    draft.title = "Begun"
    draft.save()
    html = registering.client.get(f"{registering.start}basics/").text
    assert "sam@example.org" not in html


def test_a_title_turns_nothing_around_it(pages: Pages, listing: Listing) -> None:
    """What is taken out cannot be seen; what holds an emoji or a script together stays."""
    title = "\u202eHall\u200b  \ufeff«قاعة» 👩\u200d🍳"
    assert pages.post("basics", **{**FIVE, "title": title}).status_code == 302
    assert reread(listing).title == "Hall «قاعة» 👩\u200d🍳"


# -- The richer ones --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "data", "says"),
    [
        ("description", {"description": "One.\r\n\r\nTwo."}, {"description": "One.\n\nTwo."}),
        (
            "price",
            {"pricing": "priced", "price_from": "£1,200.50", "price_to": "", "price_unit": "day"},
            {"pricing": "priced", "price_from": "1200.50", "price_to": "", "price_unit": "day"},
        ),
        (
            "price",
            {"pricing": "free", "price_from": "7", "price_unit": "day"},
            {"pricing": "free", "price_from": "", "price_to": "", "price_unit": ""},
        ),
        (
            "price",
            {"pricing": "priced", "price_from": "£ 1 200", "price_to": "", "price_unit": "day"},
            {"pricing": "priced", "price_from": "1200.00", "price_to": "", "price_unit": "day"},
        ),
        ("practical", {"notice_days": "", "capacity": "1,200"}, {"capacity": 1200}),
        (
            "practical",
            {"notice_days": "0", "capacity": "60", "payment": ["po", "invoice"]},
            {"notice_days": 0, "capacity": 60, "payment": ["invoice", "po"]},
        ),
        (
            "contact",
            {"contact_name": "Sam", "phone": "0113 496 0000", "website": "example.org/hall"},
            {"contact_name": "Sam", "email": "", "website": "https://example.org/hall"},
        ),
        ("access", {"access_features": ["step-free-entrance"]}, {
            "access_features": ["step-free-entrance"],
        }),
        ("access", {}, {"access_features": []}),
    ],
)  # fmt: skip
def test_a_section_saves_its_own(
    pages: Pages, listing: Listing, section: str, data: dict[str, Any], says: dict[str, Any]
) -> None:
    before = content.read(reread(listing))
    response = pages.post(section, **data)
    assert response["Location"] == pages.start
    after = content.read(reread(listing))
    assert {name: after[name] for name in says} == says
    others = before.keys() - set(says) - {"phone"}
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    # What was saved stands in the form.
    assert pages.post(section, **data).status_code == 302


@pytest.mark.parametrize(
    ("section", "data", "says"),
    [
        ("price", {}, ["Choose what it costs."]),
        (
            "price",
            {"pricing": "priced"},
            [
                "Enter the price, or choose “Free” or “People ask us”.",
                "Choose what the price is for.",
            ],
        ),
        (
            "price",
            {"pricing": "priced", "price_from": "9", "price_to": "8", "price_unit": "day"},
            ["The highest price must not be below the lowest."],
        ),
        (
            "price",
            {"pricing": "priced", "price_from": "ten", "price_to": "1.234", "price_unit": "zzz"},
            [
                "Enter pounds, and pence if need be, such as 6.50.",
                "Enter pounds, and pence if need be, such as 6.50.",
                "Choose what the price is for.",
            ],
        ),
        (
            "price",
            {"pricing": "priced", "price_from": "NaN", "price_to": "9999999", "price_unit": "day"},
            ["Enter pounds, and pence if need be, such as 6.50.", "Enter less than £1,000,000."],
        ),
        *(
            (
                "price",
                {"pricing": "priced", "price_from": price, "price_unit": "day"},
                ["Enter pounds, and pence if need be, such as 6.50."],
            )
            for price in ("£6,50", "1.200,50", "1,2,3", "1e3", "6.505", "£6.50 a head", "٦")
        ),
        (
            "practical",
            {"notice_days": "-1", "capacity": "0", "payment": "gold"},
            [
                "Enter a number of days from 0 to 730.",
                "Enter a number of people from 1 to 1,000,000.",
                "Choose from the list.",
            ],
        ),
        (
            "contact",
            {"website": "javascript:alert(1)", "email": "x"},
            [
                "Enter an email address such as name@example.org.",
                "Enter a web address such as https://example.org.",
            ],
        ),
        *(
            ("basics", {**FIVE, "title": title}, ["Say what it is called."])
            for title in ("\u200b", "\u202e\u2066", "!!!", "_")
        ),
        ("access", {"access_features": "zzz"}, ["Choose from the list."]),
        ("ethos", {"ethos": "zzz"}, ["Choose from the list."]),
        ("place", {"delivery": "mars"}, ["Choose where people can have it."]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Pages, listing: Listing, section: str, data: dict[str, Any], says: list[str]
) -> None:
    before = content.read(reread(listing))
    assert errors(pages.post(section, **data)) == says
    assert content.read(reread(listing)) == before


NASTY = ["\0", "a\0b", "x" * 10_000, "💥" * 500, "<script>", "' OR 1=1 --", "-1", "1e400"]


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize(
    "section",
    ["basics", "description", "price", "practical", "place", "contact", "access", "ethos", "edi",
     "accreditations"],
)  # fmt: skip
def test_nothing_typed_breaks_a_page(pages: Pages, section: str, value: str) -> None:
    html = pages.client.get(f"{pages.start}{section}/").text
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', html))
    names -= {"csrfmiddlewaretoken", "save"}
    assert names
    response = pages.client.post(f"{pages.start}{section}/", dict.fromkeys(names, value))
    assert response.status_code in {200, 302, 409}
    assert "<script>" not in response.text.replace('<script type="module"', "")


def test_reading_every_page_changes_no_row(pages: Pages) -> None:
    before = snapshot()
    for page in ("", "basics/", "description/", "price/", "practical/", "place/", "contact/",
                 "access/", "ethos/", "edi/", "accreditations/", "photos/", "check/", "preview/",
                 "archive/", "sent/", "changes/give-up/"):  # fmt: skip
        assert pages.client.get(f"{pages.start}{page}").status_code in {200, 302}
        pages.client.head(f"{pages.start}{page}")
    assert snapshot() == before


# -- Two at once ------------------------------------------------------------------------------


def test_an_old_page_shows_what_was_saved_meanwhile_and_loses_nothing(
    pages: Pages, listing: Listing
) -> None:
    old = pages.seen("description")
    pages.post("description", description="Theirs.")
    clash = pages.post("description", seen=old, description="Mine.")
    assert clash.status_code == 409
    assert errors(clash)[1] == "Saved meanwhile: “Theirs.”."
    assert ">\nMine.</textarea>" in clash.text
    assert reread(listing).description == "Theirs."
    stamp = re.search(r'name="seen" value="([^"]*)"', clash.text)
    assert stamp
    assert pages.post("description", seen=stamp[1], description="Mine.").status_code == 302
    assert reread(listing).description == "Mine."


def test_two_sections_at_once_do_not_meet(pages: Pages, listing: Listing) -> None:
    old = pages.seen("price")
    pages.post("description", description="Theirs.")
    assert pages.post("price", seen=old, pricing="free").status_code == 302
    assert (reread(listing).description, reread(listing).pricing) == ("Theirs.", "free")


def test_the_same_form_sent_twice_is_saved_once(pages: Pages) -> None:
    old = pages.seen("description")
    for _ in range(2):
        assert pages.post("description", seen=old, description="Mine.").status_code == 302
    assert AuditEvent.objects.count() == 1


def test_claims_of_an_old_page_clash_too(pages: Pages, listing: Listing) -> None:
    old = pages.seen("edi")
    pages.post("edi", edi_led=["women"])
    clash = pages.post("edi", seen=old, edi_led=["older-people"], edi_serves=["women"])
    assert clash.status_code == 409
    assert errors(clash)[1:] == ["Saved meanwhile: Women.", "Saved meanwhile: nothing."]
    assert not Claim.objects.filter(term__facet="edi_serves").exists()  # all or nothing


# -- Ethos, equality, accreditations, organisation --------------------------------------------


def test_equality_is_asked_in_two_questions_with_the_reason(pages: Pages) -> None:
    text = words(pages.client.get(f"{pages.start}edi/").text)
    assert "Who leads or owns your organisation? (optional)" in text
    assert "Whom does your organisation serve in particular? (optional)" in text
    assert "We ask so that they can find you." in text
    pages.post("edi", edi_led=["women"], edi_serves=["older-people"])
    assert {(claim.term.facet, claim.term.code) for claim in Claim.objects.all()} == {
        ("edi_led", "women"), ("edi_serves", "older-people"),
    }  # fmt: skip
    response = pages.client.post(f"{pages.start}edi/withdraw/")
    assert response["Location"] == f"{pages.start}edi/"
    assert not Claim.objects.exists()


def test_an_editor_reads_why_they_cannot_answer(listing: Listing) -> None:
    editor = make_membership(listing.organisation, role=Role.EDITOR).user
    pages = Pages(signed_in(editor, second_factor=False), f"/my/kitchen/offers/{listing.pk}/")
    response = pages.client.get(f"{pages.start}edi/")
    assert "Only an owner of Holbeck Kitchen can answer this." in words(response.text)
    assert "edi_led" not in response.text
    assert pages.post("edi", seen="", edi_led=["women"]).status_code == 403
    pages.client.post(f"{pages.start}edi/withdraw/")
    assert not Claim.objects.exists()


def test_accreditations_are_added_changed_and_taken_away(pages: Pages, listing: Listing) -> None:
    code = Term.objects.filter(facet="accreditation")[0].code
    url = f"{pages.start}accreditations/"
    data = {"code": code, "reference": "A 12", "valid_to": "31/03/2099", "evidence": "A list."}
    assert pages.client.post(url, data)["Location"] == url
    claim = Claim.objects.get()
    assert (claim.reference, str(claim.valid_to)) == ("A 12", "2099-03-31")
    assert "number A 12, until 31 March 2099" in words(pages.client.get(url).text)
    seen = pages.seen(f"accreditations/{claim.pk}")
    pages.client.post(f"{url}{claim.pk}/", {**data, "reference": "B 13", "seen": seen})
    claim.refresh_from_db()
    assert claim.reference == "B 13"
    # Once more from the old page, and from a page that knew of none.
    for page, stamp in ((f"{url}{claim.pk}/", seen), (url, "")):
        clash = pages.client.post(page, {**data, "reference": "C 14", "seen": stamp})
        assert clash.status_code == 409
        assert errors(clash)[1:] == ["Saved meanwhile: “B 13”."]
        assert 'value="C 14"' in clash.text
    assert "Take" in pages.client.get(f"{url}{claim.pk}/remove/").text
    assert pages.client.post(f"{url}{claim.pk}/remove/")["Location"] == url
    assert pages.client.get(f"{url}{claim.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, ["Choose an accreditation."]),
        ({"code": "zzz"}, ["Choose an accreditation from the list."]),
        ({"valid_to": "2020-01-01"}, [
            "Choose an accreditation.",
            "This date has gone by. Give the date on the new certificate.",
        ]),
        ({"valid_to": "soon"}, ["Choose an accreditation.", "Enter a date such as 31/03/2027."]),
    ],
)  # fmt: skip
def test_accreditations_say_what_is_wrong(
    pages: Pages, data: dict[str, str], says: list[str]
) -> None:
    assert errors(pages.client.post(f"{pages.start}accreditations/", data)) == says


def test_another_organisations_accreditation_is_not_there(pages: Pages) -> None:
    theirs = make_claim(make_organisation(), Term.objects.filter(facet="accreditation")[0])
    for page in ("", "remove/"):
        url = f"{pages.start}accreditations/{theirs.pk}/{page}"
        assert pages.client.post(url).status_code == 404


def test_who_registers_tells_of_the_organisation(registering: Pages) -> None:
    data = {
        **WHO, "sector": "third", "legal_form": "cic", "size_band": "", "summary": "We cook.",
        "website": "https://kitchen.example", "phone": "0113 496 0000", "address": "",
    }  # fmt: skip
    assert registering.post("organisation", **data).status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.sector, organisation.legal_form) == ("third", "cic")
    event = AuditEvent.objects.get()
    assert (event.actor_key, event.object_type) == (None, "accounts.organisation")
    shown = registering.post("organisation", **data, address_public="on")
    assert "Enter the address, since it is to be shown to everybody." in errors(shown)
    make_membership(organisation)
    late = registering.post("organisation", **{**data, "summary": "Mine."})
    assert late.status_code == 409
    assert Organisation.objects.get().summary == "We cook."


WHO = {"name": "Holbeck Kitchen", "postcode": "LS8 4AA"}


def test_who_registers_puts_right_the_name_and_the_postcode(
    registering: Pages, places: None
) -> None:
    corrected = registering.post("organisation", name=" Holbeck  Kitchens", postcode="ls84aa")
    assert corrected.status_code == 302
    organisation = Organisation.objects.select_related("ward").get()
    assert (organisation.name, organisation.postcode) == ("Holbeck Kitchens", "LS8 4AA")
    assert organisation.slug == "holbeck-kitchens"
    assert organisation.ward
    text = words(registering.client.get(f"{registering.start}check/").text)
    assert "Name Holbeck Kitchens" in text
    assert f"LS8 4AA (others see LS8 4, {organisation.ward.name})" in text
    registering.post("organisation", name="Holbeck Kitchens", postcode="SW1A 1AA")
    organisation.refresh_from_db()
    assert organisation.ward_id is None
    assert "SW1A 1AA is outside Leeds." in words(
        registering.client.get(f"{registering.start}basics/").text
    )


def test_neither_the_name_nor_the_postcode_can_be_taken_away(registering: Pages) -> None:
    assert errors(registering.post("organisation", name="", postcode="")) == [
        "Enter the organisation’s name.",
        "Enter the postcode, such as LS8 4AA.",
    ]


def test_a_name_like_one_on_the_list_is_asked_about(registering: Pages) -> None:
    there = make_listing(make_organisation("Beeston Larder", slug="larder")).organisation
    make_listing(make_organisation("Beeston Larders", slug="hidden"), state="draft")
    registering.post("organisation", **{**WHO, "name": "Beeston Larder"})
    html = registering.client.get(f"{registering.start}basics/").text
    assert f'<a href="/providers/{there.slug}/claim/">Beeston Larder</a>' in html
    assert "Larders" not in html


@pytest.mark.parametrize("state", ["submitted", "archived"])
def test_the_organisation_is_not_described_once_a_curator_looks(
    state: str,
) -> None:
    """Not even by a form that was on its way when it was sent in."""
    listing = make_complete(state)
    author = Author(registration=make_registration(listing))
    organisation = listing.organisation
    values = {name: getattr(organisation, name) for name in FACTS} | {"name": "Else"}
    with pytest.raises(Refused):
        describe(listing=listing, values=values, seen=organisation.modified, author=author)
    stranger = Author(registration=make_registration())
    with pytest.raises(Refused, match=NOT_YOURS):
        describe(listing=listing, values=values, seen=organisation.modified, author=stranger)


# -- Photos -----------------------------------------------------------------------------------


def sent(data: bytes, name: str = "../../etc/hall.jpg") -> dict[str, Any]:
    return {"photo": SimpleUploadedFile(name, data, "image/jpeg"), "alt": " A  hall "}


def test_a_photo_is_added_moved_described_and_removed(pages: Pages) -> None:
    url = f"{pages.start}photos/"
    assert pages.client.post(url, sent(picture_files.photo()))["Location"] == url
    pages.client.post(url, {**sent(picture_files.photo(colour="red")), "alt": "A red hall"})
    first, second = Photo.objects.live()
    assert (first.alt, second.alt) == ("A hall", "A red hall")
    pages.client.post(f"{url}{second.pk}/move/", {"to": "earlier"})
    assert [photo.alt for photo in Photo.objects.live()] == ["A red hall", "A hall"]
    pages.client.post(f"{url}{second.pk}/", {"alt": "A hall in red"})
    html = pages.client.get(url).text
    assert 'alt="A hall in red"' in html
    assert "etc" not in html
    assert "Remove this photo?" in words(pages.client.get(f"{url}{second.pk}/remove/").text)
    pages.client.post(f"{url}{second.pk}/remove/")
    assert Photo.objects.get() == first


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (picture_files.SVG, pictures.SVG),
        (picture_files.HTML, pictures.NOT_A_PICTURE),
        (picture_files.bomb(), pictures.TOO_MANY_PIXELS),
        (picture_files.photo()[:200], pictures.BROKEN),
        (picture_files.HEIC, pictures.HEIC),
        (b"", pictures.NOT_A_PICTURE),
    ],
    ids=["svg", "html", "bomb", "truncated", "heic", "empty"],
)
def test_hostile_files_are_refused_in_words(pages: Pages, data: bytes, says: str) -> None:
    response = pages.client.post(f"{pages.start}photos/", sent(data))
    assert response.status_code == 200
    assert errors(response) == [says]
    assert 'value="A  hall"' in response.text or "A  hall" in response.text
    assert not Photo.objects.exists()


def test_a_file_that_is_too_large_is_refused_in_words(pages: Pages, settings: Settings) -> None:
    settings.FILE_MOST_BYTES = 1_000
    response = pages.client.post(f"{pages.start}photos/", sent(picture_files.photo()))
    assert errors(response) == [pictures.TOO_LARGE]
    assert not Photo.objects.exists()


def test_a_photo_needs_words(pages: Pages) -> None:
    response = pages.client.post(
        f"{pages.start}photos/", {**sent(picture_files.photo()), "alt": " "}
    )
    assert errors(response) == ["Say what the photo shows."]
    assert errors(pages.client.post(f"{pages.start}photos/", {"alt": "A hall"})) == [
        "Choose a photo."
    ]


def test_the_form_goes_when_there_are_four(pages: Pages, listing: Listing) -> None:
    for position in range(4):
        make_photo(listing, position=position)
    html = pages.client.get(f"{pages.start}photos/").text
    assert 'type="file"' not in html
    response = pages.client.post(f"{pages.start}photos/", sent(picture_files.photo()))
    assert response.status_code == 409
    assert Photo.objects.count() == 4


def test_another_offers_photo_is_not_there(pages: Pages) -> None:
    theirs = make_photo(make_complete("published", organisation=make_organisation()))
    for page in ("", "move/", "remove/"):
        url = f"{pages.start}photos/{theirs.pk}/{page}"
        assert pages.client.post(url, {"alt": "Mine"}).status_code == 404


def test_photos_have_a_limit_an_hour(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.views.offers.photos.PHOTOS_AN_HOUR", 2)
    url = f"{pages.start}photos/"
    statuses = [pages.client.post(url, {"alt": ""}).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_mails_of_links_have_a_limit_an_hour(registering: Pages, links: list[str]) -> None:
    for number in range(8):
        registering.post("basics", **{**FIVE, "email": f"sam{number}@example.org"})
    assert len(links) == 5
