"""Mappings: the one for Co-operatives UK against the true business of rows, and bad ones."""

import tomllib
from pathlib import Path

import pytest

from providers.registers.mapping import MAPPINGS, RegisterMapping, known_mappings, load_mapping
from providers.registers.source_file import SourceRow, read_source
from providers.registers.steps import MappingError
from tests.providers.real_register import real_register

CLUB = {"social-clubs"}
SPORTS_AND_SOCIAL = {"social-clubs", "sports-clubs"}
HOMES = {"housing-co-operatives"}
SCHOOLS = {"schools-and-learning"}
UNMAPPED: set[str] = set()

# 50 rows drawn from the file (ordered by identifier, random.Random(50).sample) and judged by name,
# code, website and address before the mapping was written: the categories that are true of each. A
# mapping may give any of them and no other; UNMAPPED among the choices allows none at all.
SAMPLE: dict[str, tuple[str, set[str], bool]] = {
    # identifier: (name in short, true categories, may stay empty)
    "R012395": ("Bristol Harlequins RFC", {"sports-clubs"}, False),
    "R034198": ("Friends of the Northmore Arms", {"pubs"}, False),
    "R006597": ("Woolston Social Club", CLUB, False),
    "R008634": ("Purley Social Club", CLUB, False),
    "R014552": (
        "The Land of Roots",
        {"food-and-farming", "farms-and-suppliers", "growing-and-city-farms"},
        False,
    ),
    "R036961": ("Dragonfly Power", {"community-energy"}, False),
    "R006169": ("Ramsgate Royal British Legion Club", CLUB, False),
    "R019664": ("Middlesbrough Co-operative Learning Trust", SCHOOLS, False),
    "R011529": ("Glasgow Taxis", {"transport"}, False),
    "R023572": ("Albrighton Sports and Social Club", SPORTS_AND_SOCIAL, False),
    "R008090": ("Hasland Club", CLUB, False),
    "R002847": ("Footprint, the Leeds printers", {"printing"}, False),
    "R013098": ("Red Row Working Men's Club", CLUB, False),
    "R007856": ("South Gosforth Social Club", CLUB, False),
    "R005816": ("Briercliffe Social Club", CLUB, False),
    "R015382": ("Bentley Community Pub", {"pubs"}, False),
    "R013344": ("Hanwell Conservative Club", CLUB, False),
    # Facilitators and trainers in Swansea; the code is "other personal services".
    "R002850": ("Dynamix", {"training-and-facilitation", "facilitation"}, True),
    "R004442": ("Grafton Crescent Housing Co-operative", HOMES, False),
    "R008342": ("SCVO Credit Union", {"credit-unions"}, False),
    # The code says employers' organisation, which nothing else bears out.
    "R031081": ("Centre for Sustainable Action", {"energy-and-environment"}, True),
    "R003170": ("Kington St Michael Village Shop", {"community-shops"}, False),
    "R008344": ("Bramford and District Social Club", CLUB, False),
    "R007904": ("Bishopthorpe Sports and Social Club", SPORTS_AND_SOCIAL, False),
    "R005783": ("East Broadland Potato Growers", {"farms-and-suppliers"}, False),
    "R004980": ("Rathfriland Farmers", {"farms-and-suppliers"}, False),
    "R002269": ("Trowbridge Conservative Working Men's Club", CLUB, False),
    "R034856": ("Bournbrook and Selly Oak Social Club", CLUB, False),
    "R008080": ("Bickley & Widmore Working Men's Club", CLUB, False),
    "R013959": ("Dudley Ex-Service Mens Club", CLUB, False),
    "R037117": ("Ripple Coop 4, a wind farm", {"community-energy"}, False),
    "R014006": ("Hither Green Railwaymen's Social Club", CLUB, False),
    "R010021": ("The Rushton Oak Community Pub", {"pubs"}, False),
    "R014484": ("Brighton Community Compost Centre", {"recycling-and-reuse"}, False),
    "R002938": ("Heart of Midlothian Supporters", {"sport-and-leisure", "sports-clubs"}, False),
    "R002180": ("Infinity Foods", {"food-shops", "retail-and-shops"}, False),
    "R019671": ("The Radclyffe Learning Trust", SCHOOLS, False),
    # A union of clubs; no club itself.
    "R013960": ("Leeds Branch Club Union", {"unions-and-professional-bodies"}, True),
    "R031028": ("Forest Row Local", {"community-groups", "community-associations"}, True),
    "R008159": ("Thorpe Green Bowling and Social Club", SPORTS_AND_SOCIAL, False),
    "R027415": ("Pipe Dream Housing Co-operative", HOMES, False),
    "R019633": ("Aylsham Cluster Trust, of schools", SCHOOLS, False),
    "R014609": ("Pennyburn Credit Union", {"credit-unions"}, False),
    "R031805": ("Northern Mutual, a regional bank", {"finance"}, False),
    "R010046": ("Avalon Community Energy", {"community-energy"}, False),
    "R000223": ("Bridge Memorial Club", CLUB, False),
    "R005858": ("St Ives RFC", {"sports-clubs"}, False),
    "R008214": (
        "Roding and Redbridge Horticultural",
        {"growing-and-city-farms", "hobbies-and-games"},
        False,
    ),
    "R028076": ("Swanton Abbott group, of a pub", {"pubs"}, False),
    "R010188": (
        "Isle of Wight Country Markets",
        {"gifts-and-produce", "cakes-and-baking", "food-shops"},
        False,
    ),
}


@pytest.fixture(scope="module")
def coops() -> RegisterMapping:
    return load_mapping("coops_uk")


@pytest.fixture(scope="module")
def real_rows(coops: RegisterMapping) -> dict[str, SourceRow]:
    rows = read_source(real_register(), coops).rows
    return {row.cells["Identifier"]: row for row in rows}


def vocabulary_codes() -> set[tuple[str, str]]:
    path = MAPPINGS.parent / "vocabulary.toml"
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    codes = {("ethos", row[0]) for row in declared["facets"]["ethos"]}
    for term in declared["category"]:
        codes |= {("category", term["code"])}
        codes |= {("category", child[0]) for child in term.get("children", [])}
    return codes


def test_every_code_of_every_mapping_is_in_the_vocabulary() -> None:
    known = vocabulary_codes()
    assert known_mappings()
    for name in known_mappings():
        mapping = load_mapping(name)
        for facet in ("category", "ethos"):
            codes = mapping.codes(facet)
            assert codes, (name, facet)
            assert {(facet, code) for code in codes} <= known


def test_no_mapping_can_say_who_leads_or_is_served() -> None:
    for name in known_mappings():
        fields = {field for step in load_mapping(name).steps for field in step.fields}
        assert not {field for field in fields if field.startswith("edi")}


@pytest.mark.data
def test_fifty_sampled_rows_get_their_true_business(
    coops: RegisterMapping, real_rows: dict[str, SourceRow]
) -> None:
    assert len(SAMPLE) == 50
    wrong = {}
    for identifier, (name, true, may_be_empty) in SAMPLE.items():
        given = set(coops.findings(real_rows[identifier].cells).get("category", ()))
        if not given <= true or (not given and not may_be_empty):
            wrong[identifier] = (name, given)
    assert wrong == {}


@pytest.mark.data
def test_a_sample_that_expects_the_wrong_thing_would_fail(
    coops: RegisterMapping, real_rows: dict[str, SourceRow]
) -> None:
    """The sample tells businesses apart: the truth of a pub fails for a farm."""
    given = set(coops.findings(real_rows["R004980"].cells)["category"])
    assert not given <= SAMPLE["R015382"][1]


@pytest.mark.data
@pytest.mark.parametrize(
    ("identifier", "field", "value"),
    [
        ("R006861", "legal_form", ("credit-union",)),  # Levern Credit Union
        ("R035517", "legal_form", ("community-benefit",)),  # Wards Corner CBS
        ("R006884", "legal_form", ("society",)),  # a society of a kind that is not known
        ("R007642", "legal_form", None),  # a company: by shares or by guarantee is not said
        ("R015479", "legal_form", ("cic",)),  # Leeds Bike Mill
        ("R007642", "sector", ("private",)),  # Clansman Dynamics, owned through a trust
        ("R027465", "sector", ()),  # Arla Foods, owned by farm businesses
        ("R002424", "ethos", ("owned-by-its-workers",)),  # Leeds Environmental Design Associates
        ("R014970", "ethos", ("community-owned",)),  # Leeds Community Energy
        ("R007743", "ethos", None),  # Enaleni: a community of interest, not of a place
        ("R007642", "ethos", None),  # a trust holds the shares; who decides is not said
    ],
)
def test_legal_form_sector_and_ownership(
    coops: RegisterMapping,
    real_rows: dict[str, SourceRow],
    identifier: str,
    field: str,
    value: tuple[str, ...] | None,
) -> None:
    assert coops.findings(real_rows[identifier].cells).get(field) == value


@pytest.mark.data
def test_most_rows_get_a_category_and_all_get_a_summary(
    coops: RegisterMapping, real_rows: dict[str, SourceRow]
) -> None:
    found = [(row.cells, coops.findings(row.cells)) for row in real_rows.values()]
    assert len(found) == 7387
    assert sum(bool(one.get("category")) for _, one in found) > 0.9 * len(found)
    summaries = {coops.sentence(cells, one) for cells, one in found}
    assert all(text.endswith("From the open data of Co-operatives UK.") for text in summaries)
    assert not [text for text in summaries if "{" in text or " ," in text or ".." in text]
    cells, one = next(pair for pair in found if pair[0]["Identifier"] == "R004860")
    assert coops.sentence(cells, one) == (
        "Housing co-operative in Leeds, owned or run by its tenants. "
        "From the open data of Co-operatives UK."
    )


# -- Steps ---------------------------------------------------------------------------------------

HEAD = """
[source]
slug = "demo"
name = "Demo register"
date = 2024-03-31
[columns]
external_id = "id"
name = "title"
"""


def mapping_of(tmp_path: Path, text: str, head: str = HEAD) -> RegisterMapping:
    path = tmp_path / "demo.toml"
    path.write_text(head + text, encoding="utf-8")
    return load_mapping(str(path))


def test_the_longest_prefix_wins_and_an_empty_value_stops(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
[[steps]]
column = "code"
match = "prefix"
sets = "category"
[steps.values]
"47" = "shops"
"4764" = ["bikes", "shops"]
"4799" = ""
[[steps]]
column = "group"
match = "equals"
sets = "category"
[steps.values]
Trade = "trade"
""",
    )

    def category(code: str) -> tuple[str, ...] | None:
        return mapping.findings({"code": code, "group": "TRADE"}).get("category")

    assert category("47110") == ("shops",)
    assert category("47640") == ("bikes", "shops")
    assert category("47990") == ()
    assert category("") == category("0") == ("trade",)


def test_the_first_pattern_wins_where_only_allows_it(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        r"""
[summary]
parts = ["{kind}", " in {town}", ". Listed."]
[[steps]]
column = "title"
match = "pattern"
only = { code = "9.*|" }
[steps.values]
'\bband\b' = { category = "music", kind = "band" }
'\bclub\b' = { category = "clubs", kind = "club" }
""",
    )
    cells = {"title": "The BAND club", "code": "94", "town": "Otley"}
    found = mapping.findings(cells)
    assert found == {"category": ("music",), "kind": ("band",)}
    assert mapping.sentence(cells, found) == "Band in Otley. Listed."
    assert mapping.sentence({**cells, "town": ""}, found) == "Band. Listed."
    assert mapping.findings({**cells, "code": "19"}) == {}
    assert mapping.required_columns == {"id", "title", "code", "town"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[extra]\na = 1", "unknown tables: extra"),
        ("[names]\n'(' = 'x'", "is not a pattern"),
        ("[steps]\na = 1", "double brackets"),
        ("[[steps]]\ncolumn = 'a'", "a step needs column, match and values"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'like'\nvalues = { x = 'y' }", "cannot match by"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'equals'\nvalues = { x = 'y' }", "needs a field"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'pattern'\nvalues = { '(' = 'y' }\nsets = 'category'",
         "is not a pattern"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'equals'\nsets = 'sector'\nvalues = { x = 'charity' }",
         "no such sector: charity"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'equals'\nsets = 'sector'\nvalues = { x = 1 }",
         "texts or lists of texts"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'equals'\nsets = 'sector'\nvalues = { x = ['a', 'b'] }",
         "can hold one value"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'equals'\nsets = 'kind'\nvalues = { x = 'y' }",
         "which nothing uses"),
        ("[[steps]]\ncolumn = 'a'\nmatch = 'equals'\nsets = 'ethos'\nvalues = { x = 'y' }",
         "[claims] needs evidence"),
        ("[[identifiers]]\nscheme = 'GB-XXX'\ncolumn = 'a'", "a scheme out of GB-CHC"),
        ("[unmapped]\ncategory = 'a'", "must be a list of texts"),
        ("[unmapped]\ncolour = ['a']", "does not know colour"),
        ("[summary]\nparts = 'a'", "must be a list of texts"),
        ("a = ", "is not a TOML file"),
    ],
)  # fmt: skip
def test_a_bad_mapping_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(MappingError) as raised:
        mapping_of(tmp_path, text)
    assert said in str(raised.value)
    assert "demo.toml" in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('slug = "demo"', 'slug = "No Slug"', "slug must be lower-case"),
        ("date = 2024-03-31", 'date = "2024"', "date must be a day"),
        ("date = 2024-03-31", "", "[source] lacks date"),
        ('name = "title"', "", "[columns] lacks name"),
        ('name = "title"', 'name = "title"\nemail = "mail"', "does not know email"),
        ('slug = "demo"', f'slug = "{"x" * 41}"', "longer than 40 characters"),
    ],
)
def test_a_mapping_needs_a_source_and_columns(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in HEAD
    with pytest.raises(MappingError) as raised:
        mapping_of(tmp_path, "", HEAD.replace(old, new))
    assert said in str(raised.value)


def test_an_unknown_mapping_lists_the_known_ones() -> None:
    with pytest.raises(MappingError) as raised:
        load_mapping("charities")
    assert "Known mappings: coops_uk" in str(raised.value)
