"""Who may do what. Views ask here; templates only show what they are told."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import Membership, Organisation, Role, User

type Visitor = User | AnonymousUser

# Django groups, made by a migration.
CURATOR = "curator"
BROKER = "broker"

NOT_CURATOR = "Only a curator may do this."


def signed_in(request: HttpRequest) -> User:
    """Whoever is signed in; raises PermissionDenied where nobody is."""
    if not isinstance(request.user, User):
        raise PermissionDenied("nobody is signed in")
    return request.user


def is_curator(user: Visitor) -> bool:
    """Looks after listings and TOMs, and has shown a second factor. This may run a query.

    Superusers are none by themselves: they use the stock admin, for repairs.
    """
    return _acts_as(user, CURATOR)


def is_broker(user: Visitor) -> bool:
    """Runs the brokerage board, and has shown a second factor. This may run a query."""
    return _acts_as(user, BROKER)


def _acts_as(user: Visitor, role: str) -> bool:
    return (
        isinstance(user, User)
        and user.is_active
        and not user.roles_asleep
        and role in user.role_names
    )


def needs_second_factor(user: Visitor) -> bool:
    """Whether what this person may do asks for more than a mailed code. This may run a query."""
    return isinstance(user, User) and (
        user.is_staff or user.is_superuser or not user.role_names.isdisjoint({CURATOR, BROKER})
    )


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
    """This person's membership of the organisation at ``slug``, or once there, with it.

    Raises Http404 for an outsider, who learns nothing, and with ``owner`` PermissionDenied for an
    editor.
    """
    if not isinstance(user, User):
        raise Http404("no such organisation")
    found = Membership.objects.for_user(user).at(slug).first()
    if found is None:
        raise Http404("no such organisation")
    if owner and found.role != Role.OWNER:
        raise PermissionDenied("for owners")
    return found
