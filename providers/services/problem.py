"""Problem reports: taking one in, and putting it away."""

import datetime
import uuid
from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import AuditEvent, Organisation
from providers.models import Listing, ProblemReport

# A report that says the same of the same page within this time is the same report, sent twice.
SAME_WITHIN = datetime.timedelta(minutes=10)
# Different reports an hour from one address.
REPORTS_AN_HOUR = 5
HOUR = 3600


def report_problem(
    *, organisation: Organisation, listing: Listing | None, kind: str, text: str, email: str
) -> ProblemReport:
    """Keep a report for the curators; sent twice within ten minutes, it is kept once.

    Returns the report that is kept, which may be the earlier one. The organisation's row is locked,
    so that two requests of one double click cannot both find nothing.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        same = ProblemReport.objects.filter(
            organisation=organisation,
            listing=listing,
            kind=kind,
            text=text,
            created__gte=timezone.now() - SAME_WITHIN,
        ).first()
        if same is not None:
            return same
        report = ProblemReport.objects.create(
            organisation=organisation, listing=listing, kind=kind, text=text, email=email
        )
        AuditEvent.record(verb="reported", target=report, organisation=organisation)
        return report


def resolve_problems(*, report_ids: Iterable[int], actor_key: uuid.UUID | None) -> int:
    """Mark reports as dealt with; returns how many were not already."""
    with transaction.atomic():
        waiting = list(
            ProblemReport.objects.select_for_update(of=("self",))
            .filter(pk__in=report_ids, resolved_at=None)
            .select_related("organisation")
            .order_by("pk")
        )
        for report in waiting:
            report.resolved_at = timezone.now()
            report.save(update_fields=["resolved_at"])
            AuditEvent.record(
                verb="resolved",
                target=report,
                organisation=report.organisation,
                actor_key=actor_key,
                fields=["resolved_at"],
            )
    return len(waiting)


def may_report(*, address: str, report: str) -> bool:
    """Whether this network address may send this report now: five different ones an hour.

    Neither the address nor the report is kept, only keyed hashes of them, for an hour. The counts
    live in Django's cache; with the default one each web process counts for itself, so a site with
    four processes lets through up to four times as many.
    """
    who = salted_hmac("providers.problem.address", address, algorithm="sha256").hexdigest()
    what = salted_hmac("providers.problem.report", report, algorithm="sha256").hexdigest()
    count_key, report_key = f"problem:{who}", f"problem:{who}:{what}"
    if not cache.add(report_key, True, HOUR):
        return True  # the same once more, say a double click: the service keeps it once
    cache.add(count_key, 0, HOUR)
    try:
        count = cache.incr(count_key)
    except ValueError:  # the hour ended between the two lines
        cache.set(count_key, 1, HOUR)
        count = 1
    if count <= REPORTS_AN_HOUR:
        return True
    cache.delete(report_key)
    return False
