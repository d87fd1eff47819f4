"""Pairs of organisations that look like one.

A pair is proposed when it has the same name, a like name at the same postcode, the same website,
or when one gave the number of the other as it registered. It is not proposed when a register lists
the two apart: by two rows of its own, or by two numbers of one kind. Most pairs of like names are
branches or sister co-operatives, and asking about those would hide the real doubles.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Organisation
from providers import own_hosts

#: As alike as two names at one postcode have to be, of 1, without the words that many have.
ALIKE = 0.6
#: A website that more organisations give is nobody's own.
OWN_HOST_MOST = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations, the lower number first; ``why`` says what made us ask."""

    first: int
    second: int
    why: str
    since: datetime.datetime


WHY = {
    1: "One gave the other’s number",
    2: "Same name",
    3: "Same website",
    4: "Like name, same postcode",
}

# What two names or websites are compared by; migration 0008 has an index on each.
_NAME = "regexp_replace(lower({0}.name), '[^[:alnum:]]+', '', 'g')"
_HOST = "substring(lower({0}.website) from '^https?://(?:www\\.)?([^/:?#]+)')"

# Words that sister organisations at one address share.
_OWN_WORDS = (
    "regexp_replace(lower({0}), '\\m(the|of|and|for|in|limited|ltd|cic|plc|llp|housing|co|"
    "operative|cooperative|community|energy|society|association|group|company|interest|charity|"
    "trust|centre|services|leeds)\\M', ' ', 'g')"
)

# No pair lies within one register. So of any pair at least one lies outside the largest, and only
# those few need to be compared with everybody.
_PAIRS = f"""
WITH largest AS (
  SELECT source FROM providers_registerentry GROUP BY source ORDER BY count(*) DESC, source LIMIT 1
), few AS MATERIALIZED (
  SELECT o.* FROM accounts_organisation o WHERE NOT EXISTS (
    SELECT FROM providers_registerentry e
    WHERE e.organisation_id = o.id AND e.source = (SELECT source FROM largest))
), numbered AS (
  SELECT l.organisation_id AS id, r.scheme, r.number AS value
  FROM providers_registration r JOIN providers_listing l ON l.id = r.listing_id
  WHERE r.number <> ''
), found AS (
  SELECT n.id AS a, i.organisation_id AS b, 1 AS why
  FROM numbered n JOIN accounts_identifier i ON i.scheme = n.scheme AND i.value = n.value
  UNION ALL
  SELECT n.id, m.id, 1 FROM numbered n JOIN numbered m ON m.scheme = n.scheme AND m.value = n.value
  UNION ALL
  SELECT f.id, o.id, 2 FROM few f JOIN accounts_organisation o
  ON {_NAME.format("o")} = {_NAME.format("f")} AND {_NAME.format("f")} <> ''
  UNION ALL
  SELECT f.id, o.id, 3 FROM few f JOIN accounts_organisation o
  ON {_HOST.format("o")} = {_HOST.format("f")}
  WHERE {_HOST.format("f")} !~ %(shared)s AND %(most)s >= (
    SELECT count(*) FROM accounts_organisation c WHERE {_HOST.format("c")} = {_HOST.format("f")})
  UNION ALL
  SELECT f.id, o.id, 4 FROM few f JOIN accounts_organisation o
  ON o.postcode = f.postcode AND f.postcode <> ''
  AND similarity({_OWN_WORDS.format("o.name")}, {_OWN_WORDS.format("f.name")}) >= %(alike)s
), pair AS (
  SELECT least(a, b) AS one, greatest(a, b) AS other, min(why) AS why
  FROM found WHERE a <> b GROUP BY 1, 2
)
SELECT p.one, p.other, p.why, greatest(o.created, t.created)
FROM pair p
JOIN accounts_organisation o ON o.id = p.one JOIN accounts_organisation t ON t.id = p.other
WHERE o.is_example = t.is_example
AND EXISTS (
  SELECT FROM providers_listing l
  WHERE l.organisation_id IN (p.one, p.other) AND l.state IN ('submitted', 'published', 'paused'))
AND NOT EXISTS (
  SELECT FROM providers_notdouble n WHERE n.first_id = p.one AND n.second_id = p.other)
AND NOT EXISTS (
  SELECT FROM providers_registerentry e JOIN providers_registerentry g ON g.source = e.source
  WHERE e.organisation_id = p.one AND g.organisation_id = p.other)
AND NOT EXISTS (
  SELECT FROM accounts_identifier i JOIN accounts_identifier j ON j.scheme = i.scheme
  WHERE i.organisation_id = p.one AND j.organisation_id = p.other)
"""  # noqa: S608 (only the two expressions above are put in)


def pairs(of: int | None = None) -> list[Pair]:
    """Every pair that waits for a curator, longest known first; with ``of`` only those with that
    organisation. One query.
    """
    query = _PAIRS
    values: dict[str, Any] = {
        "shared": own_hosts.shared_pattern(),
        "most": OWN_HOST_MOST,
        "alike": ALIKE,
    }
    if of is not None:
        query, values["of"] = f"{query} AND %(of)s IN (p.one, p.other)", of
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY 4, 1, 2", values)
        return [Pair(one, other, WHY[why], since) for one, other, why, since in cursor.fetchall()]


def names(found: Iterable[Pair]) -> dict[int, str]:
    """What the organisations of these pairs are called. One query."""
    ids = {pk for pair in found for pk in (pair.first, pair.second)}
    return dict(Organisation.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))


def like(name: str, postcode: str) -> list[Organisation]:
    """Organisations of this name, or of a like one at this postcode; five at most. One query."""
    sql = f"""
        SELECT o.* FROM accounts_organisation o
        WHERE {_NAME.format("o")} = regexp_replace(lower(%(name)s), '[^[:alnum:]]+', '', 'g')
        OR (o.postcode = %(postcode)s AND %(postcode)s <> ''
            AND similarity({_OWN_WORDS.format("o.name")}, {_OWN_WORDS.format("%(name)s")})
            >= %(alike)s)
        ORDER BY similarity(o.name, %(name)s) DESC, o.id LIMIT 5
    """  # noqa: S608 (only the expression above is put in)
    values = {"name": name, "postcode": postcode, "alike": ALIKE}
    return list(Organisation.objects.raw(sql, values))
