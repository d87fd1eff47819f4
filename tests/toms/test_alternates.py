"""Whoever reads a page finds its other forms: in its head, its headers and its links."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.toms.factories import make_measure_version, make_release
from toms import measure_index

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lazy_loading")]

HEAD = re.compile(r'<link rel="alternate" type="([^"]+)" href="([^"]+)">')
HEADER = re.compile(r'<([^>]+)>; rel="alternate"; type="([^"]+)"')
ALL = {"text/csv", "application/json", "text/turtle", "application/ld+json"}


@pytest.mark.parametrize(
    ("page", "types"),
    [
        ("/toms/", ALL),
        ("/toms/?sort=title&theme={theme}", ALL),
        ("/toms/releases/2026/", ALL),
        ("/toms/releases/2026/handbook/", None),
        ("/toms/measures/{code}/", ALL - {"text/csv"}),
        ("/toms/measures/{code}/1.0.0/", {"application/json"}),
    ],
)
def test_every_form_is_linked_and_is_there(
    client: Client, page: str, types: set[str] | None
) -> None:
    version = make_measure_version(number="1.0.0", state="adopted")
    make_release(version, slug="2026")
    measure_index.refresh([version.measure_id])
    theme, code = version.measure.outcome.theme.code, version.measure.code
    response = client.get(page.format(theme=theme, code=code))
    header = {(type_, url) for url, type_ in HEADER.findall(response["Link"])}
    assert {type_ for type_, _ in header} == (types or ALL)
    if types is not None:
        html = response.text
        assert {(type_, unescape(url)) for type_, url in HEAD.findall(html)} == header
        for type_, url in header:
            assert html.count(f'href="{url.replace("&", "&amp;")}"') >= 2
            answer = client.get(url)
            assert answer.status_code == 200
            assert answer["Content-Type"].partition(";")[0] == type_
            assert code in answer.text
    if "?" in page:
        assert ("text/csv", f"/toms/measures.csv?sort=title&theme={theme}") in header
