"""Test clients that have signed in, as far as sessions tell."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.test import Client

from accounts.models import User


def signed_in(
    user: User, *, second_factor: bool = True, ago: float = 0, client: Client | None = None
) -> Client:
    """A client signed in as ``user``: ``ago`` seconds ago, and with a second factor unless not.

    What curators, brokers and staff may do sleeps in a session without one.
    """
    client = client or Client()
    client.force_login(user)
    session = client.session
    methods = ["code", "mfa"] if second_factor else ["code"]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": method, "at": time.time() - ago} for method in methods
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
