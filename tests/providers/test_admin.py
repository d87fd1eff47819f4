"""The stock admin: it opens, says what was done, and keeps the search index true."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.forms import MultiWidget
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, FormerSlug, Organisation, User
from places.models import Ward
from providers import doubles, listing_index
from providers.audit import about_listing
from providers.models import (
    Claim,
    EmptySearch,
    EntryRequest,
    Listing,
    ListingCard,
    ListingChange,
    ListingIndexRow,
    NotDouble,
    Photo,
    ProblemReport,
    RegisterEntry,
    Registration,
    Synonym,
    Term,
)
from tests.factories import (
    make_claim,
    make_entry_request,
    make_former_slug,
    make_identifier,
    make_listing,
    make_listing_change,
    make_not_double,
    make_organisation,
    make_photo,
    make_postcode,
    make_problem_report,
    make_register_entry,
    make_registration,
    make_sector,
    make_synonym,
    make_term,
    make_user,
    make_ward,
)
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

OURS = [
    AuditEvent, Claim, EmptySearch, EntryRequest, Listing, ListingChange, NotDouble, Organisation,
    Photo, ProblemReport, RegisterEntry, Registration, Synonym, Term, User,
]  # fmt: skip
READ_ONLY = [AuditEvent, EmptySearch, EntryRequest, ListingChange, Registration]
ONLY_DELETED = [NotDouble, Photo]


@pytest.fixture
def staff() -> User:
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    signed_in(staff, client=client)
    return client


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """What the index was asked to bring up to date, call by call."""
    calls: list[set[int]] = []
    monkeypatch.setattr(listing_index, "refresh", lambda ids: calls.append(set(ids)))
    return calls


def url_of(row: Model | type[Model], page: str = "change") -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}"
    return reverse(name, args=[row.pk] if isinstance(row, Model) else [])


def filled(context: Any) -> dict[str, Any]:
    """What a browser would send if nobody changed anything on an admin page."""
    rows = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        rows += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    for form in rows:
        for bound in form:
            value, widget = bound.value(), bound.field.widget
            if isinstance(widget, MultiWidget):
                parts = widget.decompress(bound.field.prepare_value(value)) or []
                data |= {f"{bound.html_name}_{n}": v or "" for n, v in enumerate(parts)}
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


def change(desk: Client, row: Model, **fields: Any) -> Any:
    """Save a row's admin page with these fields changed; the page again if that failed."""
    data = {**filled(desk.get(url_of(row)).context), **fields}
    return desk.post(url_of(row), {k: v for k, v in data.items() if v is not None})


def saved(desk: Client, row: Model, **fields: Any) -> None:
    response = change(desk, row, **fields)
    assert response.status_code == 302, response.context["errors"]


def delete_chosen(desk: Client, *rows: Model) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    desk.post(url_of(type(rows[0]), "changelist"), {**chosen, "post": "yes"})


def card_of(listing: Listing) -> dict[str, Any]:
    row = ListingIndexRow.objects.get(object_id=listing.pk)
    card: dict[str, Any] = ListingCard.objects.get(pk=row.ordinal).card
    return card


def make_some(number: int) -> None:
    """Rows of every kind, each with rows of its own beside it."""
    for _ in range(number):
        organisation = make_organisation(ward=make_ward())
        listing = make_listing(organisation)
        make_identifier(organisation)
        make_claim(organisation)
        make_register_entry(listing)
        make_problem_report(organisation, listing=listing)
        make_registration(listing)
        make_listing_change(listing)
        make_photo(listing)
        make_entry_request(organisation)
        make_not_double(organisation, make_organisation())
        make_synonym(f"words {organisation.pk}", make_term(parent=make_term()))
        EmptySearch.objects.create(words=f"words {organisation.pk}")
        make_user()
        AuditEvent.record(verb="made", target=listing, organisation=organisation)


# -- Opening it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OURS)
def test_every_page_opens(desk: Client, model: type[Model]) -> None:
    make_some(1)
    assert desk.get(url_of(model, "changelist"), {"q": "words"}).status_code == 200
    row = model._default_manager.all()[0]
    assert desk.get(url_of(row)).status_code == 200
    may_add = model not in [*READ_ONLY, *ONLY_DELETED, ProblemReport]
    assert desk.get(url_of(model, "add")).status_code == (200 if may_add else 403)


@pytest.mark.usefixtures("no_lazy_loading")
@pytest.mark.parametrize("model", OURS)
def test_list_costs_the_same_for_twenty_rows_as_for_one(desk: Client, model: type[Model]) -> None:
    counts = []
    for number in (1, 19):
        make_some(number)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url_of(model, "changelist")).status_code == 200
        assert not [query["sql"] for query in queries if '"outline"' in query["sql"]]
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", OURS)
def test_only_staff_with_permission_get_in(client: Client, model: type[Model]) -> None:
    url = url_of(model, "changelist")
    assert client.get(url)["Location"].startswith(reverse("account_login"))
    signed_in(make_user(), client=client)
    assert client.get(url).status_code == 302
    signed_in(make_user(is_staff=True), client=client)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
def test_record_can_only_be_read(desk: Client, model: type[Model]) -> None:
    make_some(1)
    row = model._default_manager.all()[0]
    assert desk.post(url_of(row), {"verb": "x", "words": "x"}).status_code == 403
    assert desk.post(url_of(row, "delete"), {"post": "yes"}).status_code == 403
    delete_chosen(desk, row)
    assert model._default_manager.filter(pk=row.pk).exists()


def test_a_pair_that_was_told_apart_in_error_is_asked_about_again(desk: Client) -> None:
    one, other = make_listing(make_organisation("Same")).organisation, make_organisation("Same")
    pair = make_not_double(one, other)
    assert doubles.pairs() == []
    assert desk.post(url_of(pair, "delete"), {"post": "yes"}).status_code == 302
    assert [(found.first, found.second) for found in doubles.pairs()] == [(one.pk, other.pk)]
    told = AuditEvent.objects.filter(verb="deleted").values_list("organisation", flat=True)
    assert set(told) == {one.pk, other.pk}


def test_a_photo_that_is_taken_away_stands_in_its_listings_audit(desk: Client) -> None:
    photo = make_photo(make_listing())
    assert desk.post(url_of(photo, "delete"), {"post": "yes"}).status_code == 302
    event = about_listing(photo.listing).get()
    assert (event.verb, event.fields) == ("changed", ["photos"])
    assert event.organisation_id == photo.listing.organisation_id


def test_every_model_of_ours_is_here() -> None:
    assert all(admin.site.is_registered(model) for model in OURS)


# -- The audit ------------------------------------------------------------------------------------


def test_change_leaves_names_of_fields_and_no_values(desk: Client, staff: User) -> None:
    listing = make_listing()
    claim = make_claim(listing.organisation, make_term("edi_led", label="Secret"))
    saved(desk, claim, evidence="Private words", level="evidenced")
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_type, event.object_id) == (
        "changed", "providers.claim", str(claim.pk),
    )  # fmt: skip
    assert event.actor_key == staff.audit_key
    assert event.organisation_id == listing.organisation_id
    assert sorted(event.fields) == ["evidence", "level"]


def test_inline_change_is_named(desk: Client) -> None:
    organisation = make_organisation()
    make_claim(organisation)
    saved(desk, organisation, **{"claims-0-level": "evidenced"})
    assert AuditEvent.objects.get().fields == ["claims"]


def test_saving_without_a_change_leaves_no_event(desk: Client) -> None:
    for row in (make_organisation(postcode=""), make_listing(), make_term(), make_user()):
        saved(desk, row)
    assert not AuditEvent.objects.exists()


def test_adding_and_deleting_leave_events(desk: Client) -> None:
    term = make_term()
    desk.post(url_of(Synonym, "add"), {"words": "Lunch", "terms": [term.pk]})
    synonym = Synonym.objects.get()
    desk.post(url_of(synonym, "delete"), {"post": "yes"})
    more = [make_synonym("tea", term), make_synonym("cake", term)]
    delete_chosen(desk, *more)
    assert not Synonym.objects.exists()
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "added", "deleted", "deleted", "deleted",
    ]  # fmt: skip


def test_new_password_is_audited(desk: Client) -> None:
    user = make_user()
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    desk.post(url, {"usable_password": "true", "password1": "x", "password2": "y"})
    assert not AuditEvent.objects.exists()
    words = "a quite long new password"
    desk.post(url, {"usable_password": "true", "password1": words, "password2": words})
    assert AuditEvent.objects.get().fields == ["password"]
    user.refresh_from_db()
    assert user.check_password(words)


def test_user_is_made_by_email(desk: Client) -> None:
    words = "a quite long new password"
    data = {"email": "New@Example.org", "password1": words, "password2": words}
    assert desk.post(url_of(User, "add"), {**data, "usable_password": "true"}).status_code == 302
    assert User.objects.get(email="new@example.org").check_password(words)
    again = desk.post(url_of(User, "add"), {**data, "usable_password": "true"})
    assert "already" in again.text
    assert User.objects.filter(email__iexact="new@example.org").count() == 1


# -- The index ------------------------------------------------------------------------------------


def test_saving_reaches_the_search(desk: Client) -> None:
    listing = make_listing(title="Old words")
    listing_index.refresh([listing.pk])
    saved(desk, listing.organisation, name="New name")
    saved(desk, listing, title="New words")
    assert (card_of(listing)["organisation"], card_of(listing)["title"]) == (
        "New name", "New words",
    )  # fmt: skip
    saved(desk, listing, state="archived")
    assert not ListingIndexRow.objects.exists()


def _organisation(listing: Listing) -> Model:
    return listing.organisation


def _listing(listing: Listing) -> Model:
    return listing


def _claim(listing: Listing) -> Model:
    return make_claim(listing.organisation)


def _category(listing: Listing) -> Model:
    term = make_term()
    listing.categories.add(term)
    return term


def _category_above(listing: Listing) -> Model:
    top = make_term()
    listing.categories.add(make_term(parent=make_term(parent=top)))
    return top


def _access(listing: Listing) -> Model:
    term = make_term(Term.Facet.ACCESS)
    listing.access_features.add(term)
    return term


def _claimed_term(listing: Listing) -> Model:
    return make_claim(listing.organisation).term


def _entry(listing: Listing) -> Model:
    return make_register_entry(listing)


@pytest.mark.parametrize(
    "make",
    [
        _organisation, _listing, _claim, _category, _category_above, _access, _claimed_term,
        _entry,
    ],
)  # fmt: skip
def test_saving_refreshes_the_listings_that_show_it_once(
    desk: Client, refreshed: list[set[int]], make: Callable[[Listing], Model]
) -> None:
    listing = make_listing()
    make_listing()
    saved(desk, make(listing))
    assert refreshed == [{listing.pk}]


def test_all_listings_of_an_organisation_are_refreshed(
    desk: Client, refreshed: list[set[int]]
) -> None:
    organisation = make_organisation()
    listings = {make_listing(organisation).pk for _ in range(3)}
    saved(desk, organisation, name="New name")
    assert refreshed == [listings]


def test_claim_that_moves_refreshes_both_organisations(
    desk: Client, refreshed: list[set[int]]
) -> None:
    old, new = make_listing(), make_listing()
    claim = make_claim(old.organisation)
    saved(desk, claim, organisation=new.organisation_id)
    assert refreshed == [{old.pk, new.pk}]


def test_deleting_takes_listings_out_of_the_search(desk: Client) -> None:
    one, two, three = (make_listing() for _ in range(3))
    listing_index.refresh([one.pk, two.pk, three.pk])
    desk.post(url_of(one.organisation, "delete"), {"post": "yes"})
    delete_chosen(desk, two)
    assert set(ListingIndexRow.objects.values_list("object_id", flat=True)) == {three.pk}


def test_failed_refresh_undoes_the_change(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = make_listing(title="Before")

    def fail(ids: object) -> None:
        raise RuntimeError("the index is broken")

    monkeypatch.setattr(listing_index, "refresh", fail)
    with pytest.raises(RuntimeError):
        change(desk, listing, title="After")
    with pytest.raises(RuntimeError):
        delete_chosen(desk, listing)
    listing.refresh_from_db()
    assert listing.title == "Before"
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("make", [make_term, lambda: make_synonym("tea", make_term())])
def test_vocabulary_tells_the_pages(
    desk: Client, monkeypatch: pytest.MonkeyPatch, make: Callable[[], Model]
) -> None:
    touches: list[bool] = []
    monkeypatch.setattr(listing_index, "touch", lambda: touches.append(True))
    saved(desk, make())
    assert touches == [True]


# -- Addresses ------------------------------------------------------------------------------------


def test_former_address_is_kept_when_an_organisation_is_renamed(desk: Client) -> None:
    organisation = make_listing(make_organisation(slug="one")).organisation
    saved(desk, organisation, slug="two")
    assert desk.get("/providers/one/")["Location"] == "/providers/two/"
    saved(desk, organisation, slug="one")
    assert desk.get("/providers/two/")["Location"] == "/providers/one/"
    assert [row.slug for row in FormerSlug.objects.all()] == ["two"]


def test_address_that_redirects_elsewhere_is_not_given_again(desk: Client) -> None:
    make_former_slug(make_organisation(), "taken")
    response = change(desk, make_organisation(), slug="taken")
    assert "Another organisation once had this address" in response.text


def test_addresses_of_the_sites_own_pages_are_not_given(desk: Client) -> None:
    response = change(desk, make_organisation(), slug="map")
    assert "A page of the site has this address." in response.text
    draft = make_listing(state="draft", published_at=None)
    assert "A page of the site has this address." in change(desk, draft, slug="report").text


def test_address_of_a_public_listing_stays(desk: Client) -> None:
    listing = make_listing(slug="first")
    saved(desk, listing, slug="second")
    listing.refresh_from_db()
    assert listing.slug == "first"


def test_terms_are_retired_not_deleted_and_keep_their_code(desk: Client) -> None:
    term = make_term(code="first")
    assert desk.post(url_of(term, "delete"), {"post": "yes"}).status_code == 403
    saved(desk, term, code="second", facet="ethos", active=None)
    term.refresh_from_db()
    assert (term.code, term.facet, term.active) == ("first", "category", False)


# -- Places ---------------------------------------------------------------------------------------


@pytest.fixture
def roundhay() -> Ward:
    ward = make_ward("Roundhay")
    make_sector("LS8 4", latitude=53.82, longitude=-1.51)
    make_postcode("LS8 4AA", latitude=53.83, longitude=-1.5, ward=ward)
    return ward


def test_new_postcode_finds_its_place(desk: Client, roundhay: Ward) -> None:
    organisation = make_organisation(latitude=1, longitude=1)
    saved(desk, organisation, postcode="ls84aa")
    organisation.refresh_from_db()
    assert (organisation.postcode, organisation.ward) == ("LS8 4AA", roundhay)
    assert (organisation.latitude, organisation.public_latitude) == (53.83, 53.82)


def test_showing_and_hiding_the_address_moves_the_public_point_alone(
    desk: Client, roundhay: Ward
) -> None:
    organisation = make_organisation(latitude=53.8333, longitude=-1.5111, postcode="LS8 4AA")
    saved(desk, organisation, address_public="on")
    organisation.refresh_from_db()
    assert (organisation.latitude, organisation.public_latitude) == (53.8333, 53.8333)
    saved(desk, organisation, address_public=None)
    organisation.refresh_from_db()
    assert (organisation.latitude, organisation.public_latitude) == (53.8333, 53.82)


def test_point_and_ward_that_staff_type_go_before_the_postcode(
    desk: Client, roundhay: Ward
) -> None:
    other = make_ward("Moortown")
    organisation = make_organisation()
    saved(
        desk, organisation, postcode="LS8 4AA", latitude="53.84", longitude="-1.52",
        ward=other.pk, address_public="on",
    )  # fmt: skip
    organisation.refresh_from_db()
    assert (organisation.latitude, organisation.public_latitude) == (53.84, 53.84)
    assert organisation.ward == other


@pytest.mark.parametrize("postcode", ["nonsense", "LS8", "LS8 4"])
def test_postcode_that_cannot_be_read_is_an_error(desk: Client, postcode: str) -> None:
    organisation = make_organisation()
    response = change(desk, organisation, postcode=postcode)
    assert response.status_code == 200
    assert "errorlist" in response.text


def test_database_rules_are_said_in_words(desk: Client) -> None:
    organisation = make_organisation()
    make_identifier(make_organisation(), scheme="GB-CHC", value="1090095")
    mine = make_identifier(organisation)
    assert (
        "Another organisation already has this number."
        in change(desk, organisation, **{"identifiers-0-value": "1090095"}).text
    )
    saved(desk, organisation, **{"identifiers-0-scheme": "GB-COH", "identifiers-0-value": "1234"})
    mine.refresh_from_db()
    assert mine.value == "00001234"
    draft = make_listing(organisation, state="draft", published_at=None)
    assert "A published listing needs its dates." in change(desk, draft, state="published").text


# -- Reports --------------------------------------------------------------------------------------


def test_reports_are_marked_as_resolved(desk: Client, staff: User) -> None:
    organisation = make_organisation()
    open_one = make_problem_report(organisation)
    done = make_problem_report(organisation, resolved_at=timezone.now() - datetime.timedelta(1))
    chosen = {"action": "mark_resolved", "_selected_action": [open_one.pk, done.pk]}
    response = desk.post(url_of(ProblemReport, "changelist"), chosen, follow=True)
    assert "1 marked as resolved. 1 had been resolved before." in response.text
    open_one.refresh_from_db()
    assert open_one.resolved_at is not None
    assert AuditEvent.objects.get().actor_key == staff.audit_key


def test_report_stays_as_it_came(desk: Client) -> None:
    report = make_problem_report(make_organisation(), email="reader@example.org")
    saved(desk, report, text="Something else", resolution="Telephone number corrected.")
    report.refresh_from_db()
    assert report.text == "The telephone number is old."
    assert report.resolution == "Telephone number corrected."
