"""The whole life of a measure in a browser: written, said what three sectors think of it, adopted,
written anew, and retired with what takes its place. Without JavaScript.
"""

import datetime
import re

import psycopg
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.conftest import Open
from tests.browser.people import CURATOR, stay_in
from tests.browser.room import sideways
from tests.browser.test_asking import mail_with

SAID = {
    "Third sector": ("Support", "We can answer this with a sign-in list."),
    "Public sector": ("Concern", "Our sports halls would count it twice."),
    "Private sector": ("Suggestion", "Say whether lunch counts."),
}


def send(page: Page, button: str, *, exact: bool = True) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=exact).first.click()
    assert sideways(page) <= 0


def fill(page: Page, **fields: str) -> None:
    for name, words in fields.items():
        page.locator(f"#id_{name}").fill(words)


def days_pass(database: str, slug: str) -> None:
    """The consultation has been, and ended yesterday."""
    with psycopg.connect(server.named(database)) as connection:
        connection.execute(
            "UPDATE toms_release SET opens_on = opens_on - 30, closes_on = CURRENT_DATE - 1 "
            "WHERE slug = %s",
            [slug],
        )


def adopt(page: Page, slug: str) -> None:
    page.goto(f"/curate/toms/releases/{slug}/")
    page.get_by_role("link", name="Adopt it").click()
    send(page, "Adopt it")


def release_of(page: Page, slug: str, title: str, version: str) -> None:
    page.goto("/curate/toms/releases/new/")
    fill(page, title=title, slug=slug, introduction="One measure.")
    send(page, "Begin this release")
    # A release has everything that is adopted, so that nothing drops out of the register unseen.
    for listed in (version, "LT-QLM-01 2.0.0", "LT-QLM-03 1.0.0"):
        found = page.locator("#list option", has_text=listed)
        page.locator("#list").select_option(value=found.first.get_attribute("value"))
        send(page, "List it")
    expect(page.locator("main")).to_contain_text("Nothing is missing")


def test_from_a_draft_to_a_retired_measure(open_page: Open, database: str) -> None:
    curator, reader = (open_page(width=width, java_script_enabled=False) for width in (1280, 390))
    stay_in(curator, CURATOR)

    # A draft, in a release, open for comment.
    curator.goto("/curate/toms/measures/new/")
    outcome = curator.locator("#id_outcome option", has_text="LT-QLM-A")
    curator.locator("#id_outcome").select_option(value=outcome.get_attribute("value"))
    fill(
        curator,
        code="LT-QLM-40",
        title="Hours of running together",
        what_counts="An hour of a person in a group counts.",
        existing_value_rule="Only hours that are new.",
        does_not_count="Hours that are paid.",
        unit_words="hours",
        evidence="A list of who ran, and for how long.",
    )
    curator.locator("#id_unit").select_option(label="hours")
    for name in ("level", "value_kind", "agg_time", "agg_entity"):
        curator.locator(f"#id_{name}").select_option(index=1)
    curator.locator("[name=suits]").first.check()
    curator.locator("[name=basis_allowed]").first.check()
    send(curator, "Begin this measure")
    release_of(curator, "running", "Running release", "LT-QLM-40 0.1.0")
    curator.get_by_role("link", name="Open it for comment").click()
    today = timezone.localdate()
    fill(curator, opens_on=str(today), closes_on=str(today + datetime.timedelta(days=9)))
    send(curator, "Open it for comment")

    # Three sectors say what they think, and show that their addresses are theirs.
    for number, (sector, (stance, words)) in enumerate(SAID.items()):
        reader.goto("/toms/releases/running/consultation/comment/?measure=LT-QLM-40")
        reader.get_by_role("radio", name=stance).check()
        reader.get_by_role("radio", name=sector).check()
        fill(reader, text=words, name=f"Runner {number}", email=f"runner{number}@example.org")
        send(reader, "Send your comment")
        text = mail_with(reader, "Running release", words)
        link = re.search(r"/toms/comments/[\w-]+/", text)
        assert link, text
        reader.goto(link[0])
        send(reader, "Yes, send it")

    # A curator publishes each, and answers it for all to read.
    curator.goto("/curate/")
    curator.get_by_role("link", name=re.compile("^Read (it|them)$")).click()
    for _, words in SAID.values():
        curator.goto("/curate/toms/comments/")
        row = curator.locator("dl.summary > div").filter(has_text=words)
        row.get_by_role("link").first.click()
        expect(curator.locator("main")).to_contain_text(words)
        send(curator, "Publish it")
        curator.get_by_role("radio", name=re.compile("^Kept as it is")).check()
        fill(curator, response="Kept, because a list is enough.")
        send(curator, "Publish the answer")
    reader.goto("/toms/releases/running/consultation/")
    for sector, (_, words) in SAID.items():
        expect(reader.locator("main")).to_contain_text(words)
        expect(reader.locator("main table").first).to_contain_text(sector)
    expect(reader.locator("main")).to_contain_text("Kept, because a list is enough.")

    # Adopted, once the last day for comment is over.
    curator.goto("/curate/toms/releases/running/adopt/")
    send(curator, "Adopt it")
    expect(curator.locator("main")).to_contain_text("is open for comment until")
    days_pass(database, "running")
    adopt(curator, "running")
    reader.goto("/toms/measures/LT-QLM-40/1.0.0/")
    expect(reader.locator("main")).to_contain_text("Adopted")
    reader.goto("/toms/releases/running/consultation/report/")
    expect(reader.locator("main")).to_contain_text("Our sports halls would count it twice.")

    # A new version: another unit is a new series.
    curator.goto("/curate/toms/measures/LT-QLM-40/edit/")
    send(curator, "Begin a new version")
    fill(curator, unit_words="kilometres", reason="Distance says more.")
    curator.locator("#id_unit").select_option(index=2)
    send(curator, "Save")
    release_of(curator, "running-2", "Second running release", "LT-QLM-40 2.0.0")
    adopt(curator, "running-2")
    reader.goto("/toms/measures/LT-QLM-40/")
    expect(reader.locator("main")).to_contain_text("kilometres")
    reader.goto("/toms/releases/compare/?from=running&to=running-2")
    expect(reader.locator("main")).to_contain_text("changed from hours to kilometres")

    # Retired, with what takes its place; every old link still resolves.
    curator.goto("/curate/toms/measures/LT-QLM-40/retire/")
    fill(curator, successor="LT-QLM-03", reason="Singing is counted instead.")
    send(curator, "Retire it")
    for path in (
        "measures/LT-QLM-40/",
        "measures/LT-QLM-40/1.0.0/",
        "measures/LT-QLM-40/2.0.0/",
        "releases/running/",
        "releases/running-2/",
    ):
        response = reader.goto(f"/toms/{path}")
        assert response is not None
        assert response.status == 200
        assert sideways(reader) <= 0
    reader.goto("/toms/measures/LT-QLM-40/1.0.0/")
    expect(reader.get_by_role("link", name=re.compile("LT-QLM-03")).first).to_be_visible()
