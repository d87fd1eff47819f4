"""A curator who writes a measure sees how it will read."""

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Open
from tests.browser.people import CURATOR

DRAFT = "/curate/toms/measures/LT-QLM-03/edit/"


@pytest.mark.parametrize("with_script", [True, False])
def test_the_preview_follows_what_is_typed(open_page: Open, with_script: bool) -> None:
    page = open_page(java_script_enabled=with_script)
    people.stay_in(page, CURATOR)
    page.goto(DRAFT)
    page.locator("#id_what_counts").fill("An afternoon counts once.")
    if not with_script:
        page.get_by_role("button", name="Preview").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("An afternoon counts once.")
    expect(preview).to_contain_text("Nothing has been saved yet.")
    page.goto(DRAFT)
    expect(page.locator("#id_what_counts")).not_to_have_value("An afternoon counts once.")
