"""What is put to the city, what it says of it, and the report at the end."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from toms.consultation import Consultation, consultation_of
from toms.models import Comment, Release
from toms.views.parts import unknown_release
from tslsv.ui.spreadsheet import csv_lines

HEAD = (
    "Comment",
    "Measure",
    "Version",
    "Title",
    "What it is",
    "Sector",
    "Name",
    "Organisation",
    "Words",
    "Sent on",
    "What came of it",
    "Answer",
    "Answered on",
    "Link",
    "Example data",
)


@require_safe
@login_not_required
def consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """From when to when, what is asked, and every public comment with its answer."""
    return _page(request, slug, "toms/consultation.html")


@require_safe
@login_not_required
def consultation_report(request: HttpRequest, slug: str) -> HttpResponse:
    """Once time for comment is over: all of it on one page, to be printed or kept."""
    return _page(request, slug, "toms/consultation_report.html")


@require_safe
@login_not_required
def consultation_report_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same, one comment a line. Not found before time for comment is over."""
    release = get_object_or_404(Release, slug=slug)
    if not release.comment_is_over:
        raise Http404("Time for comment is not over.")
    found = consultation_of(release)
    lines = csv_lines(HEAD, _rows(request, release, found))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="consultation-{release.slug}.csv"'
    return response


def _page(request: HttpRequest, slug: str, template: str) -> HttpResponse:
    release = Release.objects.filter(slug=slug).first()
    if release is None:
        return unknown_release(request)
    found = consultation_of(release)
    context = {
        "release": release,
        "found": found,
        "number": len(found.comments),
        "waits_for_answer": len(found.comments) - found.answered,
        "stances": Comment.Stance.labels,
        "example_data": found.names_examples,
        "example_text": "Comments of organisations that are marked were made up.",
    }
    return render(request, template, context)


def _rows(
    request: HttpRequest, release: Release, found: Consultation
) -> Iterator[tuple[object, ...]]:
    here = request.build_absolute_uri(reverse("toms:consultation", args=[release.slug]))
    for heard in found.heard:
        version = heard.version
        for comment in heard.comments:
            organisation = comment.organisation
            yield (
                comment.pk,
                version.measure.code if version else "",
                version.number if version else "",
                version.title if version else "The whole release",
                comment.get_stance_display(),
                comment.get_sector_display(),
                comment.name,
                comment.organisation_name,
                comment.text,
                timezone.localdate(comment.created).isoformat(),
                comment.get_outcome_display(),
                comment.response,
                timezone.localdate(comment.responded_at).isoformat()
                if comment.responded_at
                else "",
                f"{here}#comment-{comment.pk}",
                "yes" if organisation is not None and organisation.is_example else "no",
            )
