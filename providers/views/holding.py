"""Whose shortlists a request is about."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.models import User
from accounts.models.invitation import hash_of, new_token
from providers.permissions import Holder

KEY = "shortlists"
"""Under this the session keeps the secret that holds a visitor's lists."""


def holder_of(request: HttpRequest) -> Holder:
    """Whoever asks; it makes no session."""
    if isinstance(request.user, User):
        return Holder(request.user)
    return Holder(holder_hash=_hash_in(request.session))


def become_holder(request: HttpRequest) -> Holder:
    """The same, for somebody who changes a list: their session lasts from today, and a visitor's
    first list gives it a secret.
    """
    if not isinstance(request.user, User):
        request.session[KEY] = request.session.get(KEY) or new_token()
    return holder_of(request)


def give_up(session: SessionBase) -> str:
    """The hash that the session holds lists by, which it holds no longer; empty for none."""
    found = _hash_in(session)
    session.pop(KEY, None)
    return found


def _hash_in(session: SessionBase) -> str:
    secret = session.get(KEY)
    return hash_of(secret) if isinstance(secret, str) and secret else ""
