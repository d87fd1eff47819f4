"""Organisations that say "we use these", and that they do no more."""

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, User
from accounts.permissions import is_owner
from accounts.refused import Refused
from accounts.services.locking import lock_organisation
from toms.models import Adoption, Release

FOR_OWNERS = "Only an owner of the organisation may say which measures it uses."
NOT_ADOPTED = "“{release}” is not adopted yet, so nobody can use it."


@transaction.atomic
def sign_up(*, organisation: Organisation, release: Release, by: User) -> Adoption:
    """It uses this release from now on. Said twice, it is said once. Raises Refused."""
    row = lock_organisation(organisation)
    if not is_owner(by, row):
        raise Refused(FOR_OWNERS)
    if release.state != Release.State.ADOPTED:
        raise Refused(NOT_ADOPTED.format(release=release))
    there = row.toms_adoptions.standing().filter(release=release).first()
    if there is not None:
        return there
    adoption = Adoption.objects.create(organisation=row, release=release, by=by)
    _record("signed up to", adoption, by)
    return adoption


@transaction.atomic
def withdraw(*, adoption: Adoption, by: User) -> None:
    """It uses the release no more, and history stays. Done twice, it is done once.

    Raises Refused.
    """
    row = lock_organisation(adoption.organisation)
    if not is_owner(by, row):
        raise Refused(FOR_OWNERS)
    standing = row.toms_adoptions.standing().filter(pk=adoption.pk)
    if standing.update(withdrawn_at=timezone.now()):
        _record("withdrew from", adoption, by)


def _record(verb: str, adoption: Adoption, by: User) -> None:
    AuditEvent.record(
        verb=verb,
        target=adoption.release,
        organisation=adoption.organisation,
        actor_key=by.audit_key,
    )
