"""Fills an empty database for the browser tests: ``python -m tests.browser.rows``.

Run as a program of its own, because Playwright's event loop and Django's database do not mix.
"""

import datetime

import django
from django.core.management import call_command
from django.utils import timezone

EXAMPLES = 60
"""Enough for several pages of results and every category."""


def fill() -> None:
    """Tables, static files, vocabulary, places, examples, and a few rows that try the layout."""
    from providers import examples

    call_command("prepare")
    examples.load(today=timezone.localdate(), count=EXAMPLES)
    _awkward()


def _awkward() -> None:
    """What design pages never show: long words, many claims, old entries, nothing known."""
    from providers import listing_index
    from providers.models import Claim, Listing, Term
    from tests.factories import make_claim, make_listing, make_organisation, make_register_entry

    now = timezone.now()
    long = make_organisation(
        f"Quillmoor {'Interdisciplinary ' * 5}Society",
        slug="quillmoor",
        sector="third",
        summary="Everything about this organisation is long.",
        email=f"hello@{'long-' * 8}name.example",
        website=f"https://{'long-' * 8}name.example/",
    )
    for number, term in enumerate(Term.objects.filter(facet__in=Term.CLAIM_FACETS)[:12]):
        make_claim(long, term, level=list(Claim.Level)[number % 3])
    stale = make_listing(
        long,
        title="Quillmoor Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch lunches",
        slug="long",
        summary="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte " * 2,
        categories=[Term.objects.get(facet="category", code="buffet-lunches")],
        pricing="priced",
        price_from="1234.50",
        price_unit="head",
        notice_days=365,
        capacity=100_000,
        confirmed_at=now - datetime.timedelta(days=300),
    )
    register = make_organisation("Quillmoor Bowls", slug="quillmoor-bowls", legal_form="society")
    entry = make_listing(
        register,
        title="Quillmoor Bowls",
        slug="quillmoor-bowls",
        origin=Listing.Origin.REGISTER,
        confirmed_at=now - datetime.timedelta(days=900),
    )
    make_register_entry(entry)
    paused = make_listing(long, title="Paused", slug="paused", state=Listing.State.PAUSED)
    listing_index.refresh([stale.pk, entry.pk, paused.pk])


if __name__ == "__main__":
    django.setup()
    fill()
