"""The listing index: what a listing is found by, and keeping that true."""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Model
from django.db.models.base import ModelState
from django.utils import timezone

from accounts.models import Organisation
from providers.models import (
    Claim,
    Listing,
    ListingBitmap,
    ListingCard,
    ListingIndexRow,
    ListingText,
    ListingValue,
    ListingWord,
    Term,
)
from providers.models.claim import claim_label
from providers.models.listing import months_before
from tslsv.search import check as checking
from tslsv.search import rebuild as rebuilding
from tslsv.search import upkeep
from tslsv.search.schema import Document, Position, Range, Schema
from tslsv.search.versions import raise_version
from tslsv.search.words import fold

CLAIM_FACETS = tuple(facet.value for facet in Term.CLAIMABLE)
CHECKED = "@checked"
"""Ending of the facets that hold checked claims alone."""

FACETS = (
    "category",
    "ward",
    "sector",
    "legal_form",
    *CLAIM_FACETS,
    *(facet + CHECKED for facet in CLAIM_FACETS),
    "access",
    "price",
    "pay",
    "delivers_to",
    "origin",
)
VOCABULARY = "vocabulary"
"""The state row whose version says when terms, wards or synonyms last changed."""


def refresh(listing_ids: Iterable[int]) -> None:
    """Bring these listings' part of the index up to date, in the caller's transaction.

    Call it once, last, with every listing the transaction touched.
    """
    upkeep.refresh(SCHEMA, listing_ids)


def refresh_due(today: datetime.date) -> int:
    """Let claims run out and unconfirmed listings go; returns how many listings changed."""
    return upkeep.refresh_due(SCHEMA, today)


def rebuild() -> int:
    """Make the whole index anew beside the live one, and switch; returns how many it holds."""
    return rebuilding.rebuild(SCHEMA)


def differences() -> list[str]:
    """What a rebuild would change, in words; nothing when the index is right."""
    return checking.differences(SCHEMA)


def touch() -> None:
    """Say that the vocabulary (a term, a synonym, a ward's name) has changed."""
    with transaction.atomic():
        upkeep.touch(SCHEMA)
        raise_version(VOCABULARY)


def all_ids() -> Iterator[int]:
    """Every listing that may be found, an organisation's side by side."""
    findable = Listing.objects.findable(timezone.localdate()).order_by("organisation_id", "pk")
    return findable.values_list("pk", flat=True).iterator(chunk_size=5000)


# What a document is made of; anything else would be read one by one.
_LISTING = (
    "id", "organisation_id", "title", "slug", "summary", "description", "pricing", "price_from",
    "price_to", "price_unit", "notice_days", "capacity", "payment", "delivery", "email", "phone",
    "website", "state", "origin", "published_at", "confirmed_at", "modified",
)  # fmt: skip
_ORGANISATION = (
    "id", "name", "slug", "sector", "legal_form", "summary", "website", "email", "phone",
    "postcode", "ward_id", "latitude", "public_latitude", "public_longitude", "address_public",
    "is_example",
)  # fmt: skip
# What JSON has as text, and for pounds as a number that would be read as a float.
_MADE: dict[str, Callable[[str], object]] = {
    "price_from": Decimal,
    "price_to": Decimal,
    "published_at": datetime.datetime.fromisoformat,
    "confirmed_at": datetime.datetime.fromisoformat,
    "modified": datetime.datetime.fromisoformat,
}


def _columns(table: str, names: Iterable[str]) -> str:
    return ", ".join(
        f"{table}.{name}{'::text' if _MADE.get(name) is Decimal else ''}" for name in names
    )


# Written out, because building this query with the ORM took longer than everything else a save
# does to the index; and one JSON array a listing, because reading sixty columns took longer still.
# Columns of the two models first, then what hangs on them.
_DOCUMENTS = f"""
SELECT json_build_array({_columns("l", _LISTING)}, {_columns("o", _ORGANISATION)}, w.name,
    (SELECT json_agg(json_build_array(t.code, t.label, p.code, p.label) ORDER BY t.position, t.id)
     FROM providers_listing_categories lc
     JOIN providers_term t ON t.id = lc.term_id
     LEFT JOIN providers_term p ON p.id = t.parent_id
     WHERE lc.listing_id = l.id),
    (SELECT json_agg(json_build_array(t.code, t.label) ORDER BY t.position, t.id)
     FROM providers_listing_access_features la
     JOIN providers_term t ON t.id = la.term_id
     WHERE la.listing_id = l.id),
    (SELECT json_agg(json_build_array(d.code, d.name) ORDER BY d.name)
     FROM providers_listing_delivery_wards ld
     JOIN places_ward d ON d.code = ld.ward_id
     WHERE ld.listing_id = l.id),
    (SELECT json_agg(json_build_array(t.facet, t.code, t.label, c.level, c.valid_to)
                     ORDER BY t.facet, t.position, t.id)
     FROM providers_claim c
     JOIN providers_term t ON t.id = c.term_id
     WHERE c.organisation_id = o.id AND c.withdrawn_at IS NULL),
    CASE WHEN l.delivery = '{Listing.Delivery.LEEDS}'
         THEN (SELECT json_agg(code) FROM places_ward) END
)
FROM providers_listing l
JOIN accounts_organisation o ON o.id = l.organisation_id
LEFT JOIN places_ward w ON w.code = o.ward_id
WHERE l.id = ANY($1::bigint[])
"""  # noqa: S608 (our names)


class _Tag(NamedTuple):
    """A term as a listing carries it; ``until`` and ``level`` are a claim's."""

    facet: str
    code: str
    label: str
    parent: str = ""
    parent_label: str = ""
    level: str = ""
    until: str | None = None

    def stands(self, on: datetime.date) -> bool:
        """Whether a claim has not run out by this day."""
        return self.until is None or datetime.date.fromisoformat(self.until) >= on


class _Whole(NamedTuple):
    """A listing with all that it is found by."""

    listing: Listing
    organisation: Organisation
    ward: str
    categories: list[_Tag]
    access: list[_Tag]
    wards: list[_Tag]
    claims: list[_Tag]
    # Codes; read only for a listing that delivers all over Leeds.
    every_ward: list[str]


def _whole(row: list[Any]) -> _Whole:
    """A listing as ``_DOCUMENTS`` gives it."""
    listing, organisation = dict(zip(_LISTING, row, strict=False)), row[len(_LISTING) :]
    for name, make in _MADE.items():
        if listing[name] is not None:
            listing[name] = make(listing[name])
    ward, categories, access, wards, claims, every_ward = organisation[len(_ORGANISATION) :]
    return _Whole(
        _model(Listing, listing),
        _model(Organisation, dict(zip(_ORGANISATION, organisation, strict=False))),
        ward or "",
        [
            _Tag("category", code, label, parent or "", parent_label or "")
            for code, label, parent, parent_label in categories or ()
        ],
        [_Tag("access", code, label) for code, label in access or ()],
        [_Tag("ward", code, name) for code, name in wards or ()],
        [
            _Tag(facet, code, label, level=level, until=until)
            for facet, code, label, level, until in claims or ()
        ],
        every_ward or [],
    )


def _model[M: Model](kind: type[M], values: dict[str, Any]) -> M:
    """What ``from_db`` makes, without its look at every field there is, at every save."""
    made = kind.__new__(kind)
    made._state = ModelState()
    made._state.adding = False
    made._state.db = "default"
    made.__dict__.update(values)
    return made


def _document(row: list[Any]) -> Document | None:
    """What the index keeps of a listing, or None unless it may be found today."""
    # Asked once: what Django makes of "here" takes longer than the time itself.
    here = timezone.get_current_timezone()
    whole, today = _whole(row), timezone.localdate()
    listing, organisation = whole.listing, whole.organisation
    if listing.confirmed_at is None or not listing.is_findable(today):
        return None
    claims = [claim for claim in whole.claims if claim.stands(today)]
    values: dict[str, Collection[str]] = {
        "category": {code for tag in whole.categories for code in (tag.code, tag.parent) if code},
        "ward": _one(organisation.ward_id),
        "sector": _one(organisation.sector),
        "legal_form": _one(organisation.legal_form),
        "access": {tag.code for tag in whole.access},
        "price": {listing.price_band} if _stated(listing) else set(),
        "pay": set(listing.payment),
        "delivers_to": _delivered_wards(whole),
        "origin": {listing.origin},
    }
    for facet in CLAIM_FACETS:
        mine = [claim for claim in claims if claim.facet == facet]
        values[facet] = {claim.code for claim in mine}
        values[facet + CHECKED] = {
            claim.code for claim in mine if claim.level == Claim.Level.CHECKED
        }
    labels = [label for tag in whole.categories for label in (tag.label, tag.parent_label)]
    labels += [tag.label for tag in whole.access]
    labels += [claim_label(claim.facet, claim.label) for claim in claims]
    point = organisation.public_point
    confirmed_on = listing.confirmed_at.astimezone(here).date()
    title, name = fold(listing.title), fold(organisation.name)
    return Document(
        object_id=listing.pk,
        group_id=organisation.pk,
        values=values,
        texts=(
            f"{listing.title} {organisation.name}",
            " ".join(dict.fromkeys(labels)),
            f"{listing.summary} {organisation.summary}",
            listing.description,
        ),
        position=Position.at(point.latitude, point.longitude) if point else None,
        columns={
            "name_key": f"{title} {name}".strip()[:330],
            "title_key": title[:200],
            "organisation_key": name[:200],
            "confirmed_on": None if listing.origin == Listing.Origin.REGISTER else confirmed_on,
            "notice_days": listing.notice_days,
            "capacity": listing.capacity,
        },
        due_on=_due_on(listing, claims, confirmed_on),
        card=_card(whole, claims, confirmed_on, here),
    )


def _stated(listing: Listing) -> bool:
    """Whether somebody said what it costs and where: a register only says that it exists."""
    return listing.origin != Listing.Origin.REGISTER or listing.pricing != Listing.Pricing.ASK


def _one(value: str | None) -> set[str]:
    return {value} if value else set()


def _delivered_wards(whole: _Whole) -> Collection[str]:
    """The wards it delivers to; a listing for all Leeds counts in each of them."""
    match whole.listing.delivery:
        case Listing.Delivery.LEEDS:
            return whole.every_ward
        case Listing.Delivery.WARDS:
            return {ward.code for ward in whole.wards}
    return set()


def _due_on(
    listing: Listing, claims: list[_Tag], confirmed_on: datetime.date
) -> datetime.date | None:
    """The first day on which a claim has run out or the listing is hidden."""
    day = datetime.timedelta(days=1)
    ends = [datetime.date.fromisoformat(claim.until) for claim in claims if claim.until]
    # Some write the last day of all for "never".
    days = [end + day for end in ends if end < datetime.date.max]
    if listing.origin != Listing.Origin.REGISTER:
        days.append(hidden_on(confirmed_on))
    return min(days, default=None)


@lru_cache(maxsize=4096)
def hidden_on(confirmed_on: datetime.date) -> datetime.date:
    """The first day on which a listing last confirmed on ``confirmed_on`` is hidden."""
    day = months_before(confirmed_on, -Listing.HIDDEN_AFTER_MONTHS)
    while Listing.hidden_before(day) <= confirmed_on:
        day += datetime.timedelta(days=1)
    return day


# Looked up here, because a model's own get_…_display() makes its table anew at every call.
_SECTORS = dict(Organisation.Sector.choices)
_LEGAL_FORMS = dict(Organisation.LegalForm.choices)
_PAYMENTS = dict(Listing.Payment.choices)
_DELIVERIES = dict(Listing.Delivery.choices)


def _card(
    whole: _Whole, claims: list[_Tag], confirmed_on: datetime.date, here: datetime.tzinfo
) -> dict[str, Any]:
    """What a result, a CSV line, a feed entry and a point on the map show. Nothing private."""
    listing, organisation = whole.listing, whole.organisation
    point = organisation.public_point
    return {
        "title": listing.title,
        "slug": listing.slug,
        "summary": listing.summary,
        "organisation": organisation.name,
        "organisation_slug": organisation.slug,
        "sector": _SECTORS.get(organisation.sector, ""),
        "legal_form": _LEGAL_FORMS.get(organisation.legal_form, ""),
        "ward": whole.ward,
        "postcode": organisation.public_postcode,
        "lat": point.latitude if point else None,
        "lon": point.longitude if point else None,
        "approximate": not organisation.address_public or organisation.latitude is None,
        "categories": [tag.label for tag in whole.categories],
        "access": [tag.label for tag in whole.access],
        "price": listing.price_text if _stated(listing) else "",
        "notice": listing.notice_days,
        "capacity": listing.capacity,
        "pay": [_PAYMENTS[kind] for kind in listing.payment],
        "delivery": _DELIVERIES[listing.delivery] if _stated(listing) else "",
        "delivery_wards": [ward.label for ward in whole.wards],
        "claims": [
            {
                "label": claim_label(claim.facet, claim.label),
                "level": claim.level,
                "until": claim.until,
            }
            for claim in claims
        ],
        "email": listing.email or organisation.email,
        "phone": listing.phone or organisation.phone,
        "website": listing.website or organisation.website,
        "origin": listing.origin,
        "confirmed": confirmed_on.isoformat(),
        "published": _said(listing.published_at, here),
        "modified": _said(listing.modified, here),
        "example": organisation.is_example,
    }


def _said(moment: datetime.datetime | None, here: datetime.tzinfo) -> str:
    return moment.astimezone(here).isoformat() if moment else ""


SCHEMA = Schema(
    name="listings",
    row=ListingIndexRow,
    text=ListingText,
    value=ListingValue,
    bitmap=ListingBitmap,
    card=ListingCard,
    word=ListingWord,
    facets=FACETS,
    documents_sql=_DOCUMENTS,
    document=_document,
    all_ids=all_ids,
    ranges={
        "notice": Range(
            "notice_days", (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 90), at_least=False
        ),
        "capacity": Range(
            "capacity",
            (
                1,
                5,
                8,
                10,
                12,
                15,
                20,
                25,
                30,
                40,
                50,
                60,
                80,
                100,
                120,
                150,
                200,
                250,
                300,
                500,
                1000,
            ),
            at_least=True,
        ),
    },
    orders={
        "name": "r.name_key",
        "confirmed": "r.confirmed_on DESC NULLS LAST, r.name_key",
    },
    tie_order="r.name_key",
    exact_columns=("title_key", "organisation_key"),
    synonyms=(
        "SELECT s.vector, t.facet, t.code FROM providers_synonym s "
        "JOIN providers_synonym_terms st ON st.synonym_id = s.id "
        "JOIN providers_term t ON t.id = st.term_id WHERE t.active"
    ),
)
