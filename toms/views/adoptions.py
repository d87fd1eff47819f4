"""Which release of the Leeds TOMs an organisation uses: its owners say so, its editors read it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership, Role
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.views.member import member_page
from toms.models import Adoption, Release
from toms.services import adoption
from toms.views.used_by import BADGE_SIZE
from tslsv.mail.links import absolute


@never_cache
@require_safe
@member_page()
def adoptions(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What it uses and used, the release that it can sign up to, and a badge for its website."""
    organisation = membership.organisation
    rows = list(organisation.toms_adoptions.select_related("release"))
    standing = [row for row in rows if row.withdrawn_at is None]
    newest = Release.objects.adopted().first()
    context = {
        "organisation": organisation,
        "is_owner": membership.role == Role.OWNER,
        "standing": [(row, badge_code(row.release)) for row in standing],
        "former": [row for row in rows if row.withdrawn_at is not None],
        "newest": newest,
        "uses_newest": any(row.release == newest for row in standing),
    }
    return render(request, "my_toms/adoptions.html", context)


@never_cache
@require_POST
@member_page(owner=True)
def sign_up(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """From now on it uses this release."""
    release = get_object_or_404(Release, pk=pk)
    organisation = membership.organisation
    try:
        adoption.sign_up(organisation=organisation, release=release, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{organisation} uses {release}. Everybody can see it.")
    return redirect("my_toms:adoptions", slug=organisation.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_page(owner=True)
def withdraw(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asks first; that it was used, and until when, stays."""
    organisation = membership.organisation
    rows = Adoption.objects.select_related("release", "organisation")
    found = get_object_or_404(rows, pk=pk, organisation=organisation)
    if request.method != "POST" and found.withdrawn_at is None:
        context = {"organisation": organisation, "adoption": found}
        return render(request, "my_toms/withdraw.html", context)
    if request.method == "POST":
        try:
            adoption.withdraw(adoption=found, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{organisation} does not use {found.release} any more.")
    return redirect("my_toms:adoptions", slug=organisation.slug)


def badge_code(release: Release) -> str:
    """The HTML that an organisation pastes into its website."""
    width, height = BADGE_SIZE
    context = {
        "release": release,
        "used_by": absolute(reverse("toms:used_by", args=[release.slug])),
        "badge": absolute(reverse("toms:badge", args=[release.slug])),
        "width": width,
        "height": height,
    }
    return render_to_string("my_toms/parts/badge_code.html", context).strip()
