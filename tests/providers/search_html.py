"""Reading the search page: its results, chips, options and errors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from django.test import Client

from tests.providers.reading import words

type Params = Mapping[str, str | int | Sequence[str]]

_OPTION = re.compile(r'<input class="tick"(?P<tag>[^>]*)>(?P<rest>.*?)</label>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tick:
    """An option of the panel."""

    name: str
    value: str
    checked: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One answer of the search page."""

    status: int
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """Titles of the results, in order."""
        found = re.findall(r'<h2 class="result__t"><a href="[^"]*">(.*?)</a>', self.html)
        return [unescape(title) for title in found]

    @property
    def urls(self) -> list[str]:
        return [
            unescape(url)
            for url in re.findall(r'<h2 class="result__t"><a href="([^"]*)"', self.html)
        ]

    def result(self, title: str) -> str:
        """What a reader sees of one result."""
        listed = r'<li class="result".*?</li>(?=<li class="result"|</ol>)'
        for row in re.findall(listed, self.html, re.DOTALL):
            if f">{title}</a>" in row:
                return words(row)
        raise AssertionError(f"no result {title}")

    @property
    def heading(self) -> str:
        (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        return words(found)

    @property
    def title(self) -> str:
        (found,) = re.findall(r"<title>(.*?)</title>", self.html, re.DOTALL)
        return unescape(found)

    @property
    def chips(self) -> dict[str, str]:
        """Label of each chip and where it leads."""
        found = re.findall(r'<a class="chip" href="([^"]*)">(.*?)</a>', self.html, re.DOTALL)
        return {words(label).removeprefix("Remove filter: "): unescape(url) for url, label in found}

    @property
    def options(self) -> list[Tick]:
        found = []
        for match in _OPTION.finditer(self.html):
            attributes = dict(re.findall(r'(\w+)="([^"]*)"', match["tag"]))
            count = re.search(r"<span data-count>([\d,]+)</span>", match["rest"])
            found.append(
                Tick(
                    attributes["name"],
                    unescape(attributes["value"]),
                    match["tag"].endswith(" checked"),
                    int(count[1].replace(",", "")) if count else None,
                )
            )
        return found

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """The number beside each option."""
        return {(o.name, o.value): o.count for o in self.options if o.count is not None}

    @property
    def chosen(self) -> set[tuple[str, str]]:
        """The options that are ticked."""
        return {(option.name, option.value) for option in self.options if option.checked}

    @property
    def errors(self) -> dict[str, str]:
        """The message of each field's error, by the id of the paragraph."""
        found = re.findall(r'<p class="error" id="([^"]*)-error">(.*?)</p>', self.html, re.DOTALL)
        return {name.removeprefix("find-"): words(message)[7:] for name, message in found}

    @property
    def ids(self) -> list[str]:
        return re.findall(r'\sid="([^"]+)"', self.html)

    def typed(self, name: str) -> str:
        """What stands in a text field."""
        (tag,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', self.html)
        found = re.search(r' value="([^"]*)"', tag)
        return unescape(found[1]) if found else ""

    @property
    def order(self) -> str:
        """The order that the page says it is in, as people read it."""
        (found,) = re.findall(r"<option[^>]* selected>([^<]*)</option>", self._orders)
        return str(found)

    @property
    def orders(self) -> list[str]:
        """The orders that can be chosen, as people read them."""
        return re.findall(r"<option[^>]*>([^<]*)</option>", self._orders)

    @property
    def _orders(self) -> str:
        (select,) = re.findall(r'<select[^>]* name="sort".*?</select>', self.html, re.DOTALL)
        return str(select)


def get(
    client: Client,
    params: Params | str = "",
    path: str = "/providers/",
    headers: Mapping[str, str] | None = None,
) -> SearchPage:
    """Ask for the page with these parameters, or with this query string."""
    if isinstance(params, str):
        response = client.get(f"{path}?{params}" if params else path, headers=dict(headers or {}))
    else:
        response = client.get(path, dict(params), headers=dict(headers or {}))
    return SearchPage(response.status_code, response.text, dict(response.headers))
