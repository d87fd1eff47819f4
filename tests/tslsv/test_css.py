"""Styles: small, layered, without fonts or pictures from elsewhere, and legible in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
EVERYWHERE = ["tokens.css", "base.css", "components.css"]
# Each for a few pages, which have no other of these.
SOMEWHERE = [
    "home.css", "map.css", "difference.css", "shortlist.css", "choice.css", "asking.css",
    "brokerage.css", "toms.css",
]  # fmt: skip
FILES = EVERYWHERE + SOMEWHERE
TEMPLATES = Path(settings.BASE_DIR) / "templates"

# Foreground on background, and the contrast that WCAG 2.2 asks of the pair.
GROUNDS = ("paper", "stone", "raised")
TEXT_PAIRS = [
    *product(("ink", "ink-2", "link"), (*GROUNDS, "panel", "aire-tint")),
    *product(("visited", "rhubarb", "bad"), GROUNDS),
    *product(("aire",), ("paper", "stone")),
    *product(("ink",), ("warn-tint", "good-tint", "bad-tint", "rhubarb-tint")),
    *product(("on-water", "on-water-2"), ("water",)),
    *((name, f"{name}-tint") for name in ("good", "warn", "bad")),
    ("on-aire", "aire"),
    ("on-rhubarb", "rhubarb"),
    ("on-rhubarb", "rhubarb-2"),
]
SHAPE_PAIRS = [
    *product(("edge",), (*GROUNDS, "panel")),
    *product(("focus",), GROUNDS),
    ("lit", "paper"),
    ("aire", "raised"),
]


def tokens(theme: int) -> dict[str, str]:
    """Each colour token's value in the light (0) or dark (1) theme."""
    text = (CSS / "tokens.css").read_text().split(":root[data-theme")[0]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text
    ):
        found.setdefault(name, (light, dark)[theme])
    return found


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of #rrggbb."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_in_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_is_legible(theme: int) -> None:
    colours = tokens(theme)
    assert len(colours) > 25
    poor = [
        f"{front} on {back}: {ratio:.2f}"
        for least, pairs in ((4.5, TEXT_PAIRS), (3.0, SHAPE_PAIRS))
        for front, back in pairs
        if (ratio := contrast(colours[front], colours[back])) < least
    ]
    assert not poor


@pytest.mark.parametrize("name", SOMEWHERE)
def test_all_styles_of_a_page_are_small(name: str) -> None:
    assert sum((CSS / file).stat().st_size for file in [*EVERYWHERE, name]) <= 30_000


def test_every_file_is_here() -> None:
    assert {path.name for path in CSS.glob("*.css")} == set(FILES)


def test_nothing_comes_from_elsewhere() -> None:
    for name in FILES:
        text = (CSS / name).read_text()
        assert "http" not in text
        assert "@font-face" not in text
        assert re.findall(r"url\(([^)]*)\)", text) == (
            ['"../js_lib_leaflet/leaflet.css"'] if name == "map.css" else []
        )


def test_every_used_token_exists() -> None:
    text = "".join((CSS / name).read_text() for name in FILES)
    used = set(re.findall(r"var\(--([\w-]+)", text))
    made = set(re.findall(r"--([\w-]+):", text))
    assert used
    assert used - made == set()


def test_focus_is_never_removed_from_controls() -> None:
    text = "".join((CSS / name).read_text() for name in FILES)
    assert re.findall(r"([^{}]*){[^}]*outline: (?:0|none)", text) == ["\nmain:focus "]


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_templates_hold_no_script_or_style_of_their_own() -> None:
    assert len(templates()) > 20
    for path in templates():
        text = path.read_text()
        mail = path.parent.name == "emails"  # a mail has nowhere else to have its style from
        style = "" if mail else r"\sstyle=|<style|"
        assert not re.search(rf"{style}javascript:|\son[a-z]+=\"", text), path
        for attributes in re.findall(r"<script([^>]*)>", text):
            assert "src=" in attributes or 'type="application/' in attributes, path


def test_mails_have_our_colours() -> None:
    """Their style cannot use tokens, so it repeats them."""
    text = (TEMPLATES / "emails" / "base.html").read_text()
    light, _, dark = text.partition("prefers-color-scheme: dark")
    for part, theme in ((light, tokens(0)), (dark, tokens(1))):
        used = {
            value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
            for value in re.findall(r"#[0-9a-f]{3,6}", part)
        }
        assert len(used) > 6
        assert used <= set(theme.values())
