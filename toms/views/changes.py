"""What happened to the register, to read and to follow."""

import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from toms import change_log
from tslsv.ui.feeds import xml_text


@require_safe
@login_not_required
def changes(request: HttpRequest) -> HttpResponse:
    """The change log of the whole register, the newest first."""
    context = {"events": change_log.latest(), "most": change_log.MOST}
    return render(request, "toms/changes.html", context)


@require_safe
@login_not_required
def changes_atom(request: HttpRequest) -> HttpResponse:
    """The same as a feed."""
    feed = Atom1Feed(
        title=f"{settings.SITE_NAME}: changes to the Leeds TOMs",
        link=request.build_absolute_uri(reverse("toms:changes")),
        description="Releases and measures that were opened for comment, adopted or retired.",
        language="en-GB",
        feed_url=request.build_absolute_uri(request.path),
        author_name=settings.SITE_NAME,
    )
    host = request.get_host().split(":")[0]
    for event in change_log.latest():
        at = datetime.datetime.combine(event.on, datetime.time(), timezone.get_current_timezone())
        feed.add_item(
            title=xml_text(event.title),
            link=request.build_absolute_uri(event.url),
            description=xml_text(event.words),
            unique_id=f"tag:{host},2026:toms/{event.key}",
            pubdate=at,
            updateddate=at,
        )
    response = HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
    response["X-Robots-Tag"] = "noindex"
    response["Access-Control-Allow-Origin"] = "*"
    return response
