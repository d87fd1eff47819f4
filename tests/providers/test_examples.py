"""The examples are complete, invented, readable and the same every time."""

import csv
import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Organisation
from places import lookup
from places.distance import miles_between
from places.models import PostcodeSector, Ward
from places.services import load_builtin
from providers import examples, vocabulary
from providers.examples.listings import title_and_summary
from providers.examples.names import roots
from providers.examples.words import (
    Offer,
    categories,
    common,
    fitting,
    price,
    sector_of,
    without_money,
)
from providers.models import Claim, Listing, ListingIndexRow, Term
from tests.factories import make_organisation
from tests.providers.real_register import real_register

COUNT = 300
State = Listing.State


@dataclass(frozen=True)
class Loaded:
    """What the examples put into the database on one day, read back."""

    today: datetime.date
    counts: examples.Counts
    organisations: list[Organisation]
    listings: list[Listing]
    claims: list[Claim]
    terms: list[Term]
    wards: set[str]
    sectors: dict[str, PostcodeSector]
    indexed: int

    @property
    def published(self) -> list[Listing]:
        return [listing for listing in self.listings if listing.state == State.PUBLISHED]

    @property
    def texts(self) -> list[str]:
        return [
            text
            for listing in self.listings
            for text in (listing.title, listing.summary, listing.description)
        ] + [text for one in self.organisations for text in (one.name, one.summary)]


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    lookup.forget()
    yield
    lookup.forget()


@pytest.fixture
def ready(db: None) -> datetime.date:
    """A database with places and vocabulary; today."""
    load_builtin()
    vocabulary.load()
    return timezone.localdate()


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Loaded:
    """The examples, loaded once for all tests that only read them, and taken back at once."""
    lookup.forget()
    today = timezone.localdate()
    with django_db_blocker.unblock(), transaction.atomic():
        load_builtin()
        vocabulary.load()
        counts = examples.load(today=today, count=COUNT)
        found = _read(today, counts)
        transaction.set_rollback(True)
    lookup.forget()
    return found


def _read(today: datetime.date, counts: examples.Counts) -> Loaded:
    return Loaded(
        today=today,
        counts=counts,
        organisations=list(Organisation.objects.order_by("pk")),
        listings=list(
            Listing.objects.order_by("pk")
            .select_related("organisation")
            .prefetch_related("categories__parent", "access_features", "delivery_wards")
        ),
        claims=list(Claim.objects.order_by("pk").select_related("organisation", "term")),
        terms=list(Term.objects.select_related("parent")),
        wards=set(Ward.objects.values_list("code", flat=True)),
        sectors=PostcodeSector.objects.in_bulk(),
        indexed=ListingIndexRow.objects.count(),
    )


# What there is


def test_as_many_as_were_asked_for(loaded: Loaded) -> None:
    assert loaded.counts.published == len(loaded.published) == COUNT
    assert loaded.counts.listings == len(loaded.listings) == COUNT + COUNT // 10
    assert loaded.counts.organisations == len(loaded.organisations)
    assert 200 <= len(loaded.organisations) <= 260
    assert loaded.counts.claims == len(loaded.claims)
    assert {listing.state for listing in loaded.listings} >= {
        State.PUBLISHED,
        State.PAUSED,
        State.DRAFT,
        State.SUBMITTED,
    }
    # Those not confirmed for a year cannot be found; all others can.
    hidden = [
        one for one in loaded.published if _confirmed(one) < Listing.hidden_before(loaded.today)
    ]
    assert 0 < len(hidden) < 20
    assert loaded.indexed == COUNT - len(hidden)


def test_what_was_sent_in_can_be_published(loaded: Loaded) -> None:
    sent_in = [listing for listing in loaded.listings if listing.state == State.SUBMITTED]
    assert sent_in
    assert {listing.origin for listing in sent_in} == {"curator"}


def test_of_what_is_only_declared_accreditations_alone_wait_for_a_curator(loaded: Loaded) -> None:
    shown = {c.term.facet for c in loaded.claims if c.level == "declared" and c.evidence}
    assert shown == {"accreditation"}


def test_every_value_of_every_filter_has_something_to_show(loaded: Loaded) -> None:
    published = loaded.published
    organisations = [listing.organisation for listing in published]
    assert {one.sector for one in organisations} == set(Organisation.Sector.values)
    assert {one.legal_form for one in organisations} == set(Organisation.LegalForm.values)
    assert {one.size_band for one in organisations} == set(Organisation.SizeBand.values)
    assert {one.ward_id for one in organisations} == loaded.wards
    assert {str(one.price_band) for one in published} == set(Listing.PriceBand.values)
    assert {way for one in published for way in one.payment} == set(Listing.Payment.values)
    assert {one.delivery for one in published} == set(Listing.Delivery.values)
    assert {one.origin for one in published} == {"provider", "curator"}
    notice = {one.notice_days for one in published}
    assert notice >= {0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 30}
    assert any(one.is_stale(loaded.today) for one in published)
    standing = [one for one in loaded.claims if not _expired(one, loaded.today)]
    assert {claim.level for claim in loaded.claims} == set(Claim.Level.values)
    assert 0 < len(loaded.claims) - len(standing) < 40
    shown = {claim.term_id for claim in standing}
    shown |= {term.pk for one in published for term in one.access_features.all()}
    for one in published:
        for term in one.categories.all():
            shown |= {term.pk, term.parent_id or term.pk}
    assert [str(term) for term in loaded.terms if term.pk not in shown] == []


def test_main_categories_have_enough_to_choose_from(loaded: Loaded) -> None:
    tops = Counter(
        top
        for one in loaded.published
        for top in {term.parent.code for term in one.categories.all() if term.parent}
    )
    assert min(tops.values()) >= 5
    assert tops["catering"] >= 20
    assert tops["space-hire"] >= 20


def test_legal_forms_match_names_and_sectors(loaded: Loaded) -> None:
    endings = {"CIC": "cic", "LLP": "llp", "Ltd": "limited-by-shares", "Trust": "trust"}
    endings |= {"Co-op": "co-operative", "Co-operative": "co-operative"}
    endings |= {"Credit Union": "credit-union", "Limited": "limited-by-shares"}
    for one in loaded.organisations:
        assert one.sector == sector_of(one.legal_form)
        for ending, form in endings.items():
            if one.name.endswith(f" {ending}"):
                assert one.legal_form == form, one.name
        if one.legal_form in {"cic", "llp", "trust", "credit-union"}:
            assert any(one.name.endswith(f" {ending}") for ending in endings), one.name


# Where


def test_addresses_are_public_for_spaces_only(loaded: Loaded) -> None:
    by_organisation: dict[int, set[str]] = {}
    for listing in loaded.listings:
        tops = {term.parent.code for term in listing.categories.all() if term.parent}
        by_organisation.setdefault(listing.organisation_id, set()).update(tops)
    public = [one for one in loaded.organisations if one.address_public]
    assert len(public) > 10
    for one in public:
        assert "space-hire" in by_organisation[one.pk]
        assert one.address
        assert one.latitude is not None
    for one in loaded.organisations:
        if not one.address_public:
            assert (one.address, one.latitude, one.longitude) == ("", None, None)


def test_points_are_near_the_middle_of_their_sector(loaded: Loaded) -> None:
    points = set()
    for one in loaded.organisations:
        sector = loaded.sectors[one.postcode[:-2]]
        assert one.ward_id == sector.main_ward_id
        assert one.public_point is not None
        miles = miles_between(one.public_point, sector.point)
        assert miles <= (0.32 if one.address_public else 0)
        if one.address_public:
            points.add(one.public_point)
    assert len(points) > 10


def test_wards_served_are_neighbours(loaded: Loaded) -> None:
    for listing in loaded.listings:
        wards = {ward.pk for ward in listing.delivery_wards.all()}
        if listing.delivery == Listing.Delivery.WARDS:
            assert listing.organisation.ward_id in wards
            assert 3 <= len(wards) <= 6
        else:
            assert not wards


# Nobody's


def test_everything_is_marked_and_reserved(loaded: Loaded) -> None:
    for one in loaded.organisations:
        assert one.is_example
        assert re.fullmatch(r"0113 496 0\d{3}", one.phone)
        assert re.fullmatch(r"hello@[a-z0-9-]{1,63}\.example\.org", one.email)
        assert re.fullmatch(r"(https://[a-z0-9-]{1,63}\.example\.org/)?", one.website)
    assert not any(one.phone or one.email or one.website for one in loaded.listings)
    assert not any(re.search(r"\d{5}|@|https?:|www\.", text) for text in loaded.texts)


def test_names_are_unique_and_invented(loaded: Loaded) -> None:
    names = [one.name.casefold() for one in loaded.organisations]
    assert len(set(names)) == len(names)
    assert len({one.slug for one in loaded.organisations}) == len(names)
    assert len({one.phone for one in loaded.organisations}) == len(names)
    words = _roots()
    for one in loaded.organisations:
        assert words & set(one.name.split()), one.name


@pytest.mark.data
def test_no_real_organisation_has_such_a_name(loaded: Loaded) -> None:
    with real_register().open(encoding="utf-8-sig", newline="") as file:
        real = [row["Name"].casefold() for row in csv.DictReader(file)]
    assert len(real) > 5000
    assert not {one.name.casefold() for one in loaded.organisations} & set(real)
    blob = "\n".join(real)
    assert [root for root in _roots() if root.casefold() in blob] == []


@pytest.mark.data
def test_no_real_address_has_such_a_postcode(loaded: Loaded) -> None:
    path = real_register().parents[1] / "places" / "postcodes_leeds.csv"
    with path.open(encoding="utf-8", newline="") as file:
        real = {row["pcds"] for row in csv.DictReader(file)}
    assert len(real) > 30_000
    assert not {one.postcode for one in loaded.organisations} & real


# How it reads


def test_texts_are_whole(loaded: Loaded) -> None:
    for text in loaded.texts:
        assert not re.search(r"[{}|]|  | [.,;]|\.\.|,\.|'", text), text
        assert text == text.strip() != ""
        assert not _wrong_article(text), text


def test_sentences_end(loaded: Loaded) -> None:
    for listing in loaded.listings:
        assert re.fullmatch(r"[A-Z].*[^.,]", listing.title), listing.title
        assert len(listing.summary) <= 300
        for paragraph in (listing.summary, *listing.description.split("\n\n")):
            assert re.fullmatch(r"[A-Z].*\.", paragraph), paragraph
    for one in loaded.organisations:
        assert re.fullmatch(r"[A-Z].*\.", one.summary), one.summary


def test_little_is_said_twice(loaded: Loaded) -> None:
    titles = Counter(listing.title for listing in loaded.listings)
    assert max(titles.values()) <= 2
    assert len({listing.title for listing in loaded.published}) >= 0.95 * COUNT
    for one in loaded.organisations:
        mine = [row.title for row in loaded.listings if row.organisation_id == one.pk]
        assert len(set(mine)) == len(mine), one.name


def test_nothing_free_speaks_of_paying(loaded: Loaded) -> None:
    for listing in loaded.listings:
        if listing.pricing == Listing.Pricing.FREE:
            assert not re.search(r"\b(pay|half price|spend)\b", listing.description)
            assert listing.payment == []


def test_claims_do_not_contradict_each_other(loaded: Loaded) -> None:
    by_organisation: dict[int, set[str]] = {}
    for claim in loaded.claims:
        by_organisation.setdefault(claim.organisation_id, set()).add(claim.term.code)
    for codes in by_organisation.values():
        assert not codes >= {"food-hygiene-5", "food-hygiene-4"}
    for claim in loaded.claims:
        if claim.term.code in {"member-owned", "owned-by-its-workers"}:
            # Their legal form is what makes it so.
            assert claim.organisation.legal_form in {"co-operative", "credit-union"}
        if claim.term.code == "kosher":
            assert "halal" not in by_organisation[claim.organisation_id]


# The word lists


def _offers() -> list[tuple[str, Offer]]:
    return [
        (category.code, offer) for category in categories().values() for offer in category.offers
    ]


def test_every_text_can_be_filled() -> None:
    for code, offer in _offers():
        for seed in range(8):
            rng = Random(seed)
            title, summary, people = title_and_summary(offer, rng)
            assert not re.search(r"[{}|]", title + summary), (code, title)
            assert 10 <= len(title) <= 90, title
            assert 40 <= len(summary) <= 300, summary
            assert (people is None) == (offer.people is None)
            assert price(offer.price, rng).pricing in Listing.Pricing.values
    assert len(_offers()) >= 280


def test_word_lists_use_the_vocabulary_and_cover_it() -> None:
    entries = vocabulary.read().entries
    parents = {e.code: e.parent for e in entries if e.facet == Term.Facet.CATEGORY}
    keys = {(entry.facet, entry.code) for entry in entries}
    assert set(categories()) == {code for code, parent in parents.items() if not parent}
    for code, offer in _offers():
        assert parents[offer.categories[0]] == code
        assert all(parents[child] for child in offer.categories)
        assert set(offer.claims) <= keys
    children = {code for code, parent in parents.items() if parent}
    assert {child for _, offer in _offers() for child in offer.categories} == children
    for child, others in common().goes_with.items():
        assert {child, *others} <= children


def test_every_category_can_name_and_describe_whoever_works_in_it() -> None:
    for category in categories().values():
        assert set(category.forms) <= set(Organisation.LegalForm.values)
        lists = {"llp": "llp", "public-body": "public", "society": "society"}
        assert {lists[form] for form in category.forms if form in lists} <= set(category.names)
        assert category.names["any"]
        for offer in category.offers:
            child = offer.categories[0]
            assert fitting(category.work, child), child
            details = fitting(category.details, child)
            assert len(details) >= 3, child
            assert offer.price != "free" or without_money(details), child
            allowed = {*Organisation.LegalForm.values, *Organisation.Sector.values}
            assert offer.by <= allowed
            assert set(offer.delivery) <= set(Listing.Delivery.values)


@pytest.mark.parametrize("text", ["", "cheap", "12", "3-4 furlong", "-4 head"])
def test_a_bad_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"price|PriceUnit"):
        price(text, Random(1))


# Loading


def test_the_same_seed_and_day_give_the_same_rows(ready: datetime.date) -> None:
    def rows() -> list[tuple[object, ...]]:
        found = _read(ready, counts)
        return [
            *_values(Organisation, "created", "modified"),
            *(
                (one.organisation.name, one.title, one.description, one.confirmed_at, one.state)
                for one in found.listings
            ),
            *((one.organisation.name, one.term.code, one.valid_to) for one in found.claims),
        ]

    counts = examples.load(today=ready, count=60)
    first = rows()
    counts = examples.load(today=ready, count=60, replace=True)
    assert rows() == first
    counts = examples.load(today=ready, count=60, replace=True, seed=7)
    assert rows() != first


def test_dates_follow_today(ready: datetime.date) -> None:
    later = ready + datetime.timedelta(days=400)
    examples.load(today=later, count=30)
    listings = Listing.objects.exclude(confirmed_at=None)
    assert listings.count() >= 30
    newest = max(_confirmed(listing) for listing in listings)
    assert later - datetime.timedelta(days=60) < newest < later


def test_all_rows_are_valid_apart_from_their_links(loaded: Loaded) -> None:
    """Keys and constraints are the database's; it took the rows, and a few are asked for below."""
    for row in (*loaded.organisations, *loaded.listings, *loaded.claims):
        links = {field.name for field in row._meta.concrete_fields if field.is_relation}
        row.full_clean(exclude=links, validate_unique=False, validate_constraints=False)


def test_rows_are_valid(ready: datetime.date) -> None:
    examples.load(today=ready, count=25)
    for model in (Organisation, Listing, Claim):
        rows = list(model._default_manager.all())
        assert len(rows) > 10
        for row in rows:
            row.full_clean()


def test_it_needs_places_and_vocabulary(db: None) -> None:
    with pytest.raises(CommandError, match="vocabulary"):
        call_command("load_examples")
    vocabulary.load()
    with pytest.raises(CommandError, match="places"):
        call_command("load_examples")


def test_the_command_fills_only_an_empty_list(ready: datetime.date) -> None:
    out = StringIO()
    call_command("load_examples", count=20, stdout=out)
    assert "(20 published)" in out.getvalue()
    with pytest.raises(CommandError, match="--replace"):
        call_command("load_examples", count=20)
    with pytest.raises(CommandError, match="at least 1"):
        call_command("load_examples", count=0)


def test_replacing_leaves_real_organisations_alone(ready: datetime.date) -> None:
    real = make_organisation("Somebody real")
    listing = Listing.objects.create(organisation=real, title="Something real", slug="real")
    call_command("load_examples", count=20, replace=True, stdout=StringIO())
    old = set(Listing.objects.exclude(pk=listing.pk).values_list("pk", flat=True))
    call_command("load_examples", count=20, replace=True, stdout=StringIO())
    assert Listing.objects.get(pk=listing.pk).organisation == real
    assert not Listing.objects.filter(pk__in=old).exists()
    assert not ListingIndexRow.objects.filter(object_id__in=old).exists()
    assert Listing.objects.filter(organisation__is_example=True).count() == 22


def _values(model: type[Organisation], *leave_out: str) -> list[tuple[object, ...]]:
    names = [f.attname for f in model._meta.concrete_fields if f.name not in {"id", *leave_out}]
    return list(model._default_manager.order_by("pk").values_list(*names))


def _roots() -> set[str]:
    every = len(common().root_first) * len(common().root_second)
    names = roots(Random(1))
    return {name for name, _ in zip(names, range(every), strict=False) if " " not in name}


def _confirmed(listing: Listing) -> datetime.date:
    assert listing.confirmed_at is not None
    return timezone.localdate(listing.confirmed_at)


def _expired(claim: Claim, today: datetime.date) -> bool:
    return claim.valid_to is not None and claim.valid_to < today


def _wrong_article(text: str) -> re.Match[str] | None:
    """ "a apple" or "an pear", by spelling; the words that sound otherwise are named."""
    before_vowel = r"\b[Aa] (?!one\b|once\b|uni|use|usual|Euro)[aeiouAEIOU]"
    before_consonant = r"\b[Aa]n (?!hour|honest|heir|MP|NHS|HR|LGBT)[^aeiouAEIO]"
    return re.search(f"{before_vowel}|{before_consonant}", text)
