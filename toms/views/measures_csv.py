"""The register as CSV: the measures of a view of it, or of a release."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from toms.exchange.described import current_versions, in_register_order, listed_versions
from toms.exchange.write_csv import as_csv
from toms.models import MeasureVersion, Release
from toms.search import MeasureSearch, index_version
from tslsv.ui.filtering import tag_of
from tslsv.ui.open_data import if_changed, open_data

MOST = 100_000
"""More than any register has: a file is never cut."""


@open_data
def measures_csv(request: HttpRequest) -> HttpResponseBase:
    """The current version of every measure that the address's parameters find, in their order."""
    asked = MeasureSearch(request.GET, index_version())
    if asked.errors:
        # A file for a program never answers a wider question than was asked.
        words = [f"{name}: {messages[0]}" for name, messages in asked.errors.items()]
        return _plain("\n".join(words), 400)
    found = [hit.object_id for hit in asked.find(page=1, size=MOST).hits]
    current = current_versions().filter(measure__in=found)
    versions = {version.measure_id: version for version in current}
    return _file(request, [versions[pk] for pk in found if pk in versions], "leeds-toms.csv")


@open_data
def release_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What a release lists, in the versions in which it lists them."""
    release = Release.objects.filter(slug=slug).first()
    if release is None:
        return _plain("No release has this name.", 404)
    versions = list(in_register_order(listed_versions(release)))
    return _file(request, versions, f"leeds-toms-{release.slug}.csv")


def _file(request: HttpRequest, versions: list[MeasureVersion], name: str) -> HttpResponseBase:
    content = as_csv(versions)
    response = if_changed(
        request, tag_of(content.hex()), "text/csv; charset=utf-8", lambda: content
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
