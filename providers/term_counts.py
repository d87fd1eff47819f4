"""How much each term of the vocabulary touches."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Touches:
    """Listings, in whatever state, that show the term or a narrower one; and the organisations
    that claim it, which is nobody for categories and access."""

    listings: int = 0
    organisations: int = 0


_BY_LISTING = """
SELECT t.id, count(DISTINCT carried.listing_id)
FROM providers_term t
JOIN providers_term narrower ON narrower.id = t.id OR narrower.parent_id = t.id
JOIN (
    SELECT listing_id, term_id FROM providers_listing_categories
    UNION ALL
    SELECT listing_id, term_id FROM providers_listing_access_features
) carried ON carried.term_id = narrower.id
WHERE t.facet = %s
GROUP BY t.id
"""
_BY_CLAIM = """
SELECT t.id, count(DISTINCT l.id), count(DISTINCT c.organisation_id)
FROM providers_term t
JOIN providers_claim c ON c.term_id = t.id AND c.withdrawn_at IS NULL
LEFT JOIN providers_listing l ON l.organisation_id = c.organisation_id
WHERE t.facet = %s
GROUP BY t.id
"""


def touched_by(facet: str) -> dict[int, Touches]:
    """For each term of a facet that touches anything, by its id. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_LISTING, [facet])
        found = {pk: Touches(listings) for pk, listings in cursor.fetchall()}
        cursor.execute(_BY_CLAIM, [facet])
        for pk, listings, organisations in cursor.fetchall():
            found[pk] = Touches(listings, organisations)
    return found
