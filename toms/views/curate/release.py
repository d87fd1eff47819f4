"""A release from the side of curators: what it lists, what is missing, and its two great steps."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import signed_in
from accounts.refused import Overtaken, Refused
from accounts.views.curator import curator_page
from toms.check_list import Missing, check_list
from toms.forms.curate_release import NewReleaseForm, OpenForm, ReleaseWordsForm
from toms.models import MeasureVersion, Release
from toms.services import release as services
from toms.services.locking import seen
from toms.views.parts import listed_by_theme, release_words


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def new_release(request: HttpRequest) -> HttpResponse:
    """Begin a release, which lists nothing yet."""
    form = NewReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.begin_release(by=signed_in(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error("slug", str(refused))
        else:
            messages.success(request, f"{made} is begun.")
            return redirect("curate_toms:release", slug=made.slug)
    return render(request, "curate_toms/new_release.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def reword_release(request: HttpRequest, slug: str) -> HttpResponse:
    """What a draft is called, and its introduction."""
    found = get_object_or_404(Release, slug=slug)
    form = ReleaseWordsForm(
        request.POST if request.method == "POST" else None,
        initial={"title": found.title, "introduction": found.introduction, "seen": seen(found)},
    )
    clash, status = False, 200
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        looked_at = said.pop("seen")
        try:
            services.reword_release(
                release=found, looked_at=looked_at, by=signed_in(request), **said
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            found.refresh_from_db()
            form.show_now(seen(found))
            clash, status = isinstance(refused, Overtaken), 409
        else:
            messages.success(request, f"{said['title']} is saved.")
            return redirect("curate_toms:release", slug=found.slug)
    context = {"release": found, "form": form, "clash": clash}
    return render(request, "curate_toms/reword_release.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Its list, to be put together by buttons, and everything that is missing before adoption."""
    found = get_object_or_404(Release, slug=slug)
    error = ""
    if request.method == "POST":
        try:
            said = _change(request, found)
        except Refused as refused:
            error = str(refused)
            found.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("curate_toms:release", slug=slug)
    is_draft = found.state == Release.State.DRAFT
    context = {
        **_about(found),
        "error": error,
        "is_draft": is_draft,
        "themes": listed_by_theme(found),
        "unlisted": _unlisted(found) if is_draft else [],
    }
    return render(request, "curate_toms/release.html", context, status=409 if error else 200)


def _change(request: HttpRequest, found: Release) -> str:
    """Do what the button says that was pressed; returns what was done."""
    by = signed_in(request)
    if request.POST.get("do") == "rest":
        number = services.list_the_rest(release=found, by=by)
        return f"{number:,} measure{'' if number == 1 else 's'} listed."
    moves = {"up": True, "down": False}
    for name in ("list", "take_out", *moves):
        if name not in request.POST:
            continue
        version = _version(request.POST[name])
        what = f"{version.measure.code} {version.number}"
        if name == "list":
            services.list_version(release=found, version=version, by=by)
            return f"{what} is listed."
        if name == "take_out":
            services.take_out(release=found, version=version, by=by)
            return f"{what} is taken out."
        services.move_version(
            release=found,
            version=version,
            earlier=moves[name],
            looked_at=request.POST.get("seen", ""),
            by=by,
        )
        return f"{what} is moved."
    raise Refused("Press one of the buttons, so that it is clear what to do.")


def _version(key: str) -> MeasureVersion:
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
    version = MeasureVersion.objects.select_related("measure").filter(pk=number).first()
    if version is None:
        raise Refused("Choose a version from the list.")
    return version


def _unlisted(found: Release) -> list[MeasureVersion]:
    """What may be listed: open drafts and adopted versions of measures that are not."""
    standing = MeasureVersion.objects.open() | MeasureVersion.objects.adopted()
    return list(
        standing.exclude(measure__versions__items__release=found)
        .select_related("measure")
        .order_by("measure__code", "major", "minor", "patch")
    )


def _about(found: Release) -> dict[str, object]:
    """What every page of one release shows."""
    adopted = found.state in {Release.State.ADOPTED, Release.State.WITHDRAWN}
    missing: list[Missing] = [] if adopted else check_list(found)
    return {
        "release": found,
        "state": release_words(found),
        "number": found.items.count(),
        "missing": missing,
        "is_over": adopted,
        "open_states": MeasureVersion.OPEN_STATES,
        "seen": seen(found),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def open_for_comment(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks from when to when, then lets anybody comment."""
    found = get_object_or_404(Release, slug=slug)
    form = OpenForm(
        request.POST if request.method == "POST" else None, initial={"seen": seen(found)}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data

        def work() -> Release:
            return services.open_for_comment(
                release=found,
                opens_on=days["opens_on"],
                closes_on=days["closes_on"],
                looked_at=days["seen"],
                by=signed_in(request),
            )

        error = _attempt(work)
        if not error:
            messages.success(request, f"{found} is open for comment between these days.")
            return redirect("curate_toms:release", slug=slug)
        form.add_error(None, error)
        found.refresh_from_db()
        form.data = {**dict(form.data.items()), "seen": seen(found)}
        status = 409
    context = {**_about(found), "form": form, "is_draft": found.state == Release.State.DRAFT}
    return render(request, "curate_toms/open_for_comment.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curator_page
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks once more, then adopts all that is listed, or nothing."""
    found = get_object_or_404(Release, slug=slug)
    error = ""
    if request.method == "POST":
        looked_at = request.POST.get("seen", "")
        error = _attempt(
            lambda: services.adopt(release=found, looked_at=looked_at, by=signed_in(request))
        )
        if not error:
            messages.success(request, f"{found} is adopted.")
            return redirect("curate_toms:release", slug=slug)
        found.refresh_from_db()
    context = {**_about(found), "error": error}
    return render(request, "curate_toms/adopt.html", context, status=409 if error else 200)


def _attempt(work: Callable[[], object]) -> str:
    """Why it was refused; "" when it was done."""
    try:
        work()
    except Refused as refused:
        return str(refused)
    return ""
