"""Made-up people for trying the site out on one machine, and how they sign in."""

import json
import os
import secrets
from pathlib import Path
from typing import TypedDict

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction

from accounts.models import Membership, Organisation, Role, User
from accounts.permissions import BROKER, CURATOR
from accounts.services.people import make_person

FILE = "example-sign-ins.json"


class SignIn(TypedDict):
    """What the launcher prints. ``secret`` is for an authenticator app; empty where none is set."""

    email: str
    who: str
    password: str
    secret: str


class NotHere(RuntimeError):
    """Example people are for the run that only this machine can reach."""


# Address, what they are, their name, their role.
PEOPLE = (
    ("owner@example.org", "Owner of an example organisation", "Olive Owner", ""),
    ("curator@example.org", "Curator", "Carl Curator", CURATOR),
    ("broker@example.org", "Broker", "Bea Broker", BROKER),
)


def load(folder: Path) -> list[SignIn]:
    """Make the people who are missing; passwords and secrets are made once and kept in ``folder``.

    Raises NotHere outside the loopback run.
    """
    if not settings.LOOPBACK:
        raise NotHere("Example people can only be made in the run for one machine.")
    sign_ins = kept(folder)
    fresh = not sign_ins
    if fresh:
        sign_ins = [
            SignIn(
                email=email,
                who=who,
                password=secrets.token_urlsafe(9),
                secret=generate_totp_secret() if role else "",
            )
            for email, who, _, role in PEOPLE
        ]
        _keep(folder, sign_ins)
    for sign_in, (email, _, name, role) in zip(sign_ins, PEOPLE, strict=True):
        if fresh or not User.objects.filter(email=email).exists():
            _make(sign_in, name, role)
    return sign_ins


def kept(folder: Path) -> list[SignIn]:
    """How the example people sign in; empty where there are none."""
    try:
        found: list[SignIn] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return found


def _keep(folder: Path, sign_ins: list[SignIn]) -> None:
    # Readable by its owner alone from the first moment on.
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(sign_ins, file, indent=1)


@transaction.atomic
def _make(sign_in: SignIn, name: str, role: str) -> None:
    User.objects.filter(email=sign_in["email"], is_example=True).delete()
    user = make_person(
        email=sign_in["email"],
        name=name,
        password=sign_in["password"],
        roles=(role,) if role else (),
    )
    User.objects.filter(pk=user.pk).update(is_example=True)
    if sign_in["secret"]:
        TOTP.activate(user, sign_in["secret"])
    else:
        organisation = Organisation.objects.filter(is_example=True).order_by("pk").first()
        if organisation is not None:
            Membership.objects.create(user=user, organisation=organisation, role=Role.OWNER)
