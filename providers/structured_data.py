"""schema.org descriptions of listings and organisations, as JSON-LD for search engines.

They say nothing that the page does not say: the address and the exact point only where they are
public, the price only where there is one.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from accounts.models import Identifier, Organisation
from places.models import Ward
from providers.models import Listing, Term

# Inside a script element a "<" could end it, whatever the quotes around; JSON has another spelling.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}

# Forms that are outside government and do not share out profit, by their law.
_NOT_FOR_PROFIT = {
    Organisation.LegalForm.CIO,
    Organisation.LegalForm.CHARITABLE_COMPANY,
    Organisation.LegalForm.TRUST,
    Organisation.LegalForm.UNINCORPORATED,
}

type Thing = dict[str, Any]


def organisation(found: Organisation, *, url: str, identifiers: Iterable[Identifier]) -> SafeString:
    """The script element that describes an organisation."""
    return _script({"@context": "https://schema.org", **_organisation(found, url, identifiers)})


def listing(
    found: Listing,
    *,
    url: str,
    organisation_url: str,
    identifiers: Iterable[Identifier],
    categories: Iterable[Term],
    wards: Iterable[Ward],
) -> SafeString:
    """The script element that describes a listing as a service, and who provides it."""
    who = _organisation(found.organisation, organisation_url, identifiers)
    service: Thing = {
        "@type": "Service",
        "@id": url,
        "url": url,
        "name": found.title,
        "description": found.summary or found.description,
        "serviceType": [term.label for term in categories],
        "provider": {"@id": who["@id"]},
        "areaServed": _area(found, wards),
        "offers": _offer(found, url),
    }
    return _script({"@context": "https://schema.org", "@graph": [_known(service), who]})


def _organisation(found: Organisation, url: str, identifiers: Iterable[Identifier]) -> Thing:
    numbers = list(identifiers)
    return _known(
        {
            "@type": _kind(found),
            "@id": f"{url}#organisation",
            "url": url,
            "name": found.name,
            "description": found.summary,
            "sameAs": found.website if found.website.startswith(("http://", "https://")) else "",
            "identifier": [
                {"@type": "PropertyValue", "propertyID": number.scheme, "value": number.value}
                for number in numbers
            ],
            "vatID": next((number.value for number in numbers if number.scheme == "VAT"), ""),
            "address": _address(found),
            "geo": _point(found),
        }
    )


def _kind(found: Organisation) -> str:
    if found.legal_form in _NOT_FOR_PROFIT:
        return "NGO"
    # A LocalBusiness is a place that people can go to.
    if found.sector == Organisation.Sector.PRIVATE and found.address_public and found.address:
        return "LocalBusiness"
    return "Organization"


def _address(found: Organisation) -> Thing | None:
    if not found.address_public or not found.address:
        return None
    return _known(
        {
            "@type": "PostalAddress",
            "streetAddress": ", ".join(found.address.splitlines()),
            "postalCode": found.postcode,
            "addressCountry": "GB",
        }
    )


def _point(found: Organisation) -> Thing | None:
    point = found.public_point
    if not found.address_public or found.latitude is None or point is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": point.latitude, "longitude": point.longitude}


def _area(found: Listing, wards: Iterable[Ward]) -> list[Thing]:
    if found.delivery == Listing.Delivery.LEEDS:
        return [{"@type": "City", "name": "Leeds"}]
    if found.delivery == Listing.Delivery.WARDS:
        return [{"@type": "AdministrativeArea", "name": f"{ward.name}, Leeds"} for ward in wards]
    return []


def _offer(found: Listing, url: str) -> Thing | None:
    """The price as it stands on the page; None where it has to be asked for."""
    offer: Thing = {"@type": "Offer", "url": url, "priceCurrency": "GBP"}
    if found.pricing == Listing.Pricing.FREE:
        return {**offer, "price": "0"}
    if found.pricing != Listing.Pricing.PRICED or found.price_from is None:
        return None
    price: Thing = {
        "@type": "UnitPriceSpecification",
        "priceCurrency": "GBP",
        "unitText": found.get_price_unit_display(),
    }
    if found.price_to == found.price_from:
        price["price"] = str(found.price_from)
    else:
        price["minPrice"] = str(found.price_from)
        if found.price_to is not None:
            price["maxPrice"] = str(found.price_to)
    return {**offer, "priceSpecification": price}


def _known(thing: Thing) -> Thing:
    """Without the properties that have no value: an empty one would say that there is none."""
    return {key: value for key, value in thing.items() if value not in ("", None, [])}


def _script(data: Thing) -> SafeString:
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (escaped)
