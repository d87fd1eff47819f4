"""Who may do what. Views ask here; templates only show what they are told."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import Membership, Organisation, Role, User

type Visitor = User | AnonymousUser


def role_of(user: Visitor, organisation: Organisation) -> Role | None:
    """As what this person acts for the organisation; None for an outsider. This runs a query."""
    if not isinstance(user, User):
        return None
    found = Membership.objects.filter(user=user, organisation=organisation).first()
    return Role(found.role) if found else None


def is_member(user: Visitor, organisation: Organisation) -> bool:
    """Owner or editor. This runs a query."""
    return role_of(user, organisation) is not None


def is_owner(user: Visitor, organisation: Organisation) -> bool:
    """May say who belongs, and answer for the organisation. This runs a query."""
    return role_of(user, organisation) == Role.OWNER


def membership_or_404(user: Visitor, slug: str, *, owner: bool = False) -> Membership:
    """This person's membership of the organisation at ``slug``, with the organisation.

    Raises Http404 for an outsider, who learns nothing, and with ``owner`` PermissionDenied for an
    editor.
    """
    if not isinstance(user, User):
        raise Http404("no such organisation")
    found = Membership.objects.for_user(user).filter(organisation__slug=slug).first()
    if found is None:
        raise Http404("no such organisation")
    if owner and found.role != Role.OWNER:
        raise PermissionDenied("for owners")
    return found
