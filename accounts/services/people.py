"""People who can sign in: making them, their address, and helping one who is locked out."""

import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import mails
from accounts.models import AuditEvent, User
from accounts.permissions import BROKER, CURATOR
from accounts.refused import Refused

ROLES = (CURATOR, BROKER)


def make_person(
    *,
    email: str,
    name: str = "",
    password: str | None = None,
    roles: tuple[str, ...] = (),
    actor_key: uuid.UUID | None = None,
) -> User:
    """Somebody whose address counts as proved, with roles out of ``ROLES``.

    For people whose address the caller knows to be theirs. Without a password they sign in by
    mailed code. Raises ValidationError for an address that is none, or somebody else's, and
    ValueError for a role that is none.
    """
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"There is no role called {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
        AuditEvent.record(verb="made", target=user, actor_key=actor_key, fields=sorted(roles))
    return user


UNPROVED = (
    "Somebody made an account with this address and never confirmed it. Sign in with a mailed "
    "code, which confirms it, and then open this link again."
)
CLOSED = "The account with this address has been closed. Write to us, and a person will help."


@transaction.atomic
def person_of(*, address: str) -> User:
    """Whoever reads mail at ``address``, as the caller has just found out; made where there is
    nobody.

    A sign-up with this address that nobody completed is done away with: it may be somebody else's,
    who typed the address and still has a page open that waits for it to be confirmed. Raises
    Refused when the account is closed, or when it is more than a sign-up and yet unconfirmed.
    """
    email = address.strip().lower()
    with connection.cursor() as cursor:
        # One at a time, since two links opened at once would both find nobody.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.people'))")
    proved = (
        EmailAddress.objects.filter(email__iexact=email, verified=True)
        .select_related("user")
        .first()
    )
    if proved is not None:
        user: User = proved.user
        if not user.is_active:
            raise Refused(CLOSED)
        return user
    User.objects.never_proved().filter(email=email).delete()
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(UNPROVED)
    try:
        return make_person(email=email)
    except (IntegrityError, ValidationError) as error:  # a sign-up at this very moment
        raise Refused(UNPROVED) from error


def match_addresses(*, user: User) -> None:
    """After the staff wrote another address: only that one signs in, once it has been proved."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"primary": True, "verified": False}
        )


def take_away_second_factors(*, user: User, actor_key: uuid.UUID | None) -> bool:
    """For somebody who lost theirs: passkeys, app and recovery codes go, and a mail says so.

    The person then signs in by mailed code or password, and sets up new ones. False when there was
    nothing to take.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        gone, _ = Authenticator.objects.filter(user=user).delete()
        if gone:
            AuditEvent.record(verb="took away second factors", target=user, actor_key=actor_key)
            mails.send("mfa/email/second_factors_removed", user.email, {})
    return bool(gone)
