"""What people type for a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.typed import PostcodeError, Typed, parse, parse_unit


@pytest.mark.parametrize(
    "text",
    ["ls84aa", "LS8  4AA", "ls8-4aa", "LS8 4AA.", " LS8 4aa\n", "ＬＳ８　４ＡＡ", "L S 8 4 A A",
     "LS8\u00a04AA", "LS8\u20134AA", "LS8\u200b4AA", "\u202aLS8 4AA\u202c"],
)  # fmt: skip
def test_a_postcode_in_any_shape(text: str) -> None:
    assert parse(text) == Typed("LS8 4AA", "postcode")
    assert parse_unit(text) == "LS8 4AA"


def test_zero_typed_as_a_letter() -> None:
    assert parse("LS9 OAA").text == "LS9 0AA"


@pytest.mark.parametrize(
    "text",
    ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB", "N1P 2NG", "GIR 0AA",
     "LS1 1AA", "WF3 1AB", "BS0 1AA"],
)  # fmt: skip
def test_every_shape_of_the_royal_mail(text: str) -> None:
    assert parse(text.replace(" ", "").lower()) == Typed(text, "postcode")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LS8", Typed("LS8", "district")),
        ("ls 8", Typed("LS8", "district")),
        ("W1A", Typed("W1A", "district")),
        ("LS8 4", Typed("LS8 4", "sector")),
        ("ls8-4", Typed("LS8 4", "sector")),
        ("LS 8 4", Typed("LS8 4", "sector")),
        ("LS114", Typed("LS11 4", "sector")),
        ("LS1 1", Typed("LS1 1", "sector")),
        ("LS11", Typed("LS11", "district", otherwise=Typed("LS1 1", "sector"))),
        ("LS84", Typed("LS84", "district", otherwise=Typed("LS8 4", "sector"))),
    ],
)
def test_parts_of_a_postcode(text: str, expected: Typed) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "8", "Leeds", "LS", "LS8 4A", "LS8 4AA4", "LS8 4CA", "QS8 4AA", "LS8\x004AA",
     "٨٤", "LS٨ 4AA", "🏠", "\u202e", "LS8 4AA" * 1500, "ß8 4AA", "LS08 4AA", "' OR 1=1 --"],
)  # fmt: skip
def test_nonsense_is_refused_in_words(text: str) -> None:
    with pytest.raises(PostcodeError, match="such as LS8 4AA"):
        parse(text)
    with pytest.raises(PostcodeError, match="such as LS8 4AA"):
        parse_unit(text)


def test_a_part_is_not_a_whole_postcode() -> None:
    with pytest.raises(PostcodeError, match="whole postcode"):
        parse_unit("LS8 4")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        typed = parse(text)
    except PostcodeError:
        return
    assert parse(typed.text).text == typed.text
    assert typed.text.isascii()
    assert len(typed.text) <= 8


@given(
    unit=st.from_regex(r"[A-PR-UWYZ][A-HK-Y][1-9][0-9]? [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True),
    separators=st.lists(st.sampled_from(["", " ", "-", ".", "\t", "\u3000"]), min_size=8),
)
def test_separators_change_nothing(unit: str, separators: list[str]) -> None:
    spelt = "".join(map("".join, zip(unit.replace(" ", ""), separators, strict=False)))
    assert parse(spelt.lower()) == Typed(unit, "postcode")


def test_the_parts_of_what_was_typed() -> None:
    assert (parse("LS8 4AA").district, parse("LS8 4AA").sector) == ("LS8", "LS8 4")
    assert (parse("LS8 4").district, parse("LS8 4").sector) == ("LS8", "LS8 4")
    assert (parse("LS8").district, parse("LS8").sector) == ("LS8", None)
