"""What a listing says, as one value: to compare, to keep beside the live version, to put in place.

A *content* maps names of ``FIELDS`` to what JSON can hold: terms and wards by their codes, prices
as text with two decimals ("6.50"), numbers, and lists. The whole one has every field; a change has
only those that it changes.
"""

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import get_text_list

from places.models import Ward
from providers.models import Listing, Photo, Term
from providers.models.listing import pounds

type Content = dict[str, Any]

TEXTS = ("title", "summary", "description", "contact_name", "email", "phone", "website")
CHOSEN = ("pricing", "price_unit", "delivery")
NUMBERS = ("notice_days", "capacity")
PRICES = ("price_from", "price_to")
#: Many-to-many fields, and what a content names their rows by.
MANY = {"categories": Term, "access_features": Term, "delivery_wards": Ward}

FIELDS = (
    "title",
    "categories",
    "summary",
    "description",
    "pricing",
    "price_from",
    "price_to",
    "price_unit",
    "notice_days",
    "capacity",
    "payment",
    "delivery",
    "delivery_wards",
    "access_features",
    "contact_name",
    "email",
    "phone",
    "website",
    "photos",
)
"""In the order of a listing's page."""

LABELS = {
    "title": "Title",
    "categories": "Category",
    "summary": "Summary",
    "description": "Description",
    "pricing": "Price",
    "price_from": "Price from",
    "price_to": "Price to",
    "price_unit": "Price for",
    "notice_days": "Notice needed",
    "capacity": "Largest group",
    "payment": "How to pay",
    "delivery": "Where",
    "delivery_wards": "Wards delivered to",
    "access_features": "Access",
    "contact_name": "Person to ask for",
    "email": "Email",
    "phone": "Telephone",
    "website": "Website",
    "photos": "Photos",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that reads differently, in words; "" where nothing is said."""

    field: str
    label: str
    before: str
    after: str


def read(listing: Listing) -> Content:
    """The whole content of what is live. Four queries."""
    content: Content = {name: getattr(listing, name) for name in (*TEXTS, *CHOSEN, *NUMBERS)}
    content |= {name: _price(getattr(listing, name)) for name in PRICES}
    content["payment"] = sorted(listing.payment)
    content["categories"] = _codes(listing.categories.all())
    content["access_features"] = _codes(listing.access_features.all())
    content["delivery_wards"] = sorted(listing.delivery_wards.values_list("code", flat=True))
    content["photos"] = [
        {"id": photo.pk, "alt": photo.alt} for photo in listing.photos.live().without_pictures()
    ]
    return {name: content[name] for name in FIELDS}


def write(listing: Listing, values: Content) -> None:
    """Put ``values`` in place and save; the caller holds the listing's lock and then refreshes the
    index. Raises what the model's constraints raise, and KeyError for a field that is none.

    Photos are those of the listing's own that ``values`` name; others of it are deleted, if
    ``values`` speak of photos at all.
    """
    if unknown := values.keys() - set(FIELDS):
        raise KeyError(f"A listing says nothing about {', '.join(sorted(unknown))}.")
    for name in (*TEXTS, *CHOSEN, *NUMBERS, "payment"):
        if name in values:
            setattr(listing, name, values[name])
    for name in PRICES:
        if name in values:
            setattr(listing, name, Decimal(values[name]) if values[name] else None)
    listing.save()
    if "categories" in values:
        listing.categories.set(terms(Term.Facet.CATEGORY, values["categories"]))
    if "access_features" in values:
        listing.access_features.set(terms(Term.Facet.ACCESS, values["access_features"]))
    if "delivery_wards" in values:
        listing.delivery_wards.set(values["delivery_wards"])
    if "photos" in values:
        _write_photos(listing, values["photos"])


def changed(before: Content, after: Content) -> Content:
    """What ``after`` says differently; it may speak of some fields only."""
    return {name: after[name] for name in FIELDS if name in after and after[name] != before[name]}


def differences(before: Content, after: Content) -> list[Difference]:
    """What two contents say differently, in the words of the page. ``after`` may be partial.

    Labels of terms and wards are read in two queries.
    """
    new = changed(before, after)
    if not new:
        return []
    names = _names(before, new)
    return [
        Difference(name, LABELS[name], _text(name, before[name], names), _text(name, value, names))
        for name, value in new.items()
    ]


def in_words(content: Content) -> dict[str, str]:
    """Every field as people read it, "" where nothing is said. Two queries."""
    names = _names(content)
    return {name: _text(name, content[name], names) for name in FIELDS}


def digest(content: Content, names: Iterable[str]) -> str:
    """What these fields say, in 16 letters: a form carries it, to notice that they have changed."""
    said = json.dumps([content[name] for name in FIELDS if name in set(names)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def lay_over(listing: Listing, values: Content) -> Listing:
    """A copy of the listing that says ``values``, a whole content, and is never saved.

    Three queries. Photos are not the copy's to know.
    """
    laid = copy.copy(listing)
    for name in (*TEXTS, *CHOSEN, *NUMBERS, "payment"):
        setattr(laid, name, values[name])
    for name in PRICES:
        setattr(laid, name, Decimal(values[name]) if values[name] else None)
    # What a prefetch would have left: the copy's own rows are read from here.
    laid._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "categories": terms(Term.Facet.CATEGORY, values["categories"]),
        "access_features": terms(Term.Facet.ACCESS, values["access_features"]),
        "delivery_wards": list(
            Ward.objects.filter(code__in=values["delivery_wards"]).only("code", "name")
        ),
    }
    return laid


def terms(facet: "Term.Facet", codes: Iterable[str]) -> list[Term]:
    """The terms with these codes; retired ones too, as a listing may still have one. The code of
    a term that was merged means the one that took it in.
    """
    found = Term.objects.of(facet).filter(code__in=list(codes)).select_related("successor")
    return list(dict.fromkeys(term.successor or term for term in found))


def as_price(value: Decimal | None) -> str:
    """A price as a content has it: "6.50", or "" for none."""
    return _price(value)


def _price(value: Decimal | str | None) -> str:
    return f"{Decimal(value):.2f}" if value not in (None, "") else ""


def _codes(found: Any) -> list[str]:
    return sorted(found.order_by().values_list("code", flat=True))


def _write_photos(listing: Listing, wanted: Iterable[Mapping[str, Any]]) -> None:
    photos = {photo.pk: photo for photo in listing.photos.without_pictures()}
    for position, asked in enumerate(wanted):
        photo = photos.pop(asked["id"], None)
        if photo is None:
            continue  # deleted meanwhile
        photo.position, photo.alt = position, asked["alt"]
        photo.save(update_fields=["position", "alt"])
    Photo.objects.filter(pk__in=photos).delete()


def _names(*contents: Content) -> dict[str, str]:
    """What the codes in these contents are called."""
    codes = {
        name: {code for content in contents for code in content.get(name, ())} for name in MANY
    }
    named: dict[str, str] = dict(
        Term.objects.filter(code__in=codes["categories"] | codes["access_features"])
        .order_by("facet")
        .values_list("code", "label")
    )
    wards = Ward.objects.filter(code__in=codes["delivery_wards"]).values_list("code", "name")
    return named | dict(wards)


_WORDS: dict[str, Callable[[Any], str]] = {
    "pricing": lambda value: str(Listing.Pricing(value).label),
    "price_unit": lambda value: str(Listing.PriceUnit(value).label),
    "price_from": lambda value: pounds(Decimal(value)),
    "price_to": lambda value: pounds(Decimal(value)),
    "payment": lambda value: get_text_list([str(Listing.Payment(kind).label) for kind in value]),
    "notice_days": lambda value: "1 day" if value == 1 else f"{value} days",
    "capacity": lambda value: "1 person" if value == 1 else f"{value:,} people",
    "delivery": lambda value: str(Listing.Delivery(value).label),
    "photos": lambda value: "\n".join(photo["alt"] for photo in value),
}


def _text(name: str, value: Any, names: Mapping[str, str]) -> str:
    """One field as people read it."""
    if value in (None, "", []):
        return ""
    if name in MANY:
        return ", ".join(sorted(names.get(code, code) for code in value))
    return _WORDS.get(name, str)(value)
