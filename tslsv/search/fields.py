"""Column types of PostgreSQL that Django has no field for."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class BitsField(models.Field):  # type: ignore[type-arg]
    """``bit varying``: one bit a row of the index. Written and read as hexadecimal SQL only."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bit varying"


class IntegersField(models.Field):  # type: ignore[type-arg]
    """``integer[]`` that the ordinary array operators and their GIN index work on."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer[]"

    def get_prep_value(self, value: Any) -> Any:
        return list(value) if value is not None else None
