"""A version for other programs: the columns of ``columns.py`` with their types, and its life.

Every column of a file is here under the same name, so a new column shows in CSV, in JSON and in the
API's own description at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, IntegerField
from django.urls import reverse

from toms.exchange.columns import COLUMNS
from toms.exchange.described import Described
from toms.models import Measure, MeasureVersion, PolicyLink
from toms.models.measure import Number
from tslsv.mail.links import absolute

type Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
NUMBER: Schema = {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}
ADDRESS: Schema = {"type": "string", "format": "uri"}


@dataclass(frozen=True, slots=True)
class Named:
    """One field of a measure: its name, its value, and what can stand in it (JSON Schema)."""

    name: str
    write: Callable[[Described], Any]
    schema: Schema


def record(described: Described) -> dict[str, Any]:
    """The fields by their names, of texts, numbers, lists and the like alone."""
    return {field.name: field.write(described) for field in FIELDS}


def schema() -> Schema:
    """What a record is like, as JSON Schema."""
    return object_of({field.name: field.schema for field in FIELDS})


def object_of(properties: dict[str, Schema], **more: Any) -> Schema:
    """An object that has all of these and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


def _schema_of(field: Any) -> Schema:
    """What a field of the table can hold."""
    if isinstance(field, ArrayField):
        return {"type": "array", "items": _schema_of(field.base_field)}
    if isinstance(field, BooleanField):
        return {"type": "boolean"}
    if isinstance(field, IntegerField):
        return {"type": "integer", "minimum": 1, "maximum": 4}
    choices = field.choices
    return {**TEXT, "enum": [value for value, _ in choices]} if choices else TEXT


def _column(name: str, field: str) -> Named:
    return Named(
        name,
        lambda described: getattr(described.version, field),
        _schema_of(MeasureVersion._meta.get_field(field)),
    )


def _heading(name: str, path: str, *fields: str) -> Named:
    """What the version stands under, by its code and names."""

    def write(described: Described) -> dict[str, str]:
        found: Any = described.version
        for step in path.split("."):
            found = getattr(found, step)
        return {field: getattr(found, field) for field in fields}

    return Named(name, write, object_of(dict.fromkeys(fields, TEXT)))


def _overlap_group(described: Described) -> dict[str, str] | None:
    group = described.version.overlap_group
    return {"code": group.code, "label": group.label} if group else None


def _replaced_by(described: Described) -> dict[str, Any] | None:
    if described.replaced_by is None:
        return None
    measure, number = described.replaced_by
    return {
        "code": measure.code,
        "version": str(number) if number else None,
        "url": version_address(measure, number) if number else measure_address(measure),
    }


def _policy_link(link: PolicyLink) -> dict[str, str]:
    return {
        "framework": link.framework,
        "framework_name": link.framework_name or link.get_framework_display(),
        "code": link.code,
        "url": link.url,
        "match": link.match,
    }


def measure_address(measure: Measure) -> str:
    """The address that a measure has for ever, which is what it is called in linked data, too."""
    return absolute(measure.get_absolute_url())


def version_address(measure: Measure, number: Number) -> str:
    """The address of exactly this version."""
    return absolute(reverse("toms:measure_version", args=[measure.code, number]))


_NESTED = {
    "theme_code",
    "theme",
    "leeds_ambition",
    "outcome_code",
    "outcome",
    "unit",
    "unit_code",
    "overlap_group",
}
_FIRST = ("code", "version", "status")
"""Columns that are written by hand: the first three, and those that are parts of one field."""

FIELDS = (
    Named("code", lambda one: one.version.measure.code, TEXT),
    Named("version", lambda one: str(one.version.number), NUMBER),
    Named(
        "status",
        lambda one: one.version.state,
        {**TEXT, "enum": MeasureVersion.State.values},
    ),
    _heading("theme", "measure.outcome.theme", "code", "label", "ambition"),
    _heading("outcome", "measure.outcome", "code", "label"),
    Named(
        "unit",
        lambda one: {
            "code": one.version.unit.code,
            "label": one.version.unit.label,
            "words": one.version.unit_words,
        },
        object_of({"code": TEXT, "label": TEXT, "words": TEXT}),
    ),
    Named(
        "overlap_group",
        _overlap_group,
        object_of({"code": TEXT, "label": TEXT}) | {"type": ["object", "null"]},
    ),
    *(
        _column(column.name, column.field)
        for column in COLUMNS
        if column.name not in {*_FIRST, *_NESTED}
    ),
    Named("series", lambda one: one.version.major, {"type": "integer", "minimum": 0}),
    Named(
        "change_type",
        lambda one: one.version.step,
        _schema_of(MeasureVersion._meta.get_field("step")),
    ),
    Named("valid_from", lambda one: one.version.adopted_on, DAY),
    Named("valid_until", lambda one: one.version.ended_on, DAY),
    Named("ended_reason", lambda one: one.version.ended_reason, TEXT),
    Named(
        "replaced_by",
        _replaced_by,
        object_of({"code": TEXT, "version": {"type": ["string", "null"]}, "url": ADDRESS})
        | {"type": ["object", "null"]},
    ),
    Named(
        "policy_links",
        lambda one: [_policy_link(link) for link in one.policy_links],
        {
            "type": "array",
            "items": object_of(
                {
                    "framework": {**TEXT, "enum": PolicyLink.Framework.values},
                    "framework_name": TEXT,
                    "code": TEXT,
                    "url": TEXT,
                    "match": {**TEXT, "enum": PolicyLink.Match.values},
                }
            ),
        },
    ),
    Named(
        "releases",
        lambda one: [release.slug for release in one.releases],
        {"type": "array", "items": TEXT},
    ),
    Named("url", lambda one: measure_address(one.version.measure), ADDRESS),
    Named(
        "version_url",
        lambda one: (
            version_address(one.version.measure, one.version.number) if one.version.major else None
        ),
        {"type": ["string", "null"], "format": "uri"},
    ),
)
