"""The filter panel of a search page: facets, their options and live counts, as HTML.

Built here and not in a template because a panel has over a hundred options and the template engine
spent most of a page's time looping over them. Everything that comes in as text is escaped on its
way out; a test throws arbitrary text at it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal, NamedTuple

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# Values that can stand in an id as they are; any other option is known by its place in the facet.
_ID_SAFE = re.compile(r"[A-Za-z0-9_-]+")
_NO_HTML = SafeString("")


class Option(NamedTuple):
    """One value that can be chosen. ``narrower`` are values that it includes: they fold away
    under it."""

    value: str
    label: str
    narrower: tuple["Option", ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """A question with options. The first ``shown`` stand open, the rest fold into "Show 8 more".

    ``counts`` has the number of each value, and None where nothing was counted; a value that is
    missing has none. ``chosen`` are the values in use. ``before`` is HTML from a template (a
    distance select, say) and goes in as it is. ``unit`` and ``unit_one`` are what is counted, read
    out after the number.
    """

    name: str
    legend: str
    options: tuple[Option, ...] = ()
    counts: Mapping[str, int] | None = None
    chosen: Collection[str] = ()
    hint: str = ""
    shown: int = 6
    kind: Literal["checkbox", "radio"] = "checkbox"
    unit: str = "offers"
    unit_one: str = "offer"
    before: SafeString = _NO_HTML


@dataclass(frozen=True, slots=True)
class Problem:
    """A filter that could not be used: which, why, and the id of where to put it right."""

    legend: str
    message: str
    target: str


def error_of(errors: Mapping[str, Sequence[str]], name: str, form_id: str) -> SafeString:
    """What is wrong with a filter, to stand before its options; nothing where nothing is."""
    messages = errors.get(name)
    if not messages:
        return _NO_HTML
    return format_html(
        '<p class="error" id="{}-{}-error"><span class="vh">Error: </span>{}</p>',
        form_id,
        name,
        messages[0],
    )


def described_by(
    errors: Mapping[str, Sequence[str]], name: str, form_id: str, *, hint: bool = False
) -> SafeString:
    """The attributes that lead from a control to what is said of it: what is wrong, and a hint."""
    wrong = name in errors
    ids = [f"{form_id}-{name}-error"] * wrong + [f"{form_id}-{name}-hint"] * hint
    described = format_html(' aria-describedby="{}"', " ".join(ids)) if ids else _NO_HTML
    return described + SafeString(' aria-invalid="true"' * wrong)


def field_of(
    errors: Mapping[str, Sequence[str]], name: str, form_id: str, label: str, control: SafeString
) -> SafeString:
    """A label, what is wrong if anything is, and the control, whose id is ``<form_id>-<name>``."""
    return format_html(
        '<div class="field{}"><label for="{}-{}">{}</label>\n{}{}</div>\n',
        " has-error" if name in errors else "",
        form_id,
        name,
        label,
        error_of(errors, name, form_id),
        control,
    )


def number_field(
    errors: Mapping[str, Sequence[str]], name: str, form_id: str, label: str, typed: str
) -> SafeString:
    """A field for a number, with what was typed."""
    control = format_html(
        '<input class="input w-s" id="{0}-{1}" name="{1}" form="{0}" inputmode="numeric" '
        'value="{2}"{3}>',
        form_id,
        name,
        typed[:40],
        described_by(errors, name, form_id),
    )
    return field_of(errors, name, form_id, label, control)


def distance_field(
    errors: Mapping[str, Sequence[str]],
    form_id: str,
    label: str,
    miles: Iterable[tuple[str, str, bool]],
    hint: str = "",
) -> SafeString:
    """A choice of miles (value, words, whether it is in use), with what it does not leave out."""
    control = format_html(
        '<select class="input" id="{0}-within" name="within" form="{0}"{1}>'
        '<option value="">Any distance</option>{2}</select>{3}',
        form_id,
        described_by(errors, "within", form_id, hint=bool(hint)),
        format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((value, SafeString(" selected" * chosen), words) for value, words, chosen in miles),
        ),
        format_html('\n<p class="hint small" id="{}-within-hint">{}</p>', form_id, hint)
        if hint
        else _NO_HTML,
    )
    return field_of(errors, "within", form_id, label, control)


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
    drawn = _drawn(facet.options, key, control)
    rows = _rows(drawn, facet)
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
        is_open = any(option.in_use(facet.chosen) for option in drawn[shown:])
        parts.append(
            f'<details class="more" id="{key}-more"{" open" * is_open}>'
            f'<summary>Show {len(rest)} more<span class="vh">: {escape(facet.legend)}</span>'
            "</summary>"
        )
        parts.extend(rest)
        parts.append("</details>")
    parts.append("</div></fieldset>")
    return "".join(parts)


class _Drawn(NamedTuple):
    """An option as HTML around what changes from page to page: its class, its tick, its count."""

    value: str
    ident: str
    label: str
    before: str
    after: str
    narrower: tuple["_Drawn", ...]

    def in_use(self, chosen: Collection[str]) -> bool:
        """Whether this value, or one under it, is chosen."""
        return bool(chosen) and (
            self.value in chosen or any(inner.in_use(chosen) for inner in self.narrower)
        )


@lru_cache(maxsize=512)
def _drawn(
    options: tuple[Option, ...], key: str, control: str, above: str = ""
) -> tuple[_Drawn, ...]:
    """The options, escaped. Remembered, as a vocabulary is the same on every page."""
    drawn: list[_Drawn] = []
    for number, option in enumerate(options):
        place = f"{above}.{number}"
        value, label = escape(option.value), escape(option.label)
        ident = f"{key}-{value if _ID_SAFE.fullmatch(option.value) else place}"
        drawn.append(
            _Drawn(
                value=option.value,
                ident=ident,
                label=label,
                before=f'"><input class="tick" id="{ident}"{control}{value}"',
                after=f"><span>{label}</span>",
                narrower=_drawn(option.narrower, key, control, place),
            )
        )
    return tuple(drawn)


def _rows(drawn: Iterable[_Drawn], facet: Facet) -> list[str]:
    """One row for each option, with its narrower ones folded away in it."""
    counts, chosen = facet.counts, facet.chosen
    many = f'</span><span class="vh"> {escape(facet.unit)}</span></span></label>'
    one = f'</span><span class="vh"> {escape(facet.unit_one)}</span></span></label>'
    rows: list[str] = []
    for option in drawn:
        css, count = "opt", "</label>"
        if counts is not None:
            number = counts.get(option.value, 0)
            if not number:
                css = "opt opt--none"
            end = one if number == 1 else many
            count = f'<span class="opt__n"><span data-count>{number:,}{end}'
        checked = " checked" if option.value in chosen else ""
        row = f'<label class="{css}{option.before}{checked}{option.after}{count}'
        if option.narrower:
            row = _branch(option, row, facet)
        rows.append(row)
    return rows


def _branch(option: _Drawn, row: str, facet: Facet) -> str:
    is_open = any(inner.in_use(facet.chosen) for inner in option.narrower)
    # "Or" between a value and one that it includes would not narrow anything: say so.
    note = ""
    if option.value in facet.chosen:
        note = f'<p class="hint small">To choose among these, untick “{option.label}”.</p>'
    return (
        f'<div class="branch">{row}'
        f'<details id="{option.ident}.narrower"{" open" * is_open}>'
        f'<summary><span class="vh">{option.label}, more exactly</span></summary>'
        f"{note}{''.join(_rows(option.narrower, facet))}</details></div>"
    )
