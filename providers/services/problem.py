"""Problem reports: taking one in, and putting it away."""

import datetime
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import NOT_CURATOR, is_curator
from accounts.refused import Overtaken, Refused
from providers.models import Listing, ProblemReport
from providers.services.locking import last_act
from tslsv import limits
from tslsv.mail.outbox import BadAddress, queue_mail

# A report that says the same of the same page within this time is the same report, sent twice.
SAME_WITHIN = datetime.timedelta(minutes=10)
# Different reports an hour from one address.
REPORTS_AN_HOUR = 5
HOUR = 3600

NO_ADDRESS = "No mail can be sent to their address. Take the tick off to close the report."


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


@transaction.atomic
def resolve_problem(
    *, report: ProblemReport, resolution: str, answer: bool, by: User
) -> ProblemReport:
    """A curator has dealt with it, and writes down how; ``answer`` mails the reporter that.

    Raises Overtaken when somebody was quicker, and Refused for who is no curator, or when the
    answer can go nowhere.
    """
    if not is_curator(by):
        raise Refused(NOT_CURATOR)
    now = (
        ProblemReport.objects.select_for_update(of=("self",))
        .select_related("organisation", "listing")
        .filter(pk=report.pk)
        .first()
    )
    if now is None or now.resolved_at is not None:
        raise Overtaken(last_act(report, by=by))
    now.resolved_at, now.resolution = timezone.now(), resolution
    now.save(update_fields=["resolved_at", "resolution"])
    AuditEvent.record(
        verb="resolved",
        target=now,
        organisation=now.organisation,
        actor_key=by.audit_key,
        fields=["resolved_at", "resolution"],
    )
    if answer:
        _answer(now)
    return now


def _answer(report: ProblemReport) -> None:
    try:
        queue_mail(
            to=report.email,
            template="report_answered",
            context={
                "about": report.listing or report.organisation,
                "report": report,
                "resolution": report.resolution,
            },
        )
    except BadAddress as error:
        raise Refused(NO_ADDRESS) from error


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

    The same once more, say a double click, is not counted: the service keeps it once.
    """
    return limits.allow("problem", address, REPORTS_AN_HOUR, HOUR, same=report)
