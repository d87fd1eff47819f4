"""What buying shows on the pages of an organisation under /my/."""

from django.urls import reverse

from accounts.models import Organisation, User
from accounts.registry import Panel, Waiting
from buying.models import ChoiceVersion
from buying.permissions import chosen_in

SHOWN = 5
"""So many of those who chose it, the newest."""


def buyer_panel(organisation: Organisation) -> Panel:
    """The way to its records and rules: every organisation buys something."""
    names = ("new_choice", "choices", "rules")
    return Panel(
        "Buying",
        "my_buying/parts/buying.html",
        {name: reverse(f"my_buying:{name}", args=[organisation.slug]) for name in names},
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
