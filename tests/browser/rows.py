"""Fills an empty database for the browser tests: ``python -m tests.browser.rows``.

Run as a program of its own, because Playwright's event loop and Django's database do not mix.
"""

import datetime
from typing import Any

import django
from django.core.management import call_command
from django.utils import timezone

EXAMPLES = 60
"""Enough for several pages of results and every category."""

UNUSED = ["admin", "ext", "htmax-*", "htmx-4*", "htmx-2.js", "*-src*"]


def fill() -> None:
    """Tables, static files, vocabulary, places, examples, and a few rows that try the layout."""
    from places.services import load_builtin
    from providers import examples, vocabulary

    call_command("migrate", verbosity=0)
    # As in public, but for what no public page uses: compressing that takes most of a minute.
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
    load_builtin()
    vocabulary.load()
    examples.load(today=timezone.localdate(), count=EXAMPLES)
    _complete()
    _awkward()
    _members()
    _offers()
    _buyer()
    _people()
    _joining()
    _waits()
    _mail()
    _asked()
    _curated()
    _shortlists()
    _staying_in_touch()
    _choices()
    _purchases()
    _enquiries()
    _register()
    _board()


def _complete() -> None:
    """A listing of which everything is known, at an address that is shown."""
    from places.models import PostcodeSector, Ward
    from providers import listing_index
    from providers.models import Claim, Term
    from tests.factories import make_claim, make_listing, make_organisation

    sector = PostcodeSector.objects.get(code="LS8 4")
    kitchen = make_organisation(
        "Brackenby Kitchen",
        slug="brackenby",
        sector="third",
        legal_form="cic",
        summary="A kitchen where people learn to cook for others.",
        email="hello@brackenby.example",
        phone="0113 496 0123",
        website="https://brackenby.example/",
        contact_name="Sam",
        address="1 Made-up Street",
        postcode="LS8 4AA",
        address_public=True,
        latitude=sector.latitude,
        longitude=sector.longitude,
        public_latitude=sector.latitude,
        public_longitude=sector.longitude,
        ward_id=sector.main_ward_id,
        is_example=True,
    )
    for level, facet in zip(Claim.Level, Term.CLAIMABLE, strict=False):
        make_claim(kitchen, Term.objects.filter(facet=facet)[0], level=level)
    lunch = make_listing(
        kitchen,
        title="Brackenby buffet lunches",
        slug="buffet",
        summary="Hot and cold buffets for meetings.",
        description="Two mains, three sides, fruit and cake.\n\nWe take everything away.",
        categories=[Term.objects.get(facet="category", code="buffet-lunches")],
        access_features=list(Term.objects.filter(facet="access")[:3]),
        pricing="priced",
        price_from="6.50",
        price_to="9",
        price_unit="head",
        notice_days=5,
        capacity=80,
        payment=["invoice", "po"],
        delivery="wards",
        delivery_wards=list(Ward.objects.all()[:3]),
    )
    listing_index.refresh([lunch.pk])


def _awkward() -> None:
    """What design pages never show: long words, many claims, old entries, nothing known."""
    from providers import listing_index
    from providers.models import Claim, Listing, Term
    from tests.factories import make_claim, make_listing, make_organisation, make_register_entry

    now = timezone.now()
    long = make_organisation(
        f"Quillmoor {'Interdisciplinary ' * 5}Society",
        slug="quillmoor",
        sector="third",
        summary="Everything about this organisation is long.",
        email=f"hello@{'long-' * 8}name.example",
        website=f"https://{'long-' * 8}name.example/",
    )
    for number, term in enumerate(Term.objects.filter(facet__in=Term.CLAIMABLE)[:12]):
        make_claim(long, term, level=list(Claim.Level)[number % 3])
    stale = make_listing(
        long,
        title="Quillmoor Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch lunches",
        slug="long",
        summary="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte " * 2,
        categories=[Term.objects.get(facet="category", code="buffet-lunches")],
        pricing="priced",
        price_from="1234.50",
        price_unit="head",
        notice_days=365,
        capacity=100_000,
        confirmed_at=now - datetime.timedelta(days=300),
    )
    register = make_organisation("Quillmoor Bowls", slug="quillmoor-bowls", legal_form="society")
    entry = make_listing(
        register,
        title="Quillmoor Bowls",
        slug="quillmoor-bowls",
        origin=Listing.Origin.REGISTER,
        confirmed_at=now - datetime.timedelta(days=900),
    )
    make_register_entry(entry)
    paused = make_listing(long, title="Paused", slug="paused", state=Listing.State.PAUSED)
    listing_index.refresh([stale.pk, entry.pk, paused.pk])


def _members() -> None:
    """People who act for organisations, or are asked to."""
    from accounts.models import Membership, Organisation, Role
    from providers.models import Listing
    from tests.browser import people
    from tests.factories import make_confirmed_user, make_invitation, make_listing

    long, kitchen = (Organisation.objects.get(slug=slug) for slug in ("quillmoor", "brackenby"))
    owner = make_confirmed_user(people.OWNER, name="Olu Adeyemi")
    editor = make_confirmed_user(people.EDITOR)
    newcomer = make_confirmed_user(people.NEWCOMER, name="Nia")
    for pk, (user, organisation, role) in enumerate(
        [
            (owner, long, Role.OWNER),
            (editor, long, Role.EDITOR),
            (owner, kitchen, Role.OWNER),
        ],
        start=1001,
    ):
        Membership.objects.create(pk=pk, user=user, organisation=organisation, role=role)
    now = timezone.now()
    for state in Listing.State:
        if state != Listing.State.PUBLISHED:
            make_listing(long, title=f"Quillmoor {state.label.lower()}", state=state)
    make_invitation(long, "asked", newcomer.email, pk=1001, invited_by=owner)
    make_invitation(long, "open", f"{'somebody-' * 5}else@{'long-' * 6}name.example")
    make_invitation(long, "over", "late@example.org", expires_at=now)


def _offers() -> None:
    """Offers being written, in every state and by everybody, with numbers that the looks know."""
    from io import BytesIO

    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from accounts.models import Organisation
    from providers import pictures
    from providers.models import Listing, Term
    from tests.browser import people
    from tests.factories import (
        make_claim,
        make_listing,
        make_listing_change,
        make_organisation,
        make_photo,
        make_registration,
    )
    from tests.providers import picture_files

    long = Organisation.objects.get(slug="quillmoor")
    new = {"published_at": None, "confirmed_at": None}
    kinds = list(Term.objects.filter(facet="category")[:3])
    draft = make_listing(
        long,
        pk=2001,
        title="Quillmoor hall with a kitchen and a garden",
        summary="A bright hall for sixty people.",
        description="It has a stage.\n\nIt has a garden.",
        categories=kinds,
        state=Listing.State.RETURNED,
        return_reason="Which days is it free?\n\nAnd until when?",
        **new,
    )
    for number, size in enumerate([(900, 600), (500, 900)]):
        data = picture_files.photo(size=size, colour=("teal", "tan")[number])
        made = pictures.read(BytesIO(data), len(data))
        make_photo(
            draft,
            pk=2001 + number,
            alt="A hall with a wooden floor and a stage at its far end, seen from the door.",
            position=number,
            **{name: getattr(made, name) for name in ("large", "small", "width", "height")},
            digest=made.digest,
        )
    public = make_listing(long, pk=2002, title="Quillmoor rooms", summary="Two rooms.")
    make_listing_change(
        public,
        state="draft",
        values={"summary": "Two rooms and a garden. " * 8, "payment": ["invoice"]},
        before={"summary": "Two rooms.", "payment": []},
    )
    make_listing(long, pk=2003, title="Quillmoor lunches", state="submitted", **new)
    given = make_organisation("Quillmoor Newcomers", slug="newcomers")
    offer = make_listing(given, pk=2004, title="Untitled offer", state="draft", **new)
    registration = make_registration(offer)
    sent = make_listing(given, pk=2005, title="Newcomers’ teas", state="submitted", **new)
    also = make_registration(sent)
    make_listing(
        make_organisation("Quillmoor Telephones"), pk=2006, title="Told", origin="curator",
        state="draft", **new,
    )  # fmt: skip
    terms = Term.objects.filter(facet="accreditation").exclude(claims__organisation=long)
    make_claim(long, terms[0], pk=2001, reference="A 12", level="evidenced")
    Session.objects.create(
        session_key=people.SESSIONS[people.REGISTERING],
        session_data=SessionStore().encode({"registrations": [registration.pk, also.pk]}),
        expire_date=timezone.now() + datetime.timedelta(days=1),
    )


def _buyer() -> None:
    """Who buys something in one test alone, with three providers that nobody else asks."""
    from decimal import Decimal

    from buying.models import BuyingRules, Threshold
    from providers import listing_index
    from providers.models import Term
    from tests.browser import people
    from tests.factories import (
        make_confirmed_user,
        make_listing,
        make_membership,
        make_organisation,
    )

    trust = make_organisation("Ashgarth Trust", slug="ashgarth", sector="third")
    make_membership(trust, make_confirmed_user(people.BUYER, name="Bea Shaw"))
    bakers = make_organisation("Yewdale Bakers", slug="yewdale", sector="private")
    make_membership(bakers, make_confirmed_user(people.TED, name="Ted Yewdale"))
    rules = BuyingRules.objects.create(organisation=trust)
    Threshold.objects.create(rules=rules, up_to=Decimal(500), ask=3)
    suppers = Term.objects.get(facet="category", code="buffet-lunches")
    listings = [
        make_listing(
            make_organisation(
                f"Thornwick {name}", slug=f"thornwick-{name.lower()}", sector="third"
            ),
            title=f"Michaelmas suppers of {name}",
            slug="suppers",
            summary="A supper for a hall full of people.",
            email=f"{name.lower()}@thornwick.example",
            categories=[suppers],
        )
        for name in ("Ovens", "Kettles", "Spoons")
    ]
    listing_index.refresh([row.pk for row in listings])


def _people() -> None:
    """Somebody to sign in as, alone and with a role that needs a second factor."""
    import time

    from allauth.account.internal.flows import login
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP
    from django.conf import settings
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from accounts.models import User
    from accounts.services.people import make_person
    from tests.browser import people

    make_person(email=people.PERSON, name="Sam Reed", password=people.PASSWORD)
    curator = make_person(email=people.CURATOR, password=people.PASSWORD, roles=("curator",))
    make_person(email=people.BROKER, password=people.PASSWORD, roles=("broker",))
    TOTP.activate(curator, people.SECRET)
    RecoveryCodes.activate(curator)
    keyholder = make_person(email=people.KEYHOLDER)
    Authenticator.objects.create(
        pk=people.PASSKEY,
        user=keyholder,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "A telephone with a rather long name of its own", "credential": {}},
    )
    for user in User.objects.filter(email__in=people.SESSIONS):
        data = {
            auth.SESSION_KEY: str(user.pk),
            auth.BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            auth.HASH_SESSION_KEY: user.get_session_auth_hash(),
            login.AUTHENTICATION_METHODS_SESSION_KEY: [
                {"method": "mfa", "at": time.time() + 3600}  # the tests may take an hour
            ],
            login._AUTHENTICATION_METHODS_USER_SESSION_KEY: str(user.pk),
        }
        # A store would not keep a key that it has not made up itself.
        Session.objects.create(
            session_key=people.SESSIONS[user.email],
            session_data=SessionStore().encode(data),
            expire_date=timezone.now() + datetime.timedelta(days=1),
        )


def _joining() -> None:
    """What was begun without an account, and links that were mailed."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from accounts.models import Organisation
    from accounts.models.invitation import hash_of
    from providers import listing_index
    from providers.views import held, join
    from tests.browser import people
    from tests.factories import (
        make_entry_request,
        make_listing,
        make_organisation,
        make_register_entry,
        make_registration,
    )

    now = timezone.now()
    long_address = f"{'somebody-' * 5}new@{'long-' * 6}name.example"
    for pk, name, address, confirmed in (
        (1001, "begun", long_address, None),
        (1002, "finished", long_address, now),
        # Its link is replaced by a test, so nobody else's may hang on it.
        (1003, "lost", people.LOST, None),
    ):
        organisation = make_organisation(f"Kestrelgate {name}", slug=f"kestrelgate-{name}")
        draft = make_listing(organisation, pk=pk, title="A hall", state="draft", published_at=None)
        begun = make_registration(
            draft,
            email=address,
            link_hash=hash_of(name),
            email_confirmed_at=confirmed,
        )
        if name == "begun":
            data = {
                held.KEY: [begun.pk],
                join.KEY: {
                    "attempt": "a" * 43,
                    "name": "Quillmoor Bowls",
                    "postcode": "SW1A 1AA",
                    "scheme": "",
                    "number": "",
                },
            }
            Session.objects.create(
                session_key=people.SESSIONS[people.BEGINNER],
                session_data=SessionStore().encode(data),
                expire_date=now + datetime.timedelta(days=1),
            )
    choir = make_organisation(
        "Merrowby Choir", slug="merrowby-choir", website="https://merrowby.example/"
    )
    sings = make_listing(choir, title="Merrowby Choir", slug="choir", origin="register")
    make_register_entry(sings, facts={"website": choir.website})
    listing_index.refresh([sings.pk])
    bowls = Organisation.objects.get(slug="quillmoor-bowls")
    week = datetime.timedelta(days=7)
    for name, wants, until in (
        ("to-act", "claim", now + week),
        ("to-remove", "remove", now + week),
        ("acted", "claim", None),
        ("removed", "remove", None),
        ("over", "claim", now - week),
    ):
        make_entry_request(
            bowls,
            wants=wants,
            state="granted",
            link_hash=hash_of(name),
            expires_at=until,
        )


def _shortlists() -> None:
    """A list of somebody without an account, shared, with all that can become of an offer."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from accounts.models.invitation import hash_of
    from providers.models import Listing
    from providers.views import holding
    from tests.browser import people
    from tests.factories import make_listing, make_shortlist, make_shortlist_item

    now = timezone.now()
    secret = "what-the-session-of-one-who-chooses-holds"
    Session.objects.create(
        session_key=people.SESSIONS[people.CHOOSING],
        session_data=SessionStore().encode({holding.KEY: secret}),
        expire_date=now + datetime.timedelta(days=1),
    )
    held: dict[str, Any] = {"holder_hash": hash_of(secret)}
    make_shortlist(pk=people.EMPTY_SHORTLIST, name="Nothing yet", **held)
    full = make_shortlist(
        pk=people.SHORTLIST,
        name=f"Lunch for thirty with a {'very-' * 8}long name"[:80],
        share_key=people.SHARE_KEY,
        shared_until=now + datetime.timedelta(days=30),
        **held,
    )
    brackenby = Listing.objects.get(organisation__slug="brackenby", slug="buffet")
    make_shortlist_item(full, brackenby, pk=people.SHORTLIST, note="Rang on Tuesday.\n\nAsk again.")
    for slug in ("long", "paused"):
        make_shortlist_item(full, Listing.objects.get(organisation__slug="quillmoor", slug=slug))
    make_shortlist_item(full, make_listing(title="Taken down", state="archived"))
    make_shortlist_item(full, make_listing(title="Taken off"), removed_at=now)


def _staying_in_touch() -> None:
    """Mails about new offers in every state, and websites that may show views."""
    from accounts.models import Organisation, User
    from providers import alert_links
    from providers.search import search_of
    from tests.browser import people
    from tests.factories import make_alert, make_embed_host, make_mail

    now = timezone.now()
    owner = User.objects.get(email=people.OWNER)
    seen = search_of("q=lunch")[0].ids()
    long_view = f"q=lunch&near=LS8&category=catering&ethos=living-wage&q={'long+words+' * 8}"
    for pk, query, fields in (
        (people.ALERT, "q=lunch", {"seen": seen, "told_at": now}),
        (people.ASKED_ALERT, "q=tea", {"confirmed_at": None}),
        (people.STOPPED_ALERT, long_view, {"stopped_at": now}),
        (people.PAUSED_ALERT, "category=of-former-times&q=cake", {"paused_at": now}),
    ):
        alert = make_alert(owner, pk=pk, query=query, pace="weekly", **fields)
        make_mail(reference=f"M-5{pk}", text=f"Stop these mails: {alert_links.stop_path(alert)}")
    # Whoever has no account, and is told nothing yet.
    alert = make_alert(email="reader@example.org", query="near=LS8", confirmed_at=None)
    make_mail(reference="M-55555", text=f"Press the button: {alert_links.change_path(alert)}")
    long = Organisation.objects.get(slug="quillmoor")
    make_embed_host(long, f"{'long-' * 6}name.example:8443", pk=people.HOST)
    make_embed_host(long, "off.example", pk=people.HOST_OFF, switched_off_at=now)
    kitchen = Organisation.objects.get(slug="brackenby")
    for port in people.FRAMING_PORTS:
        make_embed_host(kitchen, f"localhost:{port}")
    make_embed_host(Organisation.objects.get(pk=people.WAITS), "waits.example")


def _purchases() -> None:
    """What Quillmoor bought, a file with every kind of line, and four others for the city."""
    from decimal import Decimal

    from accounts.models import Organisation
    from buying.models import BuyingRules, ChoiceVersion, ClaimThen
    from places.models import Ward
    from providers.models import Term
    from tests.browser import people
    from tests.buying.factories import (
        make_choice,
        make_filed,
        make_purchase_file,
        make_purchase_line,
        make_version,
    )
    from tests.factories import make_organisation

    long = Organisation.objects.get(slug="quillmoor")
    kitchen = Organisation.objects.get(slug="brackenby")
    wards = list(Ward.objects.order_by("name")[:4])
    category = Term.objects.get(facet="category", code="buffet-lunches")
    ethos = Term.objects.filter(facet="ethos")[0]
    today = timezone.localdate()
    buyers = [long, *(make_organisation(f"Buyer {n}", slug=f"buyer-{n}") for n in range(5))]
    for place, buyer in enumerate(buyers):
        BuyingRules.objects.get_or_create(organisation=buyer, defaults={"counts_in_city": True})
        for number, ward in enumerate([*wards, None]):
            version = make_version(
                make_choice(buyer, reference=f"X-{place}{number}", own_reference=f"PO-{number}"),
                what=f"Lunch {'and supper ' * number}",
                amount=Decimal("1234.50") * (number + 1),
                decided_on=today - datetime.timedelta(days=number * 200),
                supplier_name="Donaudampfschifffahrtselektrizitäten" * (1 + number % 2),
                supplier_sector="third" if number % 2 else "",
                supplier_ward=ward,
                supplier_in_leeds=True if ward else None,
                category=category if number % 2 else None,
            )
            ClaimThen.objects.create(version=version, term=ethos, level="checked")
            ChoiceVersion.objects.filter(pk=version.pk).update(stands=True, filed_at=timezone.now())
    make_version(make_choice(long, reference="X-draft"))
    choice = make_choice(
        long, pk=people.PURCHASES, reference="X-known", own_reference="PO-17", origin="elsewhere"
    )
    make_filed(choice)
    file = make_purchase_file(
        long, pk=people.PURCHASES, name=f"{'purchases-' * 6}2026.csv", ignored=["Cost centre"]
    )
    values = {
        "own_reference": "PO-17",
        "what": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
        "supplier": "The Brackenby Kitchen CIC",
        "amount": "1200.50",
        "decided_on": "2026-05-01",
        "postcode": "LS8 4AA",
    }
    lines = (
        {"state": "wrong", "errors": ["Date: Enter a day such as 1/4/2026.", "What: Nothing."]},
        {"state": "new", "supplier": kitchen, "match": "name", "provider_key": "a" * 64},
        {"state": "new", "supplier": long, "match": "number", "provider_key": "b" * 64},
        {"state": "new"},
        {"state": "recorded", "choice": choice},
        {"state": "same", "choice": choice},
    )
    for fields in lines:
        make_purchase_line(file, values=values, **fields)
    make_purchase_line(
        file,
        pk=people.PURCHASES,
        values=values,
        state="differs",
        choice=choice,
        differences=["The amount: filed is £240, the file says £1,200.50."],
    )


def _enquiries() -> None:
    """Enquiries in every state, with links that the looks know."""
    from accounts.models import User
    from accounts.models.invitation import hash_of
    from providers.models import Listing
    from tests.browser import people
    from tests.buying.factories import (
        make_answer,
        make_blocked_asker,
        make_enquiry,
        make_message,
        make_recipient,
    )
    from tests.factories import make_listing, make_organisation

    now = timezone.now()
    sam = User.objects.get(email=people.PERSON)
    long = Listing.objects.get(organisation__slug="quillmoor", slug="long")
    kitchen = Listing.objects.get(organisation__slug="brackenby", slug="buffet")
    full = make_enquiry(
        pk=people.ENQUIRY,
        reference="E-22222",
        user=sam,
        email=f"{'asking-' * 5}of@{'long-' * 6}name.example",
        asking_for="The Donaudampfschifffahrtselektrizitätenhauptbetriebswerk of Leeds",
        title="Lunch for thirty people with a rather long and hardly interesting title",
        what="A cold lunch.\n\nSomething for four vegans, and nothing with nuts.",
        when="at noon, or a little later",
        on_day=timezone.localdate() + datetime.timedelta(days=20),
        postcode="LS8 4AA",
        number=1200,
        budget="1200.50",
        access_needs="Step-free, please.",
        link_hash=hash_of("asked"),
    )
    asked = make_recipient(
        full, long, pk=people.ENQUIRY, link_hash=hash_of("answered"), address_given_at=now
    )
    make_message(asked, text="Is there a kitchen?\n\n" + "Donaudampfschifffahrt" * 6)
    make_message(asked, by="asker", kind="message", text="There is one.")
    make_answer(asked, price="1234.50")
    make_recipient(full, kitchen, pk=people.ENQUIRY + 1, link_hash=hash_of("to-answer"))
    gone = make_listing(make_organisation("Lintwhistle Suppers"), state="archived")
    make_recipient(full, gone, organisation=None, organisation_name="Lintwhistle Suppers")
    make_recipient(make_enquiry(state="unconfirmed", link_hash=hash_of("unsent")), kitchen)
    for pk, state in ((people.ENQUIRY + 2, "expired"), (people.ENQUIRY + 3, "closed")):
        ended = make_enquiry(pk=pk, state=state, user=sam, link_hash=hash_of(state))
        make_recipient(ended, long, pk=pk, link_hash=hash_of(f"{state}-asked"))
    reported = make_enquiry(reference="E-33333", email="busy@elsewhere.example")
    for listing, pk in ((long, people.ENQUIRY + 4), (kitchen, people.ENQUIRY + 5)):
        make_recipient(
            reported,
            listing,
            pk=pk,
            report="It is advertising.",
            not_genuine_at=now,
            link_hash=hash_of(f"reported-{pk}"),
            report_settled_at=now if listing == kitchen else None,
        )
    make_blocked_asker("@nothing.example", why="Advertising again and again.")


def _waits() -> None:
    """One of everything that waits for a curator, with a number that the tests know."""
    from accounts.models import Organisation, User
    from providers.models import Listing, Term
    from tests.browser import people
    from tests.factories import (
        make_claim,
        make_entry_request,
        make_identifier,
        make_listing,
        make_listing_change,
        make_organisation,
        make_problem_report,
        make_registration,
    )

    long = Organisation.objects.get(slug="quillmoor")
    owner = User.objects.get(email=people.OWNER)
    today = timezone.localdate()
    lunches = Listing.objects.get(slug="long")
    sent = make_listing(
        long,
        pk=people.WAITS,
        title="Quillmoor suppers",
        state=Listing.State.SUBMITTED,
        published_at=None,
        summary="Soups and stews.",
        description="Bread comes with it.\n\nSo does salad.",
        categories=[Term.objects.get(facet="category", code="buffet-lunches")],
    )
    number = make_identifier(make_organisation("Quillmoor Twin", slug="quillmoor-twin"))
    make_registration(sent, scheme=number.scheme, number=number.value, email=people.EDITOR)
    make_listing_change(
        lunches,
        pk=people.WAITS,
        made_by=owner,
        values={"title": "Lunches", "summary": f"{lunches.summary} daily", "notice_days": 2},
        before={"title": "Luncheons", "summary": lunches.summary, "notice_days": 365},
    )
    make_entry_request(
        long, pk=people.WAITS, wants="dispute", name="Pat", email=people.EDITOR, text="It is ours."
    )
    terms = Term.objects.filter(facet=Term.Facet.ACCREDITATION)
    make_claim(
        Organisation.objects.get(slug="brackenby"),
        terms[4],
        pk=people.WAITS,
        reference="No. 123",
        valid_to=today + datetime.timedelta(days=9),
    )
    make_problem_report(long, pk=people.WAITS, listing=lunches, email=people.EDITOR)
    one = make_organisation(f"Quill{'moor' * 12} House", pk=people.WAITS, slug="quill-1")
    other = make_organisation(one.name, pk=people.WAITS + 1, slug="quill-2", postcode="LS1 1AA")
    make_listing(one, title="Quillmoor hall", slug="hall")
    make_identifier(other)
    _decided()


def _decided() -> None:
    """What the tests decide, as nobody else looks at it."""
    from providers import listing_index
    from tests.browser import people
    from tests.factories import make_listing, make_listing_change, make_organisation

    one = make_organisation("Quillmoor Bakery", pk=people.DECIDED, slug="bakery-1")
    make_organisation("Quillmoor bakery", pk=people.DECIDED + 1, slug="bakery-2")
    bread = make_listing(one, title="Bread", slug="bread", notice_days=365)
    make_listing_change(
        bread,
        pk=people.DECIDED,
        values={"title": "White bread", "notice_days": 2},
        before={"title": "Loaves", "notice_days": 365},
    )
    listing_index.refresh([bread.pk])


def _choices() -> None:
    """Records of choices: one begun, one corrected, one that never happened; and rules of two."""
    from decimal import Decimal

    from accounts.models import Organisation, User
    from buying.models import Preference, Threshold
    from providers.models import Term
    from tests.browser import people
    from tests.buying.factories import make_choice, make_considered, make_rules, make_version

    long, kitchen = (Organisation.objects.get(slug=slug) for slug in ("quillmoor", "brackenby"))
    owner = User.objects.get(email=people.OWNER)
    rules = make_rules(long, words="Whoever uses it chooses.\n\nWe ask by mail.", shared=True)
    Threshold.objects.create(rules=rules, up_to=Decimal(5000), ask=5, words="In writing. " * 9)
    Threshold.objects.create(rules=rules, up_to=None, ask=5)
    Preference.objects.create(
        rules=rules, position=2, words="A charity", term=Term.objects.filter(facet="ethos")[0]
    )
    make_rules(kitchen, shared=True)

    def considered(version: Any) -> Any:
        words = f"Donaudampfschifffahrtselektrizität {'and lunch ' * 12}"
        make_considered(
            version,
            name=kitchen.name,
            organisation=kitchen,
            answer="yes",
            price=Decimal("1240.50"),
            words=words,
            chosen=True,
        )
        for number, answer in enumerate(("no", "none", "not-asked", "yes")):
            make_considered(version, name=f"Quillmoor {number} caterers", answer=answer)
        return version

    def written(pk: int, **fields: Any) -> Any:
        choice = make_choice(long, pk=pk, reference=f"C-{pk}", made_by=owner, **fields)
        return considered(make_version(choice, supplier=kitchen, supplier_name=kitchen.name))

    def file(version: Any, **fields: Any) -> Any:
        version.choice.versions.filter(stands=True).update(stands=False)
        for name, value in fields.items():
            setattr(version, name, value)
        version.stands, version.filed_at, version.filed_by = True, timezone.now(), owner
        version.save()
        return version

    rule = {"rule_ask": 5, "rule_up_to": Decimal(5000), "rule_met": False, "reason": "Why. " * 60}
    written(people.BEGUN_CHOICE)
    first = file(written(people.FILED_CHOICE, own_reference="PO 2026/17"), **rule)
    again = considered(make_version(first.choice, supplier=kitchen, supplier_name=kitchen.name))
    file(again, **rule | {"amount": Decimal("1250.50"), "tells_provider": True})
    gone = file(written(people.VOID_CHOICE))
    file(make_version(gone.choice, void=True, correction="It was called off."))


def _mail() -> None:
    """A mail with everything that a mail can have."""
    from django.template.loader import render_to_string

    from tests.factories import make_mail
    from tslsv.mail.html import html_of

    text = (
        "Good morning,\nsomebody asked for this. It is at http://localhost:8000/about/ as well.\n\n"
        "    482 910\n\n- bread\n- butter\n\n> Is the hall free?\n> It is for 60 people.\n\n"
        "Answer them:\nhttp://localhost:8000/providers/"
    )
    values = {
        "subject": "Burley Hall has a question for you",
        "content": html_of(text),
        "why": "You get this because you look after Burley Hall.",
        "site_name": "Leeds Social Value",
        "site_url": "http://localhost:8000",
        "support_email": "help@example.org",
        "reference": "M-22222",
    }
    make_mail(
        reference="M-22222",
        subject=values["subject"],
        text=text,
        html=render_to_string("emails/base.html", values),
        sent_at=timezone.now(),
    )


def _asked() -> None:
    """Mails that ask whether listings are still right: two that wait, and one that was answered."""
    from accounts.models import Organisation
    from providers import still_right_links
    from tests.factories import make_listing, make_mail

    long = Organisation.objects.get(slug="quillmoor")
    half_a_year_ago = timezone.now() - datetime.timedelta(days=200)
    asked = [
        make_listing(
            long,
            title=f"Quillmoor {'interdisciplinary ' * number}rooms",
            summary="Rooms for " + "Donaudampfschifffahrtselektrizität " * number,
            description="By the river." * number,
            confirmed_at=half_a_year_ago,
        )
        for number in (1, 5)
    ]
    token = still_right_links.make(asked)
    make_mail(reference="M-33333", text=f"See what they say: /providers/still-right/{token}/")
    answered = still_right_links.make([make_listing(long, confirmed_at=half_a_year_ago)])
    long.listings.filter(pk__gt=asked[1].pk).update(confirmed_at=timezone.now())
    make_mail(reference="M-44444", text=f"See what it says: /providers/still-right/{answered}/")


def _curated() -> None:
    """What curators look after: terms, synonyms, and what was done."""
    from accounts.models import AuditEvent, User
    from providers.models import EmptySearch, Synonym, Term
    from tests.browser import people
    from tests.factories import make_listing, make_organisation, make_term

    lunches = Term.objects.get(facet="category", code="buffet-lunches")
    term = make_term(
        pk=people.TERM,
        label="Arrangements and interdisciplinary Donaudampfschifffahrt",
        parent=lunches.parent,
    )
    make_term(pk=people.RETIRED_TERM, label="Packed suppers", active=False, successor=lunches)
    Synonym.objects.create(pk=people.SYNONYM, words="smorgasbord").terms.set([term, lunches])
    EmptySearch.objects.create(words="a marquee for four hundred people", times=7)
    audited = make_organisation("Lintwhistle Hall", pk=people.AUDITED, slug="lintwhistle")
    listing = make_listing(audited, pk=people.AUDITED, slug="hall", categories=[term])
    curator = User.objects.get(email=people.CURATOR)
    for number in range(60):
        verb = ("submitted", "published", "changed")[number % 3]
        AuditEvent.record(
            verb=verb,
            target=listing,
            organisation=audited,
            actor_key=curator.audit_key if number % 3 == 1 else None,
            fields=["delivery_wards", "access_features"] if verb == "changed" else ["state"],
        )


def _register() -> None:
    """The starter set, a measure with a long history and long words, and one that was retired."""
    from tests.toms.factories import (
        make_measure,
        make_measure_version,
        make_outcome,
        make_overlap_group,
        make_policy_link,
        make_release,
        make_theme,
    )
    from toms import measure_index
    from toms.services import glossary
    from toms.services.loading import STARTER, load

    load(STARTER.read_bytes(), apply=True)
    glossary.load()
    long = "Interdisciplinary Donaudampfschifffahrtsgesellschaftskapitänsarrangements of Leeds"
    outcome = make_outcome(make_theme("QLM", label=f"{long} and Bradford", position=90), label=long)
    group = make_overlap_group("QLM", label="Hours of the choir")
    measure = make_measure(outcome, "LT-QLM-01")
    texts = {
        "title": f"Evenings of singing in {long}",
        "what_counts": "An evening counts.\n\nTwo evenings count twice.",
        "evidence": "A list of evenings.",
        "evidence_small": "A signed note.",
        "example": "The choir sang on three evenings.",
        "overlap_group": group,
    }
    *_, newest = [
        make_measure_version(
            measure,
            number,
            state=state,
            step="minor",
            reason="Clearer words.",
            **texts | {"evidence": f"A list of evenings, in the words of {number}."},
        )
        for number, state in (("1.0.0", "retired"), ("2.0.0", "adopted"), ("2.1.0", "consultation"))
    ]
    make_policy_link(measure, code="part 3", url="https://compact.example/3")
    gone = make_measure_version(
        make_measure(outcome, "LT-QLM-02"),
        "1.0.0",
        state="retired",
        title="Mornings of singing",
        successor=measure,
        overlap_group=group,
    )
    release = make_release(
        newest,
        gone,
        slug="quillmoor",
        title="Quillmoor release",
        state="consultation",
        introduction="Two measures.",
    )
    _said(release, newest)
    begun = make_measure(outcome, "LT-QLM-03")
    make_measure_version(begun, "1.0.0", state="adopted", title="Afternoons of singing")
    draft = make_measure_version(
        begun,
        "1.1.0",
        title="Afternoons of singing",
        step="minor",
        reason="A signed list is enough.",
        evidence=f"A signed list of {long}.",
        level=2,
    )
    make_release(gone, draft, slug="quillmoor-next", title="Next Quillmoor release")
    measure_index.refresh([measure.pk, gone.measure_id, begun.pk])


def _said(release: Any, version: Any) -> None:
    """Comments in every state, and who uses a release whose consultation is over."""
    from accounts.models import Organisation
    from accounts.models.invitation import hash_of
    from tests.browser.people import COMMENT
    from tests.factories import make_organisation
    from tests.toms.factories import make_adoption, make_comment, make_release

    long = Organisation.objects.get(slug="quillmoor")
    texts = {"text": "Too much to count.\n\nWe have no software for it.", "name": "Sam Speaker"}
    mine = {"version": version, "organisation": long, "sector": "third"}
    make_comment(release, pk=COMMENT, **mine, **texts)
    make_comment(release, pk=COMMENT + 1, state="published", **mine, **texts)
    make_comment(release, pk=COMMENT + 2, state="published", outcome="kept", **texts)
    make_comment(release, pk=COMMENT + 3, state="refused", **texts)
    make_comment(release, state="unconfirmed", link_hash=hash_of("a-comment"), **texts)
    day = timezone.localdate() - datetime.timedelta(days=30)
    past = make_release(
        slug="quillmoor-past", title="Past release", state="adopted", opens_on=day, closes_on=day
    )
    make_comment(past, state="published", outcome="changed", stance="support", **texts)
    make_comment(past, state="published", organisation=long, sector="third", **texts)
    make_adoption(long, past, pk=COMMENT)
    for name, sector in (("Ebor Baths", "public"), ("Skell Mill", "")):
        make_adoption(make_organisation(name, sector=sector), past)
    make_adoption(long, make_release(state="adopted"), withdrawn_at=timezone.now())


def _board() -> None:
    """Needs and offers with everything and with nothing said, and exchanges in every kind of state
    that looks like itself.
    """
    from accounts.models import Organisation, User
    from accounts.models.invitation import hash_of
    from brokerage import notice_index, vocabulary
    from brokerage.models import Blackout, HourlyRate, Kind, NoticeSkill, Skill
    from brokerage.services.calendar_keys import make_key
    from places.models import PostcodeSector
    from tests.brokerage.factories import (
        make_capacity,
        make_helper,
        make_need,
        make_offer,
        make_released,
    )
    from tests.browser import people
    from tests.factories import make_organisation

    vocabulary.load()
    HourlyRate.objects.create(
        pk=people.RATE,
        code="donaudampf",
        label="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte",
        pounds="21.30",
        source="Quillmoor’s own pay, as its board agreed in April 2026",
        source_url="https://quillmoor.example/pay",
        holds_from=datetime.date(2026, 4, 1),
    )
    quillmoor = Organisation.objects.get(slug="quillmoor")
    giver = make_organisation("Skellbeck Mutual", pk=people.GIVER, slug="skellbeck")
    sector = PostcodeSector.objects.get(code="LS8 4")
    kind = Kind.objects.get(code="team-day")
    today = timezone.localdate()
    need = make_need(
        organisation=quillmoor,
        kind=kind,
        reference=people.NEED,
        title="Clear the paths behind Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
        description="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte. " * 4,
        causes=["green", "neighbourhood", "disability"],
        access=["step-free", "toilet"],
        requirements=["lifting", "outdoors"],
        weekdays=[1, 5],
        when_words="mornings, if at all possible",
        cost_contribution="160.00",
        seats_held=8,
        ward_id=sector.main_ward_id,
        postcode="LS8 4AA",
        latitude=sector.latitude,
        longitude=sector.longitude,
    )
    for number, code in enumerate(("gardening", "building", "hands")):
        skill = Skill.objects.get(code=code)
        NoticeSkill.objects.create(notice=need, skill=skill, must=not number)
    make_need(organisation=quillmoor, kind=kind, reference=people.DRAFT_NEED, state="draft")
    make_need(
        organisation=quillmoor,
        kind=kind,
        state="submitted",
        submitted_at=timezone.now(),
        title="Sent in",
    )
    money = Kind.objects.get(code="money")
    amounts = {"places_min": None, "places_max": None, "hours_each": None, "amount": "1250.00"}
    offer = make_offer(organisation=giver, kind=money, reference=people.OFFER, **amounts)
    # One goes with the need and was connected a while ago; another is kept out by two gates.
    made_before = timezone.now() - datetime.timedelta(days=20)
    team = make_offer(
        organisation=giver, kind=kind, title="A team of ten, outdoors", connected_at=made_before
    )
    NoticeSkill.objects.create(notice=team, skill=Skill.objects.get(code="gardening"))
    make_offer(
        organisation=giver,
        kind=kind,
        title="A remote team of 20",
        places_min=20,
        places_max=20,
        mode="remote",
        causes=["animals"],
    )
    others = [make_need(kind=kind, places_max=None, mode="remote") for _ in range(25)]
    make_capacity(
        organisation=quillmoor, groups_a_month=2, largest_party=15, supervisors=2, most_pending=9
    )
    make_released(organisation=quillmoor)
    owner = User.objects.get(email=people.OWNER)
    make_key(organisation=None, by=owner, seen=0)
    make_key(organisation=quillmoor, by=owner, seen=0)
    Blackout.objects.create(
        pk=people.GIVER,
        organisation=quillmoor,
        first_day=today + datetime.timedelta(days=60),
        last_day=today + datetime.timedelta(days=64),
        reason="Harvest",
    )
    notice_index.refresh([need.pk, offer.pk, team.pk, *(row.pk for row in others)])
    asked = make_helper(
        pk=people.RATE,
        name="Donaudampfschifffahrt Kapitänsdottir of Llanfairpwllgwyngyll",
        role="Business relationship manager",
        organisation_name="Skellbeck Mutual",
        helps_with="Employers who want to begin, and do not know where",
        sectors=["third", "public"],
        wards=[sector.main_ward_id],
        phone="0113 496 0147",
        consented_at=None,
    )
    asked.link_hash = hash_of("asked-to-be-named")
    asked.save()
    anew = make_helper(
        name="Dev Scholes",
        consented_at=timezone.now() - datetime.timedelta(days=370),
        asked_anew_at=timezone.now() - datetime.timedelta(days=5),
    )
    anew.link_hash = hash_of("asked-anew")
    anew.save()
    make_helper(name="Ada Beckwith", role="Broker", helps_with="Trustees and mentors")
    _exchanges(need, giver)


def _exchanges(need: Any, giver: Any) -> None:
    """Of one need and one giver: introduced, agreed with a change, claimed, confirmed, proposed."""
    from accounts.models.invitation import hash_of
    from brokerage.models import Actual, ExchangeEvent, Gate, VerifierLink
    from tests.brokerage.factories import make_exchange, make_exchange_version
    from tests.browser import people
    from tests.factories import make_organisation

    now, today = timezone.now(), timezone.localdate()
    both = {"host_confirmed_at": now, "giver_confirmed_at": now}
    agreed = {"status": "agreed", **both, "first_day": today, "last_day": today}
    for reference, state, version in (
        (people.TALKING, "introduced", {"giver_confirmed_at": now}),
        (people.CHANGING, "amended", agreed),
        (people.CLAIMED, "delivered", agreed),
        (people.DONE, "closed", agreed),
        (people.PROPOSED, "proposed", {"giver_confirmed_at": now}),
    ):
        exchange = make_exchange(
            need=need,
            giver=make_organisation("Ouseburn Print") if state == "proposed" else giver,
            reference=reference,
            state="agreed",
            version=version,
        )
        exchange.state = state
        for verb, to_state in (("proposed", "proposed"), ("introduced", "introduced")):
            ExchangeEvent.objects.create(
                exchange=exchange, who="giver", verb=verb, to_state=to_state, reason="As we said."
            )
        if reference == people.TALKING:
            Gate.objects.create(exchange=exchange, check_of="dbs")
            Gate.objects.create(
                exchange=exchange,
                check_of="insurance",
                words="Public liability of five million pounds",
                met_on=today,
                valid_to=today + datetime.timedelta(days=90),
            )
            exchange.broker_asked_at = now
        if reference == people.CHANGING:
            make_exchange_version(
                exchange=exchange, number=2, seats=9, giver_confirmed_at=now, note="One less came."
            )
        if state in {"delivered", "closed"}:
            actual = Actual.objects.create(
                exchange=exchange,
                by="giver",
                people=8,
                giver_hours=48,
                host_hours=14,
                happened_on=today,
                words="Eighty metres of hedge.",
            )
            if state == "closed":
                actual.confirmed_by, actual.confirmed_at = "host", now
                actual.save()
                exchange.confirmed = actual
            VerifierLink.objects.create(
                actual=actual,
                name="Hana",
                email="hana@example.org",
                link_hash=hash_of("to-verify") if state == "delivered" else None,
                expires_at=now + datetime.timedelta(days=9),
            )
        exchange.save()
    _passing()
    _came_to()


def _passing() -> None:
    """Places that one employer has, and of which it has another one asked to take some."""
    from accounts.models import Organisation, User
    from brokerage import notice_index
    from brokerage.models import Exchange, Side
    from brokerage.services.acting import Actor
    from brokerage.services.agreeing import confirm_version
    from brokerage.services.passing import ask_another
    from brokerage.services.proposing import Reach, introduce, propose
    from tests.brokerage.acting import terms
    from tests.brokerage.factories import make_need
    from tests.browser import people
    from tslsv.mail.models import OutgoingMail

    trust, bakers = (Organisation.objects.get(slug=slug) for slug in ("ashgarth", "yewdale"))
    giver = Actor.of(Side.GIVER, User.objects.get(email=people.TED))
    host = Actor.of(Side.HOST, User.objects.get(email=people.BUYER))
    for reference, title in (
        (people.GIVING, "Dig over the walled garden"),
        (people.PASSING, "Paint the dining hall"),
    ):
        need = make_need(organisation=trust, title=title, places_max=20)
        notice_index.refresh([need.pk])
        exchange = propose(
            need=need,
            offer=None,
            other=bakers,
            side=Side.GIVER,
            terms=terms(seats=12),
            contact=Reach("Ted Yewdale", people.TED),
            actor=giver,
            key="",
            clash_seen=True,
        )
        Exchange.objects.filter(pk=exchange.pk).update(reference=reference)
        introduce(exchange=exchange, contact=Reach("Bea Shaw", people.BUYER), actor=host)
        exchange.gates.update(met_on=timezone.localdate())
        confirm_version(exchange=exchange, number=1, actor=host)
        if reference == people.GIVING:
            ask_another(exchange=exchange, seats=5, email=people.EDITOR, actor=giver, seen=1)
            mails = OutgoingMail.objects.filter(to=people.EDITOR, subject__contains="places at")
            mails.update(reference=people.PASSED_MAIL)


def _came_to() -> None:
    """Three exchanges of six organisations in the quarter that is over, of whom one paid."""
    from brokerage.figures.what_it_came_to import first_of_quarter
    from tests.brokerage.factories import make_exchange, make_need, make_result
    from tests.factories import make_organisation

    day = first_of_quarter(timezone.localdate()) - datetime.timedelta(days=9)
    for number in range(3):
        need = make_need(organisation=make_organisation(), state="closed")
        make_result(
            make_exchange(need=need),
            people=4,
            giver_hours=24,
            host_hours=5,
            host_cost=40,
            contribution=None if number else 160,
            happened_on=day,
        )


if __name__ == "__main__":
    django.setup()
    fill()
