"""The notice index: what needs and offers are found by, and keeping that true."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from brokerage.models import (
    Access,
    Cause,
    Mode,
    Notice,
    NoticeBitmap,
    NoticeCard,
    NoticeIndexRow,
    NoticeText,
    NoticeValue,
    NoticeWord,
    Requirement,
)
from tslsv.search import check as checking
from tslsv.search import rebuild as rebuilding
from tslsv.search import upkeep
from tslsv.search.schema import Document, Position, Range, Schema
from tslsv.search.versions import raise_version
from tslsv.search.words import fold

FACETS = ("side", "kind", "skill", "mode", "ward", "cause", "access", "requirement")
VOCABULARY = "board vocabulary"
"""The state row whose version says when kinds or skills last changed."""
EPOCH = datetime.date(1970, 1, 1)
ALWAYS = 100_000
"""Days since 1970 of an end that is open: in the year 2243."""


def refresh(notice_ids: Iterable[int]) -> None:
    """Bring these notices' part of the index up to date, in the caller's transaction.

    Call it once, last, with every notice that the transaction touched.
    """
    upkeep.refresh(SCHEMA, notice_ids)


def refresh_due(today: datetime.date) -> int:
    """Let what has run out go; returns how many notices changed."""
    return upkeep.refresh_due(SCHEMA, today)


def rebuild() -> int:
    """Make the whole index anew beside the live one, and switch; returns how many it holds."""
    return rebuilding.rebuild(SCHEMA)


def differences() -> list[str]:
    """What a rebuild would change, in words; nothing when the index is right."""
    return checking.differences(SCHEMA)


def touch() -> None:
    """Say that the vocabulary (a kind, a skill) has changed."""
    with transaction.atomic():
        upkeep.touch(SCHEMA)
        raise_version(VOCABULARY)


def all_ids() -> Iterator[int]:
    """Every notice that may be found, an organisation's side by side."""
    found = Notice.objects.findable(timezone.localdate()).order_by("organisation_id", "pk")
    return found.values_list("pk", flat=True).iterator(chunk_size=5000)


def day_number(day: datetime.date) -> int:
    """Days since 1970, as the index counts them."""
    return (day - EPOCH).days


_DOCUMENTS = """
SELECT json_build_object(
    'notice', row_to_json(n),
    'organisation', json_build_object('id', o.id, 'name', o.name, 'slug', o.slug,
        'example', o.is_example),
    'kind', json_build_object('code', k.code, 'label', k.label, 'unit', k.unit),
    'ward', w.name,
    'skills', (SELECT json_agg(json_build_array(s.code, s.label) ORDER BY ns.must DESC, s.position)
               FROM brokerage_noticeskill ns JOIN brokerage_skill s ON s.id = ns.skill_id
               WHERE ns.notice_id = n.id)
)
FROM brokerage_notice n
JOIN accounts_organisation o ON o.id = n.organisation_id
JOIN brokerage_kind k ON k.id = n.kind_id
LEFT JOIN places_ward w ON w.code = n.ward_id
WHERE n.id = ANY($1::bigint[])
"""

_CAUSES = dict(Cause.choices)
_ACCESS = dict(Access.choices)
_REQUIREMENTS = dict(Requirement.choices)
_MODES = dict(Mode.choices)
_NEVER = datetime.date.max.isoformat()


def _document(read: dict[str, Any]) -> Document | None:
    """What the index keeps of a notice, or None unless it may be found today."""
    row, organisation, kind = read["notice"], read["organisation"], read["kind"]
    today = timezone.localdate().isoformat()
    last, expires = row["last_day"] or _NEVER, row["expires_on"] or ""
    if row["state"] != Notice.State.PUBLISHED or expires < today or last < today:
        return None
    skills = read["skills"] or []
    modes = {row["mode"]}
    if row["mode"] == Mode.EITHER:
        modes |= {Mode.IN_PERSON.value, Mode.REMOTE.value}
    takes_people = kind["unit"] == "person-hours"
    left = None
    if takes_people:
        most = Notice.MOST_PLACES if row["places_max"] is None else row["places_max"]
        left = max(most - row["seats_held"], 0)
    ends_on = min(expires, last)
    return Document(
        object_id=row["id"],
        group_id=organisation["id"],
        values={
            "side": {row["side"]},
            "kind": {kind["code"]},
            "skill": {code for code, _ in skills},
            "mode": modes,
            "ward": {row["ward_id"]} if row["ward_id"] else set(),
            "cause": set(row["causes"]),
            "access": set(row["access"] or ()),
            "requirement": set(row["requirements"] or ()),
        },
        texts=(
            f"{row['title']} {organisation['name']}",
            " ".join(
                [kind["label"], *(label for _, label in skills)]
                + [_CAUSES[cause] for cause in row["causes"]]
            ),
            row["description"],
            " ".join(
                [row["benefit_to_host"], row["benefit_to_giver"], row["when_words"]]
                + [_REQUIREMENTS[value] for value in row["requirements"] or ()]
                + [_ACCESS[value] for value in row["access"] or ()]
            ),
        ),
        position=(
            Position.at(row["latitude"], row["longitude"]) if row["latitude"] is not None else None
        ),
        columns={
            "places_left": left,
            "fewest": (row["places_min"] or 1) if takes_people else None,
            "first_day": _day(row["first_day"], 0),
            "last_day": _day(row["last_day"], ALWAYS),
            "title_key": fold(row["title"])[:120],
            "published_on": _day(row["published_at"][:10], 0),
            "ends_on": _day(ends_on, ALWAYS),
        },
        due_on=datetime.date.fromisoformat(ends_on) + datetime.timedelta(days=1),
        card={
            "side": row["side"],
            "reference": row["reference"],
            "title": row["title"],
            "description": row["description"][:300],
            "organisation": organisation["name"],
            "organisation_slug": organisation["slug"],
            "example": organisation["example"],
            "kind": kind["label"],
            "unit": kind["unit"],
            "mode": _MODES[row["mode"]],
            "ward": read["ward"] or "",
            "lat": row["latitude"],
            "lon": row["longitude"],
            "places_left": None if row["places_max"] is None else left,
            "places_min": row["places_min"],
            "places_max": row["places_max"],
            "hours_each": _number(row["hours_each"]),
            "amount": _number(row["amount"]),
            "amount_left": _number(
                None if row["amount"] is None else max(row["amount"] - row["amount_held"], 0)
            ),
            "contribution": _number(row["cost_contribution"]),
            "first_day": row["first_day"],
            "last_day": row["last_day"],
            "when": row["when_words"],
            "skills": [label for _, label in skills],
            "causes": [_CAUSES[cause] for cause in row["causes"]],
            "access": [_ACCESS[value] for value in row["access"] or ()],
            "ends": ends_on,
            "published": row["published_at"],
            "modified": row["modified"],
        },
    )


def _day(text: str | None, otherwise: int) -> int:
    return otherwise if not text else day_number(datetime.date.fromisoformat(text))


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


# Steps a quarter of a year apart; what lies between two is looked up day by day.
_QUARTERS = tuple(day_number(datetime.date(2026, 1, 1)) + 91 * step for step in range(40))
_PARTIES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 500, 1000)

SCHEMA = Schema(
    name="notices",
    row=NoticeIndexRow,
    text=NoticeText,
    value=NoticeValue,
    bitmap=NoticeBitmap,
    card=NoticeCard,
    word=NoticeWord,
    facets=FACETS,
    documents_sql=_DOCUMENTS,
    document=_document,
    all_ids=all_ids,
    ranges={
        "party": Range("places_left", _PARTIES, at_least=True),
        "fewest": Range("fewest", _PARTIES, at_least=False),
        "since": Range("last_day", _QUARTERS, at_least=True),
        "until": Range("first_day", _QUARTERS, at_least=False),
    },
    orders={
        "title": "r.title_key",
        "newest": "r.published_on DESC, r.title_key",
        "ending": "r.ends_on, r.title_key",
    },
    tie_order="r.title_key",
    exact_columns=("title_key",),
)
