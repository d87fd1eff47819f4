"""The links in mails about new offers: one to change them, one to stop them.

Each is the alert's own random key, signed: who reads the database alone, say a backup, cannot make
it. It works for as long as the mails may come.
"""

from django.core import signing
from django.urls import reverse

from providers.models import Alert

SALT = "providers.alert"


class DeadLink(ValueError):
    """Not a link of ours."""


def make(alert: Alert) -> str:
    """The token of an alert."""
    return signing.Signer(salt=SALT, sep=".").sign(alert.key)


def change_path(alert: Alert) -> str:
    """Where whoever gets its mails confirms, changes or pauses them."""
    return reverse("providers:alert_change", args=[make(alert)])


def stop_path(alert: Alert) -> str:
    """Where one POST stops its mails."""
    return reverse("providers:alert_stop", args=[make(alert)])


def read(token: str) -> Alert | None:
    """The alert; None for one that is forgotten, whose mails have stopped. Raises DeadLink.

    One query.
    """
    try:
        key = signing.Signer(salt=SALT, sep=".").unsign(token)
    except (signing.BadSignature, UnicodeError) as error:
        raise DeadLink from error
    return Alert.objects.select_related("user").defer("seen").filter(key=key).first()
