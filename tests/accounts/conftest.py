"""What the tests of signing in share: a person, and the mails that went out."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)

from accounts.models import User
from accounts.services.people import make_person
from tslsv.mail.models import OutgoingMail

PASSWORD = "seven dry horses"

type Mailed = Callable[[str], list[str]]


@pytest.fixture
def sam(db: None) -> User:
    """Somebody with a proved address and the password ``PASSWORD``."""
    return make_person(email="sam@example.org", name="Sam Reed", password=PASSWORD)


@pytest.fixture
def curator(db: None) -> User:
    """Somebody who looks after listings, without a second factor so far."""
    return make_person(email="cura@example.org", password=PASSWORD, roles=("curator",))


@pytest.fixture
def mailed(db: None) -> Mailed:
    """``mailed(address)``: subject and text of what was queued for it, oldest first."""

    def read(address: str) -> list[str]:
        mails = OutgoingMail.objects.filter(to=address).order_by("pk")
        return [f"{mail.subject}\n\n{mail.text}" for mail in mails]

    return read


def code_in(text: str) -> str:
    """The code that a mail names."""
    found = re.search(r"\b\d{4}-\d{4}\b", text)
    assert found, text
    return found[0]


@pytest.fixture
def app_of(db: None) -> Callable[[User], str]:
    """``app_of(user)`` gives the person an authenticator app, and returns its secret."""

    def set_up(user: User) -> str:
        secret: str = generate_totp_secret()
        TOTP.activate(user, secret)
        return secret

    return set_up


def app_code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some half minutes away."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))
