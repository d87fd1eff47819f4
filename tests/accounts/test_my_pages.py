"""What holds of every page under /my/: headings, title, policy, and that robots leave it alone."""

import re
from itertools import pairwise

import pytest
from django.test import Client

from accounts.models import Role
from tests.accounts.rows import snapshot
from tests.factories import (
    make_confirmed_user,
    make_invitation,
    make_listing,
    make_membership,
    make_organisation,
)
from tests.signing_in import signed_in

PAGES = [
    "",
    "organisations/new/",
    "invitations/the-token/",
    "invitations/unknown/",
    "data/",
    "data/erase/",
    "erased/",
    "kitchen/",
    "kitchen/details/",
    "kitchen/people/",
    "kitchen/people/{editor}/remove/",
    "kitchen/people/{editor}/hand-over/",
    "kitchen/leave/",
    "kitchen/close/",
]


@pytest.fixture
def browser(db: None) -> tuple[Client, int]:
    """Signed in as the owner of ``kitchen``, which has an editor with this key."""
    kitchen = make_organisation("Holbeck Kitchen", slug="kitchen")
    owner = make_membership(kitchen, make_confirmed_user("olu@example.org", name="Olu"))
    editor = make_membership(kitchen, make_confirmed_user("ed@example.org"), Role.EDITOR)
    make_listing(kitchen, title="A <b>bold</b> buffet")
    make_invitation(kitchen, "the-token")
    return signed_in(owner.user, second_factor=False), editor.pk


@pytest.mark.parametrize("path", PAGES)
def test_every_page_keeps_the_rules(browser: tuple[Client, int], path: str) -> None:
    client, editor = browser
    response = client.get(f"/my/{path}".format(editor=editor))
    html = response.text
    assert len(re.findall(r"<h1\b", html)) == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html[html.index("<main") :])]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert '<meta name="robots" content="noindex">' in html
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", html)
    assert "<b>bold</b>" not in html
    for form in re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL):
        assert "csrfmiddlewaretoken" in form
    assert "default-src 'none'" in response["Content-Security-Policy"]
    # What says who acts for whom must not wait in a cache that others share.
    assert "public" not in response.get("Cache-Control", "")


def test_titles_differ(browser: tuple[Client, int]) -> None:
    client, editor = browser
    titles = []
    for path in PAGES:
        found = re.search(
            "<title>(.*?)</title>", client.get(f"/my/{path}".format(editor=editor)).text
        )
        assert found
        titles.append(found[1])
    assert len(set(titles)) == len(titles)


def test_reading_every_page_changes_no_row(browser: tuple[Client, int]) -> None:
    client, editor = browser
    before = snapshot()
    for path in [*PAGES, "data/download/"]:
        client.get(f"/my/{path}".format(editor=editor))
        client.head(f"/my/{path}".format(editor=editor))
    assert snapshot() == before
