"""Who: people, organisations, who acts for whom, the numbers, and what was done."""

from accounts.models.audit import AuditEvent
from accounts.models.identifier import Identifier
from accounts.models.invitation import Invitation
from accounts.models.membership import Membership, Role
from accounts.models.organisation import FormerSlug, Organisation
from accounts.models.user import User

__all__ = [
    "AuditEvent",
    "FormerSlug",
    "Identifier",
    "Invitation",
    "Membership",
    "Organisation",
    "Role",
    "User",
]
