"""Every address of the site, and what it answers to whom. An address missing here fails."""

import datetime
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import AuditEvent, Role, User
from accounts.models.invitation import hash_of
from accounts.services.people import make_person
from brokerage.helper_links import helper_token
from brokerage.models import Actual, Blackout, CalendarKey, Gate, Kind, VerifierLink
from brokerage.notice_mails import renew_token
from providers import alert_links, share_links, still_right_links
from providers.models import Listing, Synonym, Term
from providers.services.empty_search import count_empty_search
from tests.brokerage.factories import (
    make_exchange,
    make_helper,
    make_need,
    make_offer,
    make_rate,
    make_skill,
)
from tests.buying.factories import (
    make_blocked_asker,
    make_choice,
    make_enquiry,
    make_filed,
    make_purchase_file,
    make_purchase_line,
    make_recipient,
    make_version,
)
from tests.conftest import Cast
from tests.factories import (
    make_alert,
    make_claim,
    make_embed_host,
    make_entry_request,
    make_identifier,
    make_invitation,
    make_listing,
    make_listing_change,
    make_membership,
    make_not_double,
    make_organisation,
    make_photo,
    make_postcode,
    make_problem_report,
    make_registration,
    make_shortlist,
    make_shortlist_item,
    make_user,
)
from tests.signing_in import signed_in
from tests.toms.factories import (
    make_adoption,
    make_comment,
    make_measure,
    make_measure_version,
    make_outcome,
    make_overlap_group,
    make_policy_link,
    make_release,
    make_theme,
)
from toms.models import GlossaryTerm
from tslsv.urls import urlpatterns

db = pytest.mark.django_db

# Those from staff on have shown a second factor in their session.
ROLES = ("anonymous", "user", "editor", "owner", "staff", "curator", "broker", "superuser")

# Route to an address of it; open to everybody, with the same answer.
PUBLIC = {
    "": ("/", 200),
    "about/": ("/about/", 200),
    "accessibility/": ("/accessibility/", 200),
    "privacy/": ("/privacy/", 200),
    "proof/": ("/proof/", 200),
    "my/erased/": ("/my/erased/", 200),
    "mailbox/": ("/mailbox/", 200),
    "mailbox/<str:reference>/": ("/mailbox/M-22222/", 200),
    "healthz": ("/healthz", 200),
    "robots.txt": ("/robots.txt", 200),
    "favicon.ico": ("/favicon.ico", 301),
    "toms/": ("/toms/", 200),
    "toms/changes/": ("/toms/changes/", 200),
    "toms/changes.atom": ("/toms/changes.atom", 200),
    "toms/measures/<str:code>/compare/": ("/toms/measures/LT-WRK-01/compare/", 200),
    "toms/releases/compare/": ("/toms/releases/compare/", 200),
    "toms/fit/": ("/toms/fit/", 200),
    "toms/glossary/": ("/toms/glossary/", 200),
    "toms/register.<linked:ending>": ("/toms/register.ttl", 200),
    "toms/measures/<str:code>.<linked:ending>": ("/toms/measures/LT-WRK-01.jsonld", 200),
    "toms/releases/<slug:slug>.<linked:ending>": ("/toms/releases/first.ttl", 200),
    "toms/measures.csv": ("/toms/measures.csv", 200),
    "toms/releases/<slug:slug>/measures.csv": ("/toms/releases/first/measures.csv", 200),
    "toms/measures/<str:code>/": ("/toms/measures/LT-WRK-01/", 200),
    "toms/measures/<str:code>/<str:number>/": ("/toms/measures/LT-WRK-01/1.0.0/", 200),
    "api/openapi.json": ("/api/openapi.json", 200),
    "api/toms/measures": ("/api/toms/measures", 200),
    "api/toms/measures/<str:code>": ("/api/toms/measures/LT-WRK-01", 200),
    "toms/releases/": ("/toms/releases/", 200),
    "toms/releases/<slug:slug>/": ("/toms/releases/first/", 200),
    "toms/releases/<slug:slug>/handbook/": ("/toms/releases/first/handbook/", 200),
    "toms/releases/<slug:slug>/consultation/": ("/toms/releases/first/consultation/", 200),
    "toms/releases/<slug:slug>/consultation/comment/": (
        "/toms/releases/first/consultation/comment/",
        200,
    ),
    "toms/releases/<slug:slug>/consultation/report/": (
        "/toms/releases/first/consultation/report/",
        200,
    ),
    # Time for comment is not over, and nothing is adopted: tests/toms/test_consultation.py.
    "toms/releases/<slug:slug>/consultation/report.csv": (
        "/toms/releases/first/consultation/report.csv",
        404,
    ),
    "toms/releases/<slug:slug>/used-by/": ("/toms/releases/first/used-by/", 200),
    "toms/releases/<slug:slug>/badge.svg": ("/toms/releases/first/badge.svg", 404),
    "brokerage/": ("/brokerage/", 200),
    "brokerage/people/": ("/brokerage/people/", 200),
    "brokerage/skills/": ("/brokerage/skills/", 200),
    "brokerage/demand/": ("/brokerage/demand/", 200),
    "brokerage/demand/figures.csv": ("/brokerage/demand/figures.csv", 200),
    "brokerage/what-it-came-to/": ("/brokerage/what-it-came-to/", 200),
    "brokerage/what-it-came-to/figures.csv": ("/brokerage/what-it-came-to/figures.csv", 200),
    "brokerage/needs/": ("/brokerage/needs/", 200),
    "brokerage/offers/": ("/brokerage/offers/", 200),
    # Bad values, since good ones stream from a transaction of their own (test_board).
    "brokerage/needs/results.csv": ("/brokerage/needs/results.csv?party=x", 400),
    "brokerage/offers/results.csv": ("/brokerage/offers/results.csv?party=x", 400),
    "brokerage/needs/results.atom": ("/brokerage/needs/results.atom", 200),
    "brokerage/offers/results.atom": ("/brokerage/offers/results.atom", 200),
    "brokerage/needs/<str:reference>/": ("/brokerage/needs/N-22222/", 200),
    "brokerage/offers/<str:reference>/": ("/brokerage/offers/O-22222/", 200),
    "providers/": ("/providers/", 200),
    "providers/map/": ("/providers/map/", 200),
    # A bad value, since a good one streams from a transaction of its own (test_export).
    "providers/results.csv": ("/providers/results.csv?capacity=x", 400),
    "providers/results.atom": ("/providers/results.atom", 200),
    "providers/wards.geojson": ("/providers/wards.geojson", 200),
    "providers/words/": ("/providers/words/", 200),
    "providers/sectors.json": ("/providers/sectors.json", 200),
    "providers/join/": ("/providers/join/", 200),
    "providers/join/new-link/": ("/providers/join/new-link/", 200),
    "providers/compare/": ("/providers/compare/", 200),
    "providers/alert/": ("/providers/alert/", 200),
    "providers/embed/": ("/providers/embed/", 200),
    # Nobody has registered a website for it; tests/providers/test_embed.py is about who has.
    "providers/embed/<slug:slug>/": ("/providers/embed/burley-hall/", 404),
    "providers/shortlist/": ("/providers/shortlist/", 200),
    "providers/shortlist/add/": ("/providers/shortlist/add/", 200),
    "buying/ask/": ("/buying/ask/", 200),
    "buying/ask/<str:draft>/sent/": ("/buying/ask/a-draft/sent/", 200),
    "providers/photos/<slug:digest>/<slug:size>.webp": (
        f"/providers/photos/{'0' * 64}/large.webp",
        200,
    ),
    "buying/leeds/": ("/buying/leeds/", 200),
    "buying/leeds.csv": ("/buying/leeds.csv", 200),
    "providers/<slug:slug>/": ("/providers/burley-hall/", 200),
    "buying/how-partners-choose/": ("/buying/how-partners-choose/", 200),
    "providers/<slug:slug>/claim/": ("/providers/burley-hall/claim/", 200),
    "providers/<slug:organisation_slug>/report/": ("/providers/burley-hall/report/", 200),
    "providers/<slug:organisation_slug>/<slug:slug>/": ("/providers/burley-hall/big-hall/", 200),
    "providers/<slug:organisation_slug>/<slug:slug>/report/": (
        "/providers/burley-hall/big-hall/report/",
        200,
    ),
}

# Open to everybody as well, but made elsewhere: a mail's own page, with its own policy.
MAIL_PARTS = {"mailbox/<str:reference>/html/": ("/mailbox/M-22222/html/", 200)}

# Signing in and out: route to its address, and the answers to anonymous and to anybody signed in.
# Whatever the role: these pages show and change nothing but one's own.
WAYS_IN = {
    "accounts/signup/": ("/accounts/signup/", 200, 302),
    "accounts/confirm-email/": ("/accounts/confirm-email/", 302, 302),
    "accounts/login/": ("/accounts/login/", 200, 302),
    "accounts/login/code/": ("/accounts/login/code/", 302, 302),
    "accounts/login/password/": ("/accounts/login/password/", 200, 302),
    "accounts/login/passkey/": ("/accounts/login/passkey/", 302, 302),
    "accounts/login/second-factor/": ("/accounts/login/second-factor/", 302, 302),
    "accounts/logout/": ("/accounts/logout/", 302, 200),
    "accounts/inactive/": ("/accounts/inactive/", 200, 200),
    "accounts/password/reset/": ("/accounts/password/reset/", 200, 200),
    "accounts/password/reset/code/": ("/accounts/password/reset/code/", 302, 302),
    "accounts/password/reset/new/": ("/accounts/password/reset/new/", 302, 302),
    "accounts/password/reset/done/": ("/accounts/password/reset/done/", 200, 200),
    # No employer's sign-in is configured here: tests/accounts/test_employers.py.
    "accounts/employers/cancelled/": ("/accounts/employers/cancelled/", 404, 404),
    "accounts/employers/<slug:provider_id>/": ("/accounts/employers/x/", 404, 404),
    "accounts/employers/<slug:provider_id>/callback/": (
        "/accounts/employers/x/callback/",
        404,
        404,
    ),
}

# One's own sign-in: the answer to anybody signed in; anonymous is led to the sign-in.
OWN = {
    "accounts/": ("/accounts/", 200),
    "accounts/email/": ("/accounts/email/", 200),
    "accounts/password/change/": ("/accounts/password/change/", 200),
    "accounts/password/set/": ("/accounts/password/set/", 302),
    "accounts/again/": ("/accounts/again/", 200),
    "accounts/again/code/": ("/accounts/again/code/", 200),
    "accounts/again/second-factor/": ("/accounts/again/second-factor/", 302),
    "accounts/again/passkey/": ("/accounts/again/passkey/", 302),
    "accounts/app/add/": ("/accounts/app/add/", 200),
    "accounts/app/remove/": ("/accounts/app/remove/", 404),
    "accounts/passkeys/add/": ("/accounts/passkeys/add/", 200),
    "accounts/passkeys/<int:pk>/rename/": ("/accounts/passkeys/{passkey}/rename/", 404),
    "accounts/passkeys/<int:pk>/remove/": ("/accounts/passkeys/{passkey}/remove/", 404),
    "accounts/recovery-codes/": ("/accounts/recovery-codes/", 404),
    "accounts/recovery-codes/new/": ("/accounts/recovery-codes/new/", 200),
    "accounts/recovery-codes/file/": ("/accounts/recovery-codes/file/", 404),
    "accounts/sessions/": ("/accounts/sessions/", 200),
    "accounts/employers/": ("/accounts/employers/", 404),
}

# Open to everybody who has the link: the answers to a GET and to a POST of nothing, and where that
# differs, to a POST by somebody who is signed in with another address.
LINKS: dict[str, tuple[str, *tuple[int, ...]]] = {
    "my/invitations/<str:token>/": ("/my/invitations/the-token/", 200, 200),
    "providers/join/resume/<str:token>/": ("/providers/join/resume/the-start/", 200, 302, 409),
    "providers/claims/<str:token>/": ("/providers/claims/the-claim/", 200, 302, 409),
    "providers/shortlist/shared/<str:token>/": ("/providers/shortlist/shared/{shared}/", 200, 405),
    "providers/alert/<str:token>/": ("/providers/alert/{alert_token}/", 200, 200),
    "providers/alert/<str:token>/stop/": ("/providers/alert/{alert_token}/stop/", 200, 200),
    **{
        f"buying/enquiries/<str:token>/{route}": (f"/buying/enquiries/the-asker/{path}", *is_)
        for route, path, is_ in (
            ("", "", (200, 302)),
            ("thank/", "thank/", (200, 200)),
            ("close/", "close/", (200, 302)),
            ("<int:pk>/write/", "{recipient}/write/", (405, 200)),
            ("<int:pk>/give-address/", "{recipient}/give-address/", (200, 302)),
            ("<int:pk>/accept/", "{recipient}/accept/", (200, 409)),
        )
    },
    **{
        f"buying/answer/<str:token>/{route}": (f"/buying/answer/the-provider/{route}", *is_)
        for route, is_ in {
            "": (200, 200),
            "message/": (405, 200),
            "not-genuine/": (200, 302),
            "genuine/": (405, 302),
        }.items()
    },
    "providers/still-right/<str:token>/": ("/providers/still-right/{still_right}/", 200, 404),
    "toms/comments/<str:token>/": ("/toms/comments/the-comment/", 200, 302),
    "brokerage/verify/<str:token>/": ("/brokerage/verify/the-verifier/", 200, 302),
    "brokerage/renew/<str:token>/": ("/brokerage/renew/{renew}/", 200, 302),
    "brokerage/people/<str:token>/": ("/brokerage/people/{helper_token}/", 200, 200),
    "brokerage/calendar/<str:token>.ics": ("/brokerage/calendar/the-calendar.ics", 200, 405),
}

# Of whoever's session has begun to join or holds a shortlist; all others, and whoever owns another
# list, are led to the start or find nothing: the answers to a GET and to a POST of nothing.
# tests/providers/test_shortlist.py is about those who hold or own the list.
BEGUN: dict[str, tuple[str, *tuple[int, ...]]] = {
    "providers/join/is-this-you/": ("/providers/join/is-this-you/", 302, 302),
    "buying/ask/<str:draft>/check/": ("/buying/ask/a-draft/check/", 302, 302),
    "providers/join/<int:listing_id>/send-link/": ("/providers/join/{draft}/send-link/", 404, 404),
    **{
        f"providers/shortlist/<int:pk>/{route}": (
            f"/providers/shortlist/{{shortlist}}/{route}",
            *is_,
        )
        for route, is_ in {
            "": (404, 405),
            "rename/": (404, 404),
            "delete/": (404, 404),
            "share/": (405, 404),
            "share/stop/": (405, 404),
        }.items()
    },
    **{
        f"providers/shortlist/<int:pk>/<int:item_id>/{route}": (
            f"/providers/shortlist/{{shortlist}}/{{shortlist_item}}/{route}",
            *is_,
        )
        for route, is_ in {
            "note/": (404, 404),
            "take-off/": (405, 404),
            "put-back/": (405, 404),
        }.items()
    },
}

# Open to everybody who is signed in, and about nobody else: likewise.
MINE: dict[str, tuple[str, *tuple[int, ...]]] = {
    "my/": ("/my/", 200, 405),
    "my/organisations/new/": ("/my/organisations/new/", 200, 200),
    "my/invited/<int:invitation_id>/": ("/my/invited/{invitation}/", 404, 404),
    "my/alerts/": ("/my/alerts/", 200, 405),
    # Somebody else's; tests/providers/test_alert_change.py is about one's own.
    "my/alerts/<int:pk>/": ("/my/alerts/{alert}/", 404, 404),
    "buying/enquiries/": ("/buying/enquiries/", 200, 405),
    "brokerage/calendar/": ("/brokerage/calendar/", 200, 302),
    # tests/brokerage/test_passing.py is about a link that opens.
    "brokerage/places/<str:token>/": ("/brokerage/places/a-token/", 410, 410),
    "brokerage/needs/<str:reference>/propose/": ("/brokerage/needs/N-22222/propose/", 200, 200),
    "brokerage/offers/<str:reference>/propose/": ("/brokerage/offers/O-22222/propose/", 200, 200),
    "my/data/": ("/my/data/", 200, 405),
    "my/data/download/": ("/my/data/download/", 200, 405),
    "my/data/erase/": ("/my/data/erase/", 200, 200),
}

# Of one organisation: the answers to its editors and owners, by GET and by POST of nothing.
# Everybody else who is signed in finds nothing there, whatever their role.
MEMBERS = {
    "my/<slug:slug>/": ("/my/burley-hall/", (200, 200), (405, 405)),
    "my/<slug:slug>/details/": ("/my/burley-hall/details/", (200, 200), (200, 200)),
    "my/<slug:slug>/close/": ("/my/burley-hall/close/", (403, 200), (403, 302)),
    "my/<slug:slug>/embedding/": ("/my/burley-hall/embedding/", (403, 200), (403, 200)),
    "my/<slug:slug>/embedding/<int:pk>/remove/": (
        "/my/burley-hall/embedding/{host}/remove/",
        (403, 200),
        (403, 302),
    ),
    "my/<slug:slug>/enquiries/": ("/my/burley-hall/enquiries/", (200, 200), (405, 405)),
    **{
        f"my/<slug:slug>/enquiries/<int:pk>/{route}": (
            f"/my/burley-hall/enquiries/{{recipient}}/{route}",
            (get, get),
            (post, post),
        )
        for route, (get, post) in {
            "": (200, 200),
            "message/": (405, 200),
            "not-genuine/": (200, 302),
            "genuine/": (405, 302),
        }.items()
    },
    "my/<slug:slug>/toms/": ("/my/burley-hall/toms/", (200, 200), (405, 405)),
    "my/<slug:slug>/toms/releases/<int:pk>/sign-up/": (
        "/my/burley-hall/toms/releases/{release}/sign-up/",
        (405, 405),
        (403, 302),
    ),
    "my/<slug:slug>/toms/<int:pk>/withdraw/": (
        "/my/burley-hall/toms/{adoption}/withdraw/",
        (403, 200),
        (403, 302),
    ),
    "my/<slug:slug>/leave/": ("/my/burley-hall/leave/", (200, 200), (302, 302)),
    "my/<slug:slug>/people/": ("/my/burley-hall/people/", (200, 200), (403, 200)),
    "my/<slug:slug>/people/<int:membership_id>/role/": (
        "/my/burley-hall/people/{editor}/role/",
        (405, 405),
        (403, 404),
    ),
    "my/<slug:slug>/people/<int:membership_id>/remove/": (
        "/my/burley-hall/people/{editor}/remove/",
        (403, 200),
        (403, 302),
    ),
    "my/<slug:slug>/people/<int:membership_id>/hand-over/": (
        "/my/burley-hall/people/{editor}/hand-over/",
        (403, 200),
        (403, 302),
    ),
    "my/<slug:slug>/invitations/<int:invitation_id>/resend/": (
        "/my/burley-hall/invitations/{invitation}/resend/",
        (405, 405),
        (403, 302),
    ),
    "my/<slug:slug>/invitations/<int:invitation_id>/revoke/": (
        "/my/burley-hall/invitations/{invitation}/revoke/",
        (405, 405),
        (403, 302),
    ),
}

# Of one organisation's purchases and what they add up to: the answers to a GET and to a POST of
# nothing, the same to its editors and owners.
PURCHASES: dict[str, tuple[str, tuple[int, int], tuple[int, int]]] = {
    f"my/<slug:slug>/buying/{route}": (
        "/my/burley-hall/buying/"
        + route.replace("<int:pk>", "{purchase_file}").replace("<int:line_id>", "{purchase_line}"),
        (get, get),
        (post, post),
    )
    for route, (get, post) in {
        "purchases/": (200, 200),
        "purchases/new/": (200, 200),
        "purchases/template.csv": (200, 405),
        "purchases/<int:pk>/": (200, 405),
        "purchases/<int:pk>/lines.csv": (200, 405),
        "purchases/<int:pk>/matches/": (200, 302),
        "purchases/<int:pk>/record/": (405, 302),
        "purchases/<int:pk>/remove/": (200, 302),
        "purchases/<int:pk>/lines/<int:line_id>/correct/": (200, 200),
        "report/": (200, 405),
        "report.csv": (200, 405),
        "report/records/": (200, 405),
        "report/records.csv": (200, 405),
    }.items()
}

# Of one organisation's offers: the answers to its editors and owners, as in MEMBERS.
# {offer} is a draft with a photo and an accreditation.
OFFER = "my/<slug:slug>/offers/<int:pk>/"
OF_OFFER = {
    "": (200, 405),
    "check/": (200, 405),
    "send/": (405, 422),
    "sent/": (302, 405),
    "take-back/": (405, 302),
    "preview/": (200, 405),
    "photos/": (200, 200),
    "photos/<int:photo_id>/": (200, 200),
    "photos/<int:photo_id>/move/": (405, 302),
    "photos/<int:photo_id>/remove/": (200, 302),
    "accreditations/": (200, 200),
    "accreditations/<int:claim_id>/": (200, 302),
    "accreditations/<int:claim_id>/remove/": (200, 302),
    "edi/withdraw/": (405, 302),
    "changes/send/": (405, 302),
    "changes/give-up/": (302, 302),
    "archive/": (200, 302),
    "restore/": (405, 302),
    "<slug:section_name>/": (200, 200),
}
OF_PUBLIC_OFFER = {"pause/": (405, 302), "resume/": (405, 302), "confirm/": (405, 302)}


def offer_path(start: str, route: str, offer: str) -> str:
    """The address of an offer's page, to be filled in with the keys of its rows."""
    named = (
        ("<int:photo_id>", "{photo_of_" + offer + "}"),
        ("<int:claim_id>", "{claim_of_" + offer + "}"),
        ("<slug:section_name>", "basics"),
    )
    for name, key in named:
        route = route.replace(name, key)
    return f"{start}{{{offer}}}/{route}"


OFFERS: dict[str, tuple[str, tuple[int, int], tuple[int, int]]] = {
    "my/<slug:slug>/offers/new/": ("/my/burley-hall/offers/new/", (405, 405), (302, 302)),
    **{
        OFFER + route: (
            offer_path("/my/burley-hall/offers/", route, "offer"),
            (get, get),
            (post, post),
        )
        for route, (get, post) in (OF_OFFER | OF_PUBLIC_OFFER).items()
    },
}

# Of one organisation's records of choices: as in MEMBERS. {begun} is a draft, {filed} is filed.
BUYING: dict[str, tuple[str, tuple[int, int], tuple[int, int]]] = {
    "my/<slug:slug>/buying/" + route: ("/my/burley-hall/buying/" + path, get, post)
    for route, path, get, post in (
        ("", "", (200, 200), (405, 405)),
        ("rules/", "rules/", (200, 200), (403, 302)),
        ("choices.csv", "choices.csv", (200, 200), (405, 405)),
        ("choices/new/", "choices/new/", (200, 200), (200, 200)),
        ("choices/<int:pk>/", "choices/{filed}/", (200, 200), (405, 405)),
        ("choices/<int:pk>/edit/", "choices/{begun}/edit/", (200, 200), (409, 409)),
        ("choices/<int:pk>/give-up/", "choices/{begun}/give-up/", (200, 200), (302, 302)),
        ("choices/<int:pk>/correct/", "choices/{filed}/correct/", (405, 405), (302, 302)),
        ("choices/<int:pk>/void/", "choices/{filed}/void/", (200, 200), (200, 200)),
    )
}

# An offer that is registered without an account: whose session does not hold it finds nothing,
# whoever they are. tests/providers/test_offer_doors.py is about those who do.
JOIN_OFFERS = {
    "providers/join/<int:pk>/" + route: (
        offer_path("/providers/join/", route, "offer"),
        405 if get == 405 else 404,
        405 if post == 405 else 404,
    )
    for route, (get, post) in OF_OFFER.items()
}

# For curators alone: their answers to a GET and to a POST of nothing. Everybody else who is signed
# in finds nothing there, superusers too.
# Needs, offers, exchanges and limits of an organisation: the answers to its members.
BROKERAGE: dict[str, tuple[str, tuple[int, int], tuple[int, int]]] = {
    f"my/<slug:slug>/brokerage/{route}": (
        f"/my/burley-hall/brokerage/{path}",
        (get, get),
        (post, post),
    )
    for route, path, get, post in (
        ("", "", 200, 405),
        ("new/", "new/", 200, 405),
        ("new/<slug:side>/<slug:kind>/", "new/need/team-day/", 200, 200),
        ("notices/<str:reference>/", "notices/N-33333/", 200, 405),
        ("notices/<str:reference>/matches/", "notices/N-33333/matches/", 200, 405),
        ("notices/<str:reference>/edit/", "notices/N-33333/edit/", 200, 200),
        ("notices/<str:reference>/do/<slug:act>/", "notices/N-33333/do/submit/", 405, 302),
        ("exchanges/", "exchanges/", 200, 405),
        ("with/<int:pk>/", "with/{giver}/", 200, 405),
        ("case/", "case/", 200, 405),
        ("case/exchanges.csv", "case/exchanges.csv", 200, 405),
        ("calendar/", "calendar/", 200, 302),
        ("capacity/", "capacity/", 200, 302),
        ("capacity/days/", "capacity/days/", 405, 200),
        ("capacity/days/<int:pk>/remove/", "capacity/days/{blackout}/remove/", 405, 302),
        ("capacity/hours/", "capacity/hours/", 405, 200),
    )
}

# Pages of an exchange that Burley Hall hosts: the answers to its members and to brokers.
EXCHANGE: dict[str, tuple[str, int, int]] = {
    f"brokerage/exchanges/<str:reference>/{route}": (
        f"/brokerage/exchanges/X-22222/{path}",
        get,
        post,
    )
    for route, path, get, post in (
        ("", "", 200, 405),
        ("introduce/", "introduce/", 200, 200),
        ("change/", "change/", 200, 200),
        ("versions/<int:number>/confirm/", "versions/1/confirm/", 405, 302),
        ("versions/<int:number>/refuse/", "versions/1/refuse/", 200, 200),
        ("places/", "places/", 200, 200),
        ("pass/", "pass/", 200, 200),
        ("contact/", "contact/", 200, 200),
        ("checks/<slug:check>/", "checks/insurance/", 200, 200),
        ("checks/<slug:check>/waive/", "checks/insurance/waive/", 200, 200),
        ("result/", "result/", 200, 200),
        ("result/<int:pk>/confirm/", "result/1/confirm/", 405, 302),
        ("decide/", "decide/", 200, 200),
        ("feedback/", "feedback/", 200, 200),
        ("why/<slug:act>/", "why/ask-a-broker/", 200, 200),
    )
}

# Pages for brokers alone.
BROKER: dict[str, tuple[str, int, int]] = {
    "broker/": ("/broker/", 200, 405),
    "broker/exchanges/": ("/broker/exchanges/", 200, 405),
    "broker/people/": ("/broker/people/", 200, 405),
    "broker/people/new/": ("/broker/people/new/", 200, 200),
    "broker/people/<int:pk>/": ("/broker/people/{helper}/", 200, 200),
    "broker/people/<int:pk>/ask/": ("/broker/people/{helper}/ask/", 405, 302),
    "broker/people/<int:pk>/remove/": ("/broker/people/{helper}/remove/", 405, 302),
    "broker/rates/": ("/broker/rates/", 200, 405),
    "broker/rates/new/": ("/broker/rates/new/", 200, 200),
    "broker/rates/<int:pk>/": ("/broker/rates/{rate}/", 200, 200),
    "broker/rates/<int:pk>/usual/": ("/broker/rates/{rate}/usual/", 405, 302),
    "broker/vocabulary/": ("/broker/vocabulary/", 200, 405),
    "broker/vocabulary/skills/new/": ("/broker/vocabulary/skills/new/", 200, 200),
    "broker/vocabulary/skills/<slug:code>/": ("/broker/vocabulary/skills/{skill}/", 200, 200),
    "broker/vocabulary/kinds/<slug:code>/": ("/broker/vocabulary/kinds/{kind}/", 200, 200),
    "broker/case/": ("/broker/case/", 200, 405),
    "broker/case/exchanges.csv": ("/broker/case/exchanges.csv", 200, 405),
    "broker/notices/<str:reference>/": ("/broker/notices/N-22222/", 200, 200),
    "broker/notices/<str:reference>/matches/": ("/broker/notices/N-22222/matches/", 200, 405),
}

CURATE: dict[str, tuple[str, int, int]] = {
    **{
        f"curate/offers/<int:pk>/{route}": (offer_path("/curate/offers/", route, "taken"), *answers)
        for route, answers in (OF_OFFER | OF_PUBLIC_OFFER).items()
    },
    "curate/vocabulary/": ("/curate/vocabulary/", 200, 405),
    "curate/vocabulary/terms/new/": ("/curate/vocabulary/terms/new/?facet=ethos", 200, 200),
    "curate/vocabulary/terms/<int:term_id>/": ("/curate/vocabulary/terms/{term}/", 200, 200),
    "curate/vocabulary/terms/<int:term_id>/move/": (
        "/curate/vocabulary/terms/{term}/move/",
        200,
        200,
    ),
    "curate/vocabulary/terms/<int:term_id>/retire/": (
        "/curate/vocabulary/terms/{term}/retire/",
        200,
        409,
    ),
    "curate/vocabulary/terms/<int:term_id>/bring-back/": (
        "/curate/vocabulary/terms/{term}/bring-back/",
        200,
        409,
    ),
    "curate/vocabulary/terms/<int:term_id>/merge/": (
        "/curate/vocabulary/terms/{term}/merge/",
        200,
        200,
    ),
    "curate/vocabulary/synonyms/": ("/curate/vocabulary/synonyms/", 200, 405),
    "curate/vocabulary/synonyms/new/": ("/curate/vocabulary/synonyms/new/", 200, 200),
    "curate/vocabulary/synonyms/<int:synonym_id>/": (
        "/curate/vocabulary/synonyms/{synonym}/",
        200,
        200,
    ),
    "curate/vocabulary/synonyms/<int:synonym_id>/remove/": (
        "/curate/vocabulary/synonyms/{synonym}/remove/",
        200,
        409,
    ),
    "curate/organisations/<int:pk>/audit/": (
        "/curate/organisations/{organisation}/audit/",
        200,
        405,
    ),
    "curate/listings/<int:pk>/audit/": ("/curate/listings/{listing}/audit/", 200, 405),
    "curate/figures/": ("/curate/figures/", 200, 405),
    "curate/figures.csv": ("/curate/figures.csv", 200, 405),
    "curate/": ("/curate/", 200, 405),
    "curate/listings/<int:pk>/": ("/curate/listings/{listing}/", 200, 200),
    "curate/listings/<int:pk>/unpublish/": ("/curate/listings/{listing}/unpublish/", 200, 200),
    "curate/edits/<int:pk>/": ("/curate/edits/{edit}/", 200, 200),
    "curate/requests/<int:pk>/": ("/curate/requests/{entry_request}/", 200, 200),
    "curate/proofs/<int:pk>/": ("/curate/proofs/{claim}/", 200, 200),
    "curate/problems/<int:pk>/": ("/curate/problems/{problem}/", 200, 200),
    "curate/expiring/<int:pk>/": ("/curate/expiring/{claim}/", 200, 200),
    "curate/unconfirmed/<int:pk>/": ("/curate/unconfirmed/{listing}/", 200, 200),
    "curate/doubles/<int:one>/<int:other>/": ("/curate/doubles/{one}/{other}/", 200, 404),
    "curate/toms/comments/": ("/curate/toms/comments/", 200, 405),
    "curate/toms/comments/<int:pk>/": ("/curate/toms/comments/{comment}/", 200, 200),
    "curate/enquiries/": ("/curate/enquiries/", 200, 405),
    "curate/enquiries/<int:pk>/": ("/curate/enquiries/{reported}/", 200, 200),
    "curate/enquiries/block/": ("/curate/enquiries/block/", 200, 200),
    "curate/enquiries/blocks/<int:pk>/unblock/": (
        "/curate/enquiries/blocks/{block}/unblock/",
        405,
        302,
    ),
    "curate/organisations/": ("/curate/organisations/", 200, 405),
    "curate/organisations/<int:pk>/": ("/curate/organisations/{one}/", 200, 405),
    "curate/organisations/<int:pk>/trust/": ("/curate/organisations/{one}/trust/", 405, 404),
    "curate/organisations/<int:pk>/numbers/": ("/curate/organisations/{one}/numbers/", 200, 200),
    "curate/organisations/<int:pk>/numbers/<int:identifier_id>/check/": (
        "/curate/organisations/{one}/numbers/{identifier}/check/",
        405,
        302,
    ),
    "curate/organisations/<int:pk>/websites/<int:host_id>/switch/": (
        "/curate/organisations/{organisation}/websites/{host}/switch/",
        405,
        404,
    ),
    "curate/organisations/<int:pk>/owner/": ("/curate/organisations/{one}/owner/", 200, 200),
    "curate/organisations/<int:pk>/offer/": ("/curate/organisations/{one}/offer/", 405, 302),
    "curate/telephone/": ("/curate/telephone/", 200, 200),
    "curate/toms/": ("/curate/toms/", 200, 405),
    "curate/toms/measures/new/": ("/curate/toms/measures/new/", 200, 200),
    "curate/toms/measures/<str:code>/begin/": ("/curate/toms/measures/LT-WRK-01/begin/", 405, 302),
    "curate/toms/measures/<str:code>/edit/": ("/curate/toms/measures/LT-WRK-01/edit/", 200, 200),
    "curate/toms/measures/<str:code>/retire/": (
        "/curate/toms/measures/LT-WRK-01/retire/",
        200,
        200,
    ),
    "curate/toms/measures/<str:code>/withdraw/": (
        "/curate/toms/measures/LT-WRK-01/withdraw/",
        200,
        200,
    ),
    "curate/toms/measures/<str:code>/links/": (
        "/curate/toms/measures/LT-WRK-01/links/",
        200,
        200,
    ),
    "curate/toms/measures/<str:code>/links/<int:pk>/remove/": (
        "/curate/toms/measures/LT-WRK-01/links/1/remove/",
        405,
        302,
    ),
    "curate/toms/lists/": ("/curate/toms/lists/", 200, 405),
    "curate/toms/lists/<slug:kind>/new/": ("/curate/toms/lists/units/new/", 200, 200),
    "curate/toms/lists/<slug:kind>/<str:code>/": ("/curate/toms/lists/units/HR/", 200, 200),
    "curate/toms/lists/<slug:kind>/<str:code>/remove/": (
        "/curate/toms/lists/units/HR/remove/",
        405,
        302,
    ),
    "curate/toms/releases/<slug:slug>/words/": ("/curate/toms/releases/first/words/", 200, 200),
    "curate/toms/releases/new/": ("/curate/toms/releases/new/", 200, 200),
    "curate/toms/releases/<slug:slug>/": ("/curate/toms/releases/first/", 200, 409),
    "curate/toms/releases/<slug:slug>/open/": ("/curate/toms/releases/first/open/", 200, 200),
    "curate/toms/releases/<slug:slug>/adopt/": ("/curate/toms/releases/first/adopt/", 200, 409),
    "curate/toms/themes/": ("/curate/toms/themes/", 200, 409),
    "curate/toms/themes/<str:code>/": ("/curate/toms/themes/WRK/", 200, 200),
    "curate/toms/outcomes/<str:code>/": ("/curate/toms/outcomes/LT-WRK-A/", 200, 200),
}

# Route to its address and the answers to: anonymous, those signed in without being staff, staff
# without permissions, superuser. 302 leads to the sign-in, but for pages that lead on themselves.
DESK = {
    "admin/": ("/admin/", (302, 302, 200, 200)),
    "admin/login/": ("/admin/login/", (302, 403, 302, 302)),
    "admin/logout/": ("/admin/logout/", (302, 302, 302, 302)),
    "admin/password_change/": ("/admin/password_change/", (302, 302, 302, 302)),
    "admin/password_change/done/": ("/admin/password_change/done/", (302, 302, 200, 200)),
    "admin/autocomplete/": ("/admin/autocomplete/", (302, 302, 403, 403)),
    "admin/jsi18n/": ("/admin/jsi18n/", (302, 302, 200, 200)),
    "admin/r/<path:content_type_id>/<path:object_id>/": ("/admin/r/0/0/", (302, 302, 404, 404)),
    "admin/^(?P<app_label>mail|auth|places|accounts|toms|providers|procrastinate)/$": (
        "/admin/providers/",
        (302, 302, 404, 200),
    ),
    "admin/(?P<url>.*)$": ("/admin/nothing/", (302, 302, 404, 404)),
    "admin/accounts/user/<id>/password/": (
        "/admin/accounts/user/{user}/password/",
        (302, 302, 403, 200),
    ),
}

# Model of the stock admin to what a superuser may do there besides looking.
MODELS = {
    "auth/group": "add delete",
    "mail/outgoingmail": "",
    "places/ward": "",
    "places/postcodesector": "",
    "places/postcode": "",
    "accounts/user": "add delete",
    "accounts/auditevent": "",
    "accounts/organisation": "add delete",
    "providers/listing": "add delete",
    "providers/registerentry": "add delete",
    "providers/claim": "add delete",
    "providers/term": "add",  # retired, never deleted
    "providers/synonym": "add delete",
    "providers/problemreport": "delete",
    "providers/emptysearch": "",
    "providers/registration": "",
    "providers/entryrequest": "",
    "providers/listingchange": "",
    "providers/photo": "delete",
    "providers/notdouble": "delete",
    "toms/theme": "",
    "toms/outcome": "",
    "toms/unit": "",
    "toms/overlapgroup": "",
    "toms/measure": "",
    "toms/measureversion": "",
    "toms/release": "",
    "toms/releaseitem": "",
    "toms/policylink": "",
    "toms/glossaryterm": "",
}


def routes(
    patterns: Sequence[object] = urlpatterns, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        assert isinstance(pattern, URLPattern | URLResolver)
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def desk_routes() -> dict[str, tuple[str, tuple[int, int, int, int]]]:
    """The stock admin's pages for every model of ``MODELS``."""
    found = dict(DESK)
    for name, allowed in MODELS.items():
        start = f"admin/{name}/"
        row = "/" + start + "{" + name + "}/"
        add, delete = (200 if act in allowed else 403 for act in ("add", "delete"))
        found |= {
            start: (f"/{start}", (302, 302, 403, 200)),
            f"{start}add/": (f"/{start}add/", (302, 302, 403, add)),
            f"{start}<path:object_id>/change/": (f"{row}change/", (302, 302, 403, 200)),
            f"{start}<path:object_id>/history/": (f"{row}history/", (302, 302, 403, 200)),
            f"{start}<path:object_id>/delete/": (f"{row}delete/", (302, 302, 403, delete)),
            f"{start}<path:object_id>/": (row, (302, 302, 302, 302)),
        }
    return found


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    make_register()
    make_board()
    return deepcopy(lasting_cast)


def make_register() -> None:
    """A release of one measure, and a word."""
    measure = make_measure(make_outcome(make_theme("WRK")), "LT-WRK-01")
    version = make_measure_version(
        measure, "1.0.0", state="adopted", overlap_group=make_overlap_group()
    )
    make_release(version, slug="first")
    make_policy_link(measure)
    GlossaryTerm.objects.create(slug="baseline", words="Baseline", meaning="Met by answering.")


def make_board() -> None:
    """A need and an offer."""
    make_need(reference="N-22222", title="Clear the paths")
    make_offer(reference="O-22222", title="Painters")


@pytest.fixture
def rows(cast: Cast) -> dict[str, str]:
    """The key of one row of every model."""
    Group.objects.get_or_create(name="curator")
    make_postcode()
    make_problem_report(cast.hall)
    count_empty_search(words="xylophone")
    listing = make_listing(cast.hall)
    make_registration(listing)
    make_listing_change(listing)
    make_photo(listing)
    make_entry_request(cast.hall)
    make_not_double(cast.hall, make_organisation())
    AuditEvent.record(verb="looked at", target=cast.hall)
    found = {"user": str(make_user("somebody@example.org").pk)}
    for name in MODELS:
        row = apps.get_model(name.replace("/", "."))._default_manager.first()
        assert row is not None, name
        found[name] = str(row.pk)
    return found


def person(name: str, roles: tuple[str, ...] = (), **fields: bool) -> User:
    made = make_person(email=f"{name}@example.org", password="a long password", roles=roles)
    User.objects.filter(pk=made.pk).update(**fields)
    return User.objects.get(pk=made.pk)


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    return {
        "anonymous": Client(),
        "user": signed_in(person("user"), second_factor=False),
        "editor": signed_in(person("editor"), second_factor=False),
        "owner": signed_in(person("owner"), second_factor=False),
        "staff": signed_in(person("staff", is_staff=True)),
        "curator": signed_in(person("curator", roles=("curator",))),
        "broker": signed_in(person("broker", roles=("broker",))),
        "superuser": signed_in(person("superuser", is_staff=True, is_superuser=True)),
    }


@pytest.fixture
def passkey(db: None) -> str:
    """The key of somebody else's passkey."""
    return str(
        Authenticator.objects.create(
            user=make_user(), type=Authenticator.Type.WEBAUTHN, data={"name": "Theirs"}
        ).pk
    )


def test_every_address_is_here() -> None:
    known = PUBLIC.keys() | MAIL_PARTS.keys() | WAYS_IN.keys() | OWN.keys() | desk_routes().keys()
    known |= (
        LINKS.keys() | BEGUN.keys() | MINE.keys() | MEMBERS.keys() | OFFERS.keys() | CURATE.keys()
    )
    known |= JOIN_OFFERS.keys() | BUYING.keys() | PURCHASES.keys()
    known |= BROKERAGE.keys() | EXCHANGE.keys() | BROKER.keys()
    found = {route for route, _ in routes()}
    # Jobs belong to the library that runs them.
    found = {route for route in found if not route.startswith("admin/procrastinate/")}
    assert len(found) > 80
    assert found == known


def test_public_addresses_are_marked_and_no_others_are() -> None:
    """``LoginRequiredMiddleware`` closes whatever is not marked as open."""
    marked = {
        route
        for route, pattern in routes()
        if not getattr(pattern.callback, "login_required", True)
    }
    marked_here = PUBLIC.keys() | MAIL_PARTS.keys() | WAYS_IN.keys() | LINKS.keys()
    marked_here |= BEGUN.keys() | JOIN_OFFERS.keys()
    assert marked == marked_here | {"admin/login/"}


@pytest.mark.parametrize("role", ROLES)
def test_public_addresses_answer_everybody_alike(
    cast: Cast, clients: dict[str, Client], role: str
) -> None:
    public = PUBLIC | MAIL_PARTS
    answers = {route: clients[role].get(path).status_code for route, (path, _) in public.items()}
    assert answers == {route: status for route, (_, status) in public.items()}


@pytest.mark.parametrize("role", ROLES)
def test_signing_in_is_open_to_everybody(clients: dict[str, Client], role: str) -> None:
    place = 1 if role == "anonymous" else 2
    found = {route: clients[role].get(row[0]).status_code for route, row in WAYS_IN.items()}
    assert found == {route: row[place] for route, row in WAYS_IN.items()}


@pytest.mark.parametrize("role", ROLES)
def test_ones_own_sign_in_is_ones_own(clients: dict[str, Client], passkey: str, role: str) -> None:
    for route, (path, status) in OWN.items():
        response = clients[role].get(path.format(passkey=passkey))
        if role == "anonymous":
            assert response.status_code == 302, route
            assert response["Location"].startswith("/accounts/login/"), route
        else:
            assert response.status_code == status, route


@pytest.mark.parametrize("role", ["user", "superuser"])
def test_nobody_touches_somebody_elses_passkey(
    clients: dict[str, Client], passkey: str, role: str
) -> None:
    for act in ("rename", "remove"):
        response = clients[role].post(f"/accounts/passkeys/{passkey}/{act}/", {"name": "Mine"})
        assert response.status_code == 404
    assert Authenticator.objects.get().data == {"name": "Theirs"}


@pytest.fixture
def hall(cast: Cast, clients: dict[str, Client]) -> dict[str, object]:
    """Who acts for Burley Hall, whom it has asked, and what it writes; the keys of all.

    ``taken`` is what a curator writes down for somebody else.
    """
    make_membership(cast.hall, User.objects.get(email="owner@example.org"))
    editor = make_membership(cast.hall, User.objects.get(email="editor@example.org"), Role.EDITOR)
    invitation = make_invitation(cast.hall, "the-token")
    begun = make_registration(link_hash=hash_of("the-start"))
    make_entry_request(
        cast.kitchen,
        state="granted",
        link_hash=hash_of("the-claim"),
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )
    purchases = make_purchase_file(cast.hall)
    bought = make_filed(make_choice(cast.hall, own_reference="PO-1")).choice
    shortlist = make_shortlist(
        share_key="k" * 43, shared_until=timezone.now() + datetime.timedelta(days=1)
    )
    alert = make_alert()
    enquiry = make_enquiry(link_hash=hash_of("the-asker"))
    asked = make_recipient(enquiry, cast.big_hall, link_hash=hash_of("the-provider"))
    make_comment(state="unconfirmed", link_hash=hash_of("the-comment"))
    adoption = make_adoption(cast.hall)
    return _exchanges(cast) | {
        "adoption": adoption.pk,
        "release": adoption.release_id,
        "recipient": asked.pk,
        "alert": alert.pk,
        "alert_token": alert_links.make(alert),
        "host": make_embed_host(cast.hall).pk,
        "purchase_file": purchases.pk,
        "purchase_line": make_purchase_line(purchases, state="differs", choice=bought).pk,
        "shortlist": shortlist.pk,
        "shortlist_item": make_shortlist_item(shortlist, cast.big_hall).pk,
        "shared": share_links.make(shortlist),
        "begun": make_version(make_choice(cast.hall)).choice_id,
        "filed": make_filed(make_choice(cast.hall)).choice_id,
        "editor": editor.pk,
        "invitation": invitation.pk,
        "draft": begun.listing_id,
        "organisation": cast.hall.pk,
        "listing": cast.big_hall.pk,
        "term": Term.objects.get(facet="category", code="halls").pk,
        "still_right": still_right_links.make([cast.big_hall]),
        "synonym": Synonym.objects.get(words="lunch").pk,
        **_written("offer", make_listing(cast.hall, title="Small hall", state="draft")),
        **_written("taken", make_listing(title="Told", state="draft", origin="curator")),
    }


def _exchanges(cast: Cast) -> dict[str, object]:
    """A need of Burley Hall's, an exchange that is introduced, and a result that somebody is asked
    to confirm by a link.
    """
    kind = Kind.objects.get(code="team-day")
    Kind.objects.filter(pk=kind.pk).update(checks=["insurance"])
    make_need(organisation=cast.hall, kind=kind, reference="N-33333", state="draft")
    need = make_need(organisation=cast.hall, kind=kind)
    given = {"need": need, "giver": cast.kitchen}
    exchange = make_exchange(**given, reference="X-22222", state="introduced")
    Gate.objects.create(exchange=exchange, check_of="insurance")
    done = make_exchange(need=need, giver=cast.bowls, state="delivered")
    done.versions.update(
        status="agreed", host_confirmed_at=timezone.now(), giver_confirmed_at=timezone.now()
    )
    actual = Actual.objects.create(
        exchange=done, by="giver", giver_hours=6, happened_on=timezone.localdate()
    )
    VerifierLink.objects.create(
        actual=actual,
        name="Hana",
        email="hana@example.org",
        link_hash=hash_of("the-verifier"),
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )
    CalendarKey.objects.create(organisation=cast.hall, link_hash=hash_of("the-calendar"))
    today = timezone.localdate()
    blackout = Blackout.objects.create(organisation=cast.hall, first_day=today, last_day=today)
    helper = make_helper(name="Ada Beckwith")
    return {
        "giver": cast.kitchen.pk,
        "blackout": blackout.pk,
        "renew": renew_token(need),
        "rate": make_rate().pk,
        "skill": make_skill().code,
        "kind": need.kind.code,
        "helper": helper.pk,
        "helper_token": helper_token(helper),
    }


def _written(name: str, listing: Listing) -> dict[str, int]:
    term = Term.objects.filter(facet="accreditation")[0]
    return {
        name: listing.pk,
        f"photo_of_{name}": make_photo(listing).pk,
        f"claim_of_{name}": make_claim(listing.organisation, term).pk,
    }


def answer(client: Client, method: str, path: str) -> int:
    """What it answers; whatever a POST has done is undone."""
    with transaction.atomic():
        status = getattr(client, method)(path).status_code
        transaction.set_rollback(True)
    return int(status)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_my_pages_answer_by_role(
    clients: dict[str, Client], hall: dict[str, object], role: str, method: str
) -> None:
    place = ("get", "post").index(method)
    member = {"editor": 0, "owner": 1}.get(role)
    answers, expected = {}, {}
    for route, (path, *statuses) in (LINKS | BEGUN | MINE).items():
        answers[route] = answer(clients[role], method, path.format(**hall))
        expected[route] = statuses[place if role == "anonymous" or method == "get" else -1]
        if role == "anonymous" and route in MINE:
            expected[route] = 302
    for route, (path, *by_role) in (MEMBERS | OFFERS | BUYING | PURCHASES | BROKERAGE).items():
        answers[route] = answer(clients[role], method, path.format(**hall))
        only_posted = method == "get" and by_role[0] == (405, 405)
        never_posted = method == "post" and by_role[1] == (405, 405)
        if role == "anonymous":
            expected[route] = 302
        elif member is None:
            expected[route] = 405 if only_posted or never_posted else 404
        else:
            expected[route] = by_role[place][member]
    assert answers == expected


@pytest.fixture
def waiting(cast: Cast) -> dict[str, int]:
    """The keys of one of everything that curators decide, all of Burley Hall but for the double."""
    one, other = sorted((cast.hall.pk, cast.bowls.pk))
    return {
        "listing": cast.big_hall.pk,
        "edit": make_listing_change(cast.big_hall).pk,
        "entry_request": make_entry_request(cast.hall).pk,
        "claim": make_claim(cast.hall, reference="1").pk,
        "problem": make_problem_report(cast.hall).pk,
        "identifier": make_identifier(cast.hall).pk,
        "reported": make_recipient(listing=cast.buffet, not_genuine_at=timezone.now()).pk,
        "block": make_blocked_asker().pk,
        "comment": make_comment(organisation=cast.hall).pk,
        "one": one,
        "other": other,
    }


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_what_somebody_registers_is_theirs_alone(
    clients: dict[str, Client], hall: dict[str, int], role: str, method: str
) -> None:
    place = ("get", "post").index(method)
    answers, expected = {}, {}
    for route, (path, *statuses) in JOIN_OFFERS.items():
        answers[route] = answer(clients[role], method, path.format(**hall))
        expected[route] = statuses[place]
    assert answers == expected


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_curators_pages_are_for_curators(
    clients: dict[str, Client],
    hall: dict[str, object],
    waiting: dict[str, int],
    role: str,
    method: str,
) -> None:
    hall, answers, expected = hall | waiting, {}, {}
    for route, (path, *statuses) in CURATE.items():
        status = statuses[0 if method == "get" else 1]
        answers[route] = answer(clients[role], method, path.format(**hall))
        expected[route] = {"anonymous": 302, "curator": status}.get(
            role, 405 if status == 405 else 404
        )
    assert answers == expected


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_exchanges_are_for_their_sides_and_for_brokers(
    clients: dict[str, Client], hall: dict[str, object], role: str, method: str
) -> None:
    answers, expected = {}, {}
    sides = {"editor", "owner", "broker"}
    for pages, allowed in ((EXCHANGE, sides), (BROKER, {"broker"})):
        for route, (path, *statuses) in pages.items():
            status = statuses[0 if method == "get" else 1]
            answers[route] = answer(clients[role], method, path.format(**hall))
            expected[route] = status if role in allowed else 405 if status == 405 else 404
            if role == "anonymous":
                expected[route] = 302
    assert answers == expected


@pytest.mark.parametrize("role", ["user", "staff", "curator", "broker", "superuser"])
def test_an_organisation_that_is_not_there_answers_outsiders_alike(
    clients: dict[str, Client], hall: dict[str, object], role: str
) -> None:
    for page in ("", "details/", "people/"):
        there = clients[role].get(f"/my/burley-hall/{page}")
        nowhere = clients[role].get(f"/my/nowhere/{page}")
        assert there.status_code == nowhere.status_code == 404
        assert "Burley" not in there.text


@db
@pytest.mark.parametrize(
    "path",
    [
        "3rdparty/signup/",
        "3rdparty/",
        "2fa/",
        "login/code/confirm/",
        "social/signup/",
        "confirm-email/x/",
    ],
)
def test_what_the_site_does_not_need_of_allauth_is_not_there(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("role", ["staff", "curator", "broker", "superuser"])
def test_the_desk_is_shut_without_a_second_factor(
    rows: dict[str, str], clients: dict[str, Client], role: str
) -> None:
    client = clients[role]
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session.save()
    for route, (path, _) in desk_routes().items():
        response = client.get(path.format(**rows))
        assert response.status_code == 403 or response["Location"].startswith(
            ("/accounts/", "/admin/login/") if route != "admin/login/" else "/admin/"
        ), route


@pytest.mark.parametrize("role", ROLES)
def test_the_desk_answers_by_role(
    rows: dict[str, str], clients: dict[str, Client], role: str
) -> None:
    place = {"anonymous": 0, "staff": 2, "superuser": 3}.get(role, 1)
    answers, expected, leaks = {}, {}, []
    for route, (path, statuses) in desk_routes().items():
        response = clients[role].get(path.format(**rows))
        answers[route] = response.status_code
        expected[route] = statuses[place]
        leads_in = response.get("Location", "").startswith(("/admin/login/", "/accounts/log"))
        if role == "anonymous" and not leads_in:
            leaks.append(route)
    assert answers == expected
    assert leaks == []


@db
def test_staff_without_permission_change_nothing(
    rows: dict[str, str], clients: dict[str, Client]
) -> None:
    for route, (path, _) in desk_routes().items():
        if route.startswith(tuple(f"admin/{name}/" for name in MODELS)) and route.endswith(
            ("add/", "change/", "delete/")
        ):
            response = clients["staff"].post(path.format(**rows), {"post": "yes"})
            assert response.status_code == 403, route
    assert not LogEntry.objects.exists()


@db
def test_a_view_that_nobody_marked_is_closed(client: Client) -> None:
    from django.contrib.auth.middleware import LoginRequiredMiddleware
    from django.contrib.auth.models import AnonymousUser

    def unmarked(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    request = RequestFactory().get("/secret/")
    request.user = AnonymousUser()
    middleware = LoginRequiredMiddleware(unmarked)
    response = middleware.process_view(request, unmarked, (), {})
    assert response is not None
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


# -- What is not public -----------------------------------------------------------------------

CLOSED_STATES = ("draft", "submitted", "returned", "archived")


@db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", CLOSED_STATES)
def test_a_listing_that_is_not_public_is_not_found_by_anybody(
    cast: Cast, clients: dict[str, Client], role: str, state: str
) -> None:
    cast.big_hall.state = state
    cast.big_hall.reference, cast.big_hall.submitted_at = "L-22222", timezone.now()
    cast.big_hall.save()
    for path in ("big-hall/", "big-hall/report/", "", "report/", "claim/"):
        assert clients[role].get(f"/providers/burley-hall/{path}").status_code == 404


@db
@pytest.mark.parametrize("path", [path for path, status in PUBLIC.values() if status == 200])
def test_public_addresses_make_no_session(cast: Cast, path: str) -> None:
    client = Client()
    response = client.get(path)
    assert "session" not in client.cookies
    assert response.status_code == 200


def test_the_resolver_that_was_walked_is_the_sites_own() -> None:
    assert [*get_resolver().url_patterns] == urlpatterns
