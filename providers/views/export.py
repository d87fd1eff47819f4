"""The search page's answer for other programs: all rows as CSV, the first ones as an Atom feed."""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from providers import words
from providers.cards import listing_url, shown_on, standing_claims
from providers.search import ListingSearch, open_page
from tslsv.search.paging import Hit
from tslsv.ui.feeds import refusal, xml_text
from tslsv.ui.spreadsheet import csv_lines

BATCH = 2_000
FEED_ENTRIES = 100

HEAD = (
    "Offer",
    "Provider",
    "Summary",
    "Categories",
    "Price",
    "Largest group",
    "Notice, days",
    "How to pay",
    "Delivery",
    "Delivery wards",
    "Sector",
    "Legal form",
    "Ward",
    "Postcode or sector",
    "Miles",
    "Access",
    "Claims",
    "Email",
    "Telephone",
    "Website",
    "Entry comes from",
    "Confirmed on",
    "Example data",
    "Page",
)
_ORIGINS = {
    "provider": "the provider",
    "curator": "a curator",
    "register": "a public register, not yet confirmed by the provider",
}


@require_safe
@login_not_required
def results_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Every result of exactly this view, in its order."""
    asked = ListingSearch(request.GET, open_page(request.GET.get("near", "")))
    if asked.errors:
        return refusal(asked.errors)
    response = StreamingHttpResponse(
        csv_lines(HEAD, _rows(request, asked)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="leeds-providers.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@login_not_required
def results_atom(request: HttpRequest) -> HttpResponse:
    """The first hundred results of exactly this view as a feed."""
    asked = ListingSearch(request.GET, open_page(request.GET.get("near", "")))
    if asked.errors:
        return refusal(asked.errors)
    found = asked.find(page=1, size=FEED_ENTRIES)
    page = request.build_absolute_uri(
        f"{reverse('providers:search')}?{request.GET.urlencode()}".rstrip("?")
    )
    feed = Atom1Feed(
        title=xml_text(f"{settings.SITE_NAME}: offers{words.about(asked, found)}"),
        link=page,
        description=xml_text(words.heading(asked, found)),
        language="en-GB",
        feed_url=request.build_absolute_uri(),
        author_name=settings.SITE_NAME,
    )
    host = request.get_host().split(":")[0]
    for hit in shown_on(found.hits, timezone.localdate()):
        card = hit.card
        modified = datetime.datetime.fromisoformat(card["modified"])
        example = "Example: " if card["example"] else ""
        feed.add_item(
            title=xml_text(f"{example}{card['title']}, {card['organisation']}"),
            link=request.build_absolute_uri(listing_url(card)),
            description=xml_text(card["summary"] or card["title"]),
            unique_id=f"tag:{host},2026:listing/{hit.object_id}",
            pubdate=datetime.datetime.fromisoformat(card["published"]),
            updateddate=modified,
            categories=[xml_text(label) for label in card["categories"]],
        )
    response = HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _rows(request: HttpRequest, asked: ListingSearch) -> Iterator[list[object]]:
    """All results, some thousands at a time, all from one moment."""
    today = timezone.localdate()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        page = 1
        while True:
            hits = asked.find(page=page, size=BATCH).hits
            for hit in shown_on(hits, today):
                yield _row(request, hit, today)
            if len(hits) < BATCH:
                return
            page += 1


def _row(request: HttpRequest, hit: Hit, today: datetime.date) -> list[object]:
    card = hit.card
    return [
        card["title"],
        card["organisation"],
        card["summary"],
        "; ".join(card["categories"]),
        card["price"],
        card["capacity"],
        card["notice"],
        "; ".join(card["pay"]),
        card["delivery"],
        "; ".join(card["delivery_wards"]),
        card["sector"],
        card["legal_form"],
        card["ward"],
        card["postcode"],
        "" if hit.miles is None else f"{hit.miles:.1f}",
        "; ".join(card["access"]),
        "; ".join(f"{c['label']} ({c['level']})" for c in standing_claims(card, today)),
        card["email"],
        card["phone"],
        card["website"],
        _ORIGINS[card["origin"]],
        "" if card["origin"] == "register" else card["confirmed"],
        "yes" if card["example"] else "no",
        request.build_absolute_uri(listing_url(card)),
    ]
