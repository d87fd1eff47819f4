"""Commenting on a release or on one of its measures, and the mailed link that confirms it."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import confirmed_addresses
from accounts.models import Organisation, User
from accounts.refused import Refused
from toms.forms.comment import CommentForm
from toms.models import Comment, MeasureVersion, Release
from toms.models.measure import MEASURE_CODE
from toms.services.comment import Closed, Words, confirm_comment, write_comment
from toms.views.parts import unknown, unknown_release
from tslsv import limits
from tslsv.limits import client_network

HOUR = 3600
FROM_ONE_NETWORK_AN_HOUR = 60
TO_ONE_ADDRESS_A_DAY = 20

TOO_MANY = (
    "Many comments came from you, or from somebody on the same network. Nothing is lost: what you "
    "wrote is below. Please send it again later."
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """On the release as a whole, or with ``?measure=CODE`` on one measure that it lists."""
    release = Release.objects.filter(slug=slug).first()
    if release is None:
        return unknown_release(request)
    code = request.GET.get("measure", "")
    version = _listed(release, code) if code else None
    if code and version is None:
        near = [(f"Everything that is said of {release}", _consultation(release))]
        return unknown(
            request, "There is no such measure", f"“{release}” does not list it.", near=near
        )
    if "sent" in request.GET and request.method != "POST":
        # It shows nothing of the comment, so anybody may open it.
        context = {"release": release, "at_once": request.GET["sent"] == "curator"}
        return render(request, "toms/comment_sent.html", context)
    if not release.is_open_for_comment:
        return _closed(request, release, version)
    if request.method == "POST":
        return _send(request, release, version)
    return _page(request, release, version, _form(request))


def _listed(release: Release, code: str) -> MeasureVersion | None:
    try:
        MEASURE_CODE(code.upper())
    except ValidationError:
        return None
    found = MeasureVersion.objects.filter(items__release=release, measure__code=code.upper())
    return found.select_related("measure").first()


def _consultation(release: Release) -> str:
    return reverse("toms:consultation", args=[release.slug])


def _form(request: HttpRequest) -> CommentForm:
    """For whoever writes. Up to two queries."""
    user = request.user if isinstance(request.user, User) else None
    return CommentForm(
        request.POST if request.method == "POST" else None,
        user=user,
        addresses=confirmed_addresses(user) if user else frozenset(),
        organisations=list(Organisation.objects.of(user)) if user else [],
    )


def _page(
    request: HttpRequest,
    release: Release,
    version: MeasureVersion | None,
    form: CommentForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "release": release,
        "version": version,
        "form": form,
        "example_data": form.names_examples,
        "example_text": "One of your organisations was made up.",
    }
    return render(request, "toms/comment.html", context, status=status)


def _closed(request: HttpRequest, release: Release, version: MeasureVersion | None) -> HttpResponse:
    """Says when it opens or closed; what was typed stands there to be copied."""
    context = {
        "release": release,
        "version": version,
        "typed": request.POST.get("text", ""),
        "is_over": release.comment_is_over,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "toms/comment_closed.html", context, status=status)


def _send(request: HttpRequest, release: Release, version: MeasureVersion | None) -> HttpResponse:
    form = _form(request)
    if form.from_robot():
        return redirect(f"{request.path}?sent=mail")
    if not form.is_valid():
        return _page(request, release, version, form)
    said = form.cleaned_data
    words = Words(
        release=release,
        version=version,
        stance=said["stance"],
        text=said["text"],
        name=said["name"],
        email=said["email"],
        sector=said["sector"],
        organisation=said.get("organisation"),
    )
    is_theirs = words.email in form.addresses
    if _too_often(request, words, is_theirs=is_theirs):
        form.add_error(None, TOO_MANY)
        response = _page(request, release, version, form, status=429)
        response["Retry-After"] = str(HOUR)
        return response
    user = request.user if isinstance(request.user, User) else None
    try:
        write_comment(words=words, user=user)
    except Closed:
        release.refresh_from_db()
        return _closed(request, release, version)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, release, version, form, status=409)
    return redirect(f"{request.path}?sent={'curator' if is_theirs else 'mail'}")


def _too_often(request: HttpRequest, words: Words, *, is_theirs: bool) -> bool:
    """Sent again, the same counts once. Nobody is mailed links without end."""
    same = repr(words)
    network = client_network(request)
    if not limits.allow("comment", network, FROM_ONE_NETWORK_AN_HOUR, HOUR, same=same):
        return True
    day = 24 * HOUR
    return not is_theirs and not limits.allow(
        "comment of", words.email, TO_ONE_ADDRESS_A_DAY, day, same=same
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens: the comment, and a button that sends it."""
    rows = Comment.objects.with_token(token).select_related("release", "version__measure")
    found = rows.first()
    if found is None:
        return render(request, "toms/comment_link_over.html", status=404)
    if request.method == "POST":
        try:
            confirm_comment(token=token)
        except Refused:
            return render(request, "toms/comment_link_over.html", status=404)
        here = reverse("toms:comment", args=[found.release.slug])
        return redirect(f"{here}?sent=curator")
    context = {
        "comment": found,
        "release": found.release,
        "is_new": found.state == Comment.State.UNCONFIRMED,
    }
    return render(request, "toms/comment_confirm.html", context)
