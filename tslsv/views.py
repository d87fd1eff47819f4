"""The pages that belong to no app: home, what the site says of itself, health, and errors."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from providers import summaries
from providers.models import Listing
from toms import summaries as register_summaries
from tslsv.health import examine

# The last resort when even the 500 page cannot be made (say, no static files were collected).
PLAIN_SERVER_ERROR = (
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Sorry, something went '
    "wrong on our side – Leeds Social Value</title></head><body><main><h1>Sorry, something went "
    "wrong on our side</h1><p>Please try again in a few minutes.</p></main></body></html>"
)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, a search box, and the categories with their counts."""
    summary = summaries.home_summary()
    return render(
        request,
        "home.html",
        {
            "summary": summary,
            "register": register_summaries.register_summary(),
            "example_data": summary.example_listings > 0,
            # The strip's usual words would call the real entries and figures made up, too.
            "example_text": "Some listings here are made up, to show how the site works.",
        },
    )


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Where this comes from, and what is and is not here yet."""
    return render(request, "about.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that UK public bodies must publish."""
    return render(request, "accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, and for how long; and the cookies, by their real names."""
    cookies = [
        {
            "name": settings.CSRF_COOKIE_NAME,
            "when": "You open a page with a form to send",
            "purpose": "Shows that the form came from this site, not from somebody else’s",
            "kept": "One year",
        },
        {
            "name": "messages",
            "when": "You have sent a form",
            "purpose": "Carries a line such as “Thank you” to the next page",
            "kept": "Until it is shown",
        },
        {
            "name": settings.SESSION_COOKIE_NAME,
            "when": "You sign in, make an account or a shortlist, or begin to list what you offer",
            "purpose": "Keeps you signed in, and knows what you have begun",
            "kept": "30 days, or until you sign out",
        },
    ]
    context = {
        "cookies": cookies,
        "keep_registrations_days": settings.KEEP_REGISTRATIONS_DAYS,
        "keep_shortlists_days": settings.KEEP_SHORTLISTS_DAYS,
        "keep_alerts_days": settings.KEEP_ALERTS_DAYS,
        "keep_unconfirmed_enquiries_days": settings.KEEP_UNCONFIRMED_ENQUIRIES_DAYS,
        "keep_enquiries_days": settings.KEEP_ENQUIRIES_DAYS,
        "keep_entry_requests_days": settings.KEEP_ENTRY_REQUESTS_DAYS,
        "keep_unconfirmed_comments_days": settings.KEEP_UNCONFIRMED_COMMENTS_DAYS,
        "keep_comment_emails_days": settings.KEEP_COMMENT_EMAILS_DAYS,
    }
    return render(request, "privacy.html", context)


@login_not_required
@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    """The three levels of a claim, what a register entry is, and the price bands."""
    bands = [
        {"unit": unit.label, "low": low, "medium": medium}
        for unit, (low, medium) in (
            (Listing.PriceUnit(code), limits) for code, limits in Listing.BAND_LIMITS.items()
        )
    ]
    return render(
        request,
        "proof.html",
        {
            "bands": bands,
            "stale_months": Listing.STALE_AFTER_MONTHS,
            "hidden_months": Listing.HIDDEN_AFTER_MONTHS,
        },
    )


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503, within a few seconds either way.

    The answer is "ok", and more words when jobs or mails should have been done by now.
    """
    health = examine()
    if health is None:
        return HttpResponse("database not answering", content_type="text/plain", status=503)
    return HttpResponse(str(health), content_type="text/plain")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Robots may read every public page; filtered searches say ``noindex`` for themselves."""
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for ``/favicon.ico`` unbidden; the icon is an SVG among the static files."""
    return HttpResponsePermanentRedirect(static("favicon.svg"))


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Unlike Django's own, this one gives the template its context, so the page has its frame."""
    return render(request, "400.html", status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@requires_csrf_token
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Somebody tried too often; allauth calls this."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "300"
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without request, context processors or database: any of them may be what broke."""
    try:
        body = loader.get_template("500.html").render()
    except Exception:  # noqa: BLE001 - whatever it is, a second error would leave a blank page
        body = PLAIN_SERVER_ERROR
    return HttpResponse(body, status=500)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its security token: most often the page stood open too long."""
    return render(request, "csrf_failure.html", status=403)
