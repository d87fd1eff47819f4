"""The measure index: what a measure is found by, and keeping that true."""

from collections.abc import Iterable, Iterator
from typing import Any

from toms.models import (
    Measure,
    MeasureBitmap,
    MeasureCard,
    MeasureIndexRow,
    MeasureText,
    MeasureValue,
    MeasureVersion,
    MeasureWord,
    PolicyLink,
)
from tslsv.search import check as checking
from tslsv.search import rebuild as rebuilding
from tslsv.search import upkeep
from tslsv.search.schema import Document, Schema
from tslsv.search.words import fold

FACETS = (
    "theme",
    "outcome",
    "status",
    "baseline",
    "level",
    "suits",
    "basis",
    "profile",
    "kind",
    "unit",
    "policy",
)
AMBITION = PolicyLink.Framework.AMBITION


def refresh(measure_ids: Iterable[int]) -> None:
    """Bring these measures' part of the index up to date, in the caller's transaction.

    Call it once, last, with every measure whose versions, policy links, unit, outcome or theme the
    transaction touched.
    """
    upkeep.refresh(SCHEMA, measure_ids)


def rebuild() -> int:
    """Make the whole index anew beside the live one, and switch; returns how many it holds."""
    return rebuilding.rebuild(SCHEMA)


def differences() -> list[str]:
    """What a rebuild would change, in words; nothing when the index is right."""
    return checking.differences(SCHEMA)


def all_ids() -> Iterator[int]:
    """Every measure, an outcome's side by side."""
    measures = Measure.objects.order_by("outcome_id", "pk").values_list("pk", flat=True)
    return measures.iterator(chunk_size=5000)


def policy_values(framework: str, framework_name: str, code: str) -> tuple[str, str]:
    """What a link is found by: the framework, and its part; of another framework, its name."""
    part = framework_name if framework == PolicyLink.Framework.OTHER else code
    return framework, f"{framework}:{part}"[:100]


# ``MeasureVersionQuerySet.current`` of what is public, but for what was withdrawn, as one JSON
# object: a test holds them together.
_STATE = MeasureVersion.State
_DOCUMENTS = f"""
SELECT json_build_object(
    'id', m.id, 'code', m.code, 'position', m.position,
    'outcome', json_build_object(
        'id', o.id, 'code', o.code, 'label', o.label, 'position', o.position),
    'theme', json_build_object('code', t.code, 'label', t.label, 'position', t.position,
        'ambition', t.ambition),
    'unit', json_build_object('code', u.code, 'label', u.label),
    'group', g.label, 'version', row_to_json(v),
    'links', (SELECT json_agg(json_build_array(l.framework, l.framework_name, l.code)
                              ORDER BY l.framework, l.framework_name, l.code)
              FROM toms_policylink l WHERE l.measure_id = m.id)
)
FROM toms_measure m
JOIN toms_outcome o ON o.id = m.outcome_id
JOIN toms_theme t ON t.id = o.theme_id
CROSS JOIN LATERAL (
    SELECT * FROM toms_measureversion c
    WHERE c.measure_id = m.id AND c.state <> '{_STATE.WITHDRAWN}'
      AND (c.state <> '{_STATE.DRAFT}'
           OR EXISTS (SELECT FROM toms_releaseitem i WHERE i.version_id = c.id))
    ORDER BY CASE WHEN c.state = '{_STATE.ADOPTED}' THEN 0
                  WHEN c.state = '{_STATE.RETIRED}' THEN 2 ELSE 1 END,
        c.major DESC, c.minor DESC, c.patch DESC
    LIMIT 1
) v
JOIN toms_unit u ON u.id = v.unit_id
LEFT JOIN toms_overlapgroup g ON g.id = v.overlap_group_id
WHERE m.id = ANY($1::bigint[])
"""  # noqa: S608 (our names)


def _document(read: dict[str, Any]) -> Document:
    theme, outcome, unit, version = read["theme"], read["outcome"], read["unit"], read["version"]
    links = [tuple(link) for link in read["links"] or ()]
    if theme["ambition"]:
        links.append((AMBITION, "", theme["ambition"]))
    retired = version["state"] == MeasureVersion.State.RETIRED
    return Document(
        object_id=read["id"],
        group_id=outcome["id"],
        values={
            "theme": {theme["code"]},
            "outcome": {outcome["code"]},
            "status": {version["state"]},
            "baseline": {"yes" if version["baseline"] else "no"},
            "level": {str(version["level"])},
            "suits": set(version["suits"]),
            "basis": set(version["basis_allowed"]),
            "profile": {version["profile"]},
            "kind": {version["value_kind"]},
            "unit": {unit["code"]},
            "policy": {value for link in links for value in policy_values(*link)},
        },
        texts=(
            f"{read['code']} {version['title']}",
            " ".join(
                [theme["label"], outcome["label"], version["unit_words"], unit["label"]]
                + [f"{name} {code}" for _, name, code in links]
            ),
            version["what_counts"],
            " ".join(
                version[name]
                for name in (
                    "existing_value_rule",
                    "does_not_count",
                    "evidence",
                    "evidence_small",
                    "example",
                    "concern",
                )
            )
            + f" {read['group'] or ''}",
        ),
        position=None,
        columns={
            # What is retired stands last under its outcome.
            "place_key": f"{theme['position']:05}{theme['code']}{outcome['position']:05}"
            f"{outcome['code'][-1]}{retired:d}{read['position']:05}{read['code'][3:]}",
            "title_key": fold(version["title"])[:200],
            "code_key": fold(read["code"]),
        },
        due_on=None,
        card={
            "code": read["code"],
            "title": version["title"],
            "what_counts": version["what_counts"],
            "theme": theme["label"],
            "theme_code": theme["code"],
            "outcome": outcome["label"],
            "outcome_code": outcome["code"],
            "unit": version["unit_words"],
            "level": version["level"],
            "baseline": version["baseline"],
            "basis": version["basis_allowed"],
            "suits": version["suits"],
            "profile": version["profile"],
            "kind": version["value_kind"],
            "state": version["state"],
            "version": f"{version['major']}.{version['minor']}.{version['patch']}",
        },
    )


SCHEMA = Schema(
    name="measures",
    row=MeasureIndexRow,
    text=MeasureText,
    value=MeasureValue,
    bitmap=MeasureBitmap,
    card=MeasureCard,
    word=MeasureWord,
    facets=FACETS,
    documents_sql=_DOCUMENTS,
    document=_document,
    all_ids=all_ids,
    orders={"register": "r.place_key", "title": "r.title_key"},
    tie_order="r.place_key",
    exact_columns=("code_key", "title_key"),
)
