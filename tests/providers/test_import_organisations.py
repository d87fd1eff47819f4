"""``import_organisations``: a source of our own invention, odd files, and the real one."""

import datetime
import io
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEvent, FormerSlug, Identifier, Organisation
from places import lookup
from places.models import Postcode, PostcodeSector, Ward
from providers import doubles, vocabulary
from providers.models import Claim, Listing, RegisterEntry, Term
from tests.factories import make_organisation
from tests.providers.guild_register import BAKERY, CHOIR, COLUMNS, MAPPING, POTTER, Import
from tests.providers.real_register import real_register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    """One ward of Leeds with one loaded postcode; Otley is next door for this test."""
    lookup.forget()
    ward = Ward.objects.create(code="E05000001", name="Mill Hill", latitude=53.82, longitude=-1.51)
    PostcodeSector.objects.create(
        code="LS8 4", latitude=53.83, longitude=-1.5, main_ward=ward,
        postcodes_in_leeds=9, postcodes_in_mean=9, postcodes_all=9,
    )  # fmt: skip
    Postcode.objects.create(unit="LS8 4AA", latitude=53.82, longitude=-1.51, ward=ward)


@pytest.fixture(autouse=True)
def terms() -> None:
    for facet, code in (
        ("category", "food-shops"), ("category", "cakes-and-baking"), ("category", "music"),
        ("ethos", "member-owned"),
    ):  # fmt: skip
        Term.objects.create(facet=facet, code=code, label=code, description=code)


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "guild.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path, mapping: Path) -> Import:
    return Import(tmp_path, mapping)


# -- A new source needs no code ------------------------------------------------------------------


def test_a_source_of_other_columns_is_imported_by_its_mapping_alone(run: Import) -> None:
    assert run.rows(BAKERY, CHOIR, POTTER) == {"created": 3}

    bakery = Organisation.objects.get(name="Ada's Bakery")
    assert bakery.slug == "adas-bakery"
    assert bakery.website == "http://www.ada.example"
    assert bakery.address == "1 Mill Lane\nLeeds"
    assert (bakery.postcode, bakery.ward_id) == ("LS8 4AA", "E05000001")
    assert (bakery.latitude, bakery.longitude) == (53.82, -1.51)
    assert not bakery.address_public
    assert (bakery.public_latitude, bakery.public_longitude) == (53.83, -1.5)
    assert (bakery.sector, bakery.legal_form) == ("private", "")

    listing = bakery.listings.get()
    assert (listing.title, listing.slug) == ("Ada's Bakery", "adas-bakery")
    assert listing.summary == "Bakery in Leeds. From the roll of the Guild."
    assert listing.origin == Listing.Origin.REGISTER
    assert listing.state == Listing.State.PUBLISHED
    assert listing.confirmed_at is not None
    assert timezone.localdate(listing.confirmed_at) == datetime.date(2024, 3, 31)
    assert {term.code for term in listing.categories.all()} == {"food-shops", "cakes-and-baking"}
    listing.full_clean()
    bakery.full_clean()

    entry = listing.register_entries.get()
    assert (entry.source, entry.external_id) == ("guild-roll", "1")
    assert entry.source_name == "Roll of the Guild"
    assert entry.source_date == datetime.date(2024, 3, 31)
    assert entry.licence == "Open Government Licence v3.0"

    claim = bakery.claims.get()
    assert (claim.term.code, claim.level) == ("member-owned", "declared")
    assert claim.evidence == "Roll of the Guild, 2024."

    choir = Organisation.objects.get(name="Beck Choir")
    assert choir.address == "Chapel\nBeck Row\nOtley"
    assert choir.identifiers.get().value == "1090095"
    assert choir.legal_form == "unincorporated"
    assert choir.ward_id is None

    potter = Organisation.objects.get(name="Clay & Co")
    assert not potter.listings.get().categories.exists()
    assert potter.public_point is None
    assert "1 Potter" in run.text  # what could not be mapped, by the source's own word


def test_a_register_entry_stays_findable_however_old_its_source(run: Import) -> None:
    run.redate("2001-01-31")
    run.rows(BAKERY)
    assert Listing.objects.findable(timezone.localdate()).count() == 1


def test_every_import_leaves_one_event_a_listing_without_names(run: Import) -> None:
    run.rows(BAKERY, CHOIR)
    events = AuditEvent.objects.filter(verb="imported", object_type="providers.listing")
    assert events.count() == 2
    assert {event.object_id for event in events} == {
        str(pk) for pk in Listing.objects.values_list("pk", flat=True)
    }


# -- Dry run and idempotence ---------------------------------------------------------------------


def test_a_dry_run_reports_what_apply_does_and_writes_nothing(run: Import) -> None:
    rows = (BAKERY, CHOIR, POTTER, {**POTTER, "Roll no": "4", "Known as": ""})
    dry = run.rows(*rows, apply=False)
    dry_report = run.report
    assert dry == {"created": 3, "rejected": 1}
    assert "Dry run" in run.text
    for model in (Organisation, Listing, RegisterEntry, Identifier, Claim, AuditEvent):
        assert not model._default_manager.exists()
    assert run.rows(*rows) == dry
    assert run.report == dry_report


def test_importing_again_changes_nothing(run: Import) -> None:
    run.rows(BAKERY, CHOIR, POTTER)
    before = list(Organisation.objects.order_by("pk").values())
    assert run.rows(BAKERY, CHOIR, POTTER) == {"unchanged": 3}
    assert run.rows(POTTER, BAKERY, CHOIR) == {"unchanged": 3}  # in any order
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert Listing.objects.count() == RegisterEntry.objects.count() == 3


def test_commit_is_another_word_for_apply(run: Import, tmp_path: Path) -> None:
    run.rows(BAKERY, apply=False)
    call_command(
        "import_organisations", str(tmp_path / "roll.csv"), "--commit",
        mapping=str(run.mapping), stdout=io.StringIO(),
    )  # fmt: skip
    assert Organisation.objects.count() == 1


def test_a_row_that_has_gone_is_reported_and_kept(run: Import) -> None:
    run.rows(BAKERY, CHOIR)
    assert run.rows(BAKERY) == {"unchanged": 1}
    assert "1 no longer in the file" in run.text
    assert Organisation.objects.count() == 2


# -- Updates -------------------------------------------------------------------------------------


def test_a_changed_row_changes_the_entry_and_never_its_address_on_the_site(run: Import) -> None:
    run.rows(BAKERY)
    changed = {
        **BAKERY, "Known as": "Ada's Choir", "Trade": "Choir", "Mutual": "", "Web": "ada.example",
        "Post code": "LS21 3AB", "N": "", "E": "", "Charity": "1090095",
    }  # fmt: skip
    assert run.rows(changed) == {"updated": 1}

    organisation = Organisation.objects.get()
    assert organisation.name == "Ada's Choir"
    assert organisation.slug == "adas-bakery"
    assert organisation.website == "http://ada.example"
    assert (organisation.postcode, organisation.ward_id) == ("LS21 3AB", None)
    assert (organisation.sector, organisation.legal_form) == ("third", "unincorporated")
    listing = organisation.listings.get()
    assert (listing.title, listing.slug) == ("Ada's Choir", "adas-bakery")
    assert listing.summary.startswith("Choir in Leeds")
    assert [term.code for term in listing.categories.all()] == ["music"]
    assert organisation.identifiers.get().value == "1090095"
    assert organisation.claims.get().withdrawn_at is not None
    assert AuditEvent.objects.filter(verb="brought up to date").get().fields == [
        "categories", "ethos", "identifiers", "legal_form", "name", "postcode", "sector",
        "summary", "title", "website",
    ]  # fmt: skip
    assert run.rows(changed) == {"unchanged": 1}
    # And back again: a claim that was withdrawn is made anew.
    assert run.rows(BAKERY) == {"updated": 1}
    assert organisation.claims.filter(withdrawn_at__isnull=True).count() == 1
    assert not organisation.identifiers.exists()


def test_a_newer_edition_moves_the_date_and_an_older_one_does_nothing(run: Import) -> None:
    run.rows(BAKERY)
    run.redate("2025-03-31")
    assert run.rows(BAKERY) == {"updated": 1}
    assert RegisterEntry.objects.get().source_date == datetime.date(2025, 3, 31)
    confirmed = Listing.objects.get().confirmed_at
    assert confirmed is not None
    assert timezone.localdate(confirmed) == datetime.date(2025, 3, 31)
    run.mapping.write_text(MAPPING.replace("2024-03-31", "2023-01-01"), encoding="utf-8")
    assert run.rows({**BAKERY, "Known as": "Older"}) == {"left alone": 1}
    assert "newer edition" in run.notes("1")
    assert Organisation.objects.get().name == "Ada's Bakery"


def test_a_curators_repairs_survive(run: Import) -> None:
    run.rows(BAKERY)
    organisation = Organisation.objects.get()
    organisation.name = "Ada’s Bakery"
    organisation.save()
    listing = Listing.objects.get()
    listing.summary = "Bread, every morning."
    listing.state = Listing.State.PAUSED
    listing.save()
    listing.categories.remove(Term.objects.get(code="cakes-and-baking"))

    changed = {**BAKERY, "Known as": "Ada Bakery Ltd", "Town": "Leeds 8", "Trade": "Choir"}
    assert run.rows(changed) == {"updated": 1}
    assert "kept what was changed here: name, summary, categories" in run.notes("1")
    organisation.refresh_from_db()
    listing.refresh_from_db()
    assert organisation.name == "Ada’s Bakery"
    assert organisation.address == "1 Mill Lane\nLeeds 8"
    assert listing.summary == "Bread, every morning."
    assert listing.state == Listing.State.PAUSED
    assert [term.code for term in listing.categories.all()] == ["food-shops"]


@pytest.mark.parametrize("column", ["claimed_at", "removed_at"])
def test_claimed_and_removed_entries_are_left_alone_for_ever(run: Import, column: str) -> None:
    run.rows(BAKERY)
    RegisterEntry.objects.update(**{column: timezone.now()})
    if column == "removed_at":
        Listing.objects.all().delete()
    before = list(Organisation.objects.values())
    run.redate("2025-03-31")
    assert run.rows({**BAKERY, "Known as": "New name"}) == {"left alone": 1}
    assert list(Organisation.objects.values()) == before
    assert Listing.objects.count() == (column == "claimed_at")


def test_a_listing_taken_over_or_deleted_is_left_alone(run: Import) -> None:
    run.rows(BAKERY, CHOIR)
    Listing.objects.filter(title="Ada's Bakery").update(origin=Listing.Origin.PROVIDER)
    Listing.objects.filter(title="Beck Choir").delete()
    assert run.rows({**BAKERY, "Town": "York"}, {**CHOIR, "Town": "York"}) == {"left alone": 2}
    assert Listing.objects.count() == 1


# -- Already on the list -------------------------------------------------------------------------


def test_a_known_number_links_the_row_and_changes_nothing_else(run: Import) -> None:
    own = Organisation.objects.create(name="The Beck Singers", slug="beck-singers")
    Identifier.objects.create(organisation=own, scheme="GB-CHC", value="1090095")
    before = list(Organisation.objects.values())
    assert run.rows(CHOIR) == {"linked": 1}
    assert "already on the list as The Beck Singers (1090095)" in run.notes("2")
    assert list(Organisation.objects.values()) == before
    assert not Listing.objects.exists()
    assert RegisterEntry.objects.get().organisation == own
    assert run.rows(CHOIR) == {"unchanged": 1}
    assert run.rows({**CHOIR, "Town": "York"}) == {"unchanged": 1}
    assert list(Organisation.objects.values()) == before


def test_the_same_name_and_postcode_link_but_not_an_example(run: Import) -> None:
    name = "ADAS BAKERY LTD."
    own = Organisation.objects.create(name=name, slug="own", postcode="LS8 4AA")
    Organisation.objects.create(
        name="Beck Choir", slug="example", postcode="LS21 3AB", is_example=True
    )
    assert run.rows(BAKERY, CHOIR) == {"linked": 1, "created": 1}
    assert RegisterEntry.objects.get(external_id="1").organisation == own


def test_two_rows_alike_are_two_organisations_with_addresses_of_their_own(run: Import) -> None:
    FormerSlug.objects.create(
        slug="adas-bakery-2",
        organisation=Organisation.objects.create(name="Was there", slug="moved"),
    )
    twins = [{**BAKERY, "Roll no": str(number)} for number in (1, 2, 3)]
    assert run.rows(*twins) == {"created": 3}
    slugs = Organisation.objects.filter(name="Ada's Bakery").values_list("slug", flat=True)
    assert sorted(slugs) == ["adas-bakery", "adas-bakery-3", "adas-bakery-4"]


# -- Rows that are not as they should be ---------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Roll no": ""}, "no identifier"),
        ({"Roll no": "x" * 61}, "at most 60 characters"),
        ({"Known as": ""}, "no name"),
        ({"Known as": "—?!"}, "has no letter or digit"),
        ({"Known as": "A" * 201}, "the name has 201 characters; at most 200 fit"),
        ({"Roll no": "3"}, "the same identifier as line 2"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_the_rest_load(
    run: Import, changes: dict[str, str], said: str
) -> None:
    rows = (POTTER, CHOIR, {**BAKERY, **changes})
    assert run.rows(*rows) == {"created": 2, "rejected": 1}
    # The choir's address has two lines, so the third record starts on line 5 of the file.
    rejected = next(row for row in run.report if row["outcome"] == "rejected")
    assert rejected["line"] == "5"
    assert said in rejected["notes"]
    assert "line 5: rejected" in run.text


@pytest.mark.parametrize(
    ("column", "cell", "said", "kept"),
    [
        ("Web", "n/a", "", ("website", "")),
        ("Web", "our own", "is no address", ("website", "")),
        ("Web", "info@ada.example", "is no address", ("website", "")),
        ("Web", "javascript:alert(1)", "is no address", ("website", "")),
        ("Web", "http:/ada.example/shop", "", ("website", "http://ada.example/shop")),
        ("Web", "http://https://ada.example", "", ("website", "http://ada.example")),
        ("Web", "HTTPS://Ada.example/", "", ("website", "https://Ada.example/")),
        ("Web", "ada.coop/; b.example", "", ("website", "http://ada.coop/")),
        ("Web", "httpbin.example", "", ("website", "http://httpbin.example")),
        ("Web", "http://x.example/" + "a" * 300, "is no address", ("website", "")),
        ("Post code", "ls84aa", "", ("postcode", "LS8 4AA")),
        ("Post code", "nowhere", "is no postcode", ("postcode", "")),
        ("N", "1.51", "is not in the UK", ("latitude", 53.82)),  # the postcode's own point
        ("N", "north", "is not in the UK", ("latitude", 53.82)),
        ("N", "nan", "is not in the UK", ("latitude", 53.82)),
        ("Charity", "12", "6 or 7 digits", ("sector", "private")),
        ("Trade", "baker ", "", ("sector", "private")),
        ("Town", "Leeds " * 90, "too long and is cut", ("sector", "private")),
        ("Known as", "Ada\x00 \x07Bakery\u200b", "cannot be shown", ("name", "Ada Bakery")),
        ("Known as", " Ada \n Bakery\t", "", ("name", "Ada Bakery")),
        ("Known as", "Caf\ufffd", "a character was lost", ("name", "Caf\ufffd")),
        ("Known as", "Мельница", "", ("slug", "guild-roll-1")),
        ("Known as", "B" * 200, "", ("slug", "b" * 80)),
        ("Known as", "<b>Ada</b>", "", ("name", "<b>Ada</b>")),
    ],
)
def test_an_odd_cell_is_cleaned_or_left_out_and_the_row_kept(
    run: Import, column: str, cell: str, said: str, kept: tuple[str, object]
) -> None:
    assert run.rows({**BAKERY, column: cell}) == {"created": 1}
    organisation = Organisation.objects.get()
    field, value = kept
    assert getattr(organisation, field) == value
    assert said in run.notes("1")
    assert bool(said) == bool(run.notes("1"))
    organisation.full_clean()
    organisation.listings.get().full_clean()


def test_ragged_rows_and_stray_quotes_cost_only_themselves(run: Import) -> None:
    header = ";".join(COLUMNS)
    good = "{};Good {};a;Leeds;LS8 4AA;;;;;Baker;"
    lines = [
        header,
        good.format(1, 1),
        "2;Too few",
        good.format(3, 3),
        '4;"Never closed;a;Leeds;LS8 4AA;;;;;Baker;',
        good.format(5, 5),
        "",
        '6;Lines;"one\ntwo";Leeds;LS8 4AA;;;;;Baker;;too;many',
        good.format(7, 7),
        '8;"The last, never closed;a',
    ]
    assert run.content("\r\n".join(lines).encode()) == {"created": 4, "rejected": 4}
    names = Organisation.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Good 1", "Good 3", "Good 5", "Good 7"]
    rejected = {row["line"]: row["notes"] for row in run.report if row["outcome"] == "rejected"}
    assert sorted(rejected) == ["11", "3", "5", "8"]
    assert rejected["3"] == "2 cells, where the header has 11"


def test_a_field_without_end_is_one_rejected_row(run: Import) -> None:
    good = "{};Good {};a;Leeds;LS8 4AA;;;;;Baker;"
    rows = [good.format(number, number) for number in range(2, 4002)]
    text = "\n".join([";".join(COLUMNS), '1;"Never closed;a', *rows])
    assert run.content(text.encode(), apply=False) == {"created": 4000, "rejected": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(run: Import, encoding: str) -> None:
    row = ";".join({**BAKERY, "Known as": "Café Zoë"}.values())
    run.content(f"{';'.join(COLUMNS)}\n{row}\n".encode(encoding))
    assert Organisation.objects.get().name == "Café Zoë"
    assert ("read as Windows-1252" in run.text) == (encoding == "cp1252")


def test_an_unknown_charset_loses_single_characters_and_says_so(run: Import) -> None:
    row = ";".join({**BAKERY, "Known as": "Ada XX"}.values()).encode().replace(b"XX", b"\x81")
    assert run.content(f"{';'.join(COLUMNS)}\n".encode() + row) == {"created": 1}
    assert "a character was lost" in run.notes("1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"PK\x03\x04 and so on", "a spreadsheet or an archive"),
        (b"\xff\xfeR\x00o\x00", "text in UTF-16"),
        (bytes(range(32)) * 20, "is not a text file"),
        (b"a;b;c\n1;2;3\n", "has no column"),
        (";".join(COLUMNS).replace("Town", "Town;Town").encode(), "more than one column called"),
        (";".join(COLUMNS).encode(), "a header and no rows"),
    ],
)
def test_a_file_that_is_no_register_is_refused_in_words(
    run: Import, content: bytes, said: str
) -> None:
    with pytest.raises(CommandError) as raised:
        run.content(content)
    assert said in str(raised.value)


def test_a_folder_a_missing_file_and_an_unknown_mapping(tmp_path: Path, mapping: Path) -> None:
    for path, name, said in (
        (tmp_path, str(mapping), "is a folder"),
        (tmp_path / "none.csv", str(mapping), "cannot be read"),
        (tmp_path / "none.csv", "charities", "Known mappings: coops_uk"),
    ):
        with pytest.raises(CommandError) as raised:
            call_command("import_organisations", str(path), mapping=name)
        assert said in str(raised.value)


def test_a_vocabulary_without_the_terms_is_named(run: Import) -> None:
    Term.objects.filter(code="music").delete()
    with pytest.raises(CommandError) as raised:
        run.rows(BAKERY)
    assert "lacks 1 of the mapping's terms (music)" in str(raised.value)


def test_retired_terms_are_not_given(run: Import) -> None:
    run.rows(BAKERY)
    Term.objects.filter(code="cakes-and-baking").update(active=False)
    assert run.rows({**BAKERY, "Roll no": "9"}) == {"created": 1}
    assert "Retired terms were not given: cakes-and-baking" in run.text
    listing = Listing.objects.get(register_entries__external_id="9")
    assert [term.code for term in listing.categories.all()] == ["food-shops"]


def test_the_report_is_no_formula_for_a_spreadsheet(run: Import) -> None:
    run.rows({**BAKERY, "Known as": "=HYPERLINK(1)"})
    assert run.report[0]["name"] == "'=HYPERLINK(1)"
    assert Organisation.objects.get().name == "=HYPERLINK(1)"


# -- Leeds ---------------------------------------------------------------------------------------


def test_only_in_leeds_goes_by_ward_and_not_by_letters(run: Import) -> None:
    assert run.rows(BAKERY, CHOIR, POTTER, only_in_leeds=True) == {
        "created": 1, "outside Leeds": 2,
    }  # fmt: skip
    assert Organisation.objects.get().name == "Ada's Bakery"
    assert "guessed" not in run.text


def test_without_postcodes_the_report_says_that_wards_are_guesses(run: Import) -> None:
    Postcode.objects.all().delete()
    assert run.rows(BAKERY, CHOIR, only_in_leeds=True) == {"created": 1, "outside Leeds": 1}
    assert "wards are guessed from postcode sectors" in run.text
    assert "load_places" in run.text


# -- The real file -------------------------------------------------------------------------------


@pytest.mark.data
def test_the_real_file_loads_whole_in_well_under_a_minute_and_only_once() -> None:
    Term.objects.all().delete()
    vocabulary.load()
    path = real_register()

    def run() -> str:
        out = io.StringIO()
        call_command("import_organisations", str(path), mapping="coops_uk", apply=True, stdout=out)
        return out.getvalue()

    start = time.monotonic()
    first = run()
    assert time.monotonic() - start < 60
    assert "  7,387 created" in first
    assert "      0 rejected" in first
    assert RegisterEntry.objects.count() == Listing.objects.count() == 7387
    assert Listing.objects.findable(timezone.localdate()).count() == 7387
    assert Listing.objects.filter(categories__isnull=False).distinct().count() > 0.9 * 7387
    multi_line = RegisterEntry.objects.get(external_id="R007634").organisation
    assert multi_line.address == "2 Arinabea Cottage\nTyndrum\nCrianlarich\nArgyll and Bute"
    assert multi_line.identifiers.get().value == "SC399880"
    assert Organisation.objects.filter(website="").exists()
    assert Organisation.objects.filter(name="The Actors' Group Limited").exists()
    assert not Claim.objects.exclude(term__facet=Term.Facet.ETHOS).exists()

    assert "  7,387 unchanged" in run()
    assert Organisation.objects.count() == 7387

    # No two rows of one register are taken for doubles, and a newcomer is found among all of them.
    assert doubles.pairs() == []
    known = Organisation.objects.exclude(postcode="").order_by("pk")[500]
    newcomer = make_organisation(
        known.name.replace("Limited", "Ltd").upper(), postcode=known.postcode
    )
    make_organisation("Leeds Housing Co-operative Limited", postcode="SE1 4YR")
    assert [(pair.first, pair.second) for pair in doubles.pairs()] == [(known.pk, newcomer.pk)]
