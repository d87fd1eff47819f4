"""What buying shows on the pages of an organisation under /my/."""

from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.permissions import is_curator
from accounts.registry import Panel, Waiting
from buying.models import ChoiceVersion, Enquiry, Recipient
from buying.permissions import chosen_in

SHOWN = 5
"""So many of those who chose it, the newest."""


def buyer_panel(organisation: Organisation) -> Panel:
    """The way to its records, rules and report: every organisation buys something."""
    names = ("my_buying:new_choice", "my_buying:choices", "my_buying:rules", "purchases:report")
    return Panel(
        "Buying",
        "my_buying/parts/buying.html",
        {name.partition(":")[2]: reverse(name, args=[organisation.slug]) for name in names},
    )


def chosen_panels(organisation: Organisation) -> list[Panel]:
    """Who chose it and lets it know; nothing where nobody did. One query."""
    rows = list(chosen_in(organisation)[:SHOWN])
    return [Panel("Chosen by", "my_buying/parts/chosen_by.html", {"rows": rows})] if rows else []


def waiting_drafts(user: User) -> list[Waiting]:
    """Records that are begun and not filed, of every organisation of theirs. One query."""
    drafts = (
        ChoiceVersion.objects.drafts()
        .filter(choice__organisation__in=Organisation.objects.of(user).values("pk"))
        .select_related("choice__organisation")
        .order_by("created", "pk")
    )
    return [
        Waiting(
            text=f"{'A correction' if row.number > 1 else 'A record of a choice'} is not filed: "
            f"{row.what or row.choice.reference}",
            organisation=row.choice.organisation,
            url=reverse(
                "my_buying:edit_choice", args=[row.choice.organisation.slug, row.choice_id]
            ),
            action="Go on",
            since=row.created,
        )
        for row in drafts
    ]


def enquiries_panel(user: User, organisation: Organisation) -> Panel:
    """What it was asked, and what this person asked. Three queries."""
    asked = Recipient.objects.sent().filter(organisation=organisation)
    made = Enquiry.objects.made_by(user).filter(Q(organisation=organisation) | Q(organisation=None))
    return Panel(
        "Enquiries",
        "my/parts/enquiries.html",
        {"asked": asked.count(), "waiting": asked.waiting().count(), "made": made.count()},
    )


def waiting_enquiries(user: User) -> list[Waiting]:
    """What their organisations have not answered yet. One query."""
    rows = (
        Recipient.objects.waiting()
        .filter(organisation__in=Organisation.objects.of(user).values("pk"))
        .select_related("enquiry", "organisation")
        .order_by("enquiry__answer_by", "pk")
    )
    return [
        Waiting(
            text=f"{row.enquiry.name} asks: {row.enquiry}",
            organisation=row.organisation,
            url=reverse("enquiries:asked_one", args=[row.organisation.slug, row.pk]),
            action="Answer",
            since=row.enquiry.sent_at,
        )
        for row in rows
        if row.organisation is not None
    ]


def reported_enquiries(user: User) -> list[Waiting]:
    """For a curator: that providers have reported enquiries."""
    if not is_curator(user):
        return []
    first = Recipient.objects.reported().order_by("not_genuine_at").first()
    if first is None:
        return []
    number = Recipient.objects.reported().count()
    return [
        Waiting(
            text=f"{number} reported enquir{'y waits' if number == 1 else 'ies wait'}",
            url=reverse("curate_enquiries:enquiry_patterns"),
            action="Look at it" if number == 1 else "Look at them",
            since=first.not_genuine_at,
        )
    ]
