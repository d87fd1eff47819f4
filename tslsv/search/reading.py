"""Reading what an index keeps of some objects."""

import json
from collections.abc import Collection
from typing import Any

from tslsv.search.prepared import as_array, run_prepared
from tslsv.search.schema import Document, Schema


def read_documents(schema: Schema, ids: Collection[int]) -> list[Document]:
    """The documents of those of the objects that may be found. One query."""
    ((written,),) = run_prepared(f"SELECT {all_in_one_sql(schema)}", [as_array(ids)])
    return made_documents(schema, written)


def all_in_one_sql(schema: Schema) -> str:
    """SQL for one text with all that documents of the objects $1 are made of."""
    return f"(SELECT json_agg(d) FROM ({schema.documents_sql}) AS read (d))::text"  # noqa: S608 (the app's own SQL)


def made_documents(schema: Schema, written: str | None) -> list[Document]:
    """What ``all_in_one_sql`` gave, as documents."""
    read: list[Any] = json.loads(written) if written else []
    return [document for one in read if (document := schema.document(one)) is not None]
