"""Mails about releases to the organisations that they concern."""

from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Membership, Organisation
from toms.models import Adoption, Release
from tslsv.mail.links import absolute
from tslsv.mail.outbox import BadAddress, queue_mail


def tell_adopters(release: Release) -> int:
    """Tell the people of every organisation that uses another release; returns how many.

    Somebody who acts for several gets one mail that names them all, and no second one of this
    release. An address that no mail can be sent to is passed over.
    """
    told = 0
    for address, adoptions in _by_address(release).items():
        names = dict.fromkeys(str(adoption.organisation) for adoption in adoptions)
        earlier = adoptions[0].release
        question = urlencode({"from": earlier.slug, "to": release.slug})
        context = {
            "release": release,
            "earlier": earlier,
            "organisations": list(names),
            "url": absolute(release.get_absolute_url()),
            "changes_url": absolute(f"{reverse('toms:compare_releases')}?{question}"),
        }
        try:
            queue_mail(
                to=address,
                template="release_adopted",
                context=context,
                key=f"release-adopted-{release.pk}",
            )
        except BadAddress:
            continue
        told += 1
    return told


def _by_address(release: Release) -> dict[str, list[Adoption]]:
    """Who hears of it, and for which organisations. Two queries, whatever their number."""
    adoptions = list(
        Adoption.objects.standing()
        .exclude(organisation__in=Organisation.objects.filter(toms_adoptions__release=release))
        .select_related("organisation", "release")
        .order_by("organisation", "-since", "-pk")
    )
    people: dict[int, list[str]] = {}
    members = Membership.objects.filter(
        user__is_active=True, organisation__in={row.organisation_id for row in adoptions}
    ).order_by("created", "pk")
    for organisation, address in members.values_list("organisation", "user__email"):
        people.setdefault(organisation, []).append(address)
    found: dict[str, list[Adoption]] = {}
    for adoption in adoptions:
        own = adoption.organisation.email
        for address in people.get(adoption.organisation_id) or ([own] if own else []):
            found.setdefault(address, []).append(adoption)
    return found
