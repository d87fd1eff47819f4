"""The filter panel of a search page: facets, their options and live counts, as HTML.

Built here and not in a template because a panel has over a hundred options and the template engine
spent most of a page's time looping over them. Everything that comes in as text is escaped on its
way out; a test throws arbitrary text at it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

# Values that can stand in an id as they are; any other option is known by its place in the facet.
_ID_SAFE = re.compile(r"[A-Za-z0-9_-]+")
_NO_HTML = SafeString("")


@dataclass(frozen=True, slots=True)
class Option:
    """One value that can be chosen. ``count`` is None where nothing was counted.

    ``narrower`` are values that this one includes: they fold away under it.
    """

    value: str
    label: str
    count: int | None
    checked: bool = False
    title: str = ""
    narrower: Sequence["Option"] = ()

    @property
    def in_use(self) -> bool:
        """Whether this value, or one under it, is chosen."""
        return self.checked or any(option.in_use for option in self.narrower)


@dataclass(frozen=True, slots=True)
class Facet:
    """A question with options. The first ``shown`` stand open, the rest fold into "Show 8 more".

    ``before`` is HTML from a template (a distance select, say) and goes in as it is.
    ``unit`` and ``unit_one`` are what is counted, read out after the number.
    """

    name: str
    legend: str
    options: Sequence[Option]
    hint: str = ""
    shown: int = 6
    kind: Literal["checkbox", "radio"] = "checkbox"
    unit: str = "offers"
    unit_one: str = "offer"
    before: SafeString = _NO_HTML


def render_panel(facets: Iterable[Facet], form_id: str) -> SafeString:
    """The fieldsets of all facets; each input belongs to the form with ``form_id``.

    Ids are ``<form_id>-<facet>-<value>``, the same every time, so that a script can swap the panel
    and keep the focus. Scripts find a facet by ``[data-facet]`` and a number by ``[data-count]``.
    """
    return mark_safe("".join(_facet(facet, form_id) for facet in facets))  # noqa: S308 (escaped below)


def _facet(facet: Facet, form_id: str) -> str:
    key = escape(f"{form_id}-{facet.name}")
    name, form = escape(facet.name), escape(form_id)
    control = f' type="{escape(facet.kind)}" name="{name}" form="{form}" value="'
    units = (f" {escape(facet.unit_one)}", f" {escape(facet.unit)}")
    rows = [
        _option(option, str(place), key, control, units)
        for place, option in enumerate(facet.options)
    ]
    # "Show 1 more" would take the place of the one that it hides.
    shown = facet.shown if len(rows) > facet.shown + 1 else len(rows)
    described = f' aria-describedby="{key}-hint"' if facet.hint else ""
    parts = [
        f'<fieldset class="facet" data-facet="{name}"{described}>',
        f"<legend>{escape(facet.legend)}</legend><div>",
    ]
    if facet.hint:
        parts.append(f'<p class="hint small" id="{key}-hint">{escape(facet.hint)}</p>')
    parts.append(conditional_escape(facet.before))
    parts.extend(rows[:shown])
    if rest := rows[shown:]:
        # A choice in use is never out of sight.
        is_open = any(option.in_use for option in facet.options[shown:])
        parts.append(
            f'<details class="more" id="{key}-more"{" open" * is_open}>'
            f'<summary>Show {len(rest)} more<span class="vh">: {escape(facet.legend)}</span>'
            "</summary>"
        )
        parts.extend(rest)
        parts.append("</details>")
    parts.append("</div></fieldset>")
    return "".join(parts)


def _option(option: Option, place: str, key: str, control: str, units: tuple[str, str]) -> str:
    value = escape(option.value)
    ident = value if _ID_SAFE.fullmatch(option.value) else f".{place}"
    css = "opt"
    if option.count == 0:
        css += " opt--none"
    title = f' title="{escape(option.title)}"' if option.title else ""
    checked = " checked" if option.checked else ""
    count = ""
    if option.count is not None:
        unit = units[option.count != 1]
        count = (
            f'<span class="opt__n"><span data-count>{option.count:,}</span>'
            f'<span class="vh">{unit}</span></span>'
        )
    label = escape(option.label)
    row = (
        f'<label class="{css}"><input class="tick" id="{key}-{ident}"{control}{value}"{checked}>'
        f"<span{title}>{label}</span>{count}</label>"
    )
    if not option.narrower:
        return row
    is_open = any(inner.in_use for inner in option.narrower)
    # "Or" between a value and one that it includes would not narrow anything: say so.
    note = f'<p class="hint small">To choose among these, untick “{label}”.</p>' * option.checked
    below = "".join(
        _option(inner, f"{place}.{number}", key, control, units)
        for number, inner in enumerate(option.narrower)
    )
    return (
        f'<div class="branch">{row}<details id="{key}-{ident}.narrower"{" open" * is_open}>'
        f'<summary><span class="vh">{label}, more exactly</span></summary>'
        f"{note}{below}</details></div>"
    )
