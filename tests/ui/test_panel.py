"""The filter panel: what stands open, what is counted, and that nothing slips through unescaped."""

from html.parser import HTMLParser

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from tslsv.ui.panel import Facet, Option, render_panel


class Reader(HTMLParser):
    """Collects every start tag with its attributes, and the text of labels."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def options(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"v{i}", f"Value {i}") for i in range(count))


COUNTS = {f"v{i}": i for i in range(20)}


def panel(*facets: Facet) -> Reader:
    return Reader(render_panel(facets, "find"))


def test_every_option_belongs_to_the_form_and_has_a_lasting_id() -> None:
    inputs = panel(Facet("ethos", "Ethos", options(3), chosen=["v1"])).all("input")
    assert [field["id"] for field in inputs] == ["find-ethos-v0", "find-ethos-v1", "find-ethos-v2"]
    assert {field["form"] for field in inputs} == {"find"}
    assert {field["name"] for field in inputs} == {"ethos"}
    assert {field["type"] for field in inputs} == {"checkbox"}
    assert ["checked" in field for field in inputs] == [False, True, False]


def test_radio_buttons() -> None:
    facet = Facet("proof", "Proof", (Option("", "Any level"),), chosen=[""], kind="radio")
    (field,) = panel(facet).all("input")
    assert field["type"] == "radio"
    assert field["value"] == ""
    assert field["id"] == "find-proof-.0"


def test_count_is_read_out_with_its_unit_and_left_out_when_nothing_was_counted() -> None:
    facet = Facet(
        "ethos",
        "Ethos",
        (Option("a", "A"), Option("b", "B"), Option("c", "C")),
        counts={"b": 1, "c": 1200},
    )
    html = render_panel([facet, Facet("sort", "Sort", options(3))], "find")
    assert '<span data-count>0</span><span class="vh"> offers</span>' in html
    assert '<span data-count>1</span><span class="vh"> offer</span>' in html
    assert '<span data-count>1,200</span><span class="vh"> offers</span>' in html
    assert html.count("data-count") == 3


def test_zero_is_shown_and_marked() -> None:
    labels = panel(Facet("ethos", "Ethos", options(2), counts=COUNTS)).all("label")
    assert [label["class"] for label in labels] == ["opt opt--none", "opt"]


@pytest.mark.parametrize(("total", "folded"), [(5, 0), (6, 0), (7, 0), (8, 2), (20, 14)], ids=str)
def test_the_tail_folds_unless_it_is_a_single_option(total: int, folded: int) -> None:
    reader = panel(Facet("ethos", "Ethos", options(total)))
    assert len(reader.all("input")) == total
    if folded:
        assert f"Show {folded} more" in reader.text
        assert "open" not in reader.all("details")[0]
    else:
        assert not reader.all("details")


def test_a_choice_in_use_is_never_folded_away() -> None:
    (details,) = panel(Facet("ethos", "Ethos", options(20), chosen=["v15"])).all("details")
    assert "open" in details
    (details,) = panel(Facet("ethos", "Ethos", options(20), chosen=["v2"])).all("details")
    assert "open" not in details


def test_hint_and_what_stands_before() -> None:
    facet = Facet(
        "category",
        "Category",
        (Option("a", "A"),),
        hint="Pick any",
        before=SafeString("<select></select>"),
    )
    reader = panel(facet)
    assert reader.all("fieldset")[0]["aria-describedby"] == "find-category-hint"
    assert reader.all("p")[0]["id"] == "find-category-hint"
    assert reader.all("select") == [{}]


BRANCH = Option("a", "A", narrower=(Option("b", "B"), Option("c d", "C")))


def test_narrower_options_fold_away_under_theirs() -> None:
    reader = panel(Facet("category", "Category", (BRANCH, Option("z", "Z"))))
    idents = [field["id"] for field in reader.all("input")]
    assert idents == [
        "find-category-a", "find-category-b", "find-category-.0.1", "find-category-z",
    ]  # fmt: skip
    assert reader.all("details") == [{"id": "find-category-a.narrower"}]
    assert "A, more exactly" in reader.text


def test_a_narrower_choice_opens_every_fold_above_it() -> None:
    facet = Facet("category", "Category", (*options(8), BRANCH), chosen=["b"], shown=3)
    assert all("open" in fold for fold in panel(facet).all("details"))
    facet = Facet("category", "Category", (*options(8), BRANCH), shown=3)
    assert not any("open" in fold for fold in panel(facet).all("details"))


def test_a_choice_that_includes_the_narrower_ones_says_so() -> None:
    note = "To choose among these, untick “A”."
    assert note in panel(Facet("category", "Category", (BRANCH,), chosen=["a"])).text
    assert note not in panel(Facet("category", "Category", (BRANCH,), chosen=["b"])).text


def test_text_before_the_options_is_escaped_unless_it_is_html() -> None:
    unsafe = Facet("a", "A", before="<b>")  # type: ignore[arg-type]
    assert "&lt;b&gt;" in render_panel([unsafe], "find")


@settings(deadline=None)  # a busy machine is no fault
@given(text=st.text(), form_id=st.text(), count=st.none() | st.integers(0))
def test_no_text_ever_becomes_markup(text: str, form_id: str, count: int | None) -> None:
    facet = Facet(
        name=text,
        legend=text,
        options=(Option(text, text, (Option(text, text),)),) * 9,
        counts=None if count is None else {text: count},
        hint=text,
        unit=text,
        unit_one=text,
    )
    plain = Facet(
        name="n",
        legend="n",
        options=(Option("n", "n", (Option("n", "n"),)),) * 9,
        counts=None if count is None else {"n": count},
        hint="n",
        unit="n",
    )
    wild, tame = Reader(render_panel([facet], form_id)), panel(plain)
    # The same tags with the same attributes, whatever the text: nothing broke out of its place.
    shape = [(tag, set(attrs) - {"aria-describedby"}) for tag, attrs in wild.tags]
    if text:
        assert shape == [(tag, set(attrs) - {"aria-describedby"}) for tag, attrs in tame.tags]
        # NUL and the like are the parser's to mend; all other text comes back as it was.
        if text.isprintable():
            assert {field["value"] for field in wild.all("input")} == {text}
            assert {field["name"] for field in wild.all("input")} == {text}


@settings(deadline=None)
@given(text=st.text(alphabet="<>\"'&=` /abc", min_size=1))
def test_hostile_characters_are_never_raw(text: str) -> None:
    html = render_panel([Facet("n", "L", (Option(text, text),), counts={text: 1})], "find")
    reader = Reader(html)
    assert [tag for tag, _ in reader.tags] == [
        "fieldset", "legend", "div", "label", "input", "span", "span", "span", "span",
    ]  # fmt: skip
    assert reader.all("input")[0]["value"] == text
    assert text in "".join(reader.text)
