"""What holds of every page of vocabulary, figures and audit: headings, title, robots, and that
looking changes nothing."""

import re
from itertools import pairwise

import pytest
from django.test import Client

from accounts.services.people import make_person
from providers.models import Synonym, Term
from tests.accounts.rows import snapshot
from tests.conftest import Cast
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

PAGES = [
    "vocabulary/",
    "vocabulary/?facet=access",
    "vocabulary/?under=catering",
    "vocabulary/terms/new/?facet=ethos",
    "vocabulary/terms/{term}/",
    "vocabulary/terms/{term}/move/",
    "vocabulary/terms/{term}/retire/",
    "vocabulary/terms/{term}/bring-back/",
    "vocabulary/terms/{term}/merge/",
    "vocabulary/synonyms/",
    "vocabulary/synonyms/new/",
    "vocabulary/synonyms/{synonym}/",
    "vocabulary/synonyms/{synonym}/remove/",
    "organisations/{organisation}/audit/",
    "listings/{listing}/audit/",
    "figures/",
]


@pytest.fixture
def desk() -> Client:
    return signed_in(make_person(email="carl@example.org", roles=("curator",)))


@pytest.fixture
def pages(cast: Cast) -> list[str]:
    keys = {
        "term": Term.objects.get(code="halls").pk,
        "synonym": Synonym.objects.get(words="lunch").pk,
        "organisation": cast.hall.pk,
        "listing": cast.big_hall.pk,
    }
    return [f"/curate/{page.format(**keys)}" for page in PAGES]


def test_headings_titles_and_robots(desk: Client, pages: list[str]) -> None:
    titles = set()
    for page in pages:
        html = desk.get(page).text
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert levels.count(1) == 1, page
        assert all(after - before <= 1 for before, after in pairwise(levels[1:])), page
        assert '<meta name="robots" content="noindex">' in html, page
        titles.update(re.findall(r"<title>(.*?)</title>", html))
    assert len(titles) == len(pages)


def test_looking_changes_nothing(desk: Client, pages: list[str]) -> None:
    desk.get(pages[0])
    before = snapshot()
    for page in (*pages, "/curate/figures.csv"):
        for method in (desk.get, desk.head):
            assert method(page).status_code == 200, page
    assert snapshot() == before
