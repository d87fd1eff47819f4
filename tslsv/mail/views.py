"""The local box: what the site would have sent, shown on the machine it runs on."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from tslsv.mail.delivery import headers_of
from tslsv.mail.models import OutgoingMail, OutgoingMailQuerySet

NEWEST = 100


def _kept_mails() -> OutgoingMailQuerySet:
    """Every mail; or "not found" outside the loopback run, should anybody route to here there."""
    if not settings.LOOPBACK:
        raise Http404
    return OutgoingMail.objects.all()


@login_not_required  # people need their sign-in codes to sign in
@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, sent or waiting."""
    mails = _kept_mails().defer("text", "html")
    return render(request, "mail/mailbox.html", {"mails": mails[:NEWEST], "total": mails.count()})


@login_not_required
@require_safe
@never_cache
def message(request: HttpRequest, reference: str) -> HttpResponse:
    """One mail: its headers and its text."""
    mail = get_object_or_404(_kept_mails(), reference=reference)
    return render(request, "mail/message.html", {"mail": mail, "headers": headers_of(mail)})


@login_not_required
@require_safe
@never_cache
@csp_override(
    {
        # The page has styles of its own, as mails do; it can run nothing and belongs to no site.
        "sandbox": True,  # type: ignore[dict-item] # the stubs know lists alone
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],
        "form-action": [CSP.NONE],
        "frame-ancestors": [CSP.NONE],
        "base-uri": [CSP.NONE],
    }
)
def message_html(request: HttpRequest, reference: str) -> HttpResponse:
    """One mail's HTML part, as a page by itself."""
    mail = get_object_or_404(_kept_mails().exclude(html=""), reference=reference)
    response = HttpResponse(mail.html)
    # Browsers refuse a page that asks for a sandbox and for this isolation at once.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
