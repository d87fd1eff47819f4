"""Which parts of other frameworks a measure serves: said by curators, at any time.

A link belongs to the measure, not to a version: the other body's text changes on its own.
"""

from django.db import transaction

from accounts.models import AuditEvent, User
from accounts.refused import Refused
from toms import measure_index
from toms.models import Measure, PolicyLink
from toms.services.locking import check_curator, lock_measure

TWICE = "This measure has this link already."


class Twice(Refused):
    """The same part of the same framework is linked already."""


@transaction.atomic
def add_link(
    *,
    measure: Measure,
    framework: str,
    framework_name: str,
    code: str,
    url: str,
    match: str,
    by: User,
) -> PolicyLink:
    """Link a measure to a part of a framework. Raises Twice and Refused."""
    check_curator(by)
    row = lock_measure(measure)
    link, made = PolicyLink.objects.get_or_create(
        measure=row,
        framework=framework,
        framework_name=framework_name,
        code=code,
        defaults={"url": url, "match": match},
    )
    if not made:
        raise Twice(TWICE)
    _done("linked", row, by)
    return link


@transaction.atomic
def remove_link(*, link: PolicyLink, by: User) -> None:
    """Take a link away; done twice, it is gone once. Raises Refused."""
    check_curator(by)
    row = lock_measure(link.measure)
    if PolicyLink.objects.filter(pk=link.pk).delete()[0]:
        _done("unlinked", row, by)


def _done(verb: str, measure: Measure, by: User) -> None:
    AuditEvent.record(verb=verb, target=measure, actor_key=by.audit_key, fields=["policy_links"])
    measure_index.refresh([measure.pk])
