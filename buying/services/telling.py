"""Telling a provider that it was chosen, where the buyer agrees: that, and nothing else."""

from django.urls import reverse

from buying.models import ChoiceVersion
from providers.services.telling import tell_people
from tslsv.mail.links import absolute


def tell_chosen(version: ChoiceVersion) -> None:
    """One mail for each choice, to those who act for the provider of a version just filed.

    However often it is corrected, nobody is told twice. Examples and real organisations do not
    write to each other.
    """
    supplier, buyer = version.supplier, version.choice.organisation
    if supplier is None or version.void or not version.tells_provider:
        return
    told = version.choice.versions.filed().filter(
        supplier=supplier, tells_provider=True, void=False
    )
    if supplier.is_example != buyer.is_example or told.exclude(pk=version.pk).exists():
        return
    has_people = supplier.memberships.exists()
    url = reverse("my:organisation", args=[supplier.slug]) if has_people else ""
    tell_people(
        supplier,
        "chosen",
        {"buyer": buyer.name, "day": version.decided_on, "url": absolute(url) if url else ""},
    )
