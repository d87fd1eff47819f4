"""Looking places up in the stock admin."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from places.models import Postcode, PostcodeSector, Ward

pytestmark = pytest.mark.usefixtures("builtin")

REQUEST = RequestFactory().get("/")


@pytest.mark.parametrize("model", [Ward, PostcodeSector, Postcode])
def test_nobody_changes_figures_by_hand(model: type[Ward | PostcodeSector | Postcode]) -> None:
    page = admin.site.get_model_admin(model)
    assert page.check() == []
    assert not page.has_add_permission(REQUEST)
    assert not page.has_change_permission(REQUEST)
    assert not page.has_delete_permission(REQUEST)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ls8 4", ["LS8 4"]),
        ("LS8", ["LS8 1", "LS8 2", "LS8 3", "LS8 4", "LS8 5", "LS8 9"]),
        ("nonsense", []),
    ],
)
def test_sectors_are_found_by_what_people_write(text: str, codes: list[str]) -> None:
    page = admin.site.get_model_admin(PostcodeSector)
    found, _ = page.get_search_results(REQUEST, page.get_queryset(REQUEST), text)
    assert [sector.code for sector in found] == codes


def test_lists_load_no_outlines_and_nothing_row_by_row() -> None:
    Postcode.objects.create(unit="LS8 4AA", latitude=53.8, longitude=-1.5, ward_id="E05011394")
    for model, field in [(PostcodeSector, "main_ward"), (Postcode, "ward")]:
        page = admin.site.get_model_admin(model)
        with CaptureQueriesContext(connection) as caught:
            names = [str(getattr(row, field)) for row in page.get_queryset(REQUEST)]
        assert names
        assert len(caught) == 1
        assert "outline" not in caught[0]["sql"]
