"""Who: people, organisations, the numbers they are known by, and what was done."""

from accounts.models.audit import AuditEvent
from accounts.models.identifier import Identifier
from accounts.models.organisation import FormerSlug, Organisation
from accounts.models.user import User

__all__ = ["AuditEvent", "FormerSlug", "Identifier", "Organisation", "User"]
