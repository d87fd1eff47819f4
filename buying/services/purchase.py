"""Recording one purchase that was made elsewhere."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.refused import Refused
from buying.models import Choice, ChoiceVersion
from buying.purchases.matching import on_the_list
from buying.services.choice import begin_choice, file_version

NOT_ON_THE_LIST = "This provider is not on the list any more. Choose again."


@transaction.atomic
def record_purchase(
    *,
    organisation: Organisation,
    by: User,
    values: Mapping[str, Any],
    supplier_id: int | None,
    own_reference: str = "",
    start_hash: str,
) -> ChoiceVersion:
    """File a purchase; of the same form (``start_hash``), the one that it made before.

    ``values`` are fields of a ChoiceVersion, with the provider as it was typed; ``supplier_id`` is
    the one on the list that a person has said it is. Raises Refused as ``begin_choice`` does, and
    when that provider has gone from the list.
    """
    draft = begin_choice(
        organisation=organisation,
        by=by,
        origin=Choice.Origin.ELSEWHERE,
        own_reference=own_reference,
        start_hash=start_hash,
    )
    if draft.filed_at is not None:
        return draft
    for name, value in values.items():
        setattr(draft, name, value)
    if supplier_id is not None:
        draft.supplier = on_the_list(organisation).filter(pk=supplier_id).first()
        if draft.supplier is None:
            raise Refused(NOT_ON_THE_LIST)
    draft.save()
    return file_version(version=draft, by=by)
