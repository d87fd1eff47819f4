"""What the tests of signing in share: a person, and the mails that went out."""

import re
from collections.abc import Callable

import pytest
from django.core import mail

from accounts.models import User
from accounts.services.people import make_person

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
def mailed(mailoutbox: list[mail.EmailMessage]) -> Mailed:
    """``mailed(address)``: subject and text of what was sent there, oldest first."""

    def read(address: str) -> list[str]:
        return [f"{m.subject}\n\n{m.body}" for m in mailoutbox if m.to == [address]]

    return read


def code_in(text: str) -> str:
    """The code that a mail names."""
    found = re.search(r"\b\d{4}-\d{4}\b", text)
    assert found, text
    return found[0]
