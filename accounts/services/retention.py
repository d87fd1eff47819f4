"""Keeping nothing for longer than the settings say."""

import datetime
import logging

from django.db import transaction

from accounts import registry

log = logging.getLogger(__name__)


def retain(today: datetime.date) -> dict[str, int]:
    """Let every part remove what is too old; returns how many rows each removed.

    Each part has a transaction of its own, and one that fails does not stop the others. Raises
    ExceptionGroup with what went wrong, once all have had their turn, so that the job is tried
    again. Safe to repeat.
    """
    removed, errors = {}, []
    for part in registry.parts():
        try:
            with transaction.atomic():
                removed[part.name] = part.retain(today)
        except Exception as error:  # noqa: BLE001 (raised below, together)
            errors.append(error)
    log.info("retention: %s", removed)
    if errors:
        raise ExceptionGroup("Some of what is too old could not be removed.", errors)
    return removed
