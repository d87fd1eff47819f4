"""What goes with an organisation when it is deleted, and what stops that."""

from typing import Any

from django.db import models
from django.db.models.deletion import CASCADE, PROTECT, Collector


def goes_with_examples(
    collector: Collector,
    field: "models.ForeignKey[Any]",
    rows: "models.QuerySet[Any]",
    using: str,
) -> None:
    """For ``on_delete``: an organisation with records cannot be deleted, but for examples, which
    can be made anew.
    """
    real = rows.filter(**{f"{field.name}__is_example": False})
    if real.exists():
        PROTECT(collector, field, real, using)
    CASCADE(collector, field, rows, using)
