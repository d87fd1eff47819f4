"""The lists' answer for other programs: all rows as CSV, the first ones as an Atom feed."""

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

from brokerage import words
from brokerage.cards import notice_url, result_rows
from brokerage.models import Notice
from brokerage.search import NoticeSearch, versions
from tslsv.ui.feeds import refusal, xml_text
from tslsv.ui.spreadsheet import csv_lines

BATCH = 2_000
FEED_ENTRIES = 100

HEAD = (
    "Reference",
    "Title",
    "Organisation",
    "Kind",
    "What it is",
    "How many",
    "Hours each",
    "When",
    "First day",
    "Last day",
    "In person or remotely",
    "Ward",
    "Miles",
    "Skills",
    "Causes",
    "Access",
    "Contribution to costs, pounds",
    "On the board until",
    "Changed",
    "Example data",
    "Page",
)


@require_safe
@login_not_required
def needs_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    return _csv(request, Notice.Side.NEED)


@require_safe
@login_not_required
def offers_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    return _csv(request, Notice.Side.OFFER)


@require_safe
@login_not_required
def needs_atom(request: HttpRequest) -> HttpResponse:
    return _atom(request, Notice.Side.NEED)


@require_safe
@login_not_required
def offers_atom(request: HttpRequest) -> HttpResponse:
    return _atom(request, Notice.Side.OFFER)


def _csv(request: HttpRequest, side: Notice.Side) -> HttpResponse | StreamingHttpResponse:
    """Every result of exactly this view, in its order."""
    asked = NoticeSearch(side, request.GET, versions().vocabulary)
    if asked.errors:
        return refusal(asked.errors)
    response = StreamingHttpResponse(
        csv_lines(HEAD, _rows(request, asked)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="leeds-{side.value}s.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _atom(request: HttpRequest, side: Notice.Side) -> HttpResponse:
    """The first hundred results of exactly this view as a feed."""
    asked = NoticeSearch(side, request.GET, versions().vocabulary)
    if asked.errors:
        return refusal(asked.errors)
    found = asked.find(page=1, size=FEED_ENTRIES)
    page = f"{reverse(f'brokerage:{side.value}s')}?{request.GET.urlencode()}".rstrip("?")
    feed = Atom1Feed(
        title=xml_text(f"{settings.SITE_NAME}: {side.value}s{words.about(asked, found)}"),
        link=request.build_absolute_uri(page),
        description=xml_text(words.heading(asked, found)),
        language="en-GB",
        feed_url=request.build_absolute_uri(),
        author_name=settings.SITE_NAME,
    )
    host = request.get_host().split(":")[0]
    for row in result_rows(found.hits, timezone.localdate()):
        example = "Example: " if row["example"] else ""
        feed.add_item(
            title=xml_text(f"{example}{row['title']}, {row['organisation']}"),
            link=request.build_absolute_uri(row["url"]),
            description=xml_text(row["description"] or row["title"]),
            unique_id=f"tag:{host},2026:notice/{row['reference']}",
            pubdate=datetime.datetime.fromisoformat(row["published"]),
            updateddate=datetime.datetime.fromisoformat(row["modified"]),
            categories=[xml_text(row["kind"])],
        )
    response = HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _rows(request: HttpRequest, asked: NoticeSearch) -> Iterator[list[object]]:
    """All results, some thousands at a time, all from one moment."""
    today = timezone.localdate()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        page = 1
        while True:
            hits = asked.find(page=page, size=BATCH).hits
            for row in result_rows(hits, today):
                yield [
                    row["reference"],
                    row["title"],
                    row["organisation"],
                    row["kind"],
                    row["description"],
                    row["how_many"],
                    row["hours_each"],
                    row["when"],
                    row["first_day"],
                    row["last_day"],
                    row["mode"],
                    row["ward"],
                    "" if row["miles"] is None else f"{row['miles']:.1f}",
                    "; ".join(row["skills"]),
                    "; ".join(row["causes"]),
                    "; ".join(row["access"]),
                    row["contribution"],
                    row["ends"],
                    row["modified"],
                    "yes" if row["example"] else "no",
                    request.build_absolute_uri(notice_url(row)),
                ]
            if len(hits) < BATCH:
                return
            page += 1
