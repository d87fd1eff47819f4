"""Which email addresses are a person's own, and which reach an organisation."""

from collections.abc import Collection

from allauth.account.models import EmailAddress

from accounts.models import Organisation, User


def confirmed_addresses(user: User) -> frozenset[str]:
    """Addresses that this person has shown to be theirs, in lower case. One query.

    What is held under an address may only be shown to, or removed for, somebody who confirmed it:
    anybody can type somebody else's address into a form.
    """
    found = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return frozenset(address.lower() for address in found)


def confirmed_by_any(address: str, users: Collection[User]) -> bool:
    """Whether one of these people has shown the address to be theirs. One query."""
    found = EmailAddress.objects.filter(user__in=users, verified=True, email__iexact=address)
    return bool(found.exists())


def people_of(organisation: Organisation) -> list[str]:
    """Addresses of everybody who acts for it; where nobody does, the organisation's own."""
    members = organisation.memberships.filter(user__is_active=True).order_by("created", "pk")
    addresses = list(members.values_list("user__email", flat=True))
    return addresses or [address for address in [organisation.email] if address]
